"""The section of recipients: a page of them, each with what was done, and how to turn the page."""

from reports.facts import Counts, Facts, RecipientPage
from reports.masking import masked_query
from reports.query import Query
from reports.recipients import PEOPLE, SHOWN
from reports.report import Result
from reports.sections import recipients
from tests.reports.sections.facts import SENT, email, recipient

_COUNTS = Counts(sent=25, delivered=20, bounced_hard=5, not_sent=3)
_PEOPLE = (
    recipient(7, "ann@example.com", "sent", "delivered", "opened", "clicked", "replied", opens=2, clicks=1),
    recipient(8, "bob@example.com", "sent", "delivered", "machine_opened", "unsubscribed_suspect"),
    recipient(9, "cy@example.com", "sent", "bounced_hard", bounced_at=SENT),
    recipient(10, None, "not_sent", not_sent_reason="suppressed", not_sent_at=SENT),
    recipient(11, "di@example.com", "sent"),
)


def _built(total: int = 28, list_name: str | None = None, **options: str) -> Result:
    facts = Facts(email(), SENT, _COUNTS, list_counts=(("NL", _COUNTS),), recipients=RecipientPage(_PEOPLE, total))
    return recipients.build(Query("x", list_name=list_name, options=tuple(options.items())), facts)


def _column(result: Result, key: str) -> list[object]:
    assert result.table is not None
    place = [column.key for column in result.table.columns].index(key)
    return [row[place] for row in result.table.rows]


def test_each_has_a_state_in_words_and_a_number_to_name_it_by() -> None:
    result = _built()
    assert _column(result, "state") == [
        "clicked, replied",
        "machine opens only, unsubscribed, perhaps by a scanner",
        "hard bounce",
        "not sent: suppressed",
        "sent",
    ]
    assert _column(result, "number") == ["#7", "#8", "#9", "#10", "#11"]


def test_the_page_says_where_it_is_and_how_to_turn_it() -> None:
    result = _built(page="2", rows="5")
    assert result.table is not None
    assert (result.table.first, result.table.total_rows) == (6, 28)
    assert "Add page:3 for the next, up to page:6." in result.notes
    assert not any("page:" in note for note in _built(page="6", rows="5").notes)


def test_a_page_that_is_not_there_names_the_last() -> None:
    facts = Facts(email(), SENT, _COUNTS, recipients=RecipientPage((), 28))
    result = recipients.build(Query("x", options=(("page", "9000"),)), facts)
    assert result.table is None
    assert result.notes[0] == "There is no page 9,000; the last one is page:3."


def test_who_was_not_sent_to_stands_with_the_reason_and_who_bounced_with_the_time() -> None:
    assert _column(_built(show="not-sent"), "reason")[3] == "suppressed"
    assert _column(_built(show="bounced-hard"), "bounced_at")[2] == SENT


def test_where_nobody_is_it_is_said_of_whom() -> None:
    facts = Facts(email(), SENT, _COUNTS)
    query = Query("x", options=(("show", "replied"), ("search", "anna")))
    assert recipients.build(query, facts).notes == ("There are none who replied with “anna” in their address.",)
    assert "Its lists: “NL”" in _built(list_name="BE").notes[0]


def test_everybody_who_can_be_shown_has_words() -> None:
    assert PEOPLE.keys() == SHOWN.keys()


def test_a_masked_search_keeps_the_domain_alone() -> None:
    query = Query("x", options=(("page", "2"), ("search", "anna@example.com")))
    assert masked_query(query).options == (("page", "2"), ("search", "@example.com"))
    assert masked_query(Query("x", options=(("search", "anna"),))).options == (("search", "@anna"),)
    assert masked_query(Query("x")) == Query("x")
