"""How long everything may take, in one place: the service has one pace, and tests have a quicker one."""

from dataclasses import dataclass
from datetime import timedelta
from random import uniform

from reports.calendar import Schedule

_MINUTE, _HOUR = timedelta(minutes=1), timedelta(hours=1)
#: How long a digest is worth sending, by how often there is one.
_KEEP = {"day": 12 * _HOUR, "week": 48 * _HOUR, "month": 48 * _HOUR, "send": 12 * _HOUR}


@dataclass(frozen=True, slots=True)
class Pace:
    """`window` is what is promised: a digest is on its way so long after it was due, however many are due with it.

    What is due at one moment begins `apart` from each other, within four fifths of the window. `waits` are between
    attempts, the last one again and again; `looks` are the waits before it is looked whether an unknown delivery has
    arrived, and of what is not there only the second look is believed. After `patience` an owner is told that one is
    late.
    """

    tick: timedelta = timedelta(seconds=5)
    lease: timedelta = 2 * _MINUTE
    compiling: timedelta = 5 * _MINUTE
    window: timedelta = 5 * _MINUTE
    apart: timedelta = timedelta(seconds=0.25)
    waits: tuple[timedelta, ...] = tuple(minutes * _MINUTE for minutes in (1, 5, 15, 30, 60, 120))
    attempts: int = 24
    compilations: int = 6
    looks: tuple[timedelta, ...] = (timedelta(seconds=30), 2 * _MINUTE, 10 * _MINUTE)
    patience: timedelta = 15 * _MINUTE

    def delay(self, place: float, many: int) -> timedelta:
        """When one of `many` that are due together begins; `place` is its own, in [0, 1)."""
        return place * min(self.window * 0.8, self.apart * (many - 1))

    def wait(self, attempt: int) -> timedelta:
        """Before the next attempt, after so many; half of it by chance, so that not all come back at once."""
        longest = self.waits[min(attempt, len(self.waits)) - 1]
        return longest * uniform(0.5, 1)  # noqa: S311 - nobody gains by guessing it

    def keep(self, schedule: Schedule) -> timedelta:
        """How long after its time a digest is still worth sending."""
        return _KEEP[schedule.every]
