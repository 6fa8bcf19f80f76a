"""Workflows in a period, against the one before."""

from datetime import timedelta
from fractions import Fraction

from reports.facts import AllFacts, Counts, SentEmail, UnitCounts, WorkflowUnits
from reports.query import Query
from reports.report import Result, TimeChart
from reports.sections import automated
from tests.reports.sections.facts import SENT, UGLY


def email(workflow: str | None, sent: int, opened: int, name: str = "x") -> SentEmail:
    return SentEmail(name, None, "automated", None, workflow, SENT, Counts(sent=sent, delivered=sent, opened=opened))


def build(*emails: SentEmail, query: Query | None = None, **rest: object) -> Result:
    return automated.build(query or Query(), AllFacts(sent_emails=emails, **rest))  # type: ignore[arg-type]


def test_a_workflow_is_the_sum_of_its_e_mails_with_its_change() -> None:
    before = (email("Onboarding", 100, 20),)
    result = build(
        email("Onboarding", 100, 30), email("Onboarding", 300, 90), email(None, 999, 9), sent_emails_before=before
    )
    assert result.table is not None
    (row,) = result.table.rows
    assert row[:6] == ("Onboarding", 2, 400, 100, Fraction(3, 10), "+10.00")


def test_the_largest_comes_first_and_a_new_one_has_no_change() -> None:
    result = build(email("Small", 1, 1), email("Large", 10, 1))
    assert result.table is not None
    assert [row[0] for row in result.table.rows] == ["Large", "Small"]
    assert result.table.rows[0][3] is None and result.table.rows[0][5] is None


def units(*sent: int) -> tuple[UnitCounts, ...]:
    return tuple(
        UnitCounts(SENT + timedelta(days=day), "day", Counts(sent=n, delivered=n, opened=n // 2, clicked=n // 10))
        for day, n in enumerate(sent)
    )


def test_workflows_are_lines_over_time_the_five_largest_with_gaps_where_nothing_was_sent() -> None:
    names = [f"Flow {n}" for n in range(7)]
    told = tuple(WorkflowUnits(name, units(10 * n, 0, 400)) for n, name in enumerate(names, 1))
    result = build(*(email(name, 410 + n, 200) for n, name in enumerate(names)), workflow_units=told)
    assert isinstance(result.chart, TimeChart)
    assert [series.label for series in result.chart.series] == ["Flow 6", "Flow 5", "Flow 4", "Flow 3", "Flow 2"]
    assert result.chart.series[0].values == (0.5, None, 0.5)
    assert "The chart has the 5 largest." in result.notes


def test_a_lone_workflow_has_its_open_and_click_rate_or_the_one_that_is_asked_for() -> None:
    told = (WorkflowUnits("Onboarding", units(10, 0, 40)),)
    chart = build(email("Onboarding", 50, 25), workflow_units=told).chart
    assert isinstance(chart, TimeChart)
    assert [series.values for series in chart.series] == [(0.5, None, 0.5), (0.1, None, 0.1)]
    clicks = Query(options=(("metric", "clicks"),))
    chart = build(email("Onboarding", 50, 25), query=clicks, workflow_units=told).chart
    assert isinstance(chart, TimeChart) and [series.label for series in chart.series] == ["Click rate"]


def test_changes_of_few_people_are_said_to_be_chance() -> None:
    before = (email("Onboarding", 99, 20),)
    few = build(email("Onboarding", 100, 30), sent_emails_before=before).notes
    enough = build(email("Onboarding", 100, 30), sent_emails_before=(email("Onboarding", 100, 20),)).notes
    assert any("mostly chance" in note for note in few) and not any("mostly chance" in note for note in enough)


def test_without_any_workflow_it_says_so() -> None:
    result = build(email(None, 10, 1))
    assert result.table is None and result.chart is None and "No workflow" in result.notes[0]


def test_ugly_names_and_nobody_delivered_are_shown_without_a_rate() -> None:
    result = build(email(UGLY, 0, 0))
    assert result.table is not None and result.table.rows[0][4] is None
