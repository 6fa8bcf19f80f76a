"""To somebody who sees a part of all e-mail there is no other."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.access.rights import Access, Reach, Right
from bot.answers import OutOfReach, UnknownEmail, UnknownValue, answer, check
from bot.grammar import parse
from reports.events import Email, Event, Kind
from reports.report import Report
from store.merge import merge

_NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
_GROWTH = Reach(teams=frozenset({"growth"}))


@pytest.fixture
def store(engine: Engine) -> Engine:
    described = [
        Email(
            id="ours", name="Spring sale", team="Growth", business_unit="Shoes", workflow="Onboarding", campaign="May"
        ),
        Email(id="old", name="Winter sale", team="Growth", workflow="Onboarding", campaign="May"),
        Email(
            id="theirs", name="Summer sale", team="Brand", business_unit="Hats", workflow="Onboarding", campaign="June"
        ),
        Email(id="nobodys", name="Secret sale", subject="Spring sale"),
    ]
    events = [
        Event(kind=Kind.SENT, at=_NOW - timedelta(days=n), email=email.id, contact=f"c{n}@example.com")
        for n, email in enumerate(described, 1)
    ]
    merge(engine, events, described)
    return engine


def ask(engine: Engine, command: str, reach: Reach = _GROWTH) -> Report:
    return answer(engine, parse(command, "UTC", "en"), _NOW, Access(frozenset({Right.FIGURES}), reach))


def rows(report: Report) -> list[object]:
    table = report.results[0].table
    return [] if table is None else [row[0] for row in table.rows]


def test_what_is_out_of_reach_is_as_if_it_were_not_there(store: Engine) -> None:
    assert ask(store, "Spring sale").subject.name == "Spring sale"
    assert ask(store, "latest").subject.name == "Spring sale"
    for name in ("Summer sale", "theirs", "secret sale"):
        with pytest.raises(UnknownEmail) as unknown:
            ask(store, name)
        assert set(unknown.value.nearest) <= {"Spring sale", "Winter sale"}


def test_a_subject_that_another_e_mail_has_too_means_the_one_in_reach(store: Engine) -> None:
    nobodys = ask(store, "nobodys", Reach())
    assert nobodys.subject.name == "Secret sale"
    with pytest.raises(UnknownEmail):
        ask(store, "nobodys", Reach(business_units=frozenset({"Hats"})))


def test_all_e_mail_is_what_is_in_reach(store: Engine) -> None:
    assert rows(ask(store, "emails all time sort:name")) == ["Spring sale", "Winter sale"]
    assert rows(ask(store, "emails all time sort:name", Reach(frozenset({"hats"}), frozenset({"growth"})))) == [
        "Spring sale", "Summer sale", "Winter sale",
    ]  # fmt: skip
    assert rows(ask(store, "emails all time", Reach(teams=frozenset({"nobody"})))) == []


def test_no_value_of_another_part_is_offered(store: Engine) -> None:
    assert rows(ask(store, "emails all time campaign:May sort:name")) == ["Spring sale", "Winter sale"]
    with pytest.raises(UnknownValue) as unknown:
        ask(store, "emails all time campaign:June")
    assert unknown.value.nearest == ("May",)


def test_a_workflows_other_e_mails_are_those_in_reach(store: Engine) -> None:
    told = {str(name).removesuffix(" (this e-mail)") for name in rows(ask(store, "workflows Spring sale"))}
    assert told == {"Spring sale", "Winter sale"}


def test_sources_belong_to_no_part(store: Engine) -> None:
    with pytest.raises(OutOfReach):
        ask(store, "sources all time")
    with pytest.raises(OutOfReach):
        check(store, parse("sources all time", "UTC", "en"), Access(frozenset({Right.FIGURES}), _GROWTH))
