"""The ledger of deliveries: each period of a subscription goes to each target once, or is seen not to be known.

A sender claims a delivery, marks it just before the point of no return, and records what became of it. A claim that
runs out before the mark is free again; after the mark nobody can tell, so it is `unknown` and never sent blindly.
Leases are on the database's clock: replicas need not agree on the time.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, literal_column, select, update

from reports.calendar import Due
from reports.freeze import fingerprint
from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of
from store.engine import writing
from store.subscriptions import Channel, State, TargetState
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_OCCURRENCES, _DELIVERIES = metadata.tables["occurrences"], metadata.tables["deliveries"]


class DeliveryState(StrEnum):
    PENDING = "pending"
    CLAIMED = "claimed"
    INFLIGHT = "inflight"  # past the mark
    SENT = "sent"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SUPPRESSED = "suppressed"  # its target left, or the subscription stopped, before it was sent


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


def elect(engine: Engine, subscription_id: int, due: Due) -> bool:
    """Brings an occurrence about with a delivery for each active target; False: it was there, or none is promised."""
    with writing(engine, durable=True).begin() as connection:
        active = select(_SUBSCRIPTIONS.c.id).where(
            _SUBSCRIPTIONS.c.id == subscription_id, _SUBSCRIPTIONS.c.state == State.ACTIVE
        )
        if connection.execute(active.with_for_update()).first() is None:
            return False
        key = {"subscription_id": subscription_id, "period_key": due.key}
        occurrence = dialect_of(engine).insert(_OCCURRENCES).values(**key, due_at=to_seconds(due.due))
        new = occurrence.on_conflict_do_nothing().returning(_OCCURRENCES.c.period_key)
        if connection.execute(new).first() is None:
            return False
        targets = select(_TARGETS.c.id).where(
            _TARGETS.c.subscription_id == subscription_id, _TARGETS.c.state == TargetState.ACTIVE
        )
        started = {**key, "state": DeliveryState.PENDING, "attempt": 0, "fence": 0, "not_before": to_seconds(due.due)}
        rows = [{**started, "target_id": target} for target in connection.execute(targets).scalars()]
        if rows:
            connection.execute(_DELIVERIES.insert(), rows)
        return True


def freeze(engine: Engine, subscription_id: int, period_key: str, digest: bytes) -> bytes:
    """What all targets of an occurrence are sent: the first digest that was given for it, now and at every retry."""
    mine = (_OCCURRENCES.c.subscription_id == subscription_id) & (_OCCURRENCES.c.period_key == period_key)
    with writing(engine, durable=True).begin() as connection:
        first = update(_OCCURRENCES).where(mine, _OCCURRENCES.c.digest.is_(None))
        connection.execute(first.values(digest=digest, fingerprint=fingerprint(digest)))
        return bytes(connection.execute(select(_OCCURRENCES.c.digest).where(mine)).scalar_one())


def claim(engine: Engine, owner: str, lease: timedelta, most: int) -> tuple[Delivery, ...]:
    """Up to `most` deliveries whose time has come, the oldest; nobody else gets them before the lease runs out."""
    with writing(engine, durable=True).begin() as connection:
        now = _now(connection)
        free = (
            select(_DELIVERIES.c.id)
            .where(_DELIVERIES.c.state == DeliveryState.PENDING, _DELIVERIES.c.not_before <= now)
            .order_by(_DELIVERIES.c.not_before)
            .limit(most)
            .with_for_update(skip_locked=True)
        )
        claimed = (
            update(_DELIVERIES)
            .where(_DELIVERIES.c.id.in_(free))
            .values(
                state=DeliveryState.CLAIMED,
                owner=owner,
                attempt=_DELIVERIES.c.attempt + 1,
                fence=_DELIVERIES.c.fence + 1,
                lease_until=now + _seconds(lease),
            )
            .returning(_DELIVERIES.c.id)
        )
        ids = list(connection.execute(claimed).scalars())
        return _deliveries(connection, ids)


def mark(engine: Engine, delivery: Delivery, lease: timedelta) -> bool:
    """Commits that it is about to be sent. False: nothing may be sent, the claim ran out or it is no longer wanted."""
    wanted = (
        select(_TARGETS.c.id)
        .join(_SUBSCRIPTIONS, _SUBSCRIPTIONS.c.id == _TARGETS.c.subscription_id)
        .where(
            _TARGETS.c.id == delivery.target_id,
            _TARGETS.c.state == TargetState.ACTIVE,
            _SUBSCRIPTIONS.c.state == State.ACTIVE,
        )
    )
    with writing(engine, durable=True).begin() as connection:
        now = _now(connection)
        claimed = update(_DELIVERIES).where(*_mine(delivery), _DELIVERIES.c.state == DeliveryState.CLAIMED)
        unwanted = claimed.where(~wanted.exists())
        connection.execute(unwanted.values(state=DeliveryState.SUPPRESSED, owner=None, lease_until=None))
        marked = claimed.where(_DELIVERIES.c.lease_until > now, wanted.exists())
        values = {"state": DeliveryState.INFLIGHT, "lease_until": now + _seconds(lease)}
        return connection.execute(marked.values(**values)).rowcount == 1


def record(engine: Engine, delivery: Delivery, outcome: Outcome) -> bool:
    """What became of it. False: another has claimed it since, or it is settled; what stands is kept."""
    state = {
        OutcomeKind.SENT: DeliveryState.SENT,
        OutcomeKind.TRANSIENT: DeliveryState.PENDING,
        OutcomeKind.PERMANENT: DeliveryState.FAILED,
        OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
    }[outcome.kind]
    open_states = [DeliveryState.CLAIMED, DeliveryState.INFLIGHT, DeliveryState.UNKNOWN]
    with writing(engine, durable=True).begin() as connection:
        recorded = update(_DELIVERIES).where(*_mine(delivery), _DELIVERIES.c.state.in_(open_states))
        values = {"state": state, "code": outcome.code, "text": outcome.text, "far_id": outcome.far_id}
        if outcome.kind is OutcomeKind.TRANSIENT:
            values["not_before"] = _now(connection) + _seconds(outcome.retry_after)
        return connection.execute(recorded.values(**values, owner=None, lease_until=None)).rowcount == 1


def reap(engine: Engine) -> tuple[int, int]:
    """Claims that ran out: how many are pending again, and how many past the mark are unknown now."""
    with writing(engine, durable=True).begin() as connection:
        late = _DELIVERIES.c.lease_until <= _now(connection)
        freed, lost = (
            connection.execute(
                update(_DELIVERIES)
                .where(_DELIVERIES.c.state == before, late)
                .values(state=after, owner=None, lease_until=None)
            ).rowcount
            for before, after in (
                (DeliveryState.CLAIMED, DeliveryState.PENDING),
                (DeliveryState.INFLIGHT, DeliveryState.UNKNOWN),
            )
        )
        return freed, lost


def _now(connection: Connection) -> Any:
    return literal_column(dialect_of(connection).NOW, BigInteger)


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _mine(delivery: Delivery) -> tuple[Any, Any]:
    return _DELIVERIES.c.id == delivery.id, _DELIVERIES.c.fence == delivery.fence


def _deliveries(connection: Connection, ids: list[int]) -> tuple[Delivery, ...]:
    told = (
        select(
            _DELIVERIES,
            *(_TARGETS.c[name] for name in ("channel", "address", "token")),
            *(_SUBSCRIPTIONS.c[name].label(f"subscription_{name}") for name in ("name", "owner")),
            _OCCURRENCES.c.due_at,
        )
        .join(_TARGETS, _TARGETS.c.id == _DELIVERIES.c.target_id)
        .join(_SUBSCRIPTIONS, _SUBSCRIPTIONS.c.id == _DELIVERIES.c.subscription_id)
        .join(
            _OCCURRENCES,
            (_OCCURRENCES.c.subscription_id == _DELIVERIES.c.subscription_id)
            & (_OCCURRENCES.c.period_key == _DELIVERIES.c.period_key),
        )
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
    )
