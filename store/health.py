"""How deliveries have fared: what came due, what became of it, how late it was, and what somebody has to decide."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from sqlalchemy import Connection, func, select

from store.codes import from_seconds, to_seconds
from store.ledger import OPEN, UNSENT, DeliveryState, its_occurrence
from store.subscriptions import Channel, State
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_OCCURRENCES, _DELIVERIES = metadata.tables["occurrences"], metadata.tables["deliveries"]


@dataclass(frozen=True, slots=True)
class Unsettled:
    """A delivery that has failed or expired, or of which nobody knows whether it has arrived."""

    id: int
    owner: str
    name: str
    period_key: str
    channel: Channel
    address: str
    state: DeliveryState
    due_at: datetime
    why: str | None


@dataclass(frozen=True, slots=True)
class Health:
    """Of what came due since `since`. `late` is the lateness of which 95 of 100 sent ones have no more; None: none was.

    `waiting` counts by channel what is still to be sent, and `paused` subscriptions that stopped with a reason.
    """

    since: datetime
    occurrences: int
    states: Mapping[DeliveryState, int]
    late: timedelta | None
    waiting: Mapping[Channel, int]
    paused: int
    unsettled: tuple[Unsettled, ...]


def health(connection: Connection, since: datetime, most: int, owner: str | None = None) -> Health:
    """`most` unsettled deliveries are told, the newest; with an `owner`, theirs alone. All else is of everybody."""
    recent = _OCCURRENCES.c.due_at >= to_seconds(since)
    joined = _OCCURRENCES.join(_DELIVERIES, its_occurrence())
    counted = connection.execute(
        select(_DELIVERIES.c.state, func.count()).select_from(joined).where(recent).group_by(_DELIVERIES.c.state)
    )
    states = {DeliveryState(state): count for state, count in counted}
    waiting = connection.execute(
        select(_DELIVERIES.c.channel, func.count()).where(_DELIVERIES.c.state.in_(OPEN)).group_by(_DELIVERIES.c.channel)
    )
    stopped = select(func.count()).where(
        _SUBSCRIPTIONS.c.next_due.is_(None),  # as of all that are paused: an index has it
        _SUBSCRIPTIONS.c.state == State.PAUSED,
        _SUBSCRIPTIONS.c.paused_why.is_not(None),
    )
    return Health(
        since,
        connection.execute(select(func.count()).select_from(_OCCURRENCES).where(recent)).scalar_one(),
        states,
        _late(connection, joined, recent, states.get(DeliveryState.SENT, 0)),
        {Channel(channel): count for channel, count in waiting},
        connection.execute(stopped).scalar_one(),
        _unsettled(connection, recent, most, owner),
    )


def _late(connection: Connection, joined: Any, recent: Any, sent: int) -> timedelta | None:
    """By the nearest-rank method. A clock that was moved can make a sent one early: that is no lateness."""
    if not sent:
        return None
    lateness = _DELIVERIES.c.settled_at - _OCCURRENCES.c.due_at
    ranked = (
        select(lateness)
        .select_from(joined)
        .where(recent, _DELIVERIES.c.state == DeliveryState.SENT)
        .order_by(lateness)
        .offset(ceil(0.95 * sent) - 1)
        .limit(1)
    )
    return timedelta(seconds=max(0, connection.execute(ranked).scalar_one()))


def _unsettled(connection: Connection, recent: Any, most: int, owner: str | None) -> tuple[Unsettled, ...]:
    found = (
        select(
            _DELIVERIES.c.id,
            _SUBSCRIPTIONS.c.owner,
            _SUBSCRIPTIONS.c.name,
            _DELIVERIES.c.period_key,
            _DELIVERIES.c.channel,
            _TARGETS.c.address,
            _DELIVERIES.c.state,
            _OCCURRENCES.c.due_at,
            func.coalesce(_DELIVERIES.c.text, _DELIVERIES.c.code).label("why"),
        )
        .select_from(_DELIVERIES)
        .join(_OCCURRENCES, its_occurrence())
        .join(_SUBSCRIPTIONS, _SUBSCRIPTIONS.c.id == _DELIVERIES.c.subscription_id)
        .join(_TARGETS, _TARGETS.c.id == _DELIVERIES.c.target_id)
        .where(recent, _DELIVERIES.c.state.in_(UNSENT), *([_SUBSCRIPTIONS.c.owner == owner] if owner else []))
        .order_by(_OCCURRENCES.c.due_at.desc(), _DELIVERIES.c.id.desc())
        .limit(most)
    )
    return tuple(
        Unsettled(
            row.id,
            row.owner,
            row.name,
            row.period_key,
            Channel(row.channel),
            row.address,
            DeliveryState(row.state),
            from_seconds(row.due_at),
            row.why,
        )
        for row in connection.execute(found)
    )
