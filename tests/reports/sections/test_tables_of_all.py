"""E-mails and campaigns of a period as tables, and as points."""

from datetime import timedelta
from fractions import Fraction

import pytest

from reports.facts import AllFacts, Counts, SentEmail
from reports.query import Query
from reports.report import Result, ScatterChart, Value
from reports.sections import campaigns, emails, scatter
from tests.reports.sections.facts import SENT, UGLY


def email(name: str, delivered: int, clicked: int, days: int = 0, campaign: str | None = None) -> SentEmail:
    counts = Counts(sent=delivered, delivered=delivered, opened=delivered // 2, clicked=clicked)
    return SentEmail(name, None, "regular", campaign, None, SENT + timedelta(days=days), counts)


EMAILS = (
    email("may", 1000, 50, 1, "Spring"),
    email("June", 200, 20, 2, "Spring"),
    email("april", 0, 0, 3),
    email(UGLY, 100, 1),
)


def build(section: object, **options: str) -> Result:
    query = Query(options=tuple(options.items()))
    return section.build(query, AllFacts(sent_emails=EMAILS))  # type: ignore[attr-defined, no-any-return]


def names(result: Result) -> list[Value]:
    assert result.table is not None
    return [row[0] for row in result.table.rows]


@pytest.mark.parametrize(
    ("sort", "order"),
    [
        (None, ["april", "June", "may", UGLY]),
        ("-date", [UGLY, "may", "June", "april"]),
        ("name", ["april", "June", "may", UGLY]),
        ("clicks", ["June", "may", UGLY, "april"]),
        ("-click rate", [UGLY, "may", "June", "april"]),
        ("Delivered", ["may", "June", UGLY, "april"]),
    ],
)
def test_e_mails_stand_in_the_order_that_is_asked_for_and_unknown_rates_last(
    sort: str | None, order: list[str]
) -> None:
    if sort == "name":
        order = sorted(order, key=str.casefold)
    assert names(build(emails, **({"sort": sort} if sort else {}))) == order


def test_columns_can_be_chosen() -> None:
    table = build(emails, columns="sent, hard bounces,clicks, sent").table
    assert table is not None
    assert [column.key for column in table.columns] == ["email", "sent_at", "sent", "bounced_hard", "click_rate"]
    assert table.rows[1][2:] == (200, 0, Fraction(1, 10))


def test_pages_say_where_the_rest_is_and_where_there_is_none() -> None:
    first = build(emails, rows="3")
    assert len(names(first)) == 3 and "page:2" in first.notes[0]
    last = build(emails, rows="3", page="2")
    assert len(names(last)) == 1 and "page:" not in last.notes[0]
    assert "no such page" in build(emails, page="9").notes[0]


@pytest.mark.parametrize("wrong", [{"sort": "moon"}, {"columns": "sent,moon"}, {"columns": ","}])
def test_what_is_no_column_is_answered_with_those_that_there_are(wrong: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="click_rate"):
        build(emails, **wrong)


def test_a_campaign_is_the_sum_of_its_e_mails() -> None:
    table = build(campaigns, sort="delivered").table
    assert table is not None
    spring, none = table.rows
    assert spring[:3] == ("Spring", 2, 1200)
    assert spring[4] == Fraction(70, 1200)
    assert none[:3] == ("(no campaign)", 2, 100)


def test_each_e_mail_that_reached_enough_is_a_point_and_means_are_of_e_mails() -> None:
    result = build(scatter)
    assert isinstance(result.chart, ScatterChart)
    assert [mark.label for mark in result.chart.marks] == ["June", "may", UGLY]
    assert result.figures[2].value == (Fraction(1, 20) + Fraction(1, 10) + Fraction(1, 100)) / 3
    assert "1 e-mail is left out" in result.notes[1]


@pytest.mark.parametrize("section", [emails, campaigns, scatter])
def test_a_period_without_any_says_so(section: object) -> None:
    result = section.build(Query(), AllFacts())  # type: ignore[attr-defined]
    assert result.notes and result.table is None and result.chart is None
