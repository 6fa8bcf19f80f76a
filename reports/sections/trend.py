"""Rates over time: of what was sent in each hour, day or week, all e-mail together."""

from collections.abc import Iterator

from reports.facts import AllFacts, UnitCounts
from reports.metrics import METRICS, rate
from reports.numbers import write_counted
from reports.query import Query
from reports.report import Column, Result, Series, Table, TimeChart, Unit, Value
from reports.section import Scope, Section
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
    labels = [METRICS[key].label for key in keys]
    return Result(
        section="trend",
        title=TITLE if not metric else f"{labels[0]} over time",
        figures=tuple(rate_figure(key, facts.period.counts) for key in keys),
        table=_table(keys, units),
        chart=TimeChart(
            title=" and ".join(labels),
            starts=tuple(unit.start for unit in units),
            unit=units[0].unit,
            series=tuple(Series(METRICS[key].label, tuple(_values(key, units))) for key in keys),
            value_unit=Unit.RATE,
        ),
        notes=tuple(_notes(query, units)),
    )


def _values(key: str, units: tuple[UnitCounts, ...]) -> Iterator[float | None]:
    for unit in units:
        value = rate(key, unit.counts).value
        yield None if value is None else float(value)


def _table(keys: tuple[str, ...], units: tuple[UnitCounts, ...]) -> Table:
    rows: tuple[tuple[Value, ...], ...] = tuple(
        (unit.start, unit.counts.sent, unit.counts.delivered, *(rate(key, unit.counts).value for key in keys))
        for unit in units
    )
    columns = (
        Column("start", "From", Unit.INSTANT if units[0].unit == "hour" else Unit.DAY),
        Column("sent", "Sent", Unit.COUNT),
        Column("delivered", "Delivered", Unit.COUNT),
        *(Column(key, METRICS[key].label, Unit.RATE) for key in keys),
    )
    return Table(columns, rows, len(rows))


def _notes(query: Query, units: tuple[UnitCounts, ...]) -> Iterator[str]:
    yield (
        f"Each {units[0].unit} has what was sent in it, whenever it was opened, all people together. "
        "A gap: nothing was sent, or nothing that the rate can be taken of."
    )
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


SECTION = Section(TITLE, frozenset({"period", "sent_units"}), build, Scope.ALL, options=frozenset({"metric"}))
