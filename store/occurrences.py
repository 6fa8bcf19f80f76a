"""What of subscriptions has come due: each period is elected once, and compiled once for all its targets.

The database decides, so any number of processes may look at once. Which period is due is told by the caller's clock;
leases and waits are on the database's.
"""

import json
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, Engine, and_, func, select, text, update

from reports.calendar import Due
from reports.freeze import fingerprint
from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of, now_of
from store.engine import some, writing
from store.ledger import OPEN, DeliveryState, its_occurrence
from store.notices import Notice, put
from store.subscriptions import State, TargetState
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_OCCURRENCES, _DELIVERIES = metadata.tables["occurrences"], metadata.tables["deliveries"]
_KEY = (_OCCURRENCES.c.subscription_id, _OCCURRENCES.c.period_key)
#: E-mails sent in a stretch of time, as store.emails dates them: the second half is of those whose day nobody told.
_SENT = text("""
    SELECT external_id, sent_at FROM emails WHERE sent_at > :after AND sent_at <= :until
    UNION ALL
    SELECT e.external_id, t.first_event_at FROM emails AS e JOIN email_totals AS t ON t.email_id = e.id
    WHERE e.sent_at IS NULL AND t.first_event_at > :after AND t.first_event_at <= :until
    ORDER BY sent_at""")


class OccurrenceState(StrEnum):
    DUE = "due"  # to be compiled
    COMPILED = "compiled"
    EMPTY = "empty"  # there was nothing to report, and then nothing is sent
    SKIPPED = "skipped"  # missed in a downtime: a newer one names it
    WITHDRAWN = "withdrawn"  # the subscription stopped before it was compiled
    FAILED = "failed"  # it could not be compiled


@dataclass(frozen=True, slots=True)
class Promised:
    """A subscription that something is due of; `next_due` is None where it follows sends."""

    id: int
    next_due: datetime | None


@dataclass(frozen=True, slots=True)
class Plan:
    """How an occurrence is brought about.

    `seen` and `following` are what `next_due` was and becomes; without `seen` it stays. `missed` came due before it
    and are not sent. It waits for `delay`, and after `keep` it is not worth sending any more.
    """

    seen: datetime | None = None
    following: datetime | None = None
    missed: tuple[Due, ...] = ()
    delay: timedelta = timedelta()
    keep: timedelta = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Occurrence:
    """One that is to be compiled; `missed` are the starts and ends of periods that it names; `attempt` is from 1."""

    subscription_id: int
    due: Due
    missed: tuple[tuple[datetime, datetime], ...]
    attempt: int


@dataclass(frozen=True, slots=True)
class Overdue:
    """An occurrence with a delivery that has no outcome for too long; `why` is what the last attempt came to."""

    subscription_id: int
    period_key: str
    owner: str
    name: str
    why: str | None


def due(connection: Connection, now: datetime, most: int) -> tuple[Promised, ...]:
    """Active subscriptions whose time has come by `now`, the longest due first."""
    come = select(_SUBSCRIPTIONS.c.id, _SUBSCRIPTIONS.c.next_due).where(_SUBSCRIPTIONS.c.next_due <= to_seconds(now))
    rows = connection.execute(come.order_by(_SUBSCRIPTIONS.c.next_due).limit(most))
    return tuple(Promised(row.id, from_seconds(row.next_due)) for row in rows)


def following_sends(connection: Connection) -> tuple[int, ...]:
    """Active subscriptions that are due some hours after each send."""
    none = select(_SUBSCRIPTIONS.c.id).where(
        _SUBSCRIPTIONS.c.next_due.is_(None), _SUBSCRIPTIONS.c.state == State.ACTIVE
    )
    return tuple(connection.execute(none.order_by(_SUBSCRIPTIONS.c.id)).scalars())


def sent_between(connection: Connection, after: datetime, until: datetime) -> tuple[tuple[str, datetime], ...]:
    """Providers' identifiers of the e-mails that were sent in (after, until], and when; the oldest first."""
    rows = connection.execute(_SENT, {"after": to_seconds(after), "until": to_seconds(until)})
    return tuple((row.external_id, from_seconds(row.sent_at)) for row in rows)


def known(connection: Connection, subscription_id: int, keys: Collection[str]) -> frozenset[str]:
    """Which of the keys have come about already."""
    found = select(_OCCURRENCES.c.period_key).where(
        _OCCURRENCES.c.subscription_id == subscription_id, _OCCURRENCES.c.period_key.in_(keys)
    )
    return frozenset(connection.execute(found).scalars())


