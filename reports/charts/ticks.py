"""Where ticks stand: round numbers up the side, beginnings in the local calendar along the foot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import pairwise
from math import ceil, floor, log10

from babel import Locale

from reports.numbers import write_clock, write_month, write_short_day

_MOST_COUNTS = 5
_MOST_TIMES = 16
_SHORTEST_SPAN = 0.01  # of an axis of shares


def counts(highest: float) -> list[int]:
    """Round whole numbers from 0 to the first at or over `highest`; at least 0 and 1."""
    step, factors = 1, (2, 5 / 2, 2)
    for turn in range(200):  # 1, 2, 5, 10, 20, 50 …
        if step * _MOST_COUNTS >= highest:
            break
        step = int(step * factors[turn % 3])
    last = max(1, -int(-highest // step))
    return [step * count for count in range(last + 1)]


def shares(lowest: float, highest: float) -> list[float]:
    """Round fractions of one, from one at or under `lowest` to one at or over `highest`, within 0 and 1."""
    span = max(highest - lowest, _SHORTEST_SPAN)
    step = 10.0 ** floor(log10(span))
    step *= next(factor for factor in (0.2, 0.5, 1, 2) if span / (step * factor) <= _MOST_COUNTS)
    first, last = floor(lowest / step + 1e-9), ceil(highest / step - 1e-9)
    # By division: 3 * 0.1 is not 0.3, and would be written so.
    found = [round(number * step, 12) for number in range(max(first, 0), max(last, first + 1) + 1)]
    return [share for share in found if share <= 1] if found[-1] > 1 and len(found) > 2 else found


@dataclass(frozen=True, slots=True)
class Tick:
    position: int  #: of the start that it marks
    label: str
    context: str  #: the second line: what the labels from here on are part of; "" when it is as before


@dataclass(frozen=True, slots=True)
class _Step:
    """A distance between ticks; `bucket` numbers the stretches of local calendar time that begin with a tick."""

    hours: int
    bucket: Callable[[datetime, int], int]  #: of a local time and the number of the week's first day
    label: Callable[[datetime, Locale], str]
    context: Callable[[datetime, Locale], str]


def _hours(at: datetime, first_day: int, *, step: int) -> int:
    return (at.toordinal() * 24 + at.hour) // step


def _days(at: datetime, first_day: int, *, step: int) -> int:
    return at.toordinal() // step


def _weeks(at: datetime, first_day: int, *, step: int) -> int:
    return (at.toordinal() - 1 - first_day) // (7 * step)  # ordinal 1 is a Monday


def _months(at: datetime, first_day: int, *, step: int) -> int:
    return (at.year * 12 + at.month - 1) // step


def _year(at: datetime, locale: Locale) -> str:
    return str(at.year)


def _nothing(at: datetime, locale: Locale) -> str:
    return ""


_LADDER = (
    *(_Step(step, partial(_hours, step=step), write_clock, write_short_day) for step in (1, 2, 3, 6, 12)),
    *(_Step(24 * step, partial(_days, step=step), write_short_day, _year) for step in (1, 2)),
    *(_Step(168 * step, partial(_weeks, step=step), write_short_day, _year) for step in (1, 2, 4)),
    *(_Step(730 * step, partial(_months, step=step), write_month, _year) for step in (1, 3)),
    *(_Step(8760 * step, partial(_months, step=12 * step), _year, _nothing) for step in (1, 2, 5, 10, 50)),
)
_UNITS = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(weeks=1)}


def times(
    starts: Sequence[datetime], unit: str, locale: Locale, fits: Callable[[Sequence[Tick]], bool]
) -> tuple[Tick, ...]:
    """The closest ticks that `fits` accepts, at beginnings of local hours, days, weeks, months or years.

    In an hour that clocks go through twice, only its first pass is marked; where midnight does not exist, a day begins
    at its first hour.
    """
    for step in _LADDER:
        if timedelta(hours=step.hours) < _UNITS[unit]:
            continue
        positions = _beginnings(starts, _UNITS[unit], step, locale.first_week_day)
        if 0 < len(positions) <= _MOST_TIMES:
            ticks = _labelled(starts, positions, step, locale)
            if fits(ticks):
                return ticks
    # No round beginning within so short a stretch, or labels too long for any: its start alone.
    return _labelled(starts, [0], next(s for s in _LADDER if timedelta(hours=s.hours) >= _UNITS[unit]), locale)


def _beginnings(starts: Sequence[datetime], unit: timedelta, step: _Step, first_day: int) -> list[int]:
    before = starts[0].replace(tzinfo=None) - unit  # what the wall clock showed one unit earlier
    buckets = [step.bucket(at, first_day) for at in (before, *starts)]
    return [position for position, (one, other) in enumerate(pairwise(buckets)) if other > one]


def _labelled(starts: Sequence[datetime], positions: Sequence[int], step: _Step, locale: Locale) -> tuple[Tick, ...]:
    ticks: list[Tick] = []
    context = ""
    for position in positions:
        at = starts[position]
        now = step.context(at, locale)
        ticks.append(Tick(position, step.label(at, locale), now if now != context else ""))
        context = now
    return tuple(ticks)
