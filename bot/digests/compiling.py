"""What one occurrence of a subscription sends: its questions, asked about the occurrence's own period."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection

from reports.calendar import Due, Schedule, due_between, period_in_words
from reports.freeze import Digest
from reports.period import Period
from reports.query import Query
from reports.report import Report, Result
from reports.section import Scope
from reports.views import scope_of
from store.saved import Viewer, queries_of
from store.subscriptions import Promise

#: Longer than any two occurrences of a schedule lie apart.
_LONGEST = timedelta(days=63)
_MOMENT = timedelta(microseconds=1)


def compile_digest(
    promise: Promise,
    queries: Sequence[Query],
    due: Due | None,
    answer: Callable[[Query], Report],
    skipped: tuple[str, ...] = (),
) -> Digest:
    """Raises whatever `answer` raises. Without a due occurrence the questions are asked as they stand."""
    reports = tuple(answer(query if due is None else about(query, due, promise.schedule)) for query in queries)
    locale = queries[0].locale if queries else "en"
    return Digest(promise.name, period_in_words(due, locale) if due else "", reports, skipped)


def questions_of(connection: Connection, promise: Promise, who: Viewer) -> tuple[Query, ...]:
    """What a promise asks; of something saved, what it is now and its owner may see. Raises store.saved.Unsaved."""
    if promise.query is not None:
        return (promise.query,)
    assert promise.subject is not None, "a promise has a query or a subject"
    return queries_of(connection, promise.kind, promise.subject, who)


def about(query: Query, due: Due, schedule: Schedule) -> Query:
    """The question of one occurrence: of all e-mail about its period, after a send about the e-mail that was sent.

    One e-mail by its name is told of as a whole each time: what it has gathered since.
    """
    if due.key.startswith("send:"):
        return replace(query, email=due.key.removeprefix("send:"), zone=schedule.zone)
    if scope_of(query.sections) is not Scope.ALL:
        return replace(query, zone=schedule.zone)
    period = Period("dates", due.start.date(), (due.end - _MOMENT).date())
    return replace(query, period=period, zone=schedule.zone)


def newest(schedule: Schedule, now: datetime) -> Due | None:
    """The last occurrence up to now, as a preview shows it; None where it follows sends."""
    found = list(due_between(schedule, now - _LONGEST, now))
    return found[-1] if found else None


def is_empty(digest: Digest) -> bool:
    """Whether there is nothing to report: no row, no chart, and no figure that is more than nothing."""
    return not any(_says_something(result) for report in digest.reports for result in report.results)


def _says_something(result: Result) -> bool:
    rows = result.table is not None and bool(result.table.rows)
    return rows or result.chart is not None or any(figure.value for figure in result.figures)