def elect(engine: Engine, subscription_id: int, due: Due, plan: Plan | None = None) -> bool:
    """Brings an occurrence about, with a delivery for each active target that is held until the digest is frozen.

    False: it was there, or nothing is promised any more, or another process was first.
    """
    plan = plan or Plan()
    with writing(engine, durable=True).begin() as connection:
        active = (_SUBSCRIPTIONS.c.id == subscription_id) & (_SUBSCRIPTIONS.c.state == State.ACTIVE)
        if plan.seen is None:
            if connection.execute(select(_SUBSCRIPTIONS.c.id).where(active).with_for_update()).first() is None:
                return False
        else:
            moved = update(_SUBSCRIPTIONS).where(active, _SUBSCRIPTIONS.c.next_due == to_seconds(plan.seen))
            following = to_seconds(plan.following) if plan.following else None
            if not connection.execute(moved.values(next_due=following)).rowcount:
                return False
        for missed in plan.missed:
            _insert(connection, subscription_id, missed, OccurrenceState.SKIPPED, Plan())
        if not _insert(connection, subscription_id, due, OccurrenceState.DUE, plan):
            return False
        _hold(connection, subscription_id, due.key, plan.delay)
        return True


def move(engine: Engine, subscription_id: int, seen: datetime, following: datetime) -> None:
    """Nothing is due after all: a zone's rules are others than when `next_due` was worked out."""
    with writing(engine).begin() as connection:
        mine = (_SUBSCRIPTIONS.c.id == subscription_id) & (_SUBSCRIPTIONS.c.next_due == to_seconds(seen))
        connection.execute(update(_SUBSCRIPTIONS).where(mine).values(next_due=to_seconds(following)))


def compilable(engine: Engine, lease: timedelta, most: int) -> tuple[Occurrence, ...]:
    """Occurrences to compile, the oldest; nobody else gets them before the lease runs out. Digests are frozen once
    however many compile them: the lease saves work, and decides nothing."""
    now = now_of(engine)
    waiting = (
        select(*_KEY)
        .where(_OCCURRENCES.c.state == OccurrenceState.DUE, _OCCURRENCES.c.not_before <= now)
        .order_by(_OCCURRENCES.c.not_before)
    )
    if not some(engine, waiting):
        return ()
    with writing(engine).begin() as connection:
        taken = []
        for row in connection.execute(waiting.limit(most).with_for_update(skip_locked=True)).all():
            mine = update(_OCCURRENCES).where(_one(row.subscription_id, row.period_key))
            values = {"attempt": _OCCURRENCES.c.attempt + 1, "not_before": now + _seconds(lease)}
            taken.append(connection.execute(mine.values(**values).returning(_OCCURRENCES)).one())
    return tuple(_occurrence(row) for row in taken)


def freeze(engine: Engine, subscription_id: int, period_key: str, digest: bytes) -> bytes:
    """What all targets of an occurrence are sent: the first digest that was given for it, now and at every retry."""
    mine = _one(subscription_id, period_key)
    with writing(engine, durable=True).begin() as connection:
        first = update(_OCCURRENCES).where(mine, _OCCURRENCES.c.state == OccurrenceState.DUE)
        values = {"state": OccurrenceState.COMPILED, "digest": digest, "fingerprint": fingerprint(digest)}
        if connection.execute(first.values(**values)).rowcount:
            _release(connection, subscription_id, period_key, DeliveryState.PENDING)
        return bytes(connection.execute(select(_OCCURRENCES.c.digest).where(mine)).scalar_one())


def frozen(connection: Connection, subscription_id: int, period_key: str) -> bytes:
    """The digest of an occurrence that is compiled."""
    mine = select(_OCCURRENCES.c.digest).where(_one(subscription_id, period_key))
    return bytes(connection.execute(mine).scalar_one())


def settle(
    engine: Engine, occurrence: Occurrence, state: OccurrenceState, why: str | None = None, notice: Notice | None = None
) -> bool:
    """Ends an occurrence of which nothing is sent: EMPTY, WITHDRAWN or FAILED. False: it was settled or compiled."""
    end = {
        OccurrenceState.EMPTY: DeliveryState.EMPTY,
        OccurrenceState.WITHDRAWN: DeliveryState.SUPPRESSED,
        OccurrenceState.FAILED: DeliveryState.FAILED,
    }[state]
    with writing(engine, durable=True).begin() as connection:
        mine = _one(occurrence.subscription_id, occurrence.due.key)
        open_ = update(_OCCURRENCES).where(mine, _OCCURRENCES.c.state == OccurrenceState.DUE)
        if not connection.execute(open_.values(state=state, fault=why)).rowcount:
            return False
        _release(connection, occurrence.subscription_id, occurrence.due.key, end, why)
        if notice:
            put(connection, notice)
        return True


