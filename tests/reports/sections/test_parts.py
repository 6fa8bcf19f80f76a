"""What is said by list, by workflow, by client, by part of the message and by length of the look."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.facts import ClientFacts, Counts, Facts, LinkFacts, WorkflowEmail
from reports.period import Period
from reports.query import Query
from reports.report import BarChart, IntervalChart, Result
from reports.sections import clients, links, lists, reading, timeline, workflows
from tests.reports.sections.facts import SENT, UGLY, email, moment

_FACTS = Facts(
    email(),
    SENT,
    Counts(sent=10, delivered=9, opened=4, clicked=2, open_events=6, click_events=3),
    list_counts=(
        ("NL", Counts(sent=5, delivered=5, opened=1)),
        ("VIP", Counts(sent=6, delivered=6, opened=3, clicked=2)),
        ("Zero", Counts(not_sent=1)),
    ),
)


def _cells(result: Result, key: str) -> list[Any]:
    assert result.table is not None
    place = [column.key for column in result.table.columns].index(key)
    return [row[place] for row in result.table.rows]


def test_every_list_has_its_rates_with_their_intervals_the_largest_first() -> None:
    result = lists.build(Query("x"), _FACTS)
    assert _cells(result, "list") == ["VIP", "NL", "Zero"]
    assert _cells(result, "open_rate") == [Fraction(1, 2), Fraction(1, 5), None]
    assert _cells(result, "open_rate_interval") == ["18.8–81.2\u00a0%", "3.62–62.4\u00a0%", None]
    assert any("more than the whole" in note for note in result.notes)


def test_people_on_no_list_come_last_where_there_are_any() -> None:
    facts = replace(_FACTS, on_no_list=Counts(sent=50, delivered=50, opened=5))
    result = lists.build(Query("x"), facts)
    assert _cells(result, "list") == ["VIP", "NL", "Zero", "On no list"]
    assert _cells(result, "open_rate")[-1] == Fraction(1, 10)
    assert _cells(lists.build(Query("x", list_name="NL"), facts), "list") == ["NL"]


def test_lists_without_a_rate_are_not_drawn() -> None:
    chart = lists.build(Query("x"), _FACTS).chart
    assert isinstance(chart, IntervalChart)
    assert [(row[0], row[1]) for row in chart.rows] == [("VIP", 0.5), ("NL", 0.2)]


def test_a_list_that_there_is_not_is_answered_with_the_nearest_first() -> None:
    named = replace(_FACTS, list_counts=tuple((name, Counts(sent=1)) for name in ("Blog", "Customers NL", "VIP")))
    for section in (lists, reading):
        (note,) = section.build(Query("x", list_name="custmers nl"), named).notes
        assert "Its lists: “Customers NL”, “Blog”, “VIP”." in note


def test_a_workflow_adds_up_people_and_never_averages_rates() -> None:
    facts = replace(
        _FACTS,
        email=replace(email("second"), id=2, workflow="Onboarding"),
        workflow_emails=(
            WorkflowEmail(2, "second", SENT + timedelta(days=1), Counts(sent=10, delivered=10, opened=1)),
            WorkflowEmail(1, "first", SENT, Counts(sent=90, delivered=90, opened=89)),
            WorkflowEmail(3, "third", None, Counts()),
        ),
    )
    result = workflows.build(Query("x"), facts)
    assert result.figures[0].value == Fraction(90, 100)
    assert _cells(result, "email") == ["first", "second (this e-mail)", "third"]
    assert _cells(result, "since")[2] is None


def test_an_email_of_no_workflow_says_so() -> None:
    assert workflows.build(Query("x"), _FACTS).notes == ("No workflow sends this e-mail.",)


_CLIENTS = replace(
    _FACTS,
    counts=Counts(opened=5, open_events=20, click_events=4, machine_open_events=7),
    clients=(
        ClientFacts("Apple Mail", "mobile", 6, 1, 3, 1),
        ClientFacts("Apple Mail", "desktop", 3, 0, 2, 0),
        ClientFacts("Outlook", "desktop", 8, 2, 2, 1),
        ClientFacts("", "mobile", 1, 0, 1, 0),
    ),
)


def test_clients_rank_by_opens_over_all_their_devices_and_the_unknown_come_last() -> None:
    result = clients.build(Query("x"), _CLIENTS)
    assert _cells(result, "client") == ["Apple Mail", "Outlook", "Unknown"]
    assert _cells(result, "opens") == [9, 8, 3]
    assert _cells(result, "open_share") == [Fraction(9, 20), Fraction(8, 20), Fraction(3, 20)]
    assert sum(_cells(result, "click_share")) == 1


def test_devices_are_shares_of_all_opens_or_of_all_clicks() -> None:
    opens = clients.build(Query("x"), _CLIENTS).figures
    assert [(figure.label, figure.numerator) for figure in opens] == [
        ("Desktop", 11),
        ("Mobile", 7),
        ("Unknown device", 2),
    ]
    clicks = clients.build(Query("x", options=(("by", "clicks"),)), _CLIENTS)
    assert [(figure.label, figure.value) for figure in clicks.figures[:2]] == [
        ("Desktop", Fraction(1, 2)),
        ("Mobile", Fraction(1, 4)),
    ]
    assert _cells(clicks, "client") == ["Outlook", "Apple Mail", "Unknown"]


def test_a_chart_of_few_of_many_says_so() -> None:
    many = tuple((f"List {n}", Counts(sent=1, delivered=1)) for n in range(16))
    told = {f"Client {n}": ClientFacts(f"Client {n}", "", 1, 1, 1, 1) for n in range(1_100)}
    assert "The chart shows the first 15 of them." in lists.build(Query("x"), replace(_FACTS, list_counts=many)).notes
    linked = replace(_FACTS, links=tuple(LinkFacts(f"https://a.b/{n}", True, 1, 0, 0, 1, 1, 0, 0) for n in range(11)))
    assert "The chart shows the first 10 of 11 links." in links.build(Query("x"), linked).notes
    result = clients.build(Query("x", locale="nl"), replace(_CLIENTS, clients=tuple(told.values())))
    assert "The chart shows the first 10 of 1.100 clients." in result.notes
    assert isinstance(result.chart, BarChart) and len(result.chart.labels) == 10


def test_machine_opens_are_no_clients_opens() -> None:
    assert "7 machine opens are left out." in " ".join(clients.build(Query("x"), _CLIENTS).notes)


@given(st.integers(0, 99), st.integers(0, 99), st.integers(0, 99), st.integers(0, 99))
def test_everybody_who_opened_is_read_skimmed_glanced_or_without_timing(
    read: int, skimmed: int, glanced: int, untimed: int
) -> None:
    opened = read + skimmed + glanced + untimed
    counts = Counts(delivered=opened, opened=opened, read=read, skimmed=skimmed, glanced=glanced)
    result = reading.build(Query("x"), replace(_FACTS, counts=counts))
    figures = {figure.key: figure for figure in result.figures}
    assert [figures[key].denominator for key in ("read_rate", "skimmed_rate", "glanced_rate")] == [opened - untimed] * 3
    assert (figures["timed"].value, figures["untimed"].value) == (opened - untimed, untimed)
    if opened:
        assert sum(_cells(result, "people")) == opened
        assert sum(_cells(result, "share")) == 1


def test_no_timing_at_all_draws_nothing_and_says_whose_it_is() -> None:
    result = reading.build(Query("x"), replace(_FACTS, counts=Counts(delivered=9, opened=4)))
    assert result.chart is None
    assert result.notes == ("The provider told no timing of any of the 4 who opened.",)


_LINKS = replace(
    _FACTS,
    links=(
        LinkFacts("https://a.b/html", True, 9, 0, 1, 5, 4, 0, 2),
        LinkFacts("https://a.b/both", True, 3, 6, 0, 6, 2, 5, 0),
        LinkFacts("https://a.b/unsubscribe", False, 1, 0, 0, 1, 1, 0, 0),
    ),
)


@pytest.mark.parametrize(
    ("part", "ranked", "people", "total"),
    [
        ("combined", ["https://a.b/both", "https://a.b/html", "https://a.b/unsubscribe"], [6, 5, 1], 19),
        ("html", ["https://a.b/html", "https://a.b/both", "https://a.b/unsubscribe"], [4, 2, 1], 12),
        ("text", ["https://a.b/both"], [5], 6),
    ],
)
def test_links_are_of_the_whole_message_or_of_one_part(
    part: str, ranked: list[str], people: list[int], total: int
) -> None:
    result = links.build(Query("x", options=(("part", part),)), _LINKS)
    assert (_cells(result, "url"), _cells(result, "people"), result.figures[1].value) == (ranked, people, total)
    assert isinstance(result.chart, BarChart)
    assert result.chart.series[0].values == tuple(float(n) for n in people[: len(result.chart.labels)])


def test_clicks_of_which_the_part_is_not_told_are_counted_in_the_whole_alone() -> None:
    (untold,) = (note for note in links.build(Query("x", options=(("part", "html"),)), _LINKS).notes if "Of 1" in note)
    assert untold.endswith("they are not counted here.")


def test_a_part_without_clicks_says_so_and_not_that_there_are_none() -> None:
    facts = replace(_FACTS, links=_LINKS.links[:1])
    assert links.build(Query("x", options=(("part", "text"),)), facts).notes == (
        "No click is known to be in the plain text.",
    )


def _automated(*hours: float) -> Facts:
    sender = replace(email(), workflow="Onboarding", sent_at=SENT)
    return replace(_FACTS, email=sender, moments=tuple(moment(hour) for hour in hours))


def test_days_of_an_automated_email_count_back_from_its_last_event() -> None:
    facts = _automated(0, 24 * 50, 24 * 58, 24 * 60)
    result = timeline.build(Query("x", period=Period("7d"), zone="Europe/Amsterdam"), facts)
    assert result.figures[0].value == 2
    assert "counts back from its last open or click, Wed 27 May 2026." in result.notes[0]
    regular = timeline.build(Query("x", period=Period("7d")), replace(facts, email=email()))
    assert regular.figures[0].value == 1
    assert regular.notes[0].startswith("The first 7 days after sending")


def test_hours_of_an_automated_email_end_with_its_last_quarter() -> None:
    facts = _automated(0, 76, 76.25, 99.75, 100)
    assert timeline.build(Query("x", period=Period("24h")), facts).figures[0].value == 3


def test_one_wrong_clock_does_not_move_the_last_days_of_an_automated_email() -> None:
    facts = _automated(0, 24 * 58, 24 * 60, 24 * 20_000)
    assert timeline.build(Query("x", period=Period("7d")), facts).figures[0].value == 2


def test_very_long_names_are_told_in_full_for_whoever_draws_them() -> None:
    named = replace(_FACTS, list_counts=((UGLY, Counts(sent=1, delivered=1)),))
    assert _cells(lists.build(Query("x"), named), "list") == [UGLY]
