"""Speed, each figure beside a floor measured in the same run, so that it says something on any machine.

A module here exports `run() -> Iterator[Measure]`; `python -m benchmarks` finds and runs them.
"""

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Measure:
    """One line of `make bench`.

    `value` and `floor` share `unit`; `ratio` is value / floor, and holds when it is at least, or at most, `bar`.
    Where there is nothing to compare with, `floor` is None and the value itself is held to the bar.
    """

    name: str
    value: float
    unit: str
    bar: float
    direction: Literal["at least", "at most"]
    floor: float | None = None

    @property
    def ratio(self) -> float:
        return self.value if self.floor is None else self.value / self.floor

    @property
    def holds(self) -> bool:
        return self.ratio >= self.bar if self.direction == "at least" else self.ratio <= self.bar