def postpone(engine: Engine, occurrence: Occurrence, wait: timedelta, why: str) -> None:
    """It could not be compiled, and is to be tried again after `wait`."""
    mine = _one(occurrence.subscription_id, occurrence.due.key)
    with writing(engine).begin() as connection:
        open_ = update(_OCCURRENCES).where(mine, _OCCURRENCES.c.state == OccurrenceState.DUE)
        connection.execute(open_.values(not_before=now_of(connection) + _seconds(wait), fault=why))


def late(engine: Engine, patience: timedelta, most: int) -> tuple[Overdue, ...]:
    """What was elected `patience` ago and has a delivery with no outcome; each is given once.

    It begins at what is open, which is little: what was ever sent is not looked at.
    """
    now = now_of(engine)
    overdue = (
        select(*_KEY, _SUBSCRIPTIONS.c.owner, _SUBSCRIPTIONS.c.name)
        .add_columns(func.max(func.coalesce(_DELIVERIES.c.text, _OCCURRENCES.c.fault)).label("why"))
        .select_from(_DELIVERIES)
        .join(_OCCURRENCES, its_occurrence())
        .join(_SUBSCRIPTIONS, _SUBSCRIPTIONS.c.id == _OCCURRENCES.c.subscription_id)
        .where(
            _DELIVERIES.c.state.in_(OPEN),
            _OCCURRENCES.c.alerted_at.is_(None),
            _OCCURRENCES.c.elected_at <= now - _seconds(patience),
        )
        .group_by(*_KEY, _SUBSCRIPTIONS.c.owner, _SUBSCRIPTIONS.c.name)
    )
    if not some(engine, overdue):
        return ()
    with writing(engine).begin() as connection:
        told = []
        for row in connection.execute(overdue.limit(most)).all():
            first = update(_OCCURRENCES).where(
                _one(row.subscription_id, row.period_key), _OCCURRENCES.c.alerted_at.is_(None)
            )
            if connection.execute(first.values(alerted_at=now)).rowcount:
                told.append(Overdue(*row))
        return tuple(told)


def _insert(connection: Connection, subscription_id: int, due: Due, state: OccurrenceState, plan: Plan) -> bool:
    now = now_of(connection)
    occurrence = (
        dialect_of(connection)
        .insert(_OCCURRENCES)
        .values(
            subscription_id=subscription_id,
            period_key=due.key,
            due_at=to_seconds(due.due),
            starts_at=to_seconds(due.start),
            ends_at=to_seconds(due.end),
            zone=str(due.start.tzinfo),
            skipped=json.dumps([[to_seconds(one.start), to_seconds(one.end)] for one in plan.missed]),
            state=state,
            attempt=0,
            elected_at=now,
            not_before=now,
            give_up_at=now + _seconds(plan.keep),
        )
    )
    new = occurrence.on_conflict_do_nothing().returning(_OCCURRENCES.c.period_key)
    return connection.execute(new).first() is not None


def _hold(connection: Connection, subscription_id: int, period_key: str, delay: timedelta) -> None:
    targets = select(_TARGETS.c.id, _TARGETS.c.channel).where(
        _TARGETS.c.subscription_id == subscription_id, _TARGETS.c.state == TargetState.ACTIVE
    )
    started = {
        "subscription_id": subscription_id,
        "period_key": period_key,
        "state": DeliveryState.HELD,
        "attempt": 0,
        "looks": 0,
        "fence": 0,
    }
    found = connection.execute(targets.order_by(_TARGETS.c.id))
    rows = [{**started, "target_id": row.id, "channel": row.channel} for row in found]
    if rows:
        not_before = now_of(connection) + _seconds(delay)
        connection.execute(_DELIVERIES.insert().values(not_before=not_before), rows)


def _release(
    connection: Connection, subscription_id: int, period_key: str, state: DeliveryState, why: str | None = None
) -> None:
    held = update(_DELIVERIES).where(
        _DELIVERIES.c.subscription_id == subscription_id,
        _DELIVERIES.c.period_key == period_key,
        _DELIVERIES.c.state == DeliveryState.HELD,
    )
    ended = {} if state is DeliveryState.PENDING else {"settled_at": now_of(connection), "text": why}
    connection.execute(held.values(state=state, **ended))


def _one(subscription_id: int, period_key: str) -> Any:
    return and_(_OCCURRENCES.c.subscription_id == subscription_id, _OCCURRENCES.c.period_key == period_key)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _occurrence(row: Any) -> Occurrence:
    zone = ZoneInfo(row.zone)
    start, end = (from_seconds(at).astimezone(zone) for at in (row.starts_at, row.ends_at))
    due = Due(row.period_key, from_seconds(row.due_at), start, end)
    missed = tuple(
        (from_seconds(first).astimezone(zone), from_seconds(last).astimezone(zone))
        for first, last in json.loads(row.skipped)
    )
    return Occurrence(row.subscription_id, due, missed, row.attempt)
