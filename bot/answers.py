"""From a query to its report: the walk that every surface shares."""

from collections.abc import Collection, Mapping
from dataclasses import replace
from datetime import datetime

import structlog
from sqlalchemy import Connection, Engine

from bot.access.rights import Access, Reach, Right
from reports.compile import compile_report, needs_of
from reports.facts import AllFacts, EmailFacts, Facts
from reports.masking import masked, masked_query
from reports.query import Filters, Query
from reports.report import Report
from reports.section import Scope
from reports.views import scope_of
from store.emails import find
from store.facts import load_all_facts, load_facts
from store.facts.cohorts import FILTERED
from store.filters import numbers_of, select

_LOG = structlog.get_logger(__name__)
#: Facts that are about no e-mail in particular.
_OF_NO_EMAIL = {"visits", "visits_before"}


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


#: What a filter is called, by its field in reports.query.Filters.
_FILTERS = {"business_unit": "business unit", "name": "name with those words"}


class UnknownValue(LookupError):
    """A filter asks for what there is not; `field` is one of reports.query.Filters, `nearest` are values there are."""

    def __init__(self, field: str, wanted: str, nearest: tuple[str, ...]) -> None:
        super().__init__(field, wanted, nearest)
        self.field = field
        self.wanted = wanted
        self.nearest = nearest

    @property
    def kind(self) -> str:
        return _FILTERS.get(self.field, self.field)

    def __str__(self) -> str:
        if not self.nearest:
            return f"No e-mail has the {self.kind} “{self.wanted}”, and none has any other either."
        names = ", ".join(f"“{name}”" for name in self.nearest)
        return f"No e-mail has the {self.kind} “{self.wanted}”. Did you mean {names}?"


class OutOfReach(LookupError):
    """Somebody who sees a part of all e-mail asks for what belongs to no part."""

    def __str__(self) -> str:
        return "What visits to the site brought is known of all e-mail together, and you see a part of it."


def answer(
    engine: Engine,
    query: Query,
    now: datetime,
    access: Access,
    *,
    bounce_sentences: Mapping[str, str] | None = None,
) -> Report:
    """Finds the e-mails that are meant, loads what the query's sections need and compiles.

    Recipients' addresses are masked unless the asker may see them, and there is no e-mail but those in the asker's
    reach; `bounce_sentences` are the operator's own explanations of bounces, by code or category. Raises UnknownEmail,
    UnknownValue, OutOfReach, EmptyStore or reports.compile.UnknownSection.
    """
    reveal, reach = access.may(Right.RECIPIENTS), access.reach
    if not reveal:
        query = masked_query(query)
    scope = scope_of(query.sections)
    needs = _needs(query, reach)
    with engine.connect() as connection:
        within = numbers_within(connection, reach)
        if scope is Scope.EMAIL:
            loaded = load_facts(connection, _find(connection, query.email, within), query, needs)
            own = tuple(one for one in loaded.workflow_emails if within is None or one.email_id in within)
            peers = tuple(one for one in loaded.peers if within is None or one.email_id in within)
            sentences = tuple((bounce_sentences or {}).items())
            facts: Facts | AllFacts = replace(loaded, workflow_emails=own, peers=peers, bounce_sentences=sentences)
        else:
            wanted = (query.email, *query.others) if scope is Scope.SEVERAL else ()
            named = tuple(_find(connection, name, within) for name in wanted)
            meant = _meant(connection, query.filters, within) if needs & FILTERED else None
            facts = load_all_facts(connection, named, query, now, needs, meant)
    report = compile_report(query, facts, now, _log_fault)
    return report if reveal else masked(report)


def check(engine: Engine, query: Query, access: Access) -> None:
    """Whether there is what a query names; raises what `answer` would, but for the cost of its figures."""
    scope = scope_of(query.sections)
    _needs(query, access.reach)
    with engine.connect() as connection:
        within = numbers_within(connection, access.reach)
        if scope is Scope.ALL:
            _meant(connection, query.filters, within)
        else:
            for name in (query.email, *query.others):
                _find(connection, name, within)


def _needs(query: Query, reach: Reach) -> frozenset[str]:
    """The facts that its sections need. Raises OutOfReach."""
    needs = needs_of(query)
    if not reach.everything and needs & _OF_NO_EMAIL:
        raise OutOfReach
    return needs


def numbers_within(connection: Connection, reach: Reach) -> frozenset[int] | None:
    """The e-mails that somebody of this reach sees; None: all of them."""
    return None if reach.everything else frozenset(numbers_of(connection, reach.business_units, reach.teams))


def _find(connection: Connection, wanted: str, within: Collection[int] | None) -> EmailFacts:
    found = find(connection, wanted, within)
    if found.empty:
        raise EmptyStore
    if found.email is None:
        raise UnknownEmail(wanted, found.nearest)
    return found.email


def _meant(connection: Connection, filters: Filters, within: Collection[int] | None) -> tuple[int, ...] | None:
    found = select(connection, filters, within)
    if found.empty:
        raise EmptyStore
    if found.unknown:
        raise UnknownValue(found.unknown, getattr(filters, found.unknown), found.nearest)
    return found.ids


def _log_fault(reference: str, error: Exception) -> None:
    _LOG.error("a section failed", reference=reference, exc_info=error)
