"""Orders after clicks on an e-mail, and what people spent who were sent it or held out.

Orders are found by their time, and their buyers among the recipients by key: the cost is that of the shop's orders in
those days, whatever the number of events.
"""

from collections import defaultdict
from datetime import timedelta

from sqlalchemy import Connection, text

from reports.events import NotSentReason
from reports.facts import Spending, TouchedOrder
from reports.query import Query
from reports.revenue import DAYS
from store.codes import NOT_SENT, PACK, STATE_BITS, from_seconds

_SENT = 1 << STATE_BITS.index("sent")
_HELD_OUT = NOT_SENT[NotSentReason.HELD_OUT]
_SPAN = text("SELECT first_event_at, last_event_at FROM email_totals WHERE email_id = :email_id")
# CROSS JOIN: SQLite keeps to the order that is written, from orders to people; without it, it reads every recipient.
_TOUCHED = text(
    "SELECT o.id, o.contact_id, o.at, o.currency, o.amount, r.email_id, r.clicked_at"
    " FROM orders AS o CROSS JOIN recipients AS mine CROSS JOIN recipients AS r"
    " WHERE o.at BETWEEN :first AND :last AND NOT o.cancelled"
    " AND mine.email_id = :email_id AND mine.contact_id = o.contact_id AND r.contact_id = o.contact_id"
    " AND mine.clicked_at BETWEEN o.at - :within AND o.at"
    " AND r.clicked_at IS NOT NULL AND r.clicked_at BETWEEN o.at - :within AND o.at"
    " ORDER BY o.id, r.clicked_at, r.email_id"
)
_PEOPLE = text("SELECT people FROM not_sent_totals WHERE email_id = :email_id AND reason = :reason")
_SPENT = text(
    "SELECT held_out, contact_id, currency, sum(amount) FROM ("
    "SELECT o.contact_id, o.currency, o.amount, o.at,"
    f" CASE WHEN r.state & {_SENT} > 0 THEN 0 WHEN r.not_sent % {PACK} = {_HELD_OUT} THEN 1 END AS held_out,"
    f" CASE WHEN r.state & {_SENT} > 0 THEN coalesce(r.sent_at, r.delivered_at) ELSE r.not_sent / {PACK} END AS since"
    " FROM orders AS o CROSS JOIN recipients AS r"
    " WHERE o.at BETWEEN :first AND :last AND NOT o.cancelled"
    " AND r.email_id = :email_id AND r.contact_id = o.contact_id) AS bought"
    " WHERE held_out IS NOT NULL AND at BETWEEN since AND since + :within"
    " GROUP BY held_out, contact_id, currency ORDER BY held_out, contact_id, currency"
)


def touched_orders(connection: Connection, email_id: int, query: Query) -> tuple[TouchedOrder, ...]:
    """Orders that somebody placed within the query's days after a click on the e-mail, each with all its touches."""
    values = _window(connection, email_id, query)
    if values is None:
        return ()
    heads: dict[int, tuple[int, int, str, int]] = {}
    touches: defaultdict[int, list[tuple[int, int]]] = defaultdict(list)
    for number, contact, at, currency, amount, touched, clicked in connection.execute(_TOUCHED, values):
        heads[number] = contact, at, currency, amount
        touches[number].append((touched, clicked))
    return tuple(
        TouchedOrder(
            number,
            contact,
            from_seconds(at),
            currency,
            amount,
            tuple((touched, from_seconds(clicked)) for touched, clicked in touches[number]),
        )
        for number, (contact, at, currency, amount) in heads.items()
    )


def spending(connection: Connection, email_id: int, query: Query) -> Spending:
    """Empty where nobody was held out: there is nothing to compare with then."""
    values = _window(connection, email_id, query)
    held_out = connection.execute(_PEOPLE, {"email_id": email_id, "reason": _HELD_OUT}).scalar() or 0
    if values is None or not held_out:
        return Spending(held_out)
    spent: tuple[list[tuple[int, str, int]], ...] = [], []
    for arm, contact, currency, amount in connection.execute(_SPENT, values):
        spent[arm].append((contact, currency, int(amount)))
    return Spending(held_out, tuple(spent[0]), tuple(spent[1]))


def _window(connection: Connection, email_id: int, query: Query) -> dict[str, int] | None:
    """The instants between which an order can belong to the e-mail; None: nothing is known of it."""
    row = connection.execute(_SPAN, {"email_id": email_id}).one_or_none()
    if row is None or row[0] is None:
        return None
    within = int(timedelta(days=int(query.option("days", DAYS))).total_seconds())
    return {"email_id": email_id, "first": row[0], "last": row[1] + within, "within": within}
