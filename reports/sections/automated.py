"""Automated e-mail: what each workflow sent in a period, with the change against the equally long one before."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from reports.facts import AllFacts, Counts, SentEmail, total
from reports.metrics import METRICS, rate
from reports.numbers import write_points
from reports.query import Query
from reports.report import Column, IntervalChart, Result, Series, Table, TimeChart, Unit, Value
from reports.section import Scope, Section

TITLE = "Automated e-mail"
_RATES = ("open_rate", "click_rate", "unsubscribe_rate")
_COLUMNS = (
    Column("workflow", "Workflow", Unit.TEXT),
    Column("emails", "E-mails", Unit.COUNT),
    Column("sent", "Sent", Unit.COUNT),
    Column("sent_before", "Before", Unit.COUNT),
    *(
        column
        for key in _RATES
        for column in (
            Column(key, METRICS[key].label, Unit.RATE),
            Column(f"{key}_change", "Points", Unit.TEXT),
        )
    ),
)


def build(query: Query, facts: AllFacts) -> Result:
    now, before = _by_workflow(facts.sent_emails), _by_workflow(facts.sent_emails_before)
    if not now:
        note = "No workflow sent anything in this period. An e-mail's workflow comes with its description."
        return Result("automated", TITLE, notes=(note,))
    sums, sums_before = (
        {name: total(email.counts for email in emails) for name, emails in each.items()} for each in (now, before)
    )
    names = sorted(now, key=lambda name: (-sums[name].sent, name))
    rows = tuple(_row(query, name, len(now[name]), sums[name], sums_before.get(name)) for name in names)
    return Result(
        section="automated",
        title=TITLE,
        table=Table(_COLUMNS, rows, len(rows)),
        chart=_over_time(query, facts) or _side_by_side(names, sums),
        notes=tuple(_notes(query, facts)),
    )


def _by_workflow(emails: Iterable[SentEmail]) -> dict[str, list[SentEmail]]:
    found: defaultdict[str, list[SentEmail]] = defaultdict(list)
    for email in emails:
        if email.workflow is not None:
            found[email.workflow].append(email)
    return dict(found)


def _row(query: Query, name: str, emails: int, counts: Counts, before: Counts | None) -> tuple[Value, ...]:
    rates: list[Value] = []
    for key in _RATES:
        value, earlier = (rate(key, told).value if told else None for told in (counts, before))
        known = value is not None and earlier is not None
        rates += [value, write_points(float(Fraction(value) - Fraction(earlier)), query.locale) if known else None]  # type: ignore[arg-type]
    return name, emails, counts.sent, before.sent if before else None, *rates


def _over_time(query: Query, facts: AllFacts) -> TimeChart | None:
    """Of one workflow that was asked for: the units of time are of all that passes the filters."""
    if query.filters.workflow is None or not facts.sent_units:
        return None
    series = tuple(
        Series(METRICS[key].label, tuple(_share(key, told.counts) for told in facts.sent_units)) for key in _RATES[:2]
    )
    starts = tuple(told.start for told in facts.sent_units)
    return TimeChart(f"{TITLE}: {query.filters.workflow}", starts, facts.sent_units[0].unit, series, Unit.RATE)


def _share(key: str, counts: Counts) -> float | None:
    value = rate(key, counts).value
    return None if value is None else float(value)


def _side_by_side(names: list[str], sums: dict[str, Counts]) -> IntervalChart:
    found = {name: rate("open_rate", sums[name]) for name in names}
    rows = tuple((name, _share("open_rate", sums[name]), found[name].low, found[name].high) for name in names)
    label = METRICS["open_rate"].label
    return IntervalChart(f"{label} by workflow", label, rows)


def _notes(query: Query, facts: AllFacts) -> Iterable[str]:
    yield "Figures of what was sent in the period, wherever the workflow stands; the largest first."
    if facts.before is not None:
        yield "Points are percentage points against the equally long period before; Before is what was sent in it."
    if query.filters.workflow is None:
        yield 'workflow:"Onboarding" shows one of them over time.'


SECTION = Section(TITLE, frozenset({"sent_emails", "sent_emails_before", "sent_units"}), build, Scope.ALL)
