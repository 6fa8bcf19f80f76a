"""Whoever may not see recipients reads a report without any address of theirs, and with every number."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.masking import mask_address, mask_text, masked
from reports.query import Query
from reports.report import BarChart, Column, Figure, Report, Result, Series, Subject, Table, Unit


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("550 5.1.1 <anna@example.com>: user unknown", "550 5.1.1 <a•••@example.com>: user unknown"),
        ("https://x.example/?e=anna%40example.com&l=2", "https://x.example/?e=a•••@example.com&l=2"),
        ("anna.de-boer+news@mail.example.co.uk, bob@b.nl", "a•••@mail.example.co.uk, b•••@b.nl"),
        ("not found: lucas.o'neill@example.com.", "not found: l•••@example.com."),
        ("12 opens @ noon", "12 opens @ noon"),
    ],
)
def test_addresses_in_a_text_lose_the_person_and_keep_the_domain(text: str, hidden: str) -> None:
    assert mask_text(text) == hidden


@given(
    st.lists(st.sampled_from(["anna", "@", "%40", "example.com", " ", "<", "…", "b.nl", "é"]), max_size=12).map("".join)
)
def test_whatever_stands_around_an_address_no_name_before_a_domain_is_left(text: str) -> None:
    hidden = mask_text(text)
    assert "anna@example.com" not in hidden and "anna%40b.nl" not in hidden
    assert mask_text(hidden) == hidden


def test_a_long_text_without_a_gap_is_masked_as_well() -> None:
    assert mask_text("x" * 300_000 + "@example.com") == "x•••@example.com"
    assert mask_text("@" * 300_000 + "x" * 300_000) == "@" * 300_000 + "x" * 300_000


@given(st.emails())
def test_a_masked_address_keeps_its_domain_and_one_letter(address: str) -> None:
    local, _, domain = address.rpartition("@")
    assert mask_address(address) == f"{local[0]}•••@{domain}"


@pytest.mark.parametrize("name", ["5d41402abc4b2a76b9719d911017c592", "anna", "@example.com", ""])
def test_a_name_that_is_no_address_keeps_nothing_of_itself(name: str) -> None:
    assert mask_address(name) == "•••"


def test_a_servers_words_about_somebody_do_not_name_the_mailbox() -> None:
    columns = (Column("contact", "Contact", Unit.ADDRESS), Column("reply", "Reply", Unit.TEXT))
    rows = (
        ("anna.smith@example.com", "550 Anna.Smith unknown, anna.smithson is not"),
        ("bo@example.com", "bo bounced"),
    )
    report = Report(
        Query("may"),
        Subject("may", None, ()),
        (Result("recipients", "Recipients", table=Table(columns, rows, 2)),),
        datetime(2026, 5, 1, tzinfo=UTC),
        False,
        "f",
    )
    table = masked(report).results[0].table
    assert table is not None
    assert [row[1] for row in table.rows] == ["550 ••• unknown, anna.smithson is not", "bo bounced"]


def test_a_masked_report_has_no_address_in_any_place_and_the_same_numbers() -> None:
    columns = (Column("contact", "Contact", Unit.ADDRESS), Column("opens", "Opens", Unit.COUNT))
    result = Result(
        "contacts",
        "Contact anna@example.com",
        figures=(Figure("last", "Last of anna@example.com", Unit.TEXT, "anna@example.com"),),
        table=Table(columns, (("anna@example.com", 3), ("a1b2", None)), 2),
        chart=BarChart("x", ("https://a.b/?m=anna%40example.com",), (Series("People", (1.0,)),)),
        notes=("Write to anna@example.com.",),
    )
    subject = Subject("may", None, (("From", "news@sender.example"),))
    report = Report(Query("may"), subject, (result,), datetime(2026, 5, 1, tzinfo=UTC), False, "f")
    hidden = masked(report)
    assert "anna@" not in str(hidden) and "anna%40" not in str(hidden) and "a1b2" not in str(hidden)
    assert hidden.results[0].table == Table(columns, (("a•••@example.com", 3), ("•••", None)), 2)
    assert hidden.masked and hidden.subject == subject
    assert masked(hidden) == replace(hidden)
