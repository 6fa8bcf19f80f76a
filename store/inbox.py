"""Webhooks as they came: stored before they are answered, read afterwards, kept while they make no sense."""

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import Enum, auto

from sqlalchemy import Connection, Engine, bindparam, delete, func, insert, select, text, update

from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of
from store.engine import writing
from store.packing import digest
from store.tables import metadata

WAITING, READ, FAILED = 0, 1, 2
#: Whoever takes messages has so long to read them; then they are another's. Reading a batch takes a second or two.
LEASE = timedelta(seconds=60)
#: What one batch may hold, whatever is asked for.
_BYTES_AT_ONCE = 4 * 1024 * 1024
_PRUNED_AT_ONCE = 1_000  # so that a long-standing inbox is emptied without holding up what comes in

_INBOX, _TOKENS = metadata.tables["inbox"], metadata.tables["webhook_tokens"]
_OLDEST_FIRST = (_INBOX.c.received_at, _INBOX.c.id)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A webhook that is proved; its headers have no secret in them any more. `token` may come once."""

    provider: str
    received_at: datetime
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    token: str | None = None


class Outcome(Enum):
    """What became of an arrival. Known: it came before, and so did its body. Replayed: another body came with its
    token, so that somebody has copied the token from a request."""

    STORED = auto()
    KNOWN = auto()
    REPLAYED = auto()


@dataclass(frozen=True, slots=True)
class Message:
    """An arrival in the inbox."""

    id: int
    provider: str
    received_at: datetime
    body: bytes
    headers: Mapping[str, str]
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """A message in a list."""

    id: int
    provider: str
    received_at: datetime
    size: int  #: bytes
    problem: str | None


def put(engine: Engine, arrivals: Sequence[Arrival]) -> list[Outcome]:
    """Stores all of them in one transaction; when this returns, a power cut loses none."""
    with writing(engine, durable=True).begin() as connection:
        outcomes = _outcomes(connection, arrivals)
        rows = [
            {
                "provider": arrival.provider,
                "received_at": to_seconds(arrival.received_at),
                "headers": json.dumps(dict(arrival.headers)),
                "body": arrival.body,
            }
            for arrival, outcome in zip(arrivals, outcomes, strict=True)
            if outcome is Outcome.STORED
        ]
        if rows:
            connection.execute(insert(_INBOX), rows)
    return outcomes


def _outcomes(connection: Connection, arrivals: Sequence[Arrival]) -> list[Outcome]:
    outcomes = [Outcome.STORED] * len(arrivals)
    tokens = {
        place: digest(f"{arrival.provider}\0{arrival.token}")
        for place, arrival in enumerate(arrivals)
        if arrival.token is not None
    }
    new = dialect_of(connection).insert(_TOKENS).on_conflict_do_nothing().returning(_TOKENS.c.token)
    # In one order everywhere, so that two writers never wait for each other in a ring.
    for place, token in sorted(tokens.items(), key=lambda item: item[1]):
        arrival = arrivals[place]
        body = digest(arrival.body.decode("latin-1"))  # in which any bytes are text
        row = {"token": token, "body": body, "received_at": to_seconds(arrival.received_at)}
        if connection.execute(new, row).first() is None:
            known = connection.execute(select(_TOKENS.c.body).where(_TOKENS.c.token == token)).scalar_one()
            outcomes[place] = Outcome.KNOWN if known == body else Outcome.REPLAYED
    return outcomes


def take(engine: Engine, now: datetime, most: int) -> list[Message]:
    """The oldest messages that wait and that nobody else is reading, `most` of them at most; ours for LEASE."""
    free = (
        f"SELECT id, length(body) AS size FROM inbox WHERE state = {WAITING} AND leased_until <= :now"
        f" ORDER BY received_at, id LIMIT {most:d} {dialect_of(engine).SKIP_LOCKED}"
    )
    with writing(engine).begin() as connection:
        ids: list[int] = []
        size = 0
        for row in connection.execute(text(free), {"now": to_seconds(now)}):
            size += row.size
            if ids and size > _BYTES_AT_ONCE:
                break
            ids.append(row.id)
        if not ids:
            return []
        mine = _INBOX.c.id.in_(ids)
        connection.execute(update(_INBOX).where(mine).values(leased_until=to_seconds(now + LEASE)))
        return _messages(connection, mine)


def _messages(connection: Connection, wanted: object) -> list[Message]:
    columns = (_INBOX.c[name] for name in ("id", "provider", "received_at", "body", "headers", "problem"))
    rows = connection.execute(select(*columns).where(wanted).order_by(*_OLDEST_FIRST))  # type: ignore[arg-type]
    return [
        Message(
            row.id, row.provider, from_seconds(row.received_at), bytes(row.body), json.loads(row.headers), row.problem
        )
        for row in rows
    ]


def settle(engine: Engine, read: Collection[int], failed: Mapping[int, str]) -> None:
    """Ends the reading of taken messages: some are read, others failed, for reasons."""
    with writing(engine).begin() as connection:
        if read:
            done = update(_INBOX).where(_INBOX.c.id.in_(read))
            connection.execute(done.values(state=READ, problem=None, leased_until=0))
        if failed:
            one = update(_INBOX).where(_INBOX.c.id == bindparam("which"))
            rows = [{"which": number, "why": why} for number, why in failed.items()]
            connection.execute(one.values(state=FAILED, problem=bindparam("why"), leased_until=0), rows)


def release(engine: Engine, ids: Collection[int]) -> None:
    """Gives taken messages back unread."""
    with writing(engine).begin() as connection:
        connection.execute(update(_INBOX).where(_INBOX.c.id.in_(ids)).values(leased_until=0))


def waiting(connection: Connection, at_most: int) -> int:
    """How many messages wait or are being read; counts no further than `at_most`."""
    rows = select(_INBOX.c.id).where(_INBOX.c.state == WAITING).limit(at_most).subquery()
    return int(connection.execute(select(func.count()).select_from(rows)).scalar_one())


def count(connection: Connection) -> dict[int, int]:
    """Messages by state."""
    rows = connection.execute(select(_INBOX.c.state, func.count()).group_by(_INBOX.c.state))
    return {WAITING: 0, READ: 0, FAILED: 0} | {row[0]: row[1] for row in rows}


def failures(connection: Connection, limit: int) -> list[Line]:
    """The messages that could not be read, or not whole, newest first."""
    columns = (_INBOX.c.id, _INBOX.c.provider, _INBOX.c.received_at, func.length(_INBOX.c.body), _INBOX.c.problem)
    newest_first = (column.desc() for column in _OLDEST_FIRST)
    rows = connection.execute(select(*columns).where(_INBOX.c.state == FAILED).order_by(*newest_first).limit(limit))
    return [Line(number, provider, from_seconds(at), size, problem) for number, provider, at, size, problem in rows]


def failed(connection: Connection) -> list[int]:
    """The numbers of all messages that could not be read, or not whole, oldest first."""
    numbers = select(_INBOX.c.id).where(_INBOX.c.state == FAILED).order_by(*_OLDEST_FIRST)
    return list(connection.execute(numbers).scalars())


def kept(connection: Connection, numbers: Collection[int]) -> list[Message]:
    """Those messages that there are, whatever their state."""
    return _messages(connection, _INBOX.c.id.in_(numbers))


def drop(engine: Engine, number: int) -> bool:
    """Removes a message for good; False when there is none."""
    with writing(engine).begin() as connection:
        return bool(connection.execute(delete(_INBOX).where(_INBOX.c.id == number)).rowcount)


def prune(engine: Engine, *, read_before: datetime, tokens_before: datetime) -> int:
    """Removes messages that are read and old, and tokens too old to be replayed; gives how many messages."""
    old = select(_INBOX.c.id).where(_INBOX.c.state == READ, _INBOX.c.received_at < to_seconds(read_before))
    with writing(engine).begin() as connection:
        connection.execute(delete(_TOKENS).where(_TOKENS.c.received_at < to_seconds(tokens_before)))
    removed = 0
    while True:
        with writing(engine).begin() as connection:
            gone = connection.execute(delete(_INBOX).where(_INBOX.c.id.in_(old.limit(_PRUNED_AT_ONCE)))).rowcount
        removed += gone
        if gone < _PRUNED_AT_ONCE:
            return removed
