"""What has come due is put down in the ledger. One broken subscription is paused, and stops no other."""

from datetime import datetime, timedelta
from hashlib import blake2b
from secrets import token_hex

import structlog
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError

from bot.digests import telling
from bot.digests.pace import Pace
from reports.calendar import Due, Schedule, after_send, due_between, upcoming
from store import notices, occurrences, subscriptions
from store.occurrences import Plan
from store.subscriptions import NoSubscription, State

_LOG = structlog.get_logger(__name__)
_MOMENT = timedelta(microseconds=1)
#: Looked at in one go.
MANY = 1_000
#: An e-mail that is learned of later than this after its report was due is history, and nobody waits for it.
_NEWS = timedelta(hours=48)


def elect_due(engine: Engine, now: datetime, pace: Pace) -> int:
    """Elects all that is due by `now`; after a downtime the newest period, which names those that were missed.

    How many occurrences came about. Raises what the database raises.
    """
    with engine.connect() as connection:
        promised = occurrences.due(connection, now, MANY)
    elected = 0
    for one in promised:
        assert one.next_due is not None, "it was found by it"
        try:
            elected += _elect(engine, one.id, one.next_due, now, pace, len(promised))
        except NoSubscription:
            continue  # it ended meanwhile
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - whatever is wrong with one, the others are due
            _pause(engine, one.id, error)
    return elected


def elect_sends(engine: Engine, now: datetime, pace: Pace) -> int:
    """The same for what is due some hours after each send."""
    with engine.connect() as connection:
        numbers = occurrences.following_sends(connection)
    elected = 0
    for number in numbers:
        try:
            elected += _elect_sends(engine, number, now, pace)
        except NoSubscription:
            continue
        except DBAPIError:
            raise
        except Exception as error:  # noqa: BLE001 - as above
            _pause(engine, number, error)
    return elected


def _elect(engine: Engine, number: int, seen: datetime, now: datetime, pace: Pace, many: int) -> bool:
    with engine.connect() as connection:
        schedule = subscriptions.get(connection, number).promise.schedule
    found = list(due_between(schedule, seen - _MOMENT, now))
    following = upcoming(schedule, now, 1)[0].due
    if not found:
        occurrences.move(engine, number, seen, following)
        return False
    *missed, newest = found
    delay = pace.delay(_place(number), many)
    plan = Plan(seen, following, tuple(missed), delay, pace.keep(schedule))
    return occurrences.elect(engine, number, newest, plan)


def _elect_sends(engine: Engine, number: int, now: datetime, pace: Pace) -> int:
    with engine.connect() as connection:
        subscription = subscriptions.get(connection, number)
        schedule = subscription.promise.schedule
        if subscription.state is not State.ACTIVE or schedule.every != "send":
            return 0
        due = _sends(connection, schedule, max(subscription.since, now - _NEWS), now)
        known = occurrences.known(connection, number, [one.key for one in due])
    plan = Plan(keep=pace.keep(schedule))
    return sum(occurrences.elect(engine, number, one, plan) for one in due if one.key not in known)


def _sends(connection: Connection, schedule: Schedule, after: datetime, now: datetime) -> tuple[Due, ...]:
    hours = timedelta(hours=schedule.hours)
    sent = occurrences.sent_between(connection, after - hours, now - hours)
    return tuple(after_send(schedule, email, at) for email, at in sent)


def _place(number: int) -> float:
    """A subscription's own place among those that are due with it, in [0, 1)."""
    return int.from_bytes(blake2b(str(number).encode(), digest_size=4).digest()) / 2**32


def _pause(engine: Engine, number: int, error: Exception) -> None:
    reference = token_hex(4)
    _LOG.error("a subscription is broken, and paused", subscription=number, reference=reference, exc_info=error)
    why = f"its schedule can't be read (reference {reference})"
    subscriptions.pause(engine, number, why)
    notices.add(engine, telling.paused(subscriptions.owner_of(engine, number), number, why))
