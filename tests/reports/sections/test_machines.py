"""Machine traffic: the bounds of the open rate, and where machines come from."""

from dataclasses import replace
from fractions import Fraction

from reports.facts import Counts, DomainFacts, Facts, MachineFacts
from reports.query import Query
from reports.report import BarChart
from reports.sections import machines
from tests.reports.sections.facts import SENT, email

#: A published example: 138 delivered, 47 opened by people and 41 by machines alone.
_COUNTS = Counts(
    sent=138,
    delivered=138,
    opened=47,
    machine_opened=41,
    machine_clicked=2,
    open_events=60,
    machine_open_events=55,
    machine_click_events=12,
)
_FACTS = Facts(
    email(),
    SENT,
    _COUNTS,
    list_counts=(("NL", Counts(sent=4, delivered=4, opened=1, machine_opened=2, machine_open_events=2)),),
    machine_reasons=(MachineFacts("Apple Mail Privacy Protection", 50, 0), MachineFacts("security scanner", 5, 12)),
    domains=(
        DomainFacts("b.example", 90, 40, 1, 1, 0),
        DomainFacts(None, 1, 0, 0, 0, 0),
        DomainFacts("a.example", 40, 0, 40, 54, 0),
    ),
    domains_known=70,
)


def test_three_open_rates_stand_side_by_side_with_their_bounds() -> None:
    result = machines.build(Query("x", locale="nl"), _FACTS)
    assert [figure.value for figure in result.figures[:3]] == [Fraction(47, 138), Fraction(47, 97), Fraction(88, 138)]
    assert result.notes[0].startswith("Of the delivered, between 34,1\u00a0% and 63,8\u00a0% opened")


def test_every_reason_is_told_with_what_it_marked() -> None:
    result = machines.build(Query("x"), _FACTS)
    assert {figure.label: figure.value for figure in result.figures[3:]} == {
        "Recipients with machine opens only": 41,
        "Recipients with machine clicks only": 2,
        "Machine opens: Apple Mail Privacy Protection": 50,
        "Machine opens: security scanner": 5,
        "Machine clicks: security scanner": 12,
    }
    assert isinstance(result.chart, BarChart)
    assert result.chart.labels == ("Apple Mail Privacy Protection", "Security scanner")


def test_suspected_scanners_unsubscribes_are_told_even_where_nothing_else_is_a_machines() -> None:
    result = machines.build(Query("x"), Facts(email(), SENT, Counts(sent=9, delivered=9, unsubscribed_suspect=2)))
    assert ("Likely a scanner's unsubscribes", 2) in [(figure.label, figure.value) for figure in result.figures]
    assert result.table is None and result.chart is None


def test_domains_with_most_machine_traffic_come_first_and_it_is_said_how_many_there_are() -> None:
    result = machines.build(Query("x"), _FACTS)
    assert result.table is not None
    assert [(row[0], row[4]) for row in result.table.rows] == [
        ("a.example", Fraction(1)),
        ("b.example", Fraction(1, 90)),
        (None, Fraction(0)),
    ]
    assert result.table.total_rows == 70
    assert "The 3 domains with most machine traffic, of 70." in result.notes


def test_of_a_list_the_rates_are_its_own() -> None:
    result = machines.build(Query("x", list_name="NL"), _FACTS)
    assert result.figures[0].value == Fraction(1, 4)
    assert "Reasons and domains are of all recipients, not of the list." in result.notes


def test_without_machines_the_rates_stand_alone() -> None:
    quiet = replace(_FACTS, counts=Counts(delivered=4, opened=1), machine_reasons=())
    result = machines.build(Query("x"), quiet)
    assert (result.table, result.chart) == (None, None)
    assert result.notes == ("No machine's opens or clicks are known.",)
