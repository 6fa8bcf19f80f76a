"""The same figures for each part of a whole: a table with intervals, and one rate of all parts in a chart."""

from collections.abc import Sequence
from dataclasses import dataclass

from reports.facts import Counts
from reports.metrics import METRICS, rate
from reports.numbers import write_interval
from reports.query import Query
from reports.report import Column, IntervalChart, Unit, Value
from reports.sections.summary import rate_figure

_IN_CHART = 15
#: Counts and rates of a part, in their order; each rate is followed by its interval.
_COUNTS = (("delivered", "Delivered"), ("opened", "Opened"), ("clicked", "Clicked"))
_RATES = ("open_rate", "click_rate", "click_through_rate")
_SHORT = {"click_through_rate": "Click-through"}
_LAST = (("bounced", "Bounced"), ("unsubscribed", "Unsubscribed"), ("complained", "Spam reports"))


@dataclass(frozen=True, slots=True)
class Part:
    """One part, such as a list, with its figures; `before` are the cells between its name and them."""

    name: str
    counts: Counts
    before: tuple[Value, ...] = ()


def columns(head: Column, *before: Column) -> tuple[Column, ...]:
    rates = []
    for key in _RATES:
        rates.append(Column(key, _SHORT.get(key, METRICS[key].label), Unit.RATE))
        rates.append(Column(f"{key}_interval", "95 %", Unit.TEXT))
    counts, last = (tuple(Column(key, label, Unit.COUNT) for key, label in told) for told in (_COUNTS, _LAST))
    return (head, *before, *counts, *rates, *last)


def row(part: Part, query: Query) -> tuple[Value, ...]:
    counts = part.counts
    rates: list[Value] = []
    for key in _RATES:
        figure = rate_figure(key, counts)
        rates += [figure.value, write_interval(figure, query.locale)]
    return (
        part.name,
        *part.before,
        *(getattr(counts, key) for key, _label in _COUNTS),
        *rates,
        counts.bounced_hard + counts.bounced_soft,
        counts.unsubscribed,
        counts.complained,
    )


def cut_note(parts: Sequence[Part]) -> tuple[str, ...]:
    """What a chart of many parts leaves out is said."""
    return (f"The chart shows the first {_IN_CHART} of them.",) if len(parts) > _IN_CHART else ()


def chart(title: str, parts: Sequence[Part], key: str = "open_rate") -> IntervalChart | None:
    """The first parts of which the rate is known; a single one has nothing to stand beside."""
    rates = [(part.name, rate(key, part.counts)) for part in parts]
    known = [(name, float(found.value), found.low, found.high) for name, found in rates if found.value is not None]
    if len(known) < 2:
        return None
    return IntervalChart(title, METRICS[key].label, tuple(known[:_IN_CHART]))
