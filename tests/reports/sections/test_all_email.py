"""Questions about all e-mail: what every such section keeps to, whatever the facts."""

from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.answers import EmptyStore, answer
from bot.grammar import Misread, parse, to_command
from reports.compile import SECTIONS
from reports.events import Email, Event, Kind
from reports.facts import AllFacts
from reports.options import OPTIONS
from reports.query import Query
from reports.report import TimeChart
from reports.section import Scope
from store.merge import merge
from tests.reports.sections.facts import ALL_EMAIL

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
_NAMES = sorted(name for name, section in SECTIONS.items() if section.scope is Scope.ALL)


def _queries(name: str) -> list[Query]:
    examples = [OPTIONS[key].example.partition(":") for key in sorted(SECTIONS[name].options)]
    return [
        Query(sections=(name,), zone=zone, locale=locale, options=options)
        for zone, locale in (("UTC", "en"), ("Australia/Lord_Howe", "nl"))
        for options in ((), *(((key, value.strip('"')),) for key, _colon, value in examples))
    ]


@pytest.mark.parametrize("facts", ALL_EMAIL.values(), ids=ALL_EMAIL)
@pytest.mark.parametrize("name", _NAMES)
def test_a_section_makes_something_of_any_facts(name: str, facts: AllFacts) -> None:
    for query in _queries(name):
        result = SECTIONS[name].build(query, facts)
        assert result.section == name and result.title and result.notes
        if result.table:
            assert all(len(row) == len(result.table.columns) for row in result.table.rows)
        if isinstance(result.chart, TimeChart):
            assert all(len(series.values) == len(result.chart.starts) for series in result.chart.series)


@pytest.mark.parametrize("name", _NAMES)
def test_without_any_fact_a_section_says_so_and_draws_nothing(name: str) -> None:
    result = SECTIONS[name].build(Query(sections=(name,)), AllFacts())
    assert result.notes and result.chart is None and result.table is None


@pytest.mark.parametrize("name", _NAMES)
def test_a_section_asks_only_for_facts_that_there_are(name: str) -> None:
    assert SECTIONS[name].needs <= {field.name for field in fields(AllFacts)}


@pytest.mark.parametrize("name", _NAMES)
def test_the_command_of_a_question_asks_it(name: str) -> None:
    for query in _queries(name):
        asked = parse(to_command(query), query.zone, query.locale)
        assert replace(asked, period=query.period) == query


def test_words_that_are_no_metric_or_column_are_answered_with_what_there_is() -> None:
    for words in ("trend metric:happiness", "emails columns:x", "emails sort:zzz"):
        with pytest.raises(Misread, match="open_rate"):
            parse(words, "UTC", "en")
    with pytest.raises(Misread, match="ends"):
        parse("overview from 2026-05-09 to 2026-05-01", "UTC", "en")


@pytest.mark.parametrize("name", sorted(set(_NAMES) - {"sources"}))
def test_all_email_of_an_empty_store_says_how_to_fill_it(engine: Engine, name: str) -> None:
    with pytest.raises(EmptyStore, match="emailstats import"):
        answer(engine, parse(name, "UTC", "en"), NOW, OPERATOR)


@pytest.mark.parametrize("name", _NAMES)
def test_every_section_is_answered_from_the_store(engine: Engine, name: str) -> None:
    events = [
        Event(kind=kind, at=NOW - timedelta(days=day), email=email, contact=f"{contact}@example.com")
        for email, day in (("may", 2), ("welcome", 3), ("welcome", 33))
        for contact in (f"ann{day}", f"bob{day}")
        for kind in (Kind.SENT, Kind.OPENED)
    ]
    merge(engine, events, [Email(id="welcome", workflow="Onboarding", type="automated")])
    for words in ("", " all time", " last 24h", " type:automated", " since 2026-05-01 by week"):
        report = answer(engine, parse(name + words, "Asia/Kolkata", "nl"), NOW, OPERATOR)
        assert "reference" not in report.results[0].notes[0]
