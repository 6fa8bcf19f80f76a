"""The definitions of METRICS.md 3.3 as SQL over one recipient, shared by merge and rebuild.

A recipient's columns are min, max or sum over events, so they do not depend on the order of arrival. Its `state` is
a function of these columns alone, and every rollup of people is a sum over states: what a batch changes is the
difference between the states before and after.
"""

from types import ModuleType

from reports.classify import READ_MS, SKIMMED_MS
from store import codes
from store.codes import BOUNCE_PACK, PACK, QUARTER, REPLIES
from store.codes import STATE_BITS as BITS

#: Column of `recipients` → the aggregate over events that makes it.
AGGREGATES = {
    "sent_at": "min(at) FILTER (WHERE code = 0)",
    "delivered_at": "max(at) FILTER (WHERE code = 1)",
    "deferred_at": "max(at) FILTER (WHERE code = 2)",
    "bounce": f"max(at * {BOUNCE_PACK} + value) FILTER (WHERE code = 3)",
    "not_sent": f"max(at * {PACK} + value) FILTER (WHERE code = 4)",
    "opened_at": f"min(at) FILTER (WHERE {codes.HUMAN_OPEN})",
    "clicked_at": f"min(at) FILTER (WHERE {codes.HUMAN_CLICK})",
    "unsubscribed_at": "min(at) FILTER (WHERE code = 7)",
    "complained_at": "min(at) FILTER (WHERE code = 8)",
    "replied_at": "min(at) FILTER (WHERE code = 9)",
    "opens": f"count(*) FILTER (WHERE {codes.HUMAN_OPEN})",
    "clicks": f"count(*) FILTER (WHERE {codes.HUMAN_CLICK})",
    "machine_opens": f"count(*) FILTER (WHERE {codes.MACHINE_OPEN})",
    "machine_clicks": f"count(*) FILTER (WHERE {codes.MACHINE_ANY_CLICK})",
    "viewed_ms": f"max(value) FILTER (WHERE {codes.HUMAN_OPEN} AND value > 0)",
}

#: Event counters of a recipient and the rollup column that sums each.
EVENT_COUNTS = {
    "opens": "open_events",
    "clicks": "click_events",
    "machine_opens": "machine_open_events",
    "machine_clicks": "machine_click_events",
}

#: By bit: how many more have it after `n` people each went from `old_state` to `state`.
STATE_MOVES = [f"sum(n * (((state >> {i}) & 1) - ((old_state >> {i}) & 1)))" for i in range(len(BITS))]

#: First open of somebody who counts as opened: a click proves an open.
FIRST_OPEN = {"opened": ("opened_at", "clicked_at"), "clicked": ("clicked_at", "clicked_at")}

#: When somebody was sent the message, or what is known instead of that, best first; machine opens alone tell nothing.
_SENT_AT = (
    "sent_at",
    "delivered_at",
    "deferred_at",
    f"bounce / {BOUNCE_PACK}",
    f"not_sent / {PACK}",
    "opened_at",
    "clicked_at",
    "unsubscribed_at",
    "complained_at",
    "replied_at",
)

_SUSPECT_WITHIN = 120  # an unsubscribe so soon after delivery, with no other human act, is likely a scanner's


def bit(name: str) -> int:
    return 1 << BITS.index(name)


def cohort(recipient: str) -> str:
    """The quarter of an hour in which somebody was sent the message, from a recipient's row; 0: nothing tells."""
    return f"coalesce({', '.join(f'{recipient}.{column}' for column in _SENT_AT)}, 0) / {QUARTER}"


def merged_columns(dialect: ModuleType, delta: str, before: str) -> str:
    """SELECT list of a recipient's columns after a batch; `before` may be all null, from a left join."""
    merged = []
    for column, aggregate in AGGREGATES.items():
        old, new = f"{before}.{column}", f"{delta}.{column}"
        if aggregate.startswith("count"):
            expression = f"coalesce({old}, 0) + {new}"
        else:
            expression = (dialect.least if aggregate.startswith("min") else dialect.greatest)(old, new)
        merged.append(f"{expression} AS {column}")
    return ", ".join(merged)


# Steps of the state, each over the names of the one before.

#: Evidence that the message arrived, where no server said so.
_ENGAGED = (
    "opens > 0 OR clicks > 0 OR machine_opens > 0 OR machine_clicks > 0 "
    "OR unsubscribed_at IS NOT NULL OR complained_at IS NOT NULL OR replied_at IS NOT NULL"
)
#: The last final answer wins: a delivery after a bounce, a bounce after a delivery.
_DELIVERED = f"""CASE
    WHEN bounce IS NOT NULL THEN CASE WHEN delivered_at > bounce / {BOUNCE_PACK} THEN 1 ELSE 0 END
    WHEN delivered_at IS NOT NULL OR {_ENGAGED} THEN 1 ELSE 0 END"""


def state_select(source: str, keep: str) -> str:
    """SELECT of `keep`, the recipients' columns, `state` and `cohort`, from a source that has them."""
    columns = ", ".join(AGGREGATES)
    delivered = f"SELECT {keep}, {columns}, {_DELIVERED} AS delivered FROM {source}"
    return f"SELECT {keep}, {columns}, {_STATE} AS state, {cohort('arrived')} AS cohort FROM ({delivered}) AS arrived"


def _when(condition: str, name: str) -> str:
    return f"CASE WHEN {condition} THEN {bit(name)} ELSE 0 END"


_UNSUBSCRIBE_SUSPECT = (
    f"delivered_at IS NOT NULL AND unsubscribed_at - delivered_at BETWEEN 0 AND {_SUSPECT_WITHIN} "
    "AND opens = 0 AND clicks = 0 AND replied_at IS NULL"
)
_HELD_BACK = "not_sent IS NOT NULL AND delivered = 0 AND bounce IS NULL AND deferred_at IS NULL"
_STATE = f"""CASE
    WHEN delivered = 1 THEN {bit("sent") + bit("delivered")}
        + CASE
            WHEN opens > 0 OR clicks > 0 THEN {bit("opened")} + CASE
                WHEN viewed_ms >= {READ_MS} THEN {bit("read")}
                WHEN viewed_ms >= {SKIMMED_MS} THEN {bit("skimmed")}
                WHEN viewed_ms IS NOT NULL THEN {bit("glanced")} ELSE 0 END
            WHEN machine_opens > 0 THEN {bit("machine_opened")} ELSE 0 END
        + CASE
            WHEN clicks > 0 THEN {bit("clicked")}
            WHEN machine_clicks > 0 THEN {bit("machine_clicked")} ELSE 0 END
        + CASE
            WHEN unsubscribed_at IS NULL THEN 0
            WHEN {_UNSUBSCRIBE_SUSPECT} THEN {bit("unsubscribed_suspect")}
            ELSE {bit("unsubscribed")} END
        + {_when("complained_at IS NOT NULL", "complained")}
        + {_when("replied_at IS NOT NULL", "replied")}
    WHEN bounce IS NOT NULL THEN {bit("sent")} + CASE
        WHEN bounce & {BOUNCE_PACK - 1} >= {codes.BOUNCE_HARD * REPLIES} THEN {bit("bounced_hard")}
        ELSE {bit("bounced_soft")} END
    WHEN {_HELD_BACK} THEN {bit("not_sent")}
    WHEN deferred_at IS NOT NULL THEN {bit("sent") + bit("pending")}
    WHEN sent_at IS NOT NULL THEN {bit("sent")}
    ELSE 0 END"""
