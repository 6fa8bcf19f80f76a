"""The ledger of deliveries: each period of a subscription goes to each target once, or is seen not to be known.

A sender claims a delivery, marks it just before the point of no return, and records what became of it (`entries`). A
claim that runs out before the mark is free again; after the mark nobody can tell, so it is `unknown` and never sent
blindly. Leases are on the database's clock: replicas need not agree on the time.
"""

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Engine, exists, select, update

from store.codes import from_seconds
from store.dialects import now_of
from store.engine import some, writing
from store.notices import Notice, put
from store.subscriptions import Channel
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_OCCURRENCES, _DELIVERIES = metadata.tables["occurrences"], metadata.tables["deliveries"]


class DeliveryState(StrEnum):
    HELD = "held"  # until its digest is frozen
    PENDING = "pending"
    CLAIMED = "claimed"
    INFLIGHT = "inflight"  # past the mark
    SENT = "sent"
    FAILED = "failed"
    EXPIRED = "expired"  # tried until it was not worth sending any more
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"  # its target left, or the subscription stopped, before it was sent
    EMPTY = "empty"  # there was nothing to report, and then nothing is sent


#: Of these something is still to come.
OPEN = (DeliveryState.HELD, DeliveryState.PENDING, DeliveryState.CLAIMED, DeliveryState.INFLIGHT)
#: Of these a person may say that they are to be sent after all.
UNSENT = (DeliveryState.FAILED, DeliveryState.EXPIRED, DeliveryState.UNKNOWN)


