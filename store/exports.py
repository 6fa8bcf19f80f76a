"""Files of reports: asked for once, made by one process at a time, fetched by links, removed when their time is up."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, Engine, Row, and_, func, insert, or_, select, text, update

from reports.query import Query
from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of
from store.engine import writing
from store.tables import metadata

_EXPORTS, _LINKS = metadata.tables["exports"], metadata.tables["export_links"]
_ACCESSES = metadata.tables["export_accesses"]
#: A process that dies over a file, or over telling of it, will die over it again.
_ATTEMPTS = 3
_GIVEN_UP = f"making it was cut off {_ATTEMPTS} times"


class State(StrEnum):
    WAITING = "waiting"
    MAKING = "making"
    TELLING = "telling"  # it is there, or can't be made, and its person is to hear of it
    MADE = "made"
    FAILED = "failed"
    REMOVED = "removed"  # its time was up; it can be made anew


class LeaseLost(Exception):
    """Another process is making the file: this one was too slow to say that it is still at it."""


class TooMany(Exception):
    """Somebody has asked for as many files as they may."""


@dataclass(frozen=True, slots=True)
class Limit:
    """So many files of one person within that time."""

    files: int
    within: timedelta


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is asked for: `owner` is a member of Slack or "terminal"; addresses stand in it when `reveal` is true.

    `name` is what its person calls it, `told` what its surface will tell them by, `others` further questions whose
    answers the same file is to hold.
    """

    owner: str
    query: Query
    format: str
    reveal: bool = False
    told: str | None = None
    name: str | None = None
    others: tuple[Query, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """A file that was asked for. What is only known once it is made is None before.

    `file` is its key in the storage; of a file that is being made, where an attempt may have left one.
    """

    id: int
    owner: str
    query: Query
    format: str
    reveal: bool
    told: str | None
    state: State
    attempt: int
    rows_done: int
    rows: int | None
    created_at: datetime
    finished_at: datetime | None
    problem: str | None
    name: str | None
    media_type: str | None
    size: int | None
    file: str | None
    keep_until: datetime | None
    others: tuple[Query, ...] = ()

    @property
    def queries(self) -> tuple[Query, ...]:
        """Every question that the file answers, in order."""
        return self.query, *self.others


@dataclass(frozen=True, slots=True)
class Made:
    """A file in the storage, under the key `file`."""

    file: str
    name: str
    media_type: str
    size: int


_FIELDS = tuple(field.name for field in fields(Job) if field.name != "others")
_COLUMNS = tuple(_EXPORTS.c[name] for name in _FIELDS)
_INSTANTS = {"created_at", "finished_at", "keep_until"}


def ask(engine: Engine, wanted: Wanted, now: datetime, limit: Limit | None = None) -> int:
    """Puts it down, to be made by whichever process comes first. Its number. Raises TooMany."""
    values = {
        "owner": wanted.owner,
        "query": _kept((wanted.query, *wanted.others)),
        "format": wanted.format,
        "reveal": wanted.reveal,
        "told": wanted.told,
        "name": wanted.name,
        "state": State.WAITING,
        "created_at": to_seconds(now),
    }
    with writing(engine, durable=True).begin() as connection:
        _hold_to(connection, wanted.owner, now, limit)
        return int(connection.execute(insert(_EXPORTS).values(values).returning(_EXPORTS.c.id)).scalar_one())


def _hold_to(connection: Connection, owner: str, now: datetime, limit: Limit | None) -> None:
    if limit is not None and asked_since(connection, owner, now - limit.within) >= limit.files:
        raise TooMany(owner)


def tell(engine: Engine, number: int, told: str) -> None:
    """Keeps what its surface will tell its person by."""
    with writing(engine).begin() as connection:
        connection.execute(update(_EXPORTS).where(_EXPORTS.c.id == number).values(told=told))


def claim(engine: Engine, holder: str, now: datetime, lease: timedelta) -> Job | None:
    """The oldest file that nobody is making or telling of, for `holder` to do it; None: there is none.

    One whose makers died too often is given up, and comes back with its problem, to be told of.
    """
    instant = to_seconds(now)
    with writing(engine).begin() as connection:
        found = connection.execute(text(free(engine)), {"now": instant}).one_or_none()
        if found is None:
            return None
        values: dict[str, Any] = {"holder": holder, "leased_until": _until(now + lease), "attempt": found.attempt + 1}
        if found.state == State.TELLING:
            if found.attempt >= 2 * _ATTEMPTS:
                values["state"] = State.MADE if found.problem is None else State.FAILED
        elif found.attempt >= _ATTEMPTS:
            values |= {"state": State.TELLING, "finished_at": instant, "problem": _GIVEN_UP}
        else:
            values |= {"state": State.MAKING, "rows_done": 0, "rows": None}
        taken = update(_EXPORTS).where(_EXPORTS.c.id == found.id).values(values).returning(*_COLUMNS)
        return _job(connection.execute(taken).one())


def free(engine: Engine) -> str:
    """SQL that finds the file to make or tell of next, however many there are that are done."""
    return (
        f"SELECT id, state, attempt, problem FROM exports WHERE state IN ('{State.WAITING}', '{State.MAKING}',"
        f" '{State.TELLING}') AND (state = '{State.WAITING}' OR leased_until <= :now) ORDER BY id LIMIT 1"
        f" {dialect_of(engine).SKIP_LOCKED}"
    )


def _until(at: datetime) -> int:
    return to_seconds(at) + 1  # a lease is never shorter than it says


def renew(
    engine: Engine, job: Job, holder: str, now: datetime, lease: timedelta, rows_done: int, rows: int | None
) -> None:
    """Says that `holder` is still at it, and how far it has come. Raises LeaseLost."""
    _change(engine, job, holder, leased_until=_until(now + lease), rows_done=rows_done, rows=rows)


def keeping(engine: Engine, job: Job, holder: str, key: str | None) -> None:
    """Puts down under which key the file will be, before it is there, so that whoever comes next can clear it away;
    None: that it was. Raises LeaseLost.
    """
    _change(engine, job, holder, file=key)


def release(engine: Engine, job: Job, holder: str) -> None:
    """Lets another make it from the beginning, as if this attempt had not been. Raises LeaseLost."""
    _change(engine, job, holder, state=State.WAITING, holder="", leased_until=0, attempt=job.attempt - 1)


def finish(engine: Engine, job: Job, holder: str, made: Made, now: datetime, keep: timedelta, lease: timedelta) -> Job:
    """It is there: whoever asked is to be told within `lease`. Raises LeaseLost: then another's file counts."""
    values = {field.name: getattr(made, field.name) for field in fields(Made)}
    end = {"finished_at": to_seconds(now), "keep_until": to_seconds(now + keep), "problem": None}
    return _change(engine, job, holder, state=State.TELLING, leased_until=_until(now + lease), **values, **end)


def fail(engine: Engine, job: Job, holder: str, problem: str, now: datetime, lease: timedelta) -> Job:
    """It can't be made: whoever asked is to be told within `lease`. Raises LeaseLost."""
    end = {"finished_at": to_seconds(now), "leased_until": _until(now + lease)}
    return _change(engine, job, holder, state=State.TELLING, problem=problem, **end)


def settle(engine: Engine, job: Job, holder: str) -> Job:
    """Whoever asked was told, or can't be. Raises LeaseLost."""
    state = State.FAILED if job.problem is not None else State.MADE
    return _change(engine, job, holder, State.TELLING, state=state, leased_until=0)


def _change(engine: Engine, job: Job, ours: str, during: State = State.MAKING, /, **values: object) -> Job:
    mine = and_(
        _EXPORTS.c.id == job.id,
        _EXPORTS.c.holder == ours,
        _EXPORTS.c.attempt == job.attempt,
        _EXPORTS.c.state == during,
    )
    with writing(engine).begin() as connection:
        row = connection.execute(update(_EXPORTS).where(mine).values(**values).returning(*_COLUMNS)).one_or_none()
    if row is None:
        raise LeaseLost(job.id)
    return _job(row)


def again(engine: Engine, number: int, wanted: Wanted, now: datetime, limit: Limit | None = None) -> bool:
    """Has a file made anew whose time is up, or that could not be made; False: it is there, or being made.

    Of `wanted` only whether addresses stand in it, and what tells its person, is news. Raises TooMany.
    """
    ended = and_(_EXPORTS.c.id == number, _EXPORTS.c.state.in_((State.REMOVED, State.FAILED)))
    fresh = {"state": State.WAITING, "attempt": 0, "rows_done": 0, "rows": None, "problem": None, "leased_until": 0}
    news = {"reveal": wanted.reveal, "told": wanted.told, "created_at": to_seconds(now)}
    with writing(engine, durable=True).begin() as connection:
        _hold_to(connection, wanted.owner, now, limit)
        return bool(connection.execute(update(_EXPORTS).where(ended).values(**fresh, **news)).rowcount)


def get(connection: Connection, number: int) -> Job | None:
    row = connection.execute(select(*_COLUMNS).where(_EXPORTS.c.id == number)).one_or_none()
    return None if row is None else _job(row)


def of_owner(connection: Connection, owner: str | None, most: int) -> list[Job]:
    """The files that somebody asked for, or of everybody, newest first."""
    newest = select(*_COLUMNS).order_by(_EXPORTS.c.created_at.desc(), _EXPORTS.c.id.desc()).limit(most)
    return [
        _job(row) for row in connection.execute(newest if owner is None else newest.where(_EXPORTS.c.owner == owner))
    ]


def asked_since(connection: Connection, owner: str, since: datetime) -> int:
    """How many files somebody has asked for since an instant."""
    lately = and_(_EXPORTS.c.owner == owner, _EXPORTS.c.created_at > to_seconds(since))
    return int(connection.execute(select(func.count()).select_from(_EXPORTS).where(lately)).scalar_one())


def link(engine: Engine, number: int, token: str, now: datetime, valid: timedelta) -> datetime:
    """Makes a token good for one file, and the file stay as long. When the token ends."""
    expires = to_seconds(now + valid)
    values = {"export_id": number, "token_hash": _hash(token), "created_at": to_seconds(now), "expires_at": expires}
    longer = and_(_EXPORTS.c.id == number, _EXPORTS.c.keep_until < expires)
    with writing(engine, durable=True).begin() as connection:
        connection.execute(insert(_LINKS).values(values))
        connection.execute(update(_EXPORTS).where(longer).values(keep_until=expires))
    return from_seconds(expires)


def revoke(engine: Engine, number: int, now: datetime) -> int:
    """Ends all links to a file. How many were good until then."""
    good = and_(_LINKS.c.export_id == number, _LINKS.c.revoked_at.is_(None), _LINKS.c.expires_at > to_seconds(now))
    with writing(engine, durable=True).begin() as connection:
        return int(connection.execute(update(_LINKS).where(good).values(revoked_at=to_seconds(now))).rowcount)


def of_token(connection: Connection, token: str, now: datetime) -> tuple[int, Job] | None:
    """The link's number and its file; None for a token that is unknown, has ended or was revoked, or has no file."""
    good = and_(
        _LINKS.c.token_hash == _hash(token),
        _LINKS.c.expires_at > to_seconds(now),
        _LINKS.c.revoked_at.is_(None),
        _EXPORTS.c.id == _LINKS.c.export_id,
        or_(_EXPORTS.c.state == State.MADE, and_(_EXPORTS.c.state == State.TELLING, _EXPORTS.c.problem.is_(None))),
    )
    row = connection.execute(select(_LINKS.c.id.label("link"), *_COLUMNS).where(good)).one_or_none()
    return None if row is None else (int(row.link), _job(row))


def log_access(engine: Engine, link_number: int, now: datetime, method: str, asked: str) -> None:
    """Puts down that a link was used; `asked` are the bytes that were asked for, as HTTP says them."""
    values = {"link_id": link_number, "at": to_seconds(now), "method": method, "bytes": asked[:100]}
    with writing(engine).begin() as connection:
        connection.execute(insert(_ACCESSES).values(values))


def accesses(connection: Connection, number: int) -> list[tuple[datetime, str, str]]:
    """When and how a file was asked for, oldest first."""
    rows = connection.execute(
        select(_ACCESSES.c.at, _ACCESSES.c.method, _ACCESSES.c.bytes)
        .join(_LINKS, _LINKS.c.id == _ACCESSES.c.link_id)
        .where(_LINKS.c.export_id == number)
        .order_by(_ACCESSES.c.at, _ACCESSES.c.id)
    )
    return [(from_seconds(at), method, asked) for at, method, asked in rows]


def fetched(connection: Connection, numbers: Collection[int]) -> dict[int, tuple[int, datetime]]:
    """How often files were asked for by their links, and when last; those that never were are not in it."""
    rows = connection.execute(
        select(_LINKS.c.export_id, func.count(), func.max(_ACCESSES.c.at))
        .join(_LINKS, _LINKS.c.id == _ACCESSES.c.link_id)
        .where(_LINKS.c.export_id.in_(numbers), _ACCESSES.c.method == "GET")
        .group_by(_LINKS.c.export_id)
    )
    return {number: (count, from_seconds(last)) for number, count, last in rows}


def ends(connection: Connection, numbers: Collection[int], now: datetime) -> dict[int, datetime]:
    """When the last link to each file ends; those to which none is good are not in it."""
    good = and_(_LINKS.c.export_id.in_(numbers), _LINKS.c.revoked_at.is_(None), _LINKS.c.expires_at > to_seconds(now))
    rows = connection.execute(
        select(_LINKS.c.export_id, func.max(_LINKS.c.expires_at)).where(good).group_by(_LINKS.c.export_id)
    )
    return {number: from_seconds(last) for number, last in rows}


def over(connection: Connection, now: datetime, most: int) -> Sequence[tuple[int, str]]:
    """Numbers and keys of files whose time is up."""
    due = and_(_EXPORTS.c.state == State.MADE, _EXPORTS.c.keep_until <= to_seconds(now))
    rows = connection.execute(select(_EXPORTS.c.id, _EXPORTS.c.file).where(due).order_by(_EXPORTS.c.id).limit(most))
    return [(int(number), str(file)) for number, file in rows]


def removed(engine: Engine, number: int, now: datetime) -> Job | None:
    """Puts down that a file is to be there no longer; None: its time was made longer meanwhile."""
    due = and_(_EXPORTS.c.id == number, _EXPORTS.c.state == State.MADE, _EXPORTS.c.keep_until <= to_seconds(now))
    with writing(engine).begin() as connection:
        values = {"state": State.REMOVED, "file": None}
        row = connection.execute(update(_EXPORTS).where(due).values(values).returning(*_COLUMNS)).one_or_none()
    return None if row is None else _job(row)


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()


def _job(row: Row[Any]) -> Job:
    values = {name: getattr(row, name) for name in _FIELDS}
    for name in _INSTANTS:
        values[name] = None if values[name] is None else from_seconds(values[name])
    values["query"], *others = _asked(values["query"])
    return Job(**values | {"state": State(values["state"]), "others": tuple(others)})


def _kept(queries: Sequence[Query]) -> str:
    """One a line: JSON has no line ends outside of strings, and none inside."""
    return "\n".join(query.to_json().decode() for query in queries)


def _asked(kept: str) -> list[Query]:
    return [Query.from_json(line) for line in kept.split("\n")]
