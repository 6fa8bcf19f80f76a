"""What an e-mail is credited with, and what sending brought."""

from datetime import timedelta

from reports.facts import Counts, Facts, Spending, TouchedOrder
from reports.query import Query
from reports.report import IntervalChart, Money, Result
from reports.sections import revenue
from tests.reports.sections.facts import SENT, email

DAY = timedelta(days=1)


def order(number: int, amount: int, currency: str = "EUR", *touches: tuple[int, int]) -> TouchedOrder:
    """Placed ten days after the sending; touches are an e-mail and a day after the sending."""
    told = tuple((email_id, SENT + day * DAY) for email_id, day in touches or ((1, 9),))
    return TouchedOrder(number, number, SENT + 10 * DAY, currency, amount, told)


def build(*orders: TouchedOrder, query: Query | None = None, **rest: object) -> Result:
    return revenue.build(query or Query("x"), Facts(email(), orders=orders, **rest))  # type: ignore[arg-type]


def test_three_rules_stand_side_by_side_by_currency() -> None:
    result = build(order(1, 1000, "EUR", (1, 8), (2, 9)), order(2, 500), order(3, 9, "JPY"))
    assert result.table is not None
    assert result.table.rows == (
        ("Last click", Money(500, "EUR"), 1, 1),
        ("Last click", Money(9, "JPY"), 1, 1),
        ("First click", Money(1500, "EUR"), 2, 2),
        ("First click", Money(9, "JPY"), 1, 1),
        ("Equal parts", Money(1000, "EUR"), 2, 2),
        ("Equal parts", Money(9, "JPY"), 1, 1),
    )
    assert [figure.value for figure in result.figures] == [Money(500, "EUR"), Money(9, "JPY"), 2]


def test_days_widen_and_narrow_what_counts() -> None:
    late = order(1, 1000, "EUR", (1, 1))
    assert build(late).table is None
    widened = build(late, query=Query("x", options=(("days", "9"),))).table
    assert widened is not None and widened.rows[0][1] == Money(1000, "EUR")


def test_without_orders_it_says_how_they_come_in() -> None:
    assert "emailstats import" in build().notes[0]


def test_a_hold_out_gives_lift_with_its_interval() -> None:
    spending = Spending(1000, tuple((n, "EUR", 2000) for n in range(40)), ((5000, "EUR", 2000),))
    result = build(spending=spending, counts=Counts(sent=1000))
    assert isinstance(result.chart, IntervalChart)
    assert [row[1] for row in result.chart.rows] == [0.04, 0.001]
    told = " ".join(result.notes)
    assert "Lift: +3.90 percentage points" in told and "Sending brought buyers." in told
    assert "Revenue a recipient, over those held out: €0.78" in told


def test_a_lift_that_may_be_nothing_is_no_call() -> None:
    result = build(spending=Spending(100, ((1, "EUR", 1),), ()), counts=Counts(sent=100))
    assert any("No call yet" in note for note in result.notes)


def test_without_a_hold_out_nothing_is_said_of_lift() -> None:
    result = build(order(1, 100), counts=Counts(sent=100))
    assert result.chart is None and "Lift" not in " ".join(result.notes)
