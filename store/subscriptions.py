"""Subscriptions: what is promised to whom, and when. What became of each occurrence is the ledger's."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from secrets import token_urlsafe
from typing import Any

from sqlalchemy import Connection, Engine, select, union, update
from sqlalchemy.exc import IntegrityError

from reports.calendar import Schedule, upcoming
from reports.query import Query
from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of
from store.engine import writing
from store.notices import Notice, put
from store.tables import metadata

_SUBSCRIPTIONS, _TARGETS = metadata.tables["subscriptions"], metadata.tables["targets"]
_TOKEN = 16  # bytes; 22 characters


class Kind(StrEnum):
    """What a subscription is to: a question, or what was saved."""

    QUERY = "query"
    REPORT = "report"
    DASHBOARD = "dashboard"


class State(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class TargetState(StrEnum):
    ACTIVE = "active"
    PENDING = "pending"  # a mail address whose owner has not agreed yet
    LEFT = "left"
    SUPPRESSED = "suppressed"  # it bounced for good


class Channel(StrEnum):
    SLACK = "slack"  # the address is a conversation's or a person's identifier
    MAIL = "mail"


class NoSubscription(LookupError):
    """There is none of that number, or it has ended."""


class AlreadyThere(Exception):
    """Another subscription of the same owner is just that already: it and the change would both send the same."""


@dataclass(frozen=True, slots=True)
class Promise:
    """What a subscription is. `owner` is a person's identifier in Slack, or "terminal"; either `subject` or `query`."""

    owner: str
    name: str
    kind: Kind
    schedule: Schedule
    query: Query | None = None
    subject: int | None = None
    skip_empty: bool = False


@dataclass(frozen=True, slots=True)
class Place:
    """Where a subscription is to go. `confirm`: a mail address whose owner has to agree first, unless they have."""

    channel: Channel
    address: str
    confirm: bool = False


@dataclass(frozen=True, slots=True)
class Target:
    id: int
    subscription_id: int
    channel: Channel
    address: str
    token: str
    state: TargetState
    why: str | None = None


@dataclass(frozen=True, slots=True)
class Subscription:
    """`since`: only what is due after it counts; `next_due` is None where it follows sends, or while it is paused."""

    id: int
    promise: Promise
    state: State
    created_at: datetime
    since: datetime
    next_due: datetime | None
    targets: tuple[Target, ...]
    paused_why: str | None = None


def add(engine: Engine, promise: Promise, places: Sequence[Place], now: datetime) -> tuple[Subscription, bool]:
    """The subscription, and whether it is new: the same promise of the same owner is the one that there is.

    That one is active again and goes to the new places as well, so that a form sent twice makes nothing twice.
    """
    values = {**_values(promise), **_beginning(promise, now), "created_at": to_seconds(now)}
    with writing(engine, durable=True).begin() as connection:
        insert = dialect_of(engine).insert(_SUBSCRIPTIONS).values(**values)
        made = connection.execute(
            insert.on_conflict_do_nothing(index_elements=["identity"]).returning(_SUBSCRIPTIONS.c.id)
        ).scalar()
        same = _SUBSCRIPTIONS.c.identity == values["identity"]
        number = made or connection.execute(select(_SUBSCRIPTIONS.c.id).where(same)).scalar_one()
        if made is None:
            paused = update(_SUBSCRIPTIONS).where(same, _SUBSCRIPTIONS.c.state == State.PAUSED)
            connection.execute(paused.values(**_beginning(promise, now)))
        _put(connection, number, places)
        return _one(connection, number), made is not None


def change(engine: Engine, number: int, promise: Promise, places: Sequence[Place], now: datetime) -> Subscription:
    """Another promise in its place, to these places alone. Raises AlreadyThere, or NoSubscription."""
    try:
        with writing(engine, durable=True).begin() as connection:
            before = _one(connection, number)
            begins = _beginning(promise, now) if before.state is State.ACTIVE else {}
            _update(connection, number, **_values(promise), **begins)
            kept = {(place.channel, place.address) for place in places}
            gone = [target.id for target in before.targets if (target.channel, target.address) not in kept]
            removed = update(_TARGETS).where(_TARGETS.c.id.in_(gone))
            connection.execute(removed.values(state=TargetState.LEFT, why="taken off by the owner"))
            _put(connection, number, places)
            return _one(connection, number)
    except IntegrityError as error:
        raise AlreadyThere from error


def pause(engine: Engine, number: int, why: str | None = None) -> None:
    """Nothing is due until it is resumed. Raises NoSubscription."""
    with writing(engine, durable=True).begin() as connection:
        _update(connection, number, state=State.PAUSED, paused_why=why, next_due=None)


