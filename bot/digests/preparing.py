"""Compiling what has come due, once for all who get it, and saying so to the owner where that can't be done."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from secrets import token_hex

import structlog
from sqlalchemy import Engine

from bot.access.rights import Access, NotAllowed, Right
from bot.answers import EmptyStore, UnknownEmail, UnknownValue
from bot.digests import telling
from bot.digests.compiling import compile_digest, is_empty, questions_of
from bot.digests.pace import Pace
from bot.grammar import Misread
from reports.calendar import Due, period_in_words
from reports.compile import UnknownSection
from reports.freeze import freeze
from reports.query import Query
from reports.report import Report
from store import occurrences, subscriptions
from store.occurrences import Occurrence, OccurrenceState
from store.saved import Unsaved, Viewer
from store.subscriptions import NoSubscription, State, Subscription

_LOG = structlog.get_logger(__name__)
#: What no second try mends: it says itself what is wrong.
_DEFINITE = (EmptyStore, Misread, UnknownEmail, UnknownSection, UnknownValue, Unsaved)
#: Missed periods that are named one by one; more are named by the days from the first to the last.
_NAMED = 6


@dataclass(frozen=True, slots=True)
class Eyes:
    """With whose eyes digests are made: `answer` gives a Report, and the others what an owner sees and may do."""

    answer: Callable[[Query, datetime, Access], Report]
    viewer: Callable[[str], Viewer]
    access: Callable[[str], Access]


def prepare(engine: Engine, occurrence: Occurrence, eyes: Eyes, now: datetime, pace: Pace) -> None:
    """Freezes the digest of an occurrence, or settles that there is none, or has it tried again later.

    Raises what the database raises when not even that can be put down.
    """
    try:
        with engine.connect() as connection:
            subscription = subscriptions.get(connection, occurrence.subscription_id)
    except NoSubscription:
        occurrences.settle(engine, occurrence, OccurrenceState.WITHDRAWN, "the subscription has ended")
        return
    if subscription.state is not State.ACTIVE:
        occurrences.settle(engine, occurrence, OccurrenceState.WITHDRAWN, "the subscription was paused")
        return
    if occurrence.attempt > pace.compilations:  # it was cut off each time: perhaps it takes the process with it
        _fail(engine, subscription, occurrence, f"compiling it was cut off {pace.compilations} times")
        return
    try:
        _compile(engine, subscription, occurrence, eyes, now)
    except _DEFINITE as error:
        _fail(engine, subscription, occurrence, str(error))
    except Exception as error:  # noqa: BLE001 - whatever it is, it may be over at the next try, and others are due
        _again(engine, subscription, occurrence, error, pace)


def _compile(engine: Engine, subscription: Subscription, occurrence: Occurrence, eyes: Eyes, now: datetime) -> None:
    """As its owner may see it by now, but for addresses: others read it. Raises NotAllowed, among others."""
    promise = subscription.promise
    access = eyes.access(promise.owner).for_others
    if not access.may(Right.FIGURES):
        raise NotAllowed(Right.FIGURES)
    viewer = replace(eyes.viewer(promise.owner), manages=access.may(Right.MANAGE))
    with engine.connect() as connection:
        queries = questions_of(connection, promise, viewer)
    skipped = _labels(occurrence, queries[0].locale)

    def answer(query: Query) -> Report:
        return eyes.answer(query, now, access)

    digest = compile_digest(promise, queries, occurrence.due, answer, skipped)
    if promise.skip_empty and is_empty(digest):
        occurrences.settle(engine, occurrence, OccurrenceState.EMPTY, "there was nothing to report")
        return
    occurrences.freeze(engine, occurrence.subscription_id, occurrence.due.key, freeze(digest))


def _labels(occurrence: Occurrence, locale: str) -> tuple[str, ...]:
    missed = occurrence.missed
    if len(missed) > _NAMED:
        missed = ((missed[0][0], missed[-1][1]),)
    return tuple(period_in_words(Due("", end, start, end), locale) for start, end in missed)


def _again(engine: Engine, subscription: Subscription, occurrence: Occurrence, error: Exception, pace: Pace) -> None:
    reference = token_hex(4)
    _LOG.error("a digest could not be compiled", subscription=subscription.id, reference=reference, exc_info=error)
    why = f"{type(error).__name__} (reference {reference} in the log)"
    if isinstance(error, NotAllowed):  # or Slack did not tell who the owner is, which may be over
        why = "its owner may not see figures here any more; whoever runs emailstats can allow it"
    if occurrence.attempt < pace.compilations:
        occurrences.postpone(engine, occurrence, pace.wait(occurrence.attempt), why)
    else:
        _fail(engine, subscription, occurrence, why)


def _fail(engine: Engine, subscription: Subscription, occurrence: Occurrence, why: str) -> None:
    promise = subscription.promise
    notice = telling.unmade(promise.owner, subscription.id, promise.name, occurrence.due, why)
    occurrences.settle(engine, occurrence, OccurrenceState.FAILED, why, notice)
