"""What the first three sections say."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.facts import Counts, Facts, Moment
from reports.period import Period
from reports.query import UNITS, Query
from reports.report import BarChart, Result, TimeChart
from reports.sections import links, summary, timeline
from reports.units import unit_starts
from tests.reports.sections.facts import SENT, UGLY, email, link, moment

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
    assert len(unit_starts(first, last, "hour", ZoneInfo(zone))) == hours
    assert len(unit_starts(first, last, "day", ZoneInfo(zone))) == days


def test_weeks_begin_on_monday_at_local_midnight() -> None:
    starts = unit_starts(SENT, SENT + timedelta(days=20), "week", ZoneInfo("Europe/Amsterdam"))
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


@pytest.mark.parametrize(
    ("period", "note"),
    [
        (Period("7d"), "The first 7 days after sending, until 4 Apr 2026 09:00 UTC."),
        (Period("24h"), "The first 24 hours after sending, until 29 Mar 2026 09:00 UTC."),
        (Period("dates", date(2026, 3, 28), date(2026, 4, 1)), "From Sat 28 Mar 2026 to Wed 1 Apr 2026."),
        (Period("dates", date(2026, 3, 28)), "From Sat 28 Mar 2026 on."),
        (Period("dates", date(2026, 8, 1)), "From Sat 1 Aug 2026 on."),
    ],
)
def test_the_period_that_is_covered_is_said_and_what_does_not_follow_it(period: Period, note: str) -> None:
    facts = replace(_FACTS, moments=(moment(1), moment(40)))
    alone = Query("x", period=period, sections=("timeline",))
    assert note in timeline.build(alone, facts).notes
    among = replace(alone, sections=("summary", "timeline"))
    assert f"{note} All else here is of the whole time." in timeline.build(among, facts).notes


def test_without_a_time_of_sending_the_whole_time_is_shown_and_it_is_said() -> None:
    facts = replace(_FACTS, email=replace(email(), sent_at=None), moments=(moment(1), moment(400)))
    result = timeline.build(Query("x", period=Period("24h"), sections=("timeline",)), facts)
    assert "When this e-mail was sent is not known, so that all its time is shown." in result.notes
    assert result.figures[0].value == 2


def test_too_many_points_become_a_coarser_unit_and_it_is_said() -> None:
    facts = replace(_FACTS, moments=(moment(0), moment(24 * 400)))
    result = timeline.build(Query("x", unit="hour"), facts)
    assert isinstance(result.chart, TimeChart)
    assert result.chart.unit == "day"
    assert any("too many points" in note for note in result.notes)


def _hours(result: Result) -> list[int]:
    assert isinstance(result.chart, TimeChart)
    return [int((start - SENT).total_seconds() // 3600) for start in result.chart.starts]


def test_a_period_that_is_over_is_shown_to_its_end() -> None:
    facts = replace(_FACTS, moments=(moment(1), moment(3), moment(40)), last_event_at=SENT + timedelta(hours=40))
    assert _hours(timeline.build(Query("x", period=Period("24h")), facts)) == list(range(24))


def test_a_period_that_still_runs_is_shown_as_far_as_it_is_known() -> None:
    facts = replace(_FACTS, moments=(moment(1), moment(3)), last_event_at=SENT + timedelta(hours=5))
    assert _hours(timeline.build(Query("x", period=Period("24h")), facts)) == list(range(6))


def test_days_before_the_sending_are_not_shown() -> None:
    period = Period("dates", SENT.date() - timedelta(days=30), SENT.date() + timedelta(days=30))
    facts = replace(_FACTS, moments=(moment(1), moment(3)), last_event_at=SENT + timedelta(hours=3))
    assert _hours(timeline.build(Query("x", period=period), facts)) == [0, 1, 2, 3]


@pytest.mark.parametrize("wrong", [datetime(1970, 1, 1, tzinfo=UTC), datetime(2106, 2, 7, tzinfo=UTC)])
@pytest.mark.parametrize("unit", UNITS)
def test_a_wrong_clock_does_not_stretch_the_axis_and_is_said(wrong: datetime, unit: str) -> None:
    moments = sorted([moment(1), moment(2), moment(3), Moment(wrong, 2, 1, 2, 1, 0, 0)], key=lambda one: one.at)
    result = timeline.build(Query("x", unit=unit), replace(_FACTS, moments=tuple(moments), last_event_at=wrong))
    assert isinstance(result.chart, TimeChart)
    assert len(result.chart.starts) <= 4
    assert result.figures[0].value == 5
    assert any(note.startswith("3 opens and clicks lie years away") for note in result.notes)


def test_a_day_that_a_zone_left_out_is_left_out() -> None:
    first, last = datetime(2011, 12, 29, 12, tzinfo=UTC), datetime(2011, 12, 31, 12, tzinfo=UTC)
    starts = unit_starts(first, last, "day", ZoneInfo("Pacific/Apia"))
    assert [start.day for start in starts] == [29, 31, 1]


def test_hours_begin_on_the_hour_again_after_clocks_change_by_half_an_hour() -> None:
    first = datetime(2026, 4, 4, 14, tzinfo=UTC)
    starts = unit_starts(first, first + timedelta(hours=3), "hour", ZoneInfo("Australia/Lord_Howe"))
    assert [f"{start:%H:%M}" for start in starts] == ["01:00", "01:30", "02:00", "03:00"]


_ZONES = ("UTC", "Europe/Amsterdam", "Australia/Lord_Howe", "Asia/Kathmandu", "America/Sao_Paulo", "Pacific/Apia")


@given(
    quarters=st.sets(st.integers(0, 4 * 24 * 900), min_size=1, max_size=40),
    hour=st.integers(0, 40 * 365 * 24),
    zone=st.sampled_from(_ZONES),
    unit=st.sampled_from(UNITS),
)
def test_every_open_is_in_one_unit_and_units_follow_each_other(
    quarters: set[int], hour: int, zone: str, unit: str
) -> None:
    begin = datetime(1995, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    moments = tuple(Moment(begin + timedelta(minutes=15 * n), 2, 1, 1, 1, 0, 0) for n in sorted(quarters))
    facts = replace(_FACTS, email=replace(email(), sent_at=begin), moments=moments)
    result = timeline.build(Query("x", zone=zone, unit=unit), facts)
    assert isinstance(result.chart, TimeChart)
    starts, table = result.chart.starts, result.table
    assert table is not None
    # In UTC: two instants of one zone compare by their clocks, and a night in autumn shows an hour twice.
    assert all(earlier < later for earlier, later in pairwise(start.astimezone(UTC) for start in starts))
    assert starts[0] <= begin and starts[0] <= moments[0].at
    assert len(starts) <= 1_501
    for column, figure in enumerate(result.figures, 1):
        assert sum(row[column] for row in table.rows if isinstance(row[column], int)) == figure.value


def test_a_single_click_is_not_called_clicks() -> None:
    facts = replace(_FACTS, counts=Counts(sent=1, delivered=1, opened=1, clicked=1, open_events=1, click_events=1))
    assert "1 open by 1 person, 1 click by 1 person." in summary.build(Query("x"), facts).notes
    chart = links.build(Query("x"), replace(facts, links=(link("https://a.b/", 1),))).chart
    assert isinstance(chart, BarChart)
    assert chart.details == ("1 click",)


def test_an_answer_about_an_unknown_list_names_few_lists_and_shortens_them() -> None:
    many = tuple((f"{n} {UGLY}", Counts(sent=1)) for n in range(500))
    (note,) = summary.build(Query("x", list_name=UGLY), replace(_FACTS, list_counts=many)).notes
    assert "and 490 more" in note
    assert len(note) < 1_000


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