def resume(engine: Engine, number: int, now: datetime) -> None:
    """What was due while it was paused is not made up for. Raises NoSubscription."""
    with writing(engine, durable=True).begin() as connection:
        subscription = _one(connection, number)
        if subscription.state is State.PAUSED:
            _update(connection, number, **_beginning(subscription.promise, now))


def end(engine: Engine, number: int) -> None:
    """For good; the same may be promised again. Raises NoSubscription."""
    with writing(engine, durable=True).begin() as connection:
        _update(connection, number, state=State.ENDED, paused_why=None, next_due=None, identity=None)


def leave(engine: Engine, token: str, why: str = "left") -> Target | None:
    """Takes the target of a token off, and gives it; None: there is no such token. Leaving twice is leaving once."""
    return _set_state(engine, token, TargetState.LEFT, why, set(TargetState) - {TargetState.LEFT})


def come_back(engine: Engine, token: str) -> Target | None:
    """Undoes leaving. None: there is no such token; whom a mail server refused stays suppressed."""
    return _set_state(engine, token, TargetState.ACTIVE, None, {TargetState.LEFT})


def confirm(engine: Engine, token: str) -> Target | None:
    """The owner of a mail address agrees. None: there is no such token; who has left in between stays away."""
    return _set_state(engine, token, TargetState.ACTIVE, None, {TargetState.PENDING})


def suppress(engine: Engine, target_id: int, why: str, notice: Notice) -> bool:
    """Takes a target off at which nothing can arrive, and has the owner told; without another one it pauses.

    False: it was off already.
    """
    with writing(engine, durable=True).begin() as connection:
        going = update(_TARGETS).where(_TARGETS.c.id == target_id, _TARGETS.c.state == TargetState.ACTIVE)
        off = going.values(state=TargetState.SUPPRESSED, why=why).returning(_TARGETS.c.subscription_id)
        number = connection.execute(off).scalar()
        if number is None:
            return False
        others = select(_TARGETS.c.id).where(
            _TARGETS.c.subscription_id == number, _TARGETS.c.state == TargetState.ACTIVE
        )
        alone = update(_SUBSCRIPTIONS).where(
            _SUBSCRIPTIONS.c.id == number, _SUBSCRIPTIONS.c.state == State.ACTIVE, ~others.exists()
        )
        connection.execute(alone.values(state=State.PAUSED, paused_why=why, next_due=None))
        put(connection, notice)
        return True


def take_up(engine: Engine, target_id: int, now: datetime) -> Subscription:
    """A target that was suppressed is active again, and so is its subscription. Raises NoSubscription."""
    with writing(engine, durable=True).begin() as connection:
        mine = _TARGETS.c.id == target_id
        suppressed = update(_TARGETS).where(mine, _TARGETS.c.state == TargetState.SUPPRESSED)
        connection.execute(suppressed.values(state=TargetState.ACTIVE, why=None))
        number = connection.execute(select(_TARGETS.c.subscription_id).where(mine)).scalar()
        if number is None:
            raise NoSubscription(target_id)
        subscription = _one(connection, number)
        if subscription.state is State.PAUSED:
            _update(connection, number, **_beginning(subscription.promise, now))
        return subscription


def of_token(connection: Connection, token: str) -> tuple[Subscription, Target] | None:
    """What a link in a mail is about; None where there is no such token, or its subscription has ended."""
    row = connection.execute(select(_TARGETS).where(_TARGETS.c.token == token)).one_or_none()
    found = _found(connection, _SUBSCRIPTIONS.c.id == row.subscription_id) if row else ()
    return (found[0], _target(row)) if found else None


def of_target(connection: Connection, target_id: int) -> Subscription:
    """Raises NoSubscription."""
    number = connection.execute(select(_TARGETS.c.subscription_id).where(_TARGETS.c.id == target_id)).scalar()
    return _one(connection, number or 0)


def get(connection: Connection, number: int) -> Subscription:
    """Raises NoSubscription."""
    return _one(connection, number)


def owner_of(engine: Engine, number: int) -> str:
    """Also of one whose promise can't be read. Raises NoSubscription."""
    with engine.connect() as connection:
        owner = connection.execute(select(_SUBSCRIPTIONS.c.owner).where(_SUBSCRIPTIONS.c.id == number)).scalar()
    if owner is None:
        raise NoSubscription(number)
    return str(owner)


def of_people(connection: Connection, owner: str, addresses: Iterable[str] = ()) -> tuple[Subscription, ...]:
    """Those that somebody owns, and those that go to any of the addresses and were not left; oldest first."""
    going = select(_TARGETS.c.subscription_id).where(
        _TARGETS.c.address.in_(list(addresses)), _TARGETS.c.state != TargetState.LEFT
    )
    own = select(_SUBSCRIPTIONS.c.id).where(_SUBSCRIPTIONS.c.owner == owner)
    return _found(connection, _SUBSCRIPTIONS.c.id.in_(union(own, going)))  # an OR would be tried on every row


