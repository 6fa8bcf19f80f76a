"""Workflows in a period, against the one before."""

from datetime import timedelta
from fractions import Fraction

from reports.facts import AllFacts, Counts, SentEmail, UnitCounts
from reports.query import Filters, Query
from reports.report import IntervalChart, Result, TimeChart
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
    assert isinstance(result.chart, IntervalChart)


def test_one_workflow_is_shown_over_time_with_gaps_where_nothing_was_sent() -> None:
    units = tuple(
        UnitCounts(SENT + timedelta(days=day), "day", Counts(sent=sent, delivered=sent, opened=sent // 2))
        for day, sent in enumerate((10, 0, 4))
    )
    query = Query(filters=Filters(workflow="Onboarding"))
    chart = build(email("Onboarding", 14, 7), query=query, sent_units=units).chart
    assert isinstance(chart, TimeChart)
    assert chart.series[0].values == (0.5, None, 0.5)


def test_without_any_workflow_it_says_so() -> None:
    result = build(email(None, 10, 1))
    assert result.table is None and result.chart is None and "No workflow" in result.notes[0]


def test_ugly_names_and_nobody_delivered_are_shown_without_a_rate() -> None:
    result = build(email(UGLY, 0, 0))
    assert result.table is not None and result.table.rows[0][4] is None
