"""Changes against the same number of days just before: points for rates, percent for counts (docs/metrics.md)."""

from fractions import Fraction

from reports.facts import Counts
from reports.metrics import Better, rate
from reports.report import Change

#: People, in each of the two periods, below whom a change has no direction: it would change with one or two of them.
ENOUGH = 100


def rate_change(key: str, now: Counts, before: Counts) -> Change:
    """Of a metric. Raises KeyError for an unknown metric."""
    found, was = rate(key, now), rate(key, before)
    by = None if found.value is None or was.value is None else found.value - was.value
    return Change(was.value, by, found.metric.better, min(found.denominator, was.denominator) < ENOUGH)


def count_change(now: int, before: int, better: Better, people: int) -> Change:
    """Of a count; `people` are those behind it in the smaller of the two periods."""
    return Change(before, Fraction(now - before, before) if before else None, better, people < ENOUGH)
