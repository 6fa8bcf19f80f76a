"""A batch of Events turned into rows of whole numbers, and loaded into the temporary tables that merge reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from reports.events import Email, Event, Kind
from store import codes
from store.dialects import dialect_of
from store.interning import Interned, digest

STAGE = ("email_id", "at", "key", "contact_id", "kind", "link_id", "part", "client_id", "machine", "value")
MEMBERS = ("email_id", "contact_id", "list_id")

Row = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by STAGE and MEMBERS, without duplicates, in key order; replies by column of event_replies."""

    rows: list[Row]
    members: list[Row]
    replies: list[dict[str, int | str]]
    email_ids: frozenset[int]


def intern_strings(
    connection: Connection, interned: Interned, events: Sequence[Event], emails: Iterable[Email]
) -> None:
    """Gives every string of the batch its number. Harmless to repeat, so it has a transaction of its own."""
    identities = {(event.provider, event.email) for event in events}
    identities.update((email.provider, email.id) for email in emails)
    interned.add_emails(connection, identities)
    interned.add_contacts(connection, {event.contact for event in events})
    interned.add_links(connection, {event.link for event in events if event.link})
    interned.add_clients(
        connection, {(event.client or "", event.device or "") for event in events if event.client or event.device}
    )
    interned.add_lists(connection, {name for lists in {event.lists for event in events} for name in lists})


def to_rows(interned: Interned, events: Iterable[Event]) -> Batch:
    """Whole numbers for events whose strings are interned; equal identities collapse."""
    rows: dict[tuple[int, int, int], Row] = {}
    members: set[tuple[int, int, int]] = set()
    replies: dict[tuple[int, int, int], str] = {}
    contacts, links, clients, emails = interned.contacts, interned.links, interned.clients, interned.emails
    for event in events:
        kind = codes.KIND[event.kind]
        link = event.link
        if kind == _CLICKED and link in interned.utility_links:
            kind = codes.UTILITY_CLICK
        contact = contacts[event.contact]
        email = emails[event.provider, event.email]
        identity = (email, codes.to_seconds(event.at), event_key(event, contact))
        rows[identity] = (
            *identity,
            contact,
            kind,
            links[link] if link else None,
            codes.PART[event.part],
            clients[event.client or "", event.device or ""] if event.client or event.device else None,
            codes.MACHINE[event.machine],
            _value(event),
        )
        if event.lists:
            members.update((email, contact, interned.lists[name]) for name in event.lists)
        if event.reply and kind in _WITH_REPLY:
            replies[identity] = event.reply
    return Batch(
        rows=[rows[identity] for identity in sorted(rows)],
        members=sorted(members),
        replies=[
            {"email_id": email, "at": at, "key": key, "reply": reply}
            for (email, at, key), reply in sorted(replies.items())
        ],
        email_ids=frozenset(identity[0] for identity in rows),
    )


#: An event is looked for among those of one e-mail in one second: 47 bits do, in six bytes of SQLite.
_SPARE_BITS = 16
_CLICKED = codes.KIND[Kind.CLICKED]
_WITH_REPLY = {codes.KIND[kind] for kind in (Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT)}


def event_key(event: Event, contact_id: int) -> int:
    """The digest that, with e-mail and time, identifies the event: the provider's own id, else all that tells it apart.

    Kind and contact are part of it always: some providers give one id to several recipients or kinds.
    """
    if event.key:
        identity = f"{event.key}\0{event.kind}\0{contact_id}"
    else:
        identity = "\0".join(
            (
                "",
                event.at.isoformat(),
                event.kind,
                str(contact_id),
                event.link or "",
                event.part or "",
                event.client or "",
                event.device or "",
            )
        )
    return digest(identity) >> _SPARE_BITS


def _value(event: Event) -> int:
    if event.kind is Kind.OPENED:
        return event.duration_ms or 0
    if event.kind is Kind.BOUNCED:
        return codes.BOUNCE[event.bounce]
    if event.kind is Kind.NOT_SENT:
        return codes.NOT_SENT[event.reason] if event.reason else 0
    return 0


def stage(connection: Connection, batch: Batch) -> None:
    """Fills the temporary tables `stage` and `new_members` for this transaction."""
    dialect = dialect_of(connection)
    for table, columns, rows in (("stage", STAGE, batch.rows), ("new_members", MEMBERS, batch.members)):
        dialect.temporary(connection, table, columns)
        dialect.load(connection, table, columns, rows)
