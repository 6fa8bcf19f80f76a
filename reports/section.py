"""What a section is: one part of a report, found by its name in reports/sections/."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from reports.query import Query
from reports.report import Result


class Scope(StrEnum):
    """What a section is about, and so which facts it is given."""

    EMAIL = "email"  # one e-mail: reports.facts.Facts
    SEVERAL = "several"  # the e-mails that are named: reports.facts.AllFacts
    ALL = "all"  # every e-mail that passes the filters: reports.facts.AllFacts


@dataclass(frozen=True, slots=True)
class Section:
    """`needs` names the fields of its scope's facts that `build` reads; `build` decides everything from the query and
    those facts. `options` are the keys of reports.options that it reads; `counts`: its metric may be a count as well.
    """

    title: str
    needs: frozenset[str]
    build: Callable[[Query, Any], Result]  #: a section of one e-mail takes Facts, any other AllFacts
    scope: Scope = Scope.EMAIL
    options: frozenset[str] = frozenset()
    counts: bool = False