def every(connection: Connection) -> tuple[Subscription, ...]:
    """All that have not ended, oldest first."""
    return _found(connection)


def _beginning(promise: Promise, now: datetime) -> dict[str, Any]:
    """Active from now on."""
    first = upcoming(promise.schedule, now, 1)
    return {
        "state": State.ACTIVE,
        "paused_why": None,
        "since": to_seconds(now),
        "next_due": to_seconds(first[0].due) if first else None,
    }


def _values(promise: Promise) -> dict[str, Any]:
    told = {
        "owner": promise.owner,
        "kind": promise.kind,
        "subject": promise.subject,
        "query": promise.query.to_json().decode() if promise.query else None,
        "schedule": promise.schedule.to_json().decode(),
        "skip_empty": promise.skip_empty,
    }
    identity = blake2b(json.dumps(told, sort_keys=True).encode(), digest_size=16).hexdigest()
    return {**told, "name": promise.name, "identity": identity}


def _put(connection: Connection, number: int, places: Sequence[Place]) -> None:
    """Targets for places. Who left or bounced is not taken up again behind their back: a mail address has to agree."""
    for place in dict.fromkeys(places):
        state = TargetState.PENDING if place.confirm and not _agreed(connection, place) else TargetState.ACTIVE
        values = {"subscription_id": number, "channel": place.channel, "address": place.address, "state": state}
        insert = dialect_of(connection).insert(_TARGETS).values(**values, token=token_urlsafe(_TOKEN))
        keys = ["subscription_id", "channel", "address"]
        back = TargetState.PENDING if place.channel is Channel.MAIL else TargetState.ACTIVE
        away = _TARGETS.c.state.in_([TargetState.LEFT, TargetState.SUPPRESSED])
        connection.execute(
            insert.on_conflict_do_update(index_elements=keys, set_={"state": back, "why": None}, where=away)
        )


def _agreed(connection: Connection, place: Place) -> bool:
    """Whether the owner of an address gets something already: one confirmation is enough."""
    going = select(_TARGETS.c.id).where(
        _TARGETS.c.address == place.address,
        _TARGETS.c.channel == place.channel,
        _TARGETS.c.state == TargetState.ACTIVE,
    )
    return connection.execute(going.limit(1)).first() is not None


def _set_state(
    engine: Engine, token: str, state: TargetState, why: str | None, from_states: set[TargetState]
) -> Target | None:
    with writing(engine, durable=True).begin() as connection:
        mine = _TARGETS.c.token == token
        changed = update(_TARGETS).where(mine, _TARGETS.c.state.in_(from_states))
        connection.execute(changed.values(state=state, why=why))
        row = connection.execute(select(_TARGETS).where(mine)).one_or_none()
        return None if row is None else _target(row)


def _update(connection: Connection, number: int, **values: Any) -> None:
    going = update(_SUBSCRIPTIONS).where(_SUBSCRIPTIONS.c.id == number, _SUBSCRIPTIONS.c.state != State.ENDED)
    if not connection.execute(going.values(**values)).rowcount:
        raise NoSubscription(number)


def _one(connection: Connection, number: int) -> Subscription:
    found = _found(connection, _SUBSCRIPTIONS.c.id == number)
    if not found:
        raise NoSubscription(number)
    return found[0]


def _found(connection: Connection, *conditions: Any) -> tuple[Subscription, ...]:
    going = select(_SUBSCRIPTIONS).where(_SUBSCRIPTIONS.c.state != State.ENDED, *conditions)
    rows = connection.execute(going.order_by(_SUBSCRIPTIONS.c.id)).all()
    targets: dict[int, list[Target]] = {row.id: [] for row in rows}
    theirs = select(_TARGETS).where(_TARGETS.c.subscription_id.in_(targets)).order_by(_TARGETS.c.id)
    for target in connection.execute(theirs):
        targets[target.subscription_id].append(_target(target))
    return tuple(_subscription(row, tuple(targets[row.id])) for row in rows)


def _subscription(row: Any, targets: tuple[Target, ...]) -> Subscription:
    promise = Promise(
        row.owner,
        row.name,
        Kind(row.kind),
        Schedule.from_json(row.schedule),
        Query.from_json(row.query) if row.query else None,
        row.subject,
        bool(row.skip_empty),
    )
    due = None if row.next_due is None else from_seconds(row.next_due)
    created, since = from_seconds(row.created_at), from_seconds(row.since)
    return Subscription(row.id, promise, State(row.state), created, since, due, targets, row.paused_why)


def _target(row: Any) -> Target:
    return Target(
        row.id, row.subscription_id, Channel(row.channel), row.address, row.token, TargetState(row.state), row.why
    )
