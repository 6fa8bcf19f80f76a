"""Everything that happened to one contact with one e-mail."""

from rapidfuzz import process
from sqlalchemy import Connection, text

from reports.events import Kind
from reports.facts import ContactFacts, Happening, Recipient
from reports.query import Query
from reports.recipients import number_of
from store.codes import (
    BOUNCE_HARD,
    KIND_OF,
    LARGE,
    MACHINE_REASON,
    NOT_SENT_REASON,
    PART_TOLD,
    REPLIES,
    SLOT,
    UTILITY_CLICK,
    from_seconds,
    to_seconds,
)
from store.facts.recipients import recipient
from store.packing import digest

#: Events of one contact that are read: nobody opens an e-mail so often, but a machine may.
_MOST = 2_000
#: Stretches of time that are looked through; more than SQLite takes in one statement there must not be.
_MOST_SLOTS = 400
_NEAREST, _LIKENESS, _CANDIDATES = 5, 60, 500
_BY_ADDRESS = text("SELECT id FROM contacts WHERE digest = :digest")
_EVENTS = (
    "SELECT e.at, e.code, e.value, url, client, device, reply FROM ({found}) AS e"
    " LEFT JOIN event_replies AS r ON r.email_id = e.email_id AND r.at = e.at AND r.key = e.key"
    " LEFT JOIN links ON links.id = e.link_id LEFT JOIN clients ON clients.id = e.client_id"
    f" ORDER BY e.at, e.code & 15, e.key LIMIT {_MOST + 1}"
)
_ALL = "SELECT * FROM events WHERE email_id = :email_id AND contact_id = :contact_id"
_LARGE = text(f"SELECT 1 FROM email_totals WHERE email_id = :email_id AND sent + not_sent >= {LARGE}")
_SLOTS = text(
    "SELECT slot FROM activity WHERE email_id = :email_id AND contact_id = :contact_id"
    f" ORDER BY slot LIMIT {_MOST_SLOTS + 1}"
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
    values = {"email_id": email_id, "contact_id": found.number}
    spans, cut = _spans(connection, found, values) if connection.execute(_LARGE, values).first() else ([], False)
    # Bounds stand in the statement as numbers: by these PostgreSQL sees how few events are between them.
    where = [f"{_ALL} AND at >= {start:d} AND at < {end:d}" for start, end in spans] or [_ALL]
    rows = connection.execute(text(_EVENTS.format(found=" UNION ALL ".join(where))), values).all()
    happenings = tuple(_happening(*row) for row in rows[:_MOST])
    return ContactFacts(found, happenings, cut=cut or len(rows) > _MOST)


def _spans(connection: Connection, found: Recipient, values: dict[str, int]) -> tuple[list[tuple[int, int]], bool]:
    """Half-open stretches of seconds, apart from each other, that hold all events; and whether there are too many.

    What a recipient's columns tell of is at that very second; `activity` has the rest.
    """
    slots = connection.execute(_SLOTS, values).scalars().all()
    told = (found.sent_at, found.delivered_at, found.opened_at, found.clicked_at)
    spans = [(second, second + 1) for second in (to_seconds(at) for at in told if at)]
    spans += [(slot * SLOT, (slot + 1) * SLOT) for slot in slots[:_MOST_SLOTS]]
    apart: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            apart[-1] = apart[-1][0], max(end, apart[-1][1])
        else:
            apart.append((start, end))
    return apart, len(slots) > _MOST_SLOTS


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
