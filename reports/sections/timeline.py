"""Engagement over time: opens and clicks per hour, day or week of the viewer's clock."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reports.facts import Facts, Moment
from reports.period import local_midnight
from reports.query import Query
from reports.report import Column, Figure, Result, Series, Table, TimeChart, Unit, Value
from reports.section import Section

TITLE = "Engagement over time"

#: With "auto", the unit of the time axis: the first whose span is not passed.
_AUTO = ((timedelta(days=3), "hour"), (timedelta(days=92), "day"))
#: More units than this cannot be told apart in a chart; a coarser unit is taken then, and said.
_MOST = 1_500
_COARSER = {"hour": "day", "day": "week"}


def build(query: Query, facts: Facts) -> Result:
    zone = ZoneInfo(query.zone)
    start, end = query.period.bounds(zone, facts.email.sent_at)
    moments = [m for m in facts.moments if (start is None or m.at >= start) and (end is None or m.at < end)]
    if not moments:
        return Result("timeline", TITLE, notes=(_nothing(facts),))
    first = min(moments[0].at, start or facts.email.sent_at or moments[0].at)
    last = moments[-1].at
    unit, notes = _unit(query.unit, first, last)
    starts = unit_starts(first, last, unit, zone)
    totals = _totals(moments, starts)
    return Result(
        section="timeline",
        title=TITLE,
        figures=_figures(moments),
        table=_table(unit, starts, totals),
        chart=_chart(unit, starts, totals),
        notes=(*notes, *_list_note(query)),
    )


def _nothing(facts: Facts) -> str:
    return "No opens or clicks in this period." if facts.moments else "No opens or clicks are known yet."


def _list_note(query: Query) -> tuple[str, ...]:
    return () if query.list_name is None else ("Engagement over time is of all recipients, not of the list.",)


def _unit(wanted: str, first: datetime, last: datetime) -> tuple[str, tuple[str, ...]]:
    span = last - first
    if wanted == "auto":
        return next((unit for longest, unit in _AUTO if span <= longest), "week"), ()
    unit = wanted
    lengths = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
    while span / lengths[unit] > _MOST and unit in _COARSER:
        unit = _COARSER[unit]
    return unit, () if unit == wanted else (
        f"Shown by {unit}: by {wanted} there would be too many points to tell apart.",
    )


def unit_starts(first: datetime, last: datetime, unit: str, zone: ZoneInfo) -> list[datetime]:
    """Local starts of every unit from the one that holds `first` to the one that holds `last`, gaps included.

    Hours are elapsed hours, so that a night of 23 or 25 hours has 23 or 25; days and weeks begin at local midnight,
    weeks on Monday.
    """
    if unit == "hour":
        local = first.astimezone(zone)
        step = first - timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
        count = int((last - step) / timedelta(hours=1)) + 1
        return [(step + timedelta(hours=n)).astimezone(zone) for n in range(count)]
    day = first.astimezone(zone).date()
    length = 1
    if unit == "week":
        day -= timedelta(days=day.weekday())
        length = 7
    starts = []
    while (start := local_midnight(day, zone)) <= last:
        starts.append(start.astimezone(zone))
        day += timedelta(days=length)
    return starts


_COLUMNS = (
    ("openers", "First opens"),
    ("clickers", "First clicks"),
    ("open_events", "Opens"),
    ("click_events", "Clicks"),
)


def _totals(moments: list[Moment], starts: list[datetime]) -> list[list[int]]:
    """Sums of _COLUMNS, a row a unit."""
    edges = [start.astimezone(UTC) for start in starts]
    totals = [[0] * len(_COLUMNS) for _ in starts]
    for moment in moments:
        row = totals[bisect_right(edges, moment.at) - 1]
        row[0] += moment.openers
        row[1] += moment.clickers
        row[2] += moment.open_events
        row[3] += moment.click_events
    return totals


def _figures(moments: list[Moment]) -> tuple[Figure, ...]:
    return tuple(
        Figure(key, label, Unit.COUNT, sum(getattr(moment, key) for moment in moments)) for key, label in _COLUMNS
    )


def _table(unit: str, starts: list[datetime], totals: list[list[int]]) -> Table:
    columns = (
        Column("start", "From", Unit.INSTANT if unit == "hour" else Unit.DAY),
        *(Column(key, label, Unit.COUNT) for key, label in _COLUMNS),
    )
    rows: tuple[tuple[Value, ...], ...] = tuple((start, *row) for start, row in zip(starts, totals, strict=True))
    return Table(columns, rows, len(rows))


def _chart(unit: str, starts: list[datetime], totals: list[list[int]]) -> TimeChart:
    opens, clicks = (
        Series(label, tuple(float(row[i]) for row in totals)) for i, label in ((2, "Opens"), (3, "Clicks"))
    )
    return TimeChart(TITLE, tuple(starts), unit, (opens, clicks))


SECTION = Section(TITLE, frozenset({"moments"}), build)
