"""One contact's timeline: every event of one e-mail, oldest first."""

from reports.classify import READ_MS, SKIMMED_MS
from reports.events import Kind
from reports.facts import ContactFacts, Facts, Happening
from reports.pages import PAGES, page_of, turning
from reports.query import Query
from reports.recipients import HIDDEN_CONTACT, contact_number, state_in_words
from reports.report import Column, Figure, Result, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only

TITLE = "Contact"

_COLUMNS = (
    Column("what", "What", Unit.TEXT),
    Column("at", "When", Unit.INSTANT),
    Column("link", "Link", Unit.TEXT, whole=True),
    Column("client", "Client", Unit.TEXT),
    Column("device", "Device", Unit.TEXT),
    Column("machine", "Machine", Unit.TEXT),
    Column("reply", "Reply", Unit.TEXT, whole=True),
)
_WORDS = {
    Kind.SENT: "sent",
    Kind.DELIVERED: "delivered",
    Kind.DEFERRED: "put off by the server",
    Kind.OPENED: "opened",
    Kind.CLICKED: "clicked",
    Kind.UNSUBSCRIBED: "unsubscribed",
    Kind.COMPLAINED: "reported spam",
    Kind.REPLIED: "replied",
}


def build(query: Query, facts: Facts) -> Result:
    wanted, found = query.option("contact", ""), facts.contact
    if found.recipient is None:
        return Result("contact", TITLE, notes=(_not_found(wanted, found.nearest),))
    number = contact_number(found.recipient.number)
    skipped, rows = page_of(query)
    total = len(found.happenings)
    shown = tuple(_row(one) for one in found.happenings[skipped : skipped + rows])
    return Result(
        section="contact",
        title=f"{TITLE} {number}",
        figures=(
            Figure("contact", "Address", Unit.ADDRESS, found.recipient.address),
            Figure("state", "State", Unit.TEXT, state_in_words(found.recipient)),
        ),
        table=Table(_COLUMNS, shown, total, first=skipped + 1) if shown else None,
        notes=(*turning(query, total), *_kinds(found), *whole_only(query, "The timeline is")),
    )


def _row(one: Happening) -> tuple[Value, ...]:
    return (
        what(one),
        one.at,
        one.link,
        one.client,
        one.device,
        None if one.machine is None else str(one.machine),
        one.reply,
    )


def what(one: Happening) -> str:
    """An event in words: “opened, read”, “clicked in the plain text”, “hard bounce”."""
    if one.kind is Kind.BOUNCED:
        return "hard bounce" if one.hard else "soft bounce"
    if one.kind is Kind.NOT_SENT:
        return f"not sent: {one.reason}"
    words = _WORDS[one.kind]
    if one.looked_ms is not None:
        look = "read" if one.looked_ms >= READ_MS else "skimmed" if one.looked_ms >= SKIMMED_MS else "glanced"
        words += f", {look}"
    if one.part is not None:
        words += " in the plain text" if one.part == "text" else " in the HTML"
    return f"{words} (utility link)" if one.utility else words


def _kinds(found: ContactFacts) -> list[str]:
    notes = ["So much happened that the last of it is left out."] if found.cut else []
    if any(one.machine for one in found.happenings):
        notes.append("What a machine did is marked with the reason and left out of every rate.")
    return notes


def _not_found(wanted: str, nearest: tuple[str, ...]) -> str:
    if not wanted:
        return "Whose timeline? Add contact: and an address, or a number as the command recipients shows it."
    if wanted == HIDDEN_CONTACT:
        return "Addresses are masked for you, so name a contact by the number that the command recipients shows."
    offered = f" Did you mean {', '.join(nearest)}?" if nearest else ""
    return f"“{wanted}” is no recipient of this e-mail.{offered}"


SECTION = Section(TITLE, frozenset({"contact"}), build, options=PAGES | frozenset({"contact"}))
