"""Top engaged contacts: whose addresses are hidden, and where a page stands among the others."""

from dataclasses import replace

from reports.compile import compile_report
from reports.facts import Counts, EngagedContact, Facts
from reports.masking import masked
from reports.query import Query
from reports.report import Unit
from reports.sections import contacts
from tests.reports.sections.facts import SENT, email

_FACTS = Facts(
    email(),
    SENT,
    Counts(delivered=90, opened=31, clicked=2),
    engaged_contacts=(EngagedContact("ann@example.com", 9, 2, SENT, SENT), EngagedContact(None, 3, 0, SENT, None)),
)


def test_addresses_are_masked_and_an_erased_contact_is_a_dash() -> None:
    report = masked(compile_report(Query("x", sections=("contacts",)), _FACTS, SENT))
    table = report.results[0].table
    assert table is not None and table.columns[0].unit is Unit.ADDRESS
    assert [row[0] for row in table.rows] == ["a•••@example.com", None]


def test_a_page_says_where_it_is_and_how_to_go_on() -> None:
    first = contacts.build(Query("x"), _FACTS)
    assert first.table is not None and (first.table.total_rows, first.table.first) == (31, 1)
    assert "Add page:2 for the next, up to page:4." in first.notes
    last = contacts.build(Query("x", options=(("page", "4"),)), _FACTS)
    assert last.table is not None and last.table.first == 31
    assert not any("page:" in note for note in last.notes)


def test_a_page_after_the_last_says_which_is_the_last() -> None:
    result = contacts.build(Query("x", options=(("page", "5"),)), replace(_FACTS, engaged_contacts=()))
    assert result.table is None
    assert "There is no page 5; the last one is page:4." in result.notes


def test_people_are_counted_as_in_the_rates() -> None:
    assert contacts.build(Query("x"), _FACTS).figures[0].value == 31
    assert contacts.build(Query("x", options=(("by", "clicks"),)), _FACTS).figures[0].value == 2


def test_nobody_who_clicked_is_said() -> None:
    result = contacts.build(Query("x", options=(("by", "clicks"),)), replace(_FACTS, counts=Counts(delivered=3)))
    assert result.notes == ("Nobody is known to have clicked yet.",)
