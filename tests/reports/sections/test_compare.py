"""Several e-mails side by side."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.answers import UnknownEmail, answer
from reports.events import Event, Kind
from reports.facts import AllFacts, Counts
from reports.query import Query
from reports.report import IntervalChart, Result
from reports.sections import compare
from store.merge import merge
from tests.reports.sections.facts import SENT, UGLY, email
from tests.store.events import START


def counts(clicked: int, opened: int = 400, delivered: int = 1000) -> Counts:
    return Counts(sent=delivered, delivered=delivered, opened=opened, clicked=clicked)


def build(
    *groups: Counts, query: Query | None = None, names: tuple[str, ...] = ("may", "june", "july", "aug")
) -> Result:
    named = tuple(replace(email(name), id=number) for number, (name, _) in enumerate(zip(names, groups, strict=False)))
    return compare.build(query or Query("may", others=("june",)), AllFacts(named=named, named_counts=groups))


def test_a_difference_is_told_with_its_chance_and_who_does_better() -> None:
    result = build(counts(50), counts(100))
    assert "Click rate: “june” does better than “may” (p under 0.10\u00a0%)." in result.notes
    assert "Open rate: “may” and “june” have the same rate so far." in result.notes
    assert result.table is not None and result.table.rows[0][2] == 1000


def test_without_a_call_it_says_about_how_many_more_it_takes() -> None:
    notes = build(counts(50), counts(60)).notes
    (told,) = [note for note in notes if note.startswith("Click rate: no call yet between “may” and “june”")]
    assert told.endswith("about 7,200 more recipients a side would tell.")


def test_where_less_is_better_more_does_worse() -> None:
    groups = (replace(counts(50), unsubscribed=100), replace(counts(50), unsubscribed=10))
    result = build(*groups, query=Query("may", others=("june",), options=(("metric", "unsubscribes"),)))
    assert "Unsubscribe rate: “may” does worse than “june” (p under 0.10\u00a0%)." in result.notes
    assert isinstance(result.chart, IntervalChart) and result.chart.x_label == "Unsubscribe rate"


def test_of_many_pairs_those_that_differ_are_told_and_the_rest_is_counted() -> None:
    notes = build(counts(50), counts(51), counts(52), counts(300)).notes
    clicks = [note for note in notes if note.startswith("Click rate")]
    assert len([note for note in clicks if "does better" in note]) == 3
    assert len([note for note in clicks if "no call yet" in note]) == 3
    assert "corrected by Holm" in notes[-1]


def test_nobody_reached_is_nothing_said_and_nothing_drawn() -> None:
    result = build(Counts(), Counts())
    assert result.chart is None
    assert "Click rate: nothing can be said yet of “may” and “june”." in result.notes


def test_names_that_are_one_e_mail_are_not_compared() -> None:
    facts = AllFacts(named=(email(), email()), named_counts=(counts(1), counts(1)))
    assert "name two that differ" in compare.build(Query("may", others=("may",)), facts).notes[0]


def test_long_names_stay_apart_and_short() -> None:
    result = build(counts(50), counts(100), names=(f"{UGLY} a", f"{UGLY} b"))
    assert all(len(note) < 300 for note in result.notes)
    assert isinstance(result.chart, IntervalChart)


def test_e_mails_are_compared_as_the_store_knows_them(engine: Engine) -> None:
    def event(kind: Kind, name: str, number: int) -> Event:
        return Event(kind=kind, at=START, email=name, contact=f"p{number}@example.com", key=f"{name}{number}{kind}")

    merge(engine, [event(Kind.OPENED, "may", n) for n in range(40)] + [event(Kind.SENT, "may", n) for n in range(40)])
    merge(engine, [event(Kind.DELIVERED, "june", n) for n in range(40)])
    report = answer(engine, Query("may", ("compare",), others=("june",)), SENT, OPERATOR)
    assert report.subject.name == "may vs june"
    assert "Open rate: “may” does better than “june” (p under 0.10\u00a0%)." in report.results[0].notes
    with pytest.raises(UnknownEmail, match="julie"):
        answer(engine, Query("may", ("compare",), others=("julie",)), SENT, OPERATOR)
