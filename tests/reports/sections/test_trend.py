"""Rates over time, of what was sent in each unit."""

from datetime import timedelta
from fractions import Fraction

from reports.facts import AllFacts, Counts, PeriodCounts, UnitCounts
from reports.query import Query
from reports.report import Result, TimeChart, Unit
from reports.sections import trend
from tests.reports.sections.facts import SENT


def build(*sent: int, unit: str = "day", query: Query | None = None) -> Result:
    units = tuple(
        UnitCounts(SENT + timedelta(days=day), unit, Counts(sent=n, delivered=n, opened=n // 2, clicked=n // 10))
        for day, n in enumerate(sent)
    )
    total = Counts(sent=sum(sent), delivered=sum(sent), opened=sum(sent) // 2, clicked=sum(sent) // 10)
    return trend.build(query or Query(), AllFacts(sent_units=units, period=PeriodCounts(1, total)))


def test_open_rate_and_click_through_are_the_usual_lines_with_gaps_where_nothing_was_sent() -> None:
    chart = build(1000, 0, 500).chart
    assert isinstance(chart, TimeChart)
    assert [series.label for series in chart.series] == ["Open rate", "Click-through (of openers)"]
    assert chart.series[0].values == (0.5, None, 0.5)


def test_the_rate_of_the_whole_is_of_sums_and_not_a_mean_of_rates() -> None:
    result = build(1000, 10)
    assert result.figures[0].value == Fraction(505, 1010)
    assert result.table is not None and result.table.rows[0][1:4] == (1000, 1000, Fraction(1, 2))


def test_another_metric_is_one_line() -> None:
    result = build(1000, query=Query(options=(("metric", "clicks"),)))
    assert isinstance(result.chart, TimeChart) and len(result.chart.series) == 1
    assert result.title == "Click rate over time"


def test_a_count_is_one_line_of_whole_numbers_without_a_word_of_rates() -> None:
    result = build(1000, 0, 3, query=Query(options=(("metric", "opened"),)))
    assert isinstance(result.chart, TimeChart) and result.chart.value_unit is Unit.COUNT
    assert result.chart.series[0].values == (500, 0, 1)
    assert (result.title, result.figures[0].value) == ("Opened over time", 501)
    assert not any("rate" in note for note in result.notes)


def test_a_count_that_the_table_has_anyway_is_in_it_once() -> None:
    table = build(1000, query=Query(options=(("metric", "sent"),))).table
    assert table is not None and [column.label for column in table.columns] == ["From", "Sent", "Delivered"]


def test_units_with_few_people_are_said_to_be_chance() -> None:
    assert any("fewer than 50" in note for note in build(1000, 3).notes)
    assert not any("fewer than 50" in note for note in build(1000, 0).notes)


def test_a_period_without_anything_sent_says_so_and_draws_nothing() -> None:
    for result in (build(), build(0, 0)):
        assert result.chart is None and "Nothing was sent" in result.notes[0]
