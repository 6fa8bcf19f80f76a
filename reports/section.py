"""What a section is: one part of a report, found by its name in reports/sections/."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.facts import Facts
from reports.query import Query
from reports.report import Result


@dataclass(frozen=True, slots=True)
class Section:
    """`needs` names the fields of Facts that `build` reads; `build` decides everything from its two arguments."""

    title: str
    needs: frozenset[str]
    build: Callable[[Query, Facts], Result]
