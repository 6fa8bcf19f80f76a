"""Automated e-mail: what each workflow sent in a period, with the change against the equally long one before."""

from collections import defaultdict
from collections.abc import Iterable
from fractions import Fraction

from reports.changes import ENOUGH
from reports.facts import AllFacts, Counts, SentEmail, total
from reports.metrics import METRICS, rate
from reports.numbers import write_points
from reports.query import Query
from reports.report import Column, Result, Series, Table, TimeChart, Unit, Value
from reports.section import Scope, Section
from reports.sections.trend import thin_note, values_of

_Sums = dict[str, Counts]  # by workflow

TITLE = "Automated e-mail"
_RATES = ("open_rate", "click_rate", "unsubscribe_rate")
_USUAL = _RATES[:2]  # what is drawn over time
_SHOWN = 5  # workflows that a chart can tell apart
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
        chart=_over_time(query, facts, names[:_SHOWN]),
        notes=tuple(_notes(query, facts, sums, sums_before, names)),
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


def _over_time(query: Query, facts: AllFacts, names: list[str]) -> TimeChart | None:
    """One rate of the largest workflows, a line each; where there is one alone, its two usual rates."""
    units = {told.workflow: told.units for told in facts.workflow_units}
    shown = [(name, units[name]) for name in names if name in units]
    if not shown:
        return None
    starts, unit = tuple(told.start for told in shown[0][1]), shown[0][1][0].unit
    asked = query.option("metric", "")
    if len(shown) > 1:
        label = METRICS[asked or _USUAL[0]].label
        series = tuple(Series(name, values_of(asked or _USUAL[0], told)) for name, told in shown)
        return TimeChart(f"{label} by workflow", starts, unit, series, Unit.RATE)
    keys = (asked,) if asked else _USUAL
    series = tuple(Series(METRICS[key].label, values_of(key, shown[0][1])) for key in keys)
    return TimeChart(f"{TITLE}: {shown[0][0]}", starts, unit, series, Unit.RATE)


def _few(counts: Counts) -> bool:
    return counts.delivered < ENOUGH


def _notes(query: Query, facts: AllFacts, sums: _Sums, sums_before: _Sums, names: list[str]) -> Iterable[str]:
    yield "Figures of what was sent in the period, wherever the workflow stands; the largest first."
    if facts.before is not None:
        yield "Points are percentage points against the equally long period before; Before is what was sent in it."
    if any(_few(now) or _few(was) for name, now in sums.items() if (was := sums_before.get(name))):
        yield f"Points of a workflow with fewer than {ENOUGH} people in either period are mostly chance."
    if len(names) > _SHOWN:
        yield f"The chart has the {_SHOWN} largest."
    drawn = [told for told in facts.workflow_units if told.workflow in names[:_SHOWN]]
    if drawn:
        yield from thin_note(query, [one.counts.sent for told in drawn for one in told.units], drawn[0].units[0].unit)
    if query.filters.workflow is None and len(names) > 1:
        yield 'workflow:"Onboarding" shows one of them over time, and metric:clicks another rate.'


SECTION = Section(
    TITLE,
    frozenset({"sent_emails", "sent_emails_before", "workflow_units"}),
    build,
    Scope.ALL,
    options=frozenset({"metric"}),
)
