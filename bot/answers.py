"""From a query to its report: the walk that every surface shares."""

from datetime import datetime

import structlog
from sqlalchemy import Engine

from reports.compile import compile_report, needs_of
from reports.query import Query
from reports.report import Report
from store.emails import find
from store.facts import load_facts

_LOG = structlog.get_logger(__name__)


class EmptyStore(LookupError):
    """There is no e-mail at all yet."""

    def __str__(self) -> str:
        return "There is no e-mail in the store yet. Import events with `emailstats import FILE` and ask again."


class UnknownEmail(LookupError):
    """No e-mail of that name; `nearest` are names that may have been meant, best first."""

    def __init__(self, wanted: str, nearest: tuple[str, ...]) -> None:
        super().__init__(wanted, nearest)
        self.wanted = wanted
        self.nearest = nearest

    def __str__(self) -> str:
        if not self.nearest:
            return f"No e-mail is called “{self.wanted}”, and no name looks like it."
        return f"No e-mail is called “{self.wanted}”. Did you mean {', '.join(f'“{name}”' for name in self.nearest)}?"


def answer(engine: Engine, query: Query, now: datetime) -> Report:
    """Finds the e-mail, loads what its sections need and compiles.

    Raises UnknownEmail, EmptyStore or reports.compile.UnknownSection.
    """
    with engine.connect() as connection:
        found = find(connection, query.email)
        if found.empty:
            raise EmptyStore
        if found.email is None:
            raise UnknownEmail(query.email, found.nearest)
        facts = load_facts(connection, found.email, needs_of(query))
    return compile_report(query, facts, now, _log_fault)


def _log_fault(reference: str, error: Exception) -> None:
    _LOG.error("a section failed", reference=reference, exc_info=error)
