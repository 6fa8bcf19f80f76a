"""Everything that was sent in a period, with its changes."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.answers import EmptyStore, UnknownValue, answer
from bot.grammar import parse
from reports.events import Email, Event, Kind
from reports.facts import AllFacts, Counts, PeriodCounts
from reports.query import Query
from reports.render.slack import render
from reports.report import Figure, Report, Result
from reports.sections import overview
from store.merge import merge

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)
_QUERY = Query(sections=("overview",))


def figures(result: Result) -> dict[str, Figure]:
    return {figure.key: figure for figure in result.figures}


def test_every_rate_and_count_has_its_change() -> None:
    now = PeriodCounts(2, Counts(sent=200, delivered=200, opened=80, bounced_hard=4, open_events=99))
    before = PeriodCounts(1, Counts(sent=100, delivered=100, opened=30))
    found = figures(overview.build(_QUERY, AllFacts(period=now, period_before=before)))
    assert all(figure.change for figure in found.values())
    assert found["emails"].change.by == 1  # type: ignore[union-attr]
    assert found["open_rate"].change.by == found["open_rate"].value - found["open_rate"].change.before  # type: ignore[operator, union-attr]
    assert found["bounced_hard"].change.by is None  # type: ignore[union-attr]


def test_an_open_period_has_none_before_it_and_so_no_changes() -> None:
    found = overview.build(_QUERY, AllFacts(period=PeriodCounts(2, Counts(sent=200, delivered=200))))
    assert not any(figure.change for figure in found.figures)
    assert len(found.notes) == 1


def test_a_period_without_anything_sent_says_what_there_was_before() -> None:
    facts = AllFacts(period_before=PeriodCounts(3, Counts(sent=9)))
    assert overview.build(_QUERY, facts).notes == ("Nothing was sent in this period; in the one before it, 3 e-mails.",)


def report(engine: Engine, command: str) -> Report:
    return answer(engine, parse(command, "Europe/Amsterdam", "en"), NOW, OPERATOR)


def fill(engine: Engine) -> None:
    events = [
        Event(kind=kind, at=NOW - timedelta(days=days), email=email, contact=f"{contact}@example.com")
        for email, days in (("may", 2), ("april", 40))
        for contact in ("ann", "bob")
        for kind in (Kind.SENT, Kind.OPENED)
    ]
    merge(engine, events, [Email(id="may", campaign="Spring"), Email(id="april", team="Growth")])


def test_the_answer_says_which_days_it_compares(engine: Engine) -> None:
    fill(engine)
    told = report(engine, "overview")
    assert dict(told.subject.details) == {
        "Period": "Tue 21 Apr 2026 to Wed 20 May 2026",
        "Compared with": "Sun 22 Mar 2026 to Mon 20 Apr 2026",
    }
    found = figures(told.results[0])
    assert (found["sent"].value, found["sent"].change.before) == (2, 2)  # type: ignore[union-attr]
    assert told.provisional
    assert not report(engine, "overview team:growth all time").provisional
    message = render(told, "/emailstats overview")
    assert "Subject" not in message.text
    assert "Open rate: 100.0 % (2 of 2), unchanged from 100.0 %." in message.text


@pytest.mark.parametrize(
    ("words", "sent"),
    [("campaign:spring", 2), ("team:growth", 0), ("team:growth unassigned:yes", 2), ("may", 2), ("april all time", 2)],
)
def test_filters_narrow_it(engine: Engine, words: str, sent: int) -> None:
    fill(engine)
    found = figures(report(engine, f"overview {words}").results[0])
    assert (found["sent"].value if "sent" in found else 0) == sent


def test_a_filter_of_what_there_is_not_offers_the_nearest(engine: Engine) -> None:
    fill(engine)
    with pytest.raises(UnknownValue) as unknown:
        report(engine, "overview campaign:sprnig")
    assert str(unknown.value) == "No e-mail has the campaign “sprnig”. Did you mean “Spring”?"


def test_an_empty_store_says_how_to_fill_it(engine: Engine) -> None:
    with pytest.raises(EmptyStore, match="emailstats import"):
        report(engine, "overview")
