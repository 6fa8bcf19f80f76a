"""What helps to find people and events of a large e-mail, where a small one is simply read through.

`recipient_blocks` counts people by stretches of contact numbers: by them any page of recipients is found
(store.facts.recipients). `activity` has where the events of one contact are (store.facts.happenings). A recipient's
columns tell the second of most: the first sending, the last delivery, a person's first open and first click; of every
other event `activity` has the stretch of time.
"""

from collections.abc import Collection

from sqlalchemy import Connection

from store.codes import BLOCK, HUMAN_ENGAGEMENT, LARGE, SLOT, STATE_BITS
from store.derive import STATE_MOVES
from store.dialects import among

#: Kinds of events whose second may be told by a column of the contact's recipient.
_ENGAGED = f"({HUMAN_ENGAGEMENT})"
_HANDED = "code < 2"
_LOCATED = (
    "CASE WHEN code = 0 THEN r.sent_at WHEN code = 1 THEN r.delivered_at WHEN code = 5 THEN r.opened_at"
    " ELSE r.clicked_at END"
)
_OTHER = f"NOT ({_HANDED} OR {_ENGAGED})"
_SAME = "r.email_id = event.email_id AND r.contact_id = event.contact_id"


def add(connection: Connection, source: str, email_ids: Collection[int]) -> None:
    """Adds what `source` tells of those of the e-mails that are large; one that has just become so is gone through.

    Events, `touched`, recipients and totals know of it already. None ever becomes small again.
    """
    large = connection.exec_driver_sql(
        "SELECT email_id, EXISTS (SELECT 1 FROM recipient_blocks AS b WHERE b.email_id = t.email_id)"
        f" FROM email_totals AS t WHERE email_id IN {among(email_ids)} AND sent + not_sent >= {LARGE}"
    ).all()
    if grown := [email_id for email_id, was_large in large if was_large]:
        _add_blocks(connection, grown, "touched")
        _add_activity(connection, grown, source)
    if new := [email_id for email_id, was_large in large if not was_large]:
        _add_blocks(connection, new, "(SELECT *, 0 AS old_state FROM recipients) AS everybody")
        _find_activity(connection, new)


def _add_blocks(connection: Connection, email_ids: Collection[int], people: str) -> None:
    group = f"email_id, contact_id / {BLOCK}"
    changes = (
        f"SELECT {group} AS block, old_state, state, count(*) AS n FROM {people}"
        f" WHERE email_id IN {among(email_ids)} AND state <> old_state GROUP BY state, old_state, {group}"
    )
    more = ", ".join(f"{name} = recipient_blocks.{name} + excluded.{name}" for name in STATE_BITS)
    connection.exec_driver_sql(
        f"INSERT INTO recipient_blocks (email_id, block, {', '.join(STATE_BITS)})"
        f" SELECT email_id, block, {', '.join(STATE_MOVES)} FROM ({changes}) AS changes GROUP BY email_id, block"
        f" ON CONFLICT (email_id, block) DO UPDATE SET {more}"
    )


def _find_activity(connection: Connection, email_ids: Collection[int]) -> None:
    # Not a join: PostgreSQL would begin with the recipients, and read all events of the e-mail for each.
    located = f"(SELECT {_LOCATED} FROM recipients AS r WHERE {_SAME})"
    _put(
        connection,
        f"SELECT DISTINCT {_slot('event')} FROM events AS event",
        f"email_id IN {among(email_ids)} AND ({_OTHER} OR at <> {located})",
    )


def _add_activity(connection: Connection, email_ids: Collection[int], source: str) -> None:
    large = f"email_id IN {among(email_ids)}"
    _put(connection, f"SELECT DISTINCT {_slot('event')} FROM {source} AS event", f"{large} AND {_OTHER}")
    _repeated(connection, source, large, _ENGAGED, ("opened_at", "clicked_at"))
    # Few are ever sent one e-mail twice, and they are looked for by a mark.
    again = f"SELECT email_id, contact_id FROM touched WHERE {large} AND again = 1"
    if connection.exec_driver_sql(f"{again} LIMIT 1").first():
        handed = f"{_HANDED} AND (event.email_id, event.contact_id) IN ({again})"
        _repeated(connection, source, large, handed, ("sent_at", "delivered_at"))


def _repeated(connection: Connection, source: str, large: str, kinds: str, columns: tuple[str, str]) -> None:
    """Events that are not the one whose second a column tells, and those that were until now."""
    _put(
        connection,
        f"SELECT {_slot('event')} FROM {source} AS event JOIN recipients AS r ON {_SAME}",
        f"event.{large} AND {kinds} AND at <> {_LOCATED}",
    )
    moved = " UNION ALL ".join(
        f"SELECT email_id, contact_id, old_{column} AS at FROM touched WHERE {large} AND old_{column} <> {column}"
        for column in columns
    )
    _put(connection, f"SELECT {_slot('moved')} FROM ({moved}) AS moved", "true")


def _slot(table: str) -> str:
    return f"{table}.email_id, {table}.contact_id, at / {SLOT}"


def _put(connection: Connection, select: str, condition: str) -> None:
    connection.exec_driver_sql(
        f"INSERT INTO activity (email_id, contact_id, slot) {select} WHERE {condition} ON CONFLICT DO NOTHING"
    )