class OutcomeKind(StrEnum):
    SENT = "sent"
    TRANSIENT = "transient"  # surely not sent; worth another try
    PERMANENT = "permanent"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a far end answered. `far_id` is its name for what it took; `retry_after` is how long it asks to be left.

    `suppress`, of a permanent one: nothing can arrive there until somebody mends it (an address that is unknown, a
    channel that is archived). The engine then takes the target off, and tells the subscription's owner `text`.
    """

    kind: OutcomeKind
    code: str | None = None
    text: str | None = None
    far_id: str | None = None
    retry_after: timedelta = timedelta()
    suppress: bool = False


@dataclass(frozen=True, slots=True)
class Delivery:
    """A claimed one; `attempt` counts claims from 1, and `fence` proves which claim this is.

    `name` and `owner` are its subscription's, `leave_token` its target's; `due_at` is when its occurrence was due.
    `looks` counts how often it was looked whether it has arrived, while it was unknown.
    """

    id: int
    subscription_id: int
    period_key: str
    target_id: int
    channel: Channel
    address: str
    attempt: int
    fence: int
    leave_token: str
    name: str
    owner: str
    due_at: datetime
    looks: int = 0


#: Of the state that a delivery has come to, what its owner is to be told; None: nothing.
Telling = Callable[[DeliveryState], Notice | None]


def claim(engine: Engine, owner: str, channel: Channel, lease: timedelta, most: int) -> tuple[Delivery, ...]:
    """Up to `most` deliveries whose time has come, the oldest; nobody else gets them before the lease runs out."""
    now = now_of(engine)
    waiting = (
        select(_DELIVERIES.c.id)
        .where(
            _DELIVERIES.c.state == DeliveryState.PENDING,
            _DELIVERIES.c.channel == channel,
            _DELIVERIES.c.not_before <= now,
        )
        .order_by(_DELIVERIES.c.not_before)
    )
    if not some(engine, waiting):
        return ()
    with writing(engine, durable=True).begin() as connection:
        claimed = (
            update(_DELIVERIES)
            .where(_DELIVERIES.c.id.in_(waiting.limit(most).with_for_update(skip_locked=True)))
            .values(
                state=DeliveryState.CLAIMED,
                owner=owner,
                attempt=_DELIVERIES.c.attempt + 1,
                fence=_DELIVERIES.c.fence + 1,
                lease_until=now + _seconds(lease),
            )
            .returning(_DELIVERIES.c.id)
        )
        return _deliveries(connection, list(connection.execute(claimed).scalars()))


def extend(engine: Engine, owner: str, lease: timedelta) -> int:
    """The heartbeat of a process that is at work: what it has claimed stays its own. How many those are."""
    with writing(engine).begin() as connection:
        mine = update(_DELIVERIES).where(
            _DELIVERIES.c.state.in_([DeliveryState.CLAIMED, DeliveryState.INFLIGHT]), _DELIVERIES.c.owner == owner
        )
        return connection.execute(mine.values(lease_until=now_of(connection) + _seconds(lease))).rowcount


def reap(engine: Engine, look_after: timedelta = timedelta()) -> tuple[int, int, int]:
    """Claims that ran out: how many are pending again, how many past the mark are unknown now, and how many expired.

    Whether unknown ones have arrived may be looked at after `look_after`.
    """
    now = now_of(engine)
    late = _DELIVERIES.c.lease_until <= now
    waiting = _DELIVERIES.c.state.in_([DeliveryState.HELD, DeliveryState.PENDING])
    given_up = exists().where(its_occurrence(), _OCCURRENCES.c.give_up_at <= now)
    at_work = _DELIVERIES.c.state.in_([DeliveryState.CLAIMED, DeliveryState.INFLIGHT])
    found = select(_DELIVERIES.c.id)
    if not some(engine, found.where(at_work, late)) and not some(engine, found.where(waiting, given_up)):
        return 0, 0, 0
    free = {"owner": None, "lease_until": None}
    freed = update(_DELIVERIES).where(_DELIVERIES.c.state == DeliveryState.CLAIMED, late)
    lost = update(_DELIVERIES).where(_DELIVERIES.c.state == DeliveryState.INFLIGHT, late)
    expired = update(_DELIVERIES).where(waiting, given_up)
    with writing(engine, durable=True).begin() as connection:
        return (
            connection.execute(freed.values(state=DeliveryState.PENDING, **free)).rowcount,
            connection.execute(
                lost.values(
                    state=DeliveryState.UNKNOWN, settled_at=now, not_before=now + _seconds(look_after), looks=0, **free
                )
            ).rowcount,
            connection.execute(expired.values(state=DeliveryState.EXPIRED, settled_at=now)).rowcount,
        )


def unknown(engine: Engine, channel: Channel, lease: timedelta, looks: int, most: int) -> tuple[Delivery, ...]:
    """Unknown deliveries to look for at the far end, that were not looked for `looks` times already.

    Each is the caller's for `lease`; `looked` or `record` says what was seen.
    """
    now = now_of(engine)
    lost = (
        select(_DELIVERIES.c.id)
        .where(
            _DELIVERIES.c.state == DeliveryState.UNKNOWN,
            _DELIVERIES.c.channel == channel,
            _DELIVERIES.c.not_before <= now,
            _DELIVERIES.c.looks < looks,
        )
        .order_by(_DELIVERIES.c.not_before)
    )
    if not some(engine, lost):
        return ()
    with writing(engine).begin() as connection:
        ours = lost.limit(most).with_for_update(skip_locked=True)
        taken = update(_DELIVERIES).where(_DELIVERIES.c.id.in_(ours)).values(not_before=now + _seconds(lease))
        return _deliveries(connection, list(connection.execute(taken.returning(_DELIVERIES.c.id)).scalars()))


def looked(engine: Engine, delivery: Delivery, again: timedelta, notice: Notice | None = None) -> None:
    """A look told nothing: it counts, another comes after `again`, and of the last one the owner is told."""
    with writing(engine).begin() as connection:
        mine = update(_DELIVERIES).where(
            *_mine(delivery), _DELIVERIES.c.state == DeliveryState.UNKNOWN, _DELIVERIES.c.looks == delivery.looks
        )
        values = {"looks": delivery.looks + 1, "not_before": now_of(connection) + _seconds(again)}
        if connection.execute(mine.values(**values)).rowcount and notice:
            put(connection, notice)


def resend(engine: Engine, number: int, keep: timedelta) -> bool:
    """A person wants an unsent one sent after all, and knows that an unknown one may arrive twice. False: it is none.

    It is tried for `keep` from now on.
    """
    with writing(engine, durable=True).begin() as connection:
        now = now_of(connection)
        mine = update(_DELIVERIES).where(_DELIVERIES.c.id == number, _DELIVERIES.c.state.in_(UNSENT))
        compiled = exists().where(its_occurrence(), _OCCURRENCES.c.digest.is_not(None))
        values = {"state": DeliveryState.PENDING, "not_before": now, "attempt": 0, "settled_at": None}
        again = mine.where(compiled).values(**values).returning(_DELIVERIES.c.subscription_id, _DELIVERIES.c.period_key)
        row = connection.execute(again).first()
        if row is None:
            return False
        its = update(_OCCURRENCES).where(
            _OCCURRENCES.c.subscription_id == row.subscription_id, _OCCURRENCES.c.period_key == row.period_key
        )
        connection.execute(its.values(give_up_at=now + _seconds(keep)))
        return True


def arrived(engine: Engine, number: int, who: str) -> bool:
    """A person says that an unknown one has arrived. False: it is not unknown."""
    with writing(engine, durable=True).begin() as connection:
        mine = update(_DELIVERIES).where(_DELIVERIES.c.id == number, _DELIVERIES.c.state == DeliveryState.UNKNOWN)
        values = {"state": DeliveryState.SENT, "text": f"{who} says that it has arrived"}
        return connection.execute(mine.values(**values, settled_at=now_of(connection))).rowcount == 1


def get(connection: Connection, number: int) -> tuple[Delivery, DeliveryState] | None:
    """One by its number, whatever became of it."""
    found = _deliveries(connection, [number])
    if not found:
        return None
    state = select(_DELIVERIES.c.state).where(_DELIVERIES.c.id == number)
    return found[0], DeliveryState(connection.execute(state).scalar_one())


def last_unsent(connection: Connection, target_id: int) -> int | None:
    """The newest delivery to a target, if that has failed: its number."""
    newest = (
        select(_DELIVERIES.c.id, _DELIVERIES.c.state)
        .where(_DELIVERIES.c.target_id == target_id)
        .order_by(_DELIVERIES.c.id.desc())
        .limit(1)
    )
    row = connection.execute(newest).first()
    return row.id if row and row.state in UNSENT else None


def its_occurrence() -> Any:
    """The occurrence that a delivery is of, as a condition."""
    return (_OCCURRENCES.c.subscription_id == _DELIVERIES.c.subscription_id) & (
        _OCCURRENCES.c.period_key == _DELIVERIES.c.period_key
    )


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _mine(delivery: Delivery) -> tuple[Any, Any]:
    return _DELIVERIES.c.id == delivery.id, _DELIVERIES.c.fence == delivery.fence


def _deliveries(connection: Connection, ids: Collection[int]) -> tuple[Delivery, ...]:
    told = (
        select(
            _DELIVERIES,
            *(_TARGETS.c[name] for name in ("address", "token")),
            *(_SUBSCRIPTIONS.c[name].label(f"subscription_{name}") for name in ("name", "owner")),
            _OCCURRENCES.c.due_at,
        )
        .join(_TARGETS, _TARGETS.c.id == _DELIVERIES.c.target_id)
        .join(_SUBSCRIPTIONS, _SUBSCRIPTIONS.c.id == _DELIVERIES.c.subscription_id)
        .join(_OCCURRENCES, its_occurrence())
        .where(_DELIVERIES.c.id.in_(ids))
        .order_by(_DELIVERIES.c.not_before, _DELIVERIES.c.id)
    )
    return tuple(_delivery(row) for row in connection.execute(told))


def _delivery(row: Any) -> Delivery:
    return Delivery(
        row.id,
        row.subscription_id,
        row.period_key,
        row.target_id,
        Channel(row.channel),
        row.address,
        row.attempt,
        row.fence,
        row.token,
        row.subscription_name,
        row.subscription_owner,
        from_seconds(row.due_at),
        row.looks,
    )
