"""A batch of Events turned into rows of whole numbers, and loaded into the temporary tables that merge reads."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from reports.events import Email, Event, Kind
from store import codes
from store.dialects import dialect_of
from store.engine import writing
from store.interning import Interned, digest

#: The columns of `events`, and of the temporary table `stage`.
STAGE = ("email_id", "at", "key", "contact_id", "code", "link_id", "client_id", "value")
MEMBERS = ("email_id", "contact_id", "list_id")

Row = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows by STAGE and MEMBERS, without duplicates; replies by column of event_replies."""

    rows: list[Row]
    members: list[Row]
    replies: list[dict[str, int | str]]
    email_ids: frozenset[int]
    told: int  #: events, duplicates included


def intern_strings(engine: Engine, interned: Interned, events: Sequence[Event], emails: Iterable[Email]) -> None:
    """Gives every string of the batch its number. Harmless to repeat, so it has a transaction of its own.

    Where all are known, as in most batches of an import, it waits for no other writer.
    """
    identities = {(event.provider, event.email) for event in events}
    identities.update((email.provider, email.id) for email in emails)
    contacts = {event.contact for event in events}
    links = {event.link for event in events if event.link}
    clients = {(event.client or "", event.device or "") for event in events if event.client or event.device}
    lists = {name for names in {event.lists for event in events} for name in names}
    asked = (
        (identities, interned.emails, interned.add_emails),
        (contacts, interned.contacts, interned.add_contacts),
        (links, interned.links, interned.add_links),
        (clients, interned.clients, interned.add_clients),
        (lists, interned.lists, interned.add_lists),
    )
    if all(strings <= known.keys() for strings, known, _add in asked):
        return
    with writing(engine).begin() as connection:
        for strings, _known, add in asked:
            add(connection, strings)  # type: ignore[arg-type]


def to_rows(interned: Interned, events: Iterable[Event]) -> Batch:
    """Whole numbers for events whose strings are interned; equal identities collapse."""
    rows: dict[tuple[int, int, int], Row] = {}
    on_lists: dict[tuple[int, int, tuple[str, ...]], None] = {}
    replies: dict[tuple[int, int, int], str] = {}
    contacts, links, clients, emails = interned.contacts, interned.links, interned.clients, interned.emails
    told = 0
    for event in events:
        told += 1
        kind = codes.KIND[event.kind]
        link, client, device = event.link, event.client, event.device
        if kind == _CLICKED and link in interned.utility_links:
            kind = codes.UTILITY_CLICK
        contact = contacts[event.contact]
        email = emails[event.provider, event.email]
        identity = (email, codes.to_seconds(event.at), event_key(event, contact))
        row = (
            *identity,
            contact,
            _code(kind, event),
            links[link] if link else None,
            clients[client or "", device or ""] if client or device else None,
            _value(kind, event),
        )
        rows.setdefault(identity, row)  # one identity is one event: what was told first stands, as in the store
        if event.lists:
            on_lists[email, contact, event.lists] = None
        if event.reply and kind in _WITH_REPLY:
            replies.setdefault(identity, event.reply)
    return Batch(
        rows=list(rows.values()),
        members=_members(interned, on_lists),
        replies=[
            {"email_id": email, "at": at, "key": key, "reply": reply}
            for (email, at, key), reply in sorted(replies.items())
        ],
        email_ids=frozenset(identity[0] for identity in rows),
        told=told,
    )


def _members(interned: Interned, on_lists: Iterable[tuple[int, int, tuple[str, ...]]]) -> list[Row]:
    numbers = interned.lists
    return list({(email, contact, numbers[name]): None for email, contact, names in on_lists for name in names})


#: An event is looked for among those of one e-mail in one second: 47 bits do, in six bytes of SQLite.
_SPARE_BITS = 16
_OPENED, _CLICKED = codes.KIND[Kind.OPENED], codes.KIND[Kind.CLICKED]
_CLICKS = {_CLICKED, codes.UTILITY_CLICK}
_BOUNCED, _NOT_SENT = codes.KIND[Kind.BOUNCED], codes.KIND[Kind.NOT_SENT]
_WITH_REPLY = {_BOUNCED, _NOT_SENT, codes.KIND[Kind.DEFERRED]}


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


def _code(kind: int, event: Event) -> int:
    if kind == _OPENED:
        return codes.pack(kind, 0, codes.MACHINE[event.machine])
    if kind in _CLICKS:
        return codes.pack(kind, codes.PART[event.part], codes.MACHINE[event.machine])
    return kind


def _value(kind: int, event: Event) -> int:
    if kind == _OPENED:
        return event.duration_ms or 0
    if kind == _BOUNCED:
        return codes.BOUNCE[event.bounce]
    if kind == _NOT_SENT and event.reason:
        return codes.NOT_SENT[event.reason]
    return 0


def stage(connection: Connection, batch: Batch) -> None:
    """Fills the temporary tables `stage` and `new_members` for this transaction."""
    dialect = dialect_of(connection)
    for table, columns, rows in (("stage", STAGE, batch.rows), ("new_members", MEMBERS, batch.members)):
        dialect.temporary(connection, table, columns)
        dialect.load(connection, table, columns, rows)
