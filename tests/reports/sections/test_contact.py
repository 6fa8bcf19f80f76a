"""The section of one contact: its events in words, and whoever may not see addresses finds out no one."""

import pytest

from reports.events import Kind, MachineReason, NotSentReason, Part
from reports.facts import ContactFacts, Facts, Happening
from reports.masking import masked_query
from reports.options import OPTIONS
from reports.query import Query
from reports.report import Result
from reports.sections import contact
from tests.reports.sections.facts import SENT, email, recipient


def _built(facts: ContactFacts, **options: str) -> Result:
    return contact.build(Query("x", options=tuple(options.items())), Facts(email(), SENT, contact=facts))


@pytest.mark.parametrize(
    ("happening", "words"),
    [
        (Happening(SENT, Kind.SENT), "sent"),
        (Happening(SENT, Kind.OPENED, looked_ms=8_000), "opened, read"),
        (Happening(SENT, Kind.OPENED, looked_ms=7_999), "opened, skimmed"),
        (Happening(SENT, Kind.OPENED, looked_ms=1_999), "opened, glanced"),
        (Happening(SENT, Kind.CLICKED, part=Part.TEXT), "clicked in the plain text"),
        (Happening(SENT, Kind.CLICKED, part=Part.HTML, utility=True), "clicked in the HTML (utility link)"),
        (Happening(SENT, Kind.BOUNCED, hard=False), "soft bounce"),
        (Happening(SENT, Kind.NOT_SENT, reason=NotSentReason.SUPPRESSED), "not sent: suppressed"),
    ],
)
def test_an_event_is_told_in_words(happening: Happening, words: str) -> None:
    assert contact.what(happening) == words


def test_every_kind_of_event_has_words() -> None:
    assert all(contact.what(Happening(SENT, kind)) for kind in Kind)


def test_the_timeline_has_the_address_apart_so_that_it_can_be_masked() -> None:
    machine = Happening(SENT, Kind.OPENED, machine=MachineReason.BOT)
    result = _built(ContactFacts(recipient(7), (machine,) * 12), contact="#7", page="2")
    assert result.title == "Contact #7"
    assert result.figures[0].value == "anna@example.com"
    assert result.table is not None and (result.table.first, len(result.table.rows)) == (11, 2)
    assert "What a machine did is marked with the reason and left out of every rate." in result.notes


def test_without_a_contact_it_is_said_what_to_type() -> None:
    assert "contact:" in _built(ContactFacts()).notes[0]


def test_an_unknown_address_is_answered_with_the_nearest() -> None:
    told = _built(ContactFacts(nearest=("anna@example.com",)), contact="ana@example.com").notes[0]
    assert told == "“ana@example.com” is no recipient of this e-mail. Did you mean anna@example.com?"


def test_under_the_mask_an_address_finds_nobody_and_a_number_does() -> None:
    hidden = masked_query(Query("x", options=(("contact", "anna@example.com"),)))
    assert hidden.options == (("contact", "#0"),)
    assert "masked" in _built(ContactFacts(), contact="#0").notes[0]
    by_number = Query("x", options=(("contact", "#7"),))
    assert masked_query(by_number) == by_number


@pytest.mark.parametrize(("typed", "kept"), [("#007", "#7"), ("12", "#12"), (" Anna@Example.COM ", "anna@example.com")])
def test_a_contact_is_an_address_or_a_number(typed: str, kept: str) -> None:
    assert OPTIONS["contact"].check(typed) == kept


def test_what_is_neither_is_refused() -> None:
    with pytest.raises(ValueError, match="neither an address nor a number"):
        OPTIONS["contact"].check("anna")
