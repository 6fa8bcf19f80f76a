"""Engagement over time: opens and clicks per hour, day or week of the viewer's clock."""

from bisect import bisect_right
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from zoneinfo import ZoneInfo

from reports.facts import Facts, Moment
from reports.numbers import write_counted, write_day, write_instant
from reports.period import Bounds
from reports.query import Query
from reports.report import Column, Figure, Result, Series, Table, TimeChart, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only
from reports.units import MOST_UNITS, unit_of, unit_starts

TITLE = "Engagement over time"

#: Moments further from the middle one come from a wrong clock; one of them would stretch the axis over decades.
#: A quarter of the longest axis: moments lie on both sides of the middle, and known zeros on both sides of them.
_REACH = timedelta(weeks=MOST_UNITS // 4)
_QUARTER = timedelta(minutes=15)  # what a moment covers


def build(query: Query, facts: Facts) -> Result:
    zone = ZoneInfo(query.zone)
    start, end = _bounds(query, facts, zone)
    moments = [m for m in facts.moments if (start is None or m.at >= start) and (end is None or m.at < end)]
    if not moments:
        return Result("timeline", TITLE, notes=(_nothing(facts), *_period_note(query, facts, (start, end))))
    moments.sort(key=attrgetter("at"))
    middle = moments[len(moments) // 2].at
    near = [moment for moment in moments if abs(moment.at - middle) <= _REACH]
    stray = [moment for moment in moments if abs(moment.at - middle) > _REACH] if len(near) < len(moments) else []
    first, last = _span(facts, near, start, end)
    unit, notes = unit_of(query.unit, first, last)
    starts = unit_starts(first, last, unit, zone)
    totals = _totals(near, starts)
    return Result(
        section="timeline",
        title=TITLE,
        figures=_figures(totals, stray),
        table=_table(unit, starts, totals),
        chart=_chart(unit, starts, totals),
        notes=(
            *notes,
            *_period_note(query, facts, (start, end)),
            *_stray_note(query, stray),
            *whole_only(query, "Engagement over time is"),
        ),
    )


def _bounds(query: Query, facts: Facts, zone: ZoneInfo) -> Bounds:
    """Hours and days count on from the sending; an automated e-mail is sent on and on, and they count back."""
    if not facts.email.automated or not facts.moments:
        return query.period.bounds(zone, facts.email.sent_at)
    ordered = sorted(moment.at for moment in facts.moments)
    last = ordered[bisect_right(ordered, ordered[len(ordered) // 2] + _REACH) - 1]  # the last by a right clock
    return query.period.window(zone, last + _QUARTER - timedelta(microseconds=1))


def _period_note(query: Query, facts: Facts, bounds: Bounds) -> tuple[str, ...]:
    """What time is covered, where a period was asked for: the last 7 days of a question are an e-mail's first."""
    if query.period.preset == "all":
        return ()
    others = " All else here is of the whole time." if len(query.sections) > 1 else ""
    return (f"{_covered(query, facts, *bounds)}{others}",)


def _covered(query: Query, facts: Facts, start: datetime | None, end: datetime | None) -> str:
    zone = ZoneInfo(query.zone)
    first = write_day(start.astimezone(zone), query.locale) if start else None
    last = write_day((end - timedelta(microseconds=1)).astimezone(zone), query.locale) if end else None
    if query.period.preset == "dates":
        return " ".join([f"From {first}" if first else "All", f"to {last}." if last else "on."])
    if last is None or start is None or end is None:
        return "When this e-mail was sent is not known, so that all its time is shown."
    if facts.email.automated:
        return f"An automated e-mail is sent on and on: the period counts back from its last open or click, {last}."
    length = int(query.period.preset[:-1])
    units = ("hour", "hours") if query.period.preset.endswith("h") else ("day", "days")
    until = write_instant(end, query.locale, query.zone)
    return f"The first {write_counted(length, *units, query.locale)} after sending, until {until}."


def _span(
    facts: Facts, moments: list[Moment], start: datetime | None, end: datetime | None
) -> tuple[datetime, datetime]:
    """The first and last instant of the axis: the period as far as it is known that nothing more happened in it."""
    first, last = moments[0].at, moments[-1].at
    sent_at = facts.email.sent_at
    if sent_at is not None:
        begin = max(sent_at, start or sent_at)
        first = min(first, begin) if first - begin <= _REACH else first
    if end is not None and facts.last_event_at is not None:
        known = min(end - timedelta(microseconds=1), facts.last_event_at)
        last = max(last, known) if known - last <= _REACH else last
    return first, last


def _nothing(facts: Facts) -> str:
    return "No opens or clicks in this period." if facts.moments else "No opens or clicks are known yet."


def _stray_note(query: Query, stray: list[Moment]) -> tuple[str, ...]:
    events = sum(moment.open_events + moment.click_events for moment in stray)
    if not events:
        return ()
    written = write_counted(events, "open or click lies", "opens and clicks lie", query.locale)
    return (f"{written} years away from the rest, by a wrong clock: counted in the totals, left out over time.",)


_COLUMNS = (
    ("openers", "First opens"),
    ("clickers", "First clicks"),
    ("open_events", "Opens"),
    ("click_events", "Clicks"),
)
_COUNTS = attrgetter(*(key for key, _ in _COLUMNS))


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


def _figures(totals: list[list[int]], stray: list[Moment]) -> tuple[Figure, ...]:
    sums = map(sum, zip(*totals, *map(_COUNTS, stray), strict=True))
    return tuple(Figure(key, label, Unit.COUNT, total) for (key, label), total in zip(_COLUMNS, sums, strict=True))


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
