"""Rates, or a count, over time: of what was sent in each hour, day or week, all e-mail together."""

from collections.abc import Iterator

from reports.facts import AllFacts, Counts, UnitCounts
from reports.metrics import COUNTS, label_of, value_of
from reports.numbers import write_counted
from reports.query import Query
from reports.report import Column, Figure, Result, Series, Table, TimeChart, Unit
from reports.section import Scope, Section
from reports.sections._performance import column_of
from reports.sections.summary import rate_figure
from reports.units import unit_of

TITLE = "E-mail over time"
#: People in a unit below whom its rate is mostly chance.
_ENOUGH = 50
_USUAL = ("open_rate", "click_through_rate")


def build(query: Query, facts: AllFacts) -> Result:
    units = facts.sent_units
    if not any(unit.counts.sent for unit in units):
        return Result("trend", TITLE, notes=("Nothing was sent in this period.",))
    metric = query.option("metric", "")
    keys = (metric,) if metric else _USUAL
    labels = [label_of(key) for key in keys]
    return Result(
        section="trend",
        title=TITLE if not metric else f"{labels[0]} over time",
        figures=tuple(_whole(key, facts.period.counts) for key in keys),
        table=_table(keys, units),
        chart=TimeChart(
            title=" and ".join(labels),
            starts=tuple(unit.start for unit in units),
            unit=units[0].unit,
            series=tuple(Series(label_of(key), values_of(key, units)) for key in keys),
            value_unit=Unit.COUNT if metric in COUNTS else Unit.RATE,
        ),
        notes=tuple(_notes(query, units)),
    )


def values_of(key: str, units: tuple[UnitCounts, ...]) -> tuple[float | None, ...]:
    """A rate or a count in each unit, as a chart draws it; None where there is nothing to take a rate of."""
    values = (value_of(key, unit.counts) for unit in units)
    return tuple(None if value is None else float(value) for value in values)


def _whole(key: str, counts: Counts) -> Figure:
    if key in COUNTS:
        return Figure(key, COUNTS[key], Unit.COUNT, getattr(counts, key))
    return rate_figure(key, counts)


def _table(keys: tuple[str, ...], units: tuple[UnitCounts, ...]) -> Table:
    shown = tuple(dict.fromkeys(("sent", "delivered", *keys)))
    rows = tuple((unit.start, *(value_of(key, unit.counts) for key in shown)) for unit in units)
    start = Column("start", "From", Unit.INSTANT if units[0].unit == "hour" else Unit.DAY)
    return Table((start, *map(column_of, shown)), rows, len(rows))


def _notes(query: Query, units: tuple[UnitCounts, ...]) -> Iterator[str]:
    yield f"Each {units[0].unit} has what was sent in it, whenever it was opened, all people together."
    if query.option("metric", "") not in COUNTS:
        yield "A gap: nothing was sent, or nothing that the rate can be taken of."
        yield from thin_note(query, [unit.counts.sent for unit in units], units[0].unit)
    yield from unit_of(query.unit, units[0].start, units[-1].start)[1]


def thin_note(query: Query, sent: list[int], unit: str) -> tuple[str, ...]:
    """Of units in which little was sent: a line that jumps from one to the next says nothing."""
    thin = sum(0 < people < _ENOUGH for people in sent)
    if not thin:
        return ()
    written = write_counted(thin, f"{unit} has", f"{unit}s have", query.locale)
    hint = "" if unit == "week" else " By week it is steadier." if unit == "day" else " By day it is steadier."
    return (f"{written} fewer than {_ENOUGH} people: rates of those are mostly chance.{hint}",)


SECTION = Section(
    TITLE, frozenset({"period", "sent_units"}), build, Scope.ALL, options=frozenset({"metric"}), counts=True
)
