"""When sending does best: a rate by weekday and hour of sending, on the viewer's clock."""

from reports.facts import AllFacts, Counts
from reports.metrics import METRICS, rate
from reports.numbers import write_counted, write_weekdays
from reports.query import Query
from reports.report import Cell, Column, Figure, HeatMap, Result, Table, Unit
from reports.section import Scope, Section

TITLE = "Best time to send"
#: People behind a cell; with fewer, chance alone moves a rate of a third by ten points and more.
ENOUGH = 100
_COLUMNS = (
    Column("day", "Sent on", Unit.TEXT),
    Column("hour", "Hour", Unit.TEXT),
    Column("rate", "Rate", Unit.RATE),
    Column("n", "Of", Unit.COUNT),
)

_Hours = dict[tuple[int, int], Counts]


def build(query: Query, facts: AllFacts) -> Result:
    key = query.option("metric", "open_rate")
    hours: _Hours = {(told.weekday, told.hour): told.counts for told in facts.sent_hours}
    known = {place: rate(key, counts) for place, counts in hours.items()}
    filled = [place for place, found in known.items() if found.denominator]
    if not filled:
        return Result("heatmap", TITLE, notes=("Nothing was sent in this period, as far as is known.",))
    days = write_weekdays(query.locale)
    read = sorted(
        (place for place in filled if known[place].denominator >= ENOUGH),
        key=lambda place: (-(known[place].value or 0), place),
    )
    rows = tuple((days[day], _clock(hour), known[day, hour].value, known[day, hour].denominator) for day, hour in read)
    label = METRICS[key].label
    return Result(
        section="heatmap",
        title=f"{TITLE}: {label.lower()}",
        figures=(
            Figure("hours", "Hours with enough to be read", Unit.COUNT, len(read)),
            Figure("thin_hours", f"Hours with fewer than {ENOUGH}", Unit.COUNT, len(filled) - len(read)),
        ),
        table=Table(_COLUMNS, rows, len(rows)) if rows else None,
        chart=_chart(query, key, hours, filled),
        notes=_notes(query, len(read)),
    )


def _clock(hour: int) -> str:
    return f"{hour:02d}:00"


def _chart(query: Query, key: str, hours: _Hours, filled: list[tuple[int, int]]) -> HeatMap:
    first, last = (end(hour for _day, hour in filled) for end in (min, max))
    shown = range(first, last + 1)

    def cell(day: int, hour: int) -> Cell:
        found = rate(key, hours.get((day, hour), Counts()))
        value = None if found.value is None else float(found.value)
        return Cell(value, found.denominator, 0 < found.denominator < ENOUGH)

    return HeatMap(
        title=TITLE,
        rows=tuple(write_weekdays(query.locale)),
        columns=tuple(map(_clock, shown)),
        cells=tuple(tuple(cell(day, hour) for hour in shown) for day in range(7)),
        legend=f"{METRICS[key].label} by hour of sending, {query.zone}; hatched: n under {ENOUGH}",
    )


def _notes(query: Query, read: int) -> tuple[str, ...]:
    if not read:
        few = write_counted(ENOUGH, "recipient", "recipients", query.locale)
        return (f"No hour has {few} yet: what is shown is mostly chance. A longer period has more.", _CAUTION)
    return (_CAUTION,)


_CAUTION = (
    "By the hour that the clock showed when each message was sent. Other things differ between hours as well, such as "
    "the e-mail and its lists: take it as a hint, and compare two sendings to be sure."
)
SECTION = Section(TITLE, frozenset({"sent_hours"}), build, Scope.ALL, options=frozenset({"metric"}))
