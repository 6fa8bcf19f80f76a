"""What every section must keep to, whatever the facts."""

from dataclasses import fields

import pytest

from reports.compile import SECTIONS
from reports.facts import Facts
from reports.options import OPTIONS
from reports.period import Period
from reports.query import UNITS, Query
from reports.report import BarChart, Result, TimeChart, Unit
from reports.section import Scope
from tests.reports.sections.facts import ALL, UGLY

_SECTIONS = sorted(name for name, section in SECTIONS.items() if section.scope is Scope.EMAIL)


def _options(name: str) -> list[tuple[tuple[str, str], ...]]:
    """None, and every option of the section by itself, as its example says it."""
    examples = [OPTIONS[key].example.partition(":") for key in sorted(SECTIONS[name].options)]
    return [(), *(((key, value.strip('"')),) for key, _colon, value in examples)]


def _results(name: str, facts: Facts) -> list[Result]:
    queries = [
        Query("x", zone=zone, locale=locale, unit=unit, period=Period(preset), list_name=list_name, options=options)
        for zone, locale in (("UTC", "en"), ("Asia/Kathmandu", "nl"), ("Australia/Lord_Howe", "ar"))
        for unit in UNITS
        for preset in ("all", "24h")
        for list_name in (None, "NL", UGLY)
        for options in _options(name)
    ]
    return [SECTIONS[name].build(query, facts) for query in queries]


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL)
@pytest.mark.parametrize("name", _SECTIONS)
def test_a_section_makes_something_of_any_facts(name: str, facts: Facts) -> None:
    for result in _results(name, facts):
        assert result.section == name
        assert result.title
        assert result.figures or result.table or result.chart or result.notes


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL)
@pytest.mark.parametrize("name", _SECTIONS)
def test_rates_carry_their_counts_and_are_unknown_without_a_denominator(name: str, facts: Facts) -> None:
    for result in _results(name, facts):
        for figure in result.figures:
            if figure.unit is Unit.RATE:
                assert figure.numerator is not None
                assert (figure.value is None) == (figure.denominator == 0)


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL)
@pytest.mark.parametrize("name", _SECTIONS)
def test_tables_and_charts_have_a_value_for_every_place(name: str, facts: Facts) -> None:
    for result in _results(name, facts):
        if result.table:
            assert all(len(row) == len(result.table.columns) for row in result.table.rows)
        if result.chart:
            match result.chart:
                case BarChart(labels=places) | TimeChart(starts=places):
                    assert all(len(series.values) == len(places) for series in result.chart.series)


@pytest.mark.parametrize("name", _SECTIONS)
def test_without_any_fact_a_section_says_so_and_draws_nothing(name: str) -> None:
    for result in _results(name, ALL["nothing"]):
        assert result.notes
        assert result.chart is None


@pytest.mark.parametrize("name", _SECTIONS)
def test_a_section_asks_only_for_facts_that_there_are(name: str) -> None:
    assert SECTIONS[name].needs <= {field.name for field in fields(Facts)}


@pytest.mark.parametrize("name", SECTIONS)
def test_the_options_of_a_section_are_in_the_vocabulary(name: str) -> None:
    assert SECTIONS[name].options <= OPTIONS.keys()
