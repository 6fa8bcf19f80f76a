"""What the first three sections say."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest

from reports.facts import Counts, Facts
from reports.period import Period
from reports.query import Query
from reports.report import BarChart, TimeChart
from reports.sections import links, summary, timeline
from tests.reports.sections.facts import SENT, email, link, moment

_FACTS = Facts(
    email(),
    SENT,
    Counts(sent=10, delivered=9, bounced_hard=1, opened=4, clicked=2, open_events=6, click_events=12, not_sent=2),
    (("previously bounced", 2),),
    (("NL", Counts(sent=5, delivered=5, opened=1)), ("VIP", Counts(sent=6, delivered=6))),
)


def test_totals_are_events_by_people() -> None:
    assert "6 opens by 4 people, 12 clicks by 2 people." in summary.build(Query("x"), _FACTS).notes


def test_reasons_for_not_sending_are_beside_the_deliverability() -> None:
    table = summary.build(Query("x"), _FACTS).table
    assert table is not None
    assert ("Not sent: previously bounced", 2) in table.rows


def test_a_list_has_its_own_figures_and_says_that_parts_can_exceed_the_whole() -> None:
    result = summary.build(Query("x", list_name="NL"), _FACTS)
    assert (result.figures[0].key, result.figures[0].value) == ("open_rate", Fraction(1, 5))
    assert any("more than the whole" in note for note in result.notes)


def test_an_unknown_list_is_answered_with_the_known_ones() -> None:
    result = summary.build(Query("x", list_name="Customrs"), _FACTS)
    assert "Its lists: “NL”, “VIP”." in result.notes[0]
    assert not result.figures


@pytest.mark.parametrize(
    ("hours", "unit"), [(2, "hour"), (72, "hour"), (73, "day"), (92 * 24, "day"), (93 * 24, "week")]
)
def test_the_unit_of_the_time_axis_follows_the_span(hours: int, unit: str) -> None:
    facts = replace(_FACTS, moments=(moment(0), moment(hours)))
    chart = timeline.build(Query("x"), facts).chart
    assert isinstance(chart, TimeChart)
    assert chart.unit == unit


@pytest.mark.parametrize(
    ("zone", "first", "days", "hours"),
    [
        ("Europe/Amsterdam", datetime(2026, 3, 28, 23, tzinfo=UTC), 1, 23),
        ("Europe/Amsterdam", datetime(2026, 10, 24, 22, tzinfo=UTC), 1, 25),
        ("America/New_York", datetime(2026, 3, 8, 5, tzinfo=UTC), 1, 23),
        ("Asia/Kolkata", datetime(2026, 3, 8, 18, 30, tzinfo=UTC), 1, 24),
    ],
)
def test_a_day_has_the_hours_that_it_has(zone: str, first: datetime, days: int, hours: int) -> None:
    last = first + timedelta(hours=hours) - timedelta(minutes=15)
    assert len(timeline.unit_starts(first, last, "hour", ZoneInfo(zone))) == hours
    assert len(timeline.unit_starts(first, last, "day", ZoneInfo(zone))) == days


def test_weeks_begin_on_monday_at_local_midnight() -> None:
    starts = timeline.unit_starts(SENT, SENT + timedelta(days=20), "week", ZoneInfo("Europe/Amsterdam"))
    assert [(start.weekday(), start.hour) for start in starts] == [(0, 0)] * len(starts)


def test_first_opens_add_up_to_the_whole_in_every_zone() -> None:
    facts = replace(_FACTS, moments=tuple(moment(hours, 3) for hours in range(0, 400, 7)))
    for zone in ("UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Pacific/Apia"):
        for unit in ("hour", "day", "week"):
            table = timeline.build(Query("x", zone=zone, unit=unit), facts).table
            assert table is not None
            assert sum(row[1] for row in table.rows if isinstance(row[1], int)) == 3 * len(facts.moments)


def test_a_preset_counts_from_sending() -> None:
    facts = replace(_FACTS, moments=(moment(1), moment(23.75), moment(24), moment(40)))
    result = timeline.build(Query("x", period=Period("24h")), facts)
    assert result.figures[0].value == 2


def test_too_many_points_become_a_coarser_unit_and_it_is_said() -> None:
    facts = replace(_FACTS, moments=(moment(0), moment(24 * 400)))
    result = timeline.build(Query("x", unit="hour"), facts)
    assert isinstance(result.chart, TimeChart)
    assert result.chart.unit == "day"
    assert any("too many points" in note for note in result.notes)


def test_links_rank_by_people_and_utility_links_come_last_without_a_share() -> None:
    facts = replace(
        _FACTS,
        links=(
            link("https://example.com/unsubscribe", 50, content=False),
            link("https://example.com/a", 3),
            link("https://example.com/b", 9),
        ),
    )
    result = links.build(Query("x"), facts)
    assert result.table is not None
    assert [row[0] for row in result.table.rows] == [
        "https://example.com/b",
        "https://example.com/a",
        "https://example.com/unsubscribe",
    ]
    assert [row[3] for row in result.table.rows] == [Fraction(3, 4), Fraction(1, 4), None]
    assert isinstance(result.chart, BarChart)
    assert len(result.chart.labels) == 2
