"""Everything that happened to one contact with one e-mail."""

from rapidfuzz import process
from sqlalchemy import Connection, text

from reports.events import Kind
from reports.facts import ContactFacts, Happening
from reports.query import Query
from reports.recipients import number_of
from store.codes import (
    BOUNCE_HARD,
    KIND_OF,
    MACHINE_REASON,
    NOT_SENT_REASON,
    PART_TOLD,
    REPLIES,
    UTILITY_CLICK,
    from_seconds,
)
from store.facts.recipients import recipient
from store.packing import digest

#: Events of one contact that are read: nobody opens an e-mail so often, but a machine may.
_MOST = 2_000
_NEAREST, _LIKENESS, _CANDIDATES = 5, 60, 500
_BY_ADDRESS = text("SELECT id FROM contacts WHERE digest = :digest")
_EVENTS = text(
    "SELECT e.at, e.code, e.value, url, client, device, reply FROM events AS e"
    " LEFT JOIN event_replies AS r ON r.email_id = e.email_id AND r.at = e.at AND r.key = e.key"
    " LEFT JOIN links ON links.id = e.link_id LEFT JOIN clients ON clients.id = e.client_id"
    " WHERE e.email_id = :email_id AND e.contact_id = :contact_id"
    f" ORDER BY e.at, e.code & 15, e.key LIMIT {_MOST}"
)
_ALIKE = text(
    "SELECT address FROM recipients JOIN contacts ON contacts.id = contact_id"
    f" WHERE email_id = :email_id AND address LIKE :like ESCAPE '!' LIMIT {_CANDIDATES}"
)


def contact(connection: Connection, email_id: int, query: Query) -> ContactFacts:
    """The contact that the query names, with all its events; for an address that is no recipient's, the nearest."""
    wanted = query.option("contact", "")
    if not wanted:
        return ContactFacts()
    number = number_of(wanted)
    if number is None:
        number = connection.execute(_BY_ADDRESS, {"digest": digest(wanted)}).scalar()
    found = None if number is None else recipient(connection, email_id, number)
    if found is None:
        return ContactFacts(nearest=() if wanted.startswith("#") else _nearest(connection, email_id, wanted))
    rows = connection.execute(_EVENTS, {"email_id": email_id, "contact_id": number})
    return ContactFacts(found, tuple(_happening(*row) for row in rows))


def _nearest(connection: Connection, email_id: int, wanted: str) -> tuple[str, ...]:
    """Recipients' addresses that look like an address; they begin as it begins."""
    begin = "".join(f"!{sign}" if sign in "!%_" else sign for sign in wanted[:3])
    known = connection.execute(_ALIKE, {"email_id": email_id, "like": f"{begin}%"}).scalars().all()
    return tuple(
        name for name, _score, _place in process.extract(wanted, known, limit=_NEAREST, score_cutoff=_LIKENESS)
    )


def _happening(
    at: int, code: int, value: int, url: str | None, client: str | None, device: str | None, reply: str | None
) -> Happening:
    told, kind = code & 15, KIND_OF[code & 15]
    return Happening(
        at=from_seconds(at),
        kind=kind,
        utility=told == UTILITY_CLICK,
        part=PART_TOLD[code >> 4 & 3],
        link=url,
        client=client or None,
        device=device or None,
        machine=MACHINE_REASON.get(code >> 6),
        looked_ms=(value or None) if kind is Kind.OPENED else None,
        hard=value // REPLIES == BOUNCE_HARD if kind is Kind.BOUNCED else None,
        reason=NOT_SENT_REASON[value] if kind is Kind.NOT_SENT else None,
        reply=reply,
    )
