"""Recipients of an e-mail, a page at a time, and what each did with it."""

from collections.abc import Iterable, Iterator

from reports.facts import Facts, Recipient
from reports.pages import PAGES, page_of, turning
from reports.query import Query
from reports.recipients import PEOPLE, contact_number, state_in_words
from reports.report import Column, Result, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import counts_of, unknown_list

TITLE = "Recipients"

_WHO = (Column("contact", "Contact", Unit.ADDRESS), Column("number", "No.", Unit.TEXT))
_COLUMNS = (
    *_WHO,
    Column("state", "State", Unit.TEXT),
    Column("sent_at", "Sent", Unit.INSTANT),
    Column("delivered_at", "Delivered", Unit.INSTANT),
    Column("opened_at", "First open", Unit.INSTANT),
    Column("clicked_at", "First click", Unit.INSTANT),
    Column("opens", "Opens", Unit.COUNT),
    Column("clicks", "Clicks", Unit.COUNT),
)
_NOT_SENT_COLUMNS = (*_WHO, Column("reason", "Reason", Unit.TEXT), Column("not_sent_at", "When", Unit.INSTANT))
_BOUNCED_COLUMNS = (
    *_WHO,
    Column("state", "State", Unit.TEXT),
    Column("sent_at", "Sent", Unit.INSTANT),
    Column("bounced_at", "Bounced", Unit.INSTANT),
    Column("reply", "Reply", Unit.TEXT, whole=True),
)


def build(query: Query, facts: Facts) -> Result:
    show, page = query.option("show", "all"), facts.recipients
    title = TITLE if show == "all" else f"{TITLE} {PEOPLE[show]}"
    if counts_of(query, facts) is None:
        return Result("recipients", title, notes=(unknown_list(query, facts),))
    if not page.total:
        return Result("recipients", title, notes=(_nobody(query, facts),))
    rows = tuple(rows_of(query, page.rows))
    skipped, _rows = page_of(query)
    table = Table(columns_of(query), rows, page.total, first=skipped + 1) if rows else None
    notes = (*turning(query, page.total), *_reading(query, page.total))
    return Result("recipients", title, table=table, notes=notes)


def columns_of(query: Query) -> tuple[Column, ...]:
    """The columns of whom the query shows."""
    show = query.option("show", "all")
    if show == "not-sent":
        return _NOT_SENT_COLUMNS
    return _BOUNCED_COLUMNS if show.startswith("bounced") else _COLUMNS


def rows_of(query: Query, people: Iterable[Recipient]) -> Iterator[tuple[Value, ...]]:
    """A row under those columns for each of the people."""
    show = query.option("show", "all")
    if show == "not-sent":
        for one in people:
            yield (one.address, contact_number(one.number), one.not_sent_reason, one.not_sent_at)
    elif show.startswith("bounced"):
        for one in people:
            number, state = contact_number(one.number), state_in_words(one)
            yield (one.address, number, state, one.sent_at, one.bounced_at, one.reply)
    else:
        for one in people:
            yield (
                one.address,
                contact_number(one.number),
                state_in_words(one),
                one.sent_at,
                one.delivered_at,
                one.opened_at,
                one.clicked_at,
                one.opens,
                one.clicks,
            )


def _nobody(query: Query, facts: Facts) -> str:
    if not facts.counts.sent and not facts.counts.not_sent:
        return "Nothing is known yet of anybody who received this e-mail."
    show, search = query.option("show", "all"), query.option("search", "")
    found = "There are no recipients" if show == "all" else f"There are none {PEOPLE[show]}"
    found += f" with “{search}” in their address" if search else ""
    return found + ("." if query.list_name is None else f" on the list “{query.list_name}”.")


def _reading(query: Query, total: int) -> list[str]:
    """What else can be asked of these people."""
    notes = []
    if query.option("show", "all") == "all" and "search" not in dict(query.options):
        notes.append("Add show:opened, show:bounced, show:not-sent and the like, or search: and a part of an address.")
    if query.option("search", "").startswith("@"):
        notes.append("The search looks at what comes after the “@” of an address.")
    if total > 1:
        notes.append("What one of them did: the command contact, with contact: and the address or the number.")
    return notes


SECTION = Section(
    TITLE, frozenset({"counts", "list_counts", "recipients"}), build, options=PAGES | frozenset({"show", "search"})
)
