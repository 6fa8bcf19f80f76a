"""Visits of a window, by source and campaign. Days are those of the analytics' own account."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, text

from reports.facts import AllFacts, SourceVisits
from reports.period import Bounds
from reports.query import Query

_VISITS = text(
    "SELECT source, campaign, sum(visits), sum(contacts), sum(customers) FROM visits"
    " WHERE day BETWEEN :first AND :last GROUP BY source, campaign ORDER BY source, campaign"
)


def visits(connection: Connection, query: Query, known: AllFacts) -> tuple[SourceVisits, ...]:
    return _within(connection, query, known.window)


def visits_before(connection: Connection, query: Query, known: AllFacts) -> tuple[SourceVisits, ...]:
    return () if known.before is None else _within(connection, query, known.before)


def _within(connection: Connection, query: Query, bounds: Bounds) -> tuple[SourceVisits, ...]:
    zone = ZoneInfo(query.zone)
    start, end = bounds

    def day(at: datetime | None, otherwise: date) -> date:
        return otherwise if at is None else at.astimezone(zone).date()

    last = day(None if end is None else end - timedelta(microseconds=1), date.max)
    rows = connection.execute(_VISITS, {"first": day(start, date.min), "last": last})
    return tuple(SourceVisits(source, campaign or None, *map(int, counts)) for source, campaign, *counts in rows)
