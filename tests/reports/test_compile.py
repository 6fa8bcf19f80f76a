"""A report is decided once, from its query and facts alone."""

from datetime import timedelta

import pytest

from reports.compile import SECTIONS, UnknownSection, compile_report, needs_of
from reports.facts import EmailFacts, Facts
from reports.period import Period
from reports.query import Query
from reports.report import Result
from reports.section import Section
from tests.reports.sections.facts import ALL, SENT


def test_equal_data_gives_an_equal_fingerprint_whenever_it_is_asked() -> None:
    first, later = (compile_report(Query("x"), ALL["ugly"], SENT + timedelta(days=n)) for n in (1, 9))
    assert first.fingerprint == later.fingerprint
    assert first.fingerprint != compile_report(Query("x"), ALL["huge"], SENT).fingerprint


@pytest.mark.parametrize(("hours", "provisional"), [(71.9, True), (72, False)])
def test_a_report_is_provisional_for_72_hours(hours: float, provisional: bool) -> None:
    assert compile_report(Query("x"), ALL["ugly"], SENT + timedelta(hours=hours)).provisional is provisional


def test_an_unknown_section_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownSection, match=r"links, .*summary, timeline"):
        needs_of(Query("x", sections=("sumary",)))


def _fail(_query: Query, _facts: Facts) -> Result:
    raise ZeroDivisionError


def test_a_section_that_fails_costs_itself_alone_and_leaves_a_reference() -> None:
    known = {**SECTIONS, "links": Section("Links", frozenset(), _fail)}
    told: list[tuple[str, Exception]] = []
    report = compile_report(Query("x"), ALL["one person"], SENT, lambda *fault: told.append(fault), known)
    ((reference, error),) = told
    assert isinstance(error, ZeroDivisionError)
    assert [result.section for result in report.results] == ["summary", "timeline", "links"]
    assert reference in report.results[2].notes[0]
    assert report.results[0].figures


def test_a_query_needs_what_its_sections_need_and_no_more() -> None:
    assert needs_of(Query("x", sections=("timeline",))) == {"moments"}
    assert needs_of(Query("x", sections=("timeline", "links"))) == {"moments", "links"}


def test_what_is_asked_otherwise_has_another_fingerprint() -> None:
    queries = [Query("x"), Query("x", zone="Asia/Tokyo"), Query("x", locale="nl"), Query("x", list_name="NL")]
    assert len({compile_report(query, ALL["ugly"], SENT).fingerprint for query in queries}) == len(queries)


def test_an_e_mail_that_was_not_sent_as_far_as_is_known_is_provisional() -> None:
    assert compile_report(Query("x"), ALL["nothing"], SENT).provisional


@pytest.mark.parametrize(
    ("sections", "preset", "said"),
    [(("links",), "7d", True), (("links",), "all", False), (("summary", "timeline"), "7d", False)],
)
def test_a_period_that_nothing_shown_follows_is_said_in_the_heading(
    sections: tuple[str, ...], preset: str, said: bool
) -> None:
    report = compile_report(Query("x", sections=sections, period=Period(preset)), ALL["ugly"], SENT)
    assert ("Period" in dict(report.subject.details)) is said


def test_details_that_are_not_known_are_not_shown() -> None:
    facts = Facts(EmailFacts(1, "demo", "e1", "may", from_address="a@b.example", sent_at=SENT, lists=("NL", "BE")))
    details = compile_report(Query("x"), facts, SENT).subject.details
    assert details == (("From", "<a@b.example>"), ("Sent", SENT), ("Lists", "NL, BE"))
