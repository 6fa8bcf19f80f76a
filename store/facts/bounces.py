"""Bounced recipients by type and by what the server replied."""

from sqlalchemy import Connection, text

from reports.facts import Bounced
from reports.query import Query
from store.codes import BOUNCE_HARD, REPLIES

#: Patterns that are read: an e-mail has some dozens, unless a server writes something else each time.
_MOST = 1_000
_BOUNCES = text(
    "SELECT t.value, r.pattern, t.people FROM bounce_totals AS t"
    f" LEFT JOIN bounce_replies AS r ON r.id = t.value & {REPLIES - 1}"
    f" WHERE t.email_id = :email_id ORDER BY t.people DESC, t.value DESC LIMIT {_MOST}"
)


def bounces(connection: Connection, email_id: int, _query: Query) -> tuple[Bounced, ...]:
    rows = connection.execute(_BOUNCES, {"email_id": email_id})
    return tuple(Bounced(value // REPLIES == BOUNCE_HARD, pattern, people) for value, pattern, people in rows)
