"""The section of bounces: alike replies together, explained, with everybody counted once."""

from fractions import Fraction

from reports.facts import Bounced, Counts, Facts
from reports.query import Query
from reports.report import BarChart
from reports.sections import bounces
from tests.reports.sections.facts import SENT, email

_FACTS = Facts(
    email(),
    SENT,
    Counts(sent=1_000, bounced_hard=12, bounced_soft=8, pending=1),
    bounces=(
        Bounced(True, "550 5.1.1 <…> unknown", 9),
        Bounced(False, "452 4.2.2 full", 8),
        Bounced(True, "552 5.2.2 full", 2),
        Bounced(True, None, 1),
    ),
)


def test_each_reply_stands_with_its_meaning_its_people_and_its_share() -> None:
    table = bounces.build(Query("x"), _FACTS).table
    assert table is not None
    assert table.rows[0][:6] == ("The mailbox does not exist.", 9, Fraction(9, 20), "hard", "5.1.1", "address")
    assert table.rows[3][0] == "The provider passed no reply on."
    assert table.rows[3][6] is None


def test_the_chart_adds_up_what_is_of_one_category() -> None:
    chart = bounces.build(Query("x"), _FACTS).chart
    assert isinstance(chart, BarChart)
    assert dict(zip(chart.labels, chart.series[0].values, strict=True)) == {"mailbox": 10, "address": 9, "unknown": 1}


def test_the_rate_is_of_all_who_were_sent_to() -> None:
    rate = bounces.build(Query("x"), _FACTS).figures[0]
    assert (rate.numerator, rate.denominator) == (20, 1_000)


def test_pages_are_turned_and_replies_that_were_not_read_are_told() -> None:
    facts = Facts(email(), SENT, Counts(sent=900, bounced_soft=500), bounces=_FACTS.bounces * 6)
    result = bounces.build(Query("x", options=(("page", "3"),)), facts)
    assert result.table is not None and (result.table.first, len(result.table.rows)) == (21, 4)
    assert "Replies to 380 more, each to few people, are left out." in result.notes


def test_without_a_bounce_the_figures_stand_alone() -> None:
    result = bounces.build(Query("x"), Facts(email(), SENT, Counts(sent=5, pending=2)))
    assert (result.table, result.chart, result.notes) == (None, None, ("No bounce is known.",))
    assert [figure.value for figure in result.figures[1:]] == [0, 0, 2]
