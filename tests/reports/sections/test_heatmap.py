"""When sending does best, and where there is too little to say so."""

from fractions import Fraction

import pytest

from reports.facts import AllFacts, Counts, HourCounts
from reports.query import Query
from reports.report import HeatMap, Result
from reports.sections import heatmap


def hour(weekday: int, at: int, delivered: int, opened: int) -> HourCounts:
    return HourCounts(weekday, at, Counts(sent=delivered, delivered=delivered, opened=opened))


def build(*hours: HourCounts, query: Query | None = None) -> Result:
    return heatmap.build(query or Query(), AllFacts(sent_hours=hours))


def test_hours_with_enough_are_ranked_and_thin_ones_are_drawn_and_not_ranked() -> None:
    result = build(hour(0, 9, 1000, 300), hour(1, 11, 500, 200), hour(6, 10, 99, 99))
    assert result.table is not None
    assert result.table.rows == (
        ("Tue", "11:00", Fraction(2, 5), 500),
        ("Mon", "09:00", Fraction(3, 10), 1000),
    )
    chart = result.chart
    assert isinstance(chart, HeatMap)
    assert chart.columns == ("09:00", "10:00", "11:00")
    assert (chart.cells[6][1].thin, chart.cells[6][1].n, chart.cells[0][0].thin) == (True, 99, False)
    assert (chart.cells[2][0].value, chart.cells[2][0].n) == (None, 0)


def test_days_are_named_in_the_readers_language() -> None:
    chart = build(hour(0, 9, 1000, 300), query=Query(locale="nl")).chart
    assert isinstance(chart, HeatMap) and chart.rows == ("ma", "di", "wo", "do", "vr", "za", "zo")


def test_another_rate_can_be_asked_for() -> None:
    result = build(hour(0, 9, 1000, 300), query=Query(options=(("metric", "delivery"),)))
    assert result.title.endswith("delivery rate")
    assert result.table is not None and result.table.rows[0][2] == 1


@pytest.mark.parametrize("hours", [(), (hour(0, 9, 0, 0),)])
def test_nothing_sent_is_said_and_not_drawn(hours: tuple[HourCounts, ...]) -> None:
    result = build(*hours)
    assert result.chart is None and "Nothing was sent" in result.notes[0]


def test_few_recipients_in_every_hour_are_said_to_be_chance() -> None:
    result = build(hour(0, 9, 5, 5))
    assert result.table is None and result.chart is not None
    assert "mostly chance" in result.notes[0]
