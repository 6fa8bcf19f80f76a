"""From a query and its facts to a report: the figures are decided here, once, for every surface."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from hashlib import blake2b
from zoneinfo import ZoneInfo

import msgspec

from reports import sections
from reports.discover import discover
from reports.facts import AllFacts, EmailFacts, Facts
from reports.numbers import write_day, write_instant
from reports.period import SETTLED_AFTER, Bounds
from reports.query import Query
from reports.report import Report, Result, Subject, Value
from reports.section import Section

#: Said where a period was asked for and nothing is shown that follows it; engagement over time says its own.
_WHOLE = "the whole time; only engagement over time follows a period"
#: Before the end of a period, which is not in it.
_MOMENT = timedelta(microseconds=1)

SECTIONS: dict[str, Section] = discover(sections, "SECTION")


class UnknownSection(LookupError):
    """A query asks for a section that there is not."""

    def __str__(self) -> str:
        return f"There is no section called {self.args[0]!r}; there are: {', '.join(sorted(SECTIONS))}."


def needs_of(query: Query) -> frozenset[str]:
    """The fields of Facts that the query's sections read. Raises UnknownSection."""
    return frozenset().union(*(section_of(name).needs for name in query.sections))


def compile_report(
    query: Query,
    facts: Facts | AllFacts,
    now: datetime,
    on_fault: Callable[[str, Exception], None] | None = None,
    known: Mapping[str, Section] = SECTIONS,
) -> Report:
    """A report as of `now`, of `known` sections. Raises UnknownSection.

    A section that fails costs the report that section alone: a notice stands in its place, with an identifier that
    `on_fault` is told together with the exception.
    """
    fingerprint = blake2b(msgspec.json.encode([query, facts], order="deterministic"), digest_size=12).hexdigest()
    results = []
    for name in query.sections:
        section = section_of(name, known)
        try:
            results.append(section.build(query, facts))
        except Exception as error:  # noqa: BLE001 - whatever it is, the other sections are still worth reading
            fault = f"{name}-{fingerprint[:8]}"
            if on_fault:
                on_fault(fault, error)
            notice = f"This section could not be made. Tell your operator the reference {fault}."
            results.append(Result(name, section.title, notes=(notice,)))
    sent_at = facts.email.sent_at if isinstance(facts, Facts) else facts.last_sent_at
    return Report(
        query=query,
        subject=_subject(query, facts.email) if isinstance(facts, Facts) else _all_subject(query, facts),
        results=tuple(results),
        as_of=now,
        provisional=sent_at is None or now - sent_at < SETTLED_AFTER,
        fingerprint=fingerprint,
    )


def section_of(name: str, known: Mapping[str, Section] = SECTIONS) -> Section:
    """Raises UnknownSection."""
    try:
        return known[name]
    except KeyError:
        raise UnknownSection(name) from None


def _subject(query: Query, email: EmailFacts) -> Subject:
    sender = " ".join(
        part for part in (email.from_name, f"<{email.from_address}>" if email.from_address else None) if part
    )
    details: tuple[tuple[str, Value], ...] = (
        ("Period", _WHOLE if query.period.preset != "all" and "timeline" not in query.sections else None),
        ("From", sender or None),
        ("Sent by", email.sent_by),
        ("Sent", email.sent_at),
        ("Type", email.type),
        ("Campaign", email.campaign),
        ("Business unit", email.business_unit),
        ("Team", email.team),
        ("Workflow", email.workflow),
        ("Lists", ", ".join(email.lists) or None),
    )
    return Subject(email.name, email.subject, tuple((label, value) for label, value in details if value is not None))


def _all_subject(query: Query, facts: AllFacts) -> Subject:
    if facts.named:
        return Subject(" vs ".join(email.name for email in facts.named), None, ())
    filters = query.filters
    team = [filters.team] if filters.team else []
    told: tuple[tuple[str, Value], ...] = (
        ("Period", _period(query, facts.window)),
        ("Compared with", _period(query, facts.before) if facts.before and _compares(query) else None),
        ("Name", filters.name),
        ("Campaign", filters.campaign),
        ("Team", " or ".join([*team, "none"] if filters.unassigned else team) or None),
        ("Business unit", filters.business_unit),
        ("Type", filters.type),
        ("Workflow", filters.workflow),
    )
    return Subject("All e-mail", None, tuple((label, value) for label, value in told if value is not None))


def _compares(query: Query) -> bool:
    return any("before" in need for need in needs_of(query))


def _period(query: Query, window: Bounds) -> str:
    start, end = window
    if start is None:
        return "all time" if end is None else f"up to {_written(query, end - _MOMENT)}"
    if end is None:
        return f"since {_written(query, start)}"
    first, last = _written(query, start), _written(query, end - _MOMENT)
    return first if first == last else f"{first} to {last}"


def _written(query: Query, at: datetime) -> str:
    """Of a period in hours the moment, of any other the day."""
    if query.period.preset.endswith("h"):
        return write_instant(at, query.locale, query.zone)
    return write_day(at.astimezone(ZoneInfo(query.zone)), query.locale)
