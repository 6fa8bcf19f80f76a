"""What is put down of a delivery that is claimed: that it is about to be sent, and then what became of it.

Every delivery comes by here twice, so several are put down in one transaction, by statements that are made once.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Integer, bindparam, exists, func, select, tuple_, update

from store.dialects import now_of
from store.engine import writing
from store.ledger import OPEN, Delivery, DeliveryState, Outcome, OutcomeKind, Telling
from store.notices import put
from store.subscriptions import State, TargetState
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_OCCURRENCES, _DELIVERIES = metadata.tables["occurrences"], metadata.tables["deliveries"]
_ATTEMPTS = metadata.tables["delivery_attempts"]

_BECOMES = {
    OutcomeKind.SENT: DeliveryState.SENT,
    OutcomeKind.TRANSIENT: DeliveryState.PENDING,
    OutcomeKind.PERMANENT: DeliveryState.FAILED,
    OutcomeKind.UNKNOWN: DeliveryState.UNKNOWN,
}
_ENDS = tuple(state for state in DeliveryState if state not in OPEN)
#: Several claims. By the numbers alone SQLite finds the rows; the fence says that they are still the same claims.
_OURS = (
    _DELIVERIES.c.id.in_(bindparam("numbers", expanding=True)),
    tuple_(_DELIVERIES.c.id, _DELIVERIES.c.fence).in_(bindparam("claims", expanding=True)),
)
#: Whether a delivery's target and its subscription still want it.
_WANTED = exists().where(
    _TARGETS.c.id == _DELIVERIES.c.target_id,
    _TARGETS.c.state == TargetState.ACTIVE,
    _SUBSCRIPTIONS.c.id == _TARGETS.c.subscription_id,
    _SUBSCRIPTIONS.c.state == State.ACTIVE,
)
_CLAIMED = update(_DELIVERIES).where(*_OURS, _DELIVERIES.c.state == DeliveryState.CLAIMED)
_MARKING = (
    _CLAIMED.where(_DELIVERIES.c.lease_until > bindparam("moment"), _WANTED)
    .values(state=DeliveryState.INFLIGHT, lease_until=bindparam("until"))
    .returning(_DELIVERIES.c.id)
)
_SUPPRESSING = _CLAIMED.where(~_WANTED).values(
    state=DeliveryState.SUPPRESSED, owner=None, lease_until=None, settled_at=bindparam("moment")
)
_HELD = (
    select(_DELIVERIES.c.id, _DELIVERIES.c.owner)
    .where(*_OURS, _DELIVERIES.c.state.in_([DeliveryState.CLAIMED, DeliveryState.INFLIGHT, DeliveryState.UNKNOWN]))
    .with_for_update()
)
#: Of `again`, `seen` and `settled`, None keeps what is there.
_SETTLING = (
    update(_DELIVERIES)
    .where(_DELIVERIES.c.id == bindparam("number"))
    .values(
        state=bindparam("becomes"),
        code=bindparam("reply"),
        text=bindparam("words"),
        far_id=bindparam("far"),
        not_before=func.coalesce(bindparam("again", type_=BigInteger), _DELIVERIES.c.not_before),
        looks=func.coalesce(bindparam("seen", type_=Integer), _DELIVERIES.c.looks),
        settled_at=func.coalesce(bindparam("settled", type_=BigInteger), _DELIVERIES.c.settled_at),
        owner=None,
        lease_until=None,
    )
)


@dataclass(frozen=True, slots=True)
class Entry:
    """What is put down of a claimed delivery: what became of it, or (`outcome` is None) that it is about to be sent."""

    delivery: Delivery
    outcome: Outcome | None = None
    tell: Telling | None = None


def mark(engine: Engine, delivery: Delivery, lease: timedelta) -> bool:
    """Commits that it is about to be sent. False: nothing may be sent, the claim ran out or it is no longer wanted."""
    return put_down(engine, [Entry(delivery)], lease)[0] is DeliveryState.INFLIGHT


def record(engine: Engine, delivery: Delivery, outcome: Outcome, tell: Telling | None = None) -> DeliveryState | None:
    """What became of it, and the state that it comes to; of those in a transient end it may be tried again.

    None: another has claimed it since, or it is settled; what stands is kept.
    """
    return put_down(engine, [Entry(delivery, outcome, tell)], timedelta())[0]


def put_down(engine: Engine, entries: Sequence[Entry], lease: timedelta) -> list[DeliveryState | None]:
    """`mark` and `record` for several in one transaction, which share the wait for the disk: the state of each.

    What is marked may be sent only if that is INFLIGHT, within `lease`.
    """
    with writing(engine, durable=True).begin() as connection:
        now = connection.execute(select(now_of(connection))).scalar_one()
        marked = _mark(connection, [entry.delivery for entry in entries if entry.outcome is None], now, lease)
        recorded = _record(connection, [entry for entry in entries if entry.outcome is not None], now)
    return [(marked if entry.outcome is None else recorded).get(entry.delivery.id) for entry in entries]


def _mark(
    connection: Connection, deliveries: Sequence[Delivery], now: int, lease: timedelta
) -> dict[int, DeliveryState]:
    """Those that may be sent, by their numbers."""
    if not deliveries:
        return {}
    claims = {**_claims(deliveries), "moment": now}
    marked = connection.execute(_MARKING, {**claims, "until": now + int(lease.total_seconds())}).scalars().all()
    if len(marked) < len(deliveries):
        connection.execute(_SUPPRESSING, claims)
    return dict.fromkeys(marked, DeliveryState.INFLIGHT)


def _record(connection: Connection, entries: Sequence[Entry], now: int) -> dict[int, DeliveryState]:
    """The states that those of them come to that are still theirs and open to an outcome, by their numbers."""
    if not entries:
        return {}
    claims = _claims([entry.delivery for entry in entries])
    owners = {row.id: row.owner for row in connection.execute(_HELD, claims)}
    kept = [entry for entry in entries if entry.delivery.id in owners]
    values = [_settled(connection, entry, now) for entry in kept]
    if not kept:
        return {}
    connection.execute(_SETTLING, values)
    connection.execute(_ATTEMPTS.insert(), [_attempt(entry, owners[entry.delivery.id], now) for entry in kept])
    states = {value["number"]: value["becomes"] for value in values}
    for entry in kept:
        if entry.tell and (notice := entry.tell(states[entry.delivery.id])):
            put(connection, notice)
    return states


def _settled(connection: Connection, entry: Entry, now: int) -> dict[str, Any]:
    """What _SETTLING is given of one."""
    outcome, delivery = entry.outcome, entry.delivery
    assert outcome is not None, "it is no mark"
    state, again, looks = _BECOMES[outcome.kind], None, None
    if outcome.kind in (OutcomeKind.TRANSIENT, OutcomeKind.UNKNOWN):
        again, looks = now + int(outcome.retry_after.total_seconds()), 0
        given_up = select(_OCCURRENCES.c.subscription_id).where(
            _OCCURRENCES.c.subscription_id == delivery.subscription_id,
            _OCCURRENCES.c.period_key == delivery.period_key,
            _OCCURRENCES.c.give_up_at <= again,
        )
        if outcome.kind is OutcomeKind.TRANSIENT and connection.execute(given_up).first():
            state = DeliveryState.EXPIRED
    settled = now if state in _ENDS else None
    told = {"reply": outcome.code, "words": outcome.text, "far": outcome.far_id}
    return {"number": delivery.id, "becomes": state, "again": again, "seen": looks, "settled": settled} | told


def _attempt(entry: Entry, worker: str | None, now: int) -> dict[str, Any]:
    outcome, delivery = entry.outcome, entry.delivery
    assert outcome is not None, "it is no mark"
    said = {"outcome": outcome.kind, "code": outcome.code, "text": outcome.text}
    return {"delivery_id": delivery.id, "fence": delivery.fence, "worker": worker, "at": now} | said


def _claims(deliveries: Sequence[Delivery]) -> dict[str, Any]:
    """What _OURS is given."""
    claims = [(delivery.id, delivery.fence) for delivery in deliveries]
    return {"numbers": [number for number, _ in claims], "claims": claims}
