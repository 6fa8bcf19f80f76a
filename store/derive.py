"""The definitions of METRICS.md 3.3 over arrays of recipients, shared by merge and rebuild.

A recipient's columns are min, max or sum over events, so they do not depend on the order of arrival. Its `state` is
a function of these columns alone, and every rollup of people is a sum over states: what a batch changes is the
difference between the states before and after.
"""

from collections.abc import Callable
from enum import Enum, auto

import numpy as np

from reports.classify import READ_MS, SKIMMED_MS
from store import codes
from store.arrays import Columns, Ints, Mask, earlier
from store.codes import BOUNCE_PACK, NONE, PACK, QUARTER, REPLIES
from store.codes import STATE_BITS as BITS


class Kept(Enum):
    """What a recipient's column keeps of the events that it is about."""

    FIRST = auto()
    LAST = auto()
    COUNT = auto()


#: Columns of `recipients`.
COLUMNS = {
    "sent_at": Kept.FIRST,
    "delivered_at": Kept.LAST,
    "deferred_at": Kept.LAST,
    "bounce": Kept.LAST,
    "not_sent": Kept.LAST,
    "opened_at": Kept.FIRST,
    "clicked_at": Kept.FIRST,
    "unsubscribed_at": Kept.FIRST,
    "complained_at": Kept.FIRST,
    "replied_at": Kept.FIRST,
    "opens": Kept.COUNT,
    "clicks": Kept.COUNT,
    "machine_opens": Kept.COUNT,
    "machine_clicks": Kept.COUNT,
    "viewed_ms": Kept.LAST,  # the longest
}

#: Event counters of a recipient and the rollup column that sums each.
EVENT_COUNTS = {
    "opens": "open_events",
    "clicks": "click_events",
    "machine_opens": "machine_open_events",
    "machine_clicks": "machine_click_events",
}

#: When somebody was sent the message, or what is known instead of that, best first; machine opens alone tell nothing.
_SENT_AT = ("sent_at", "delivered_at", "deferred_at", "bounce", "not_sent", "opened_at", "clicked_at",
            "unsubscribed_at", "complained_at", "replied_at")  # fmt: skip
_PACKED = {"bounce": BOUNCE_PACK, "not_sent": PACK}

_SUSPECT_WITHIN = 120  # an unsubscribe so soon after delivery, with no other human act, is likely a scanner's


def bit(name: str) -> int:
    return 1 << BITS.index(name)


def observed(events: Columns, person: Ints, people: int) -> dict[str, Ints]:
    """Recipients' columns by events alone, for `people` persons; `person` is the place of each event's.

    `events` has code, at and value.
    """
    code, at, value = events["code"], events["at"], events["value"]
    kind, human = code & codes.KINDS, code < codes.MACHINES
    is_open, is_click = kind == 5, kind == 6
    told = {
        "sent_at": (kind == 0, at),
        "delivered_at": (kind == 1, at),
        "deferred_at": (kind == 2, at),
        "bounce": (kind == 3, at * BOUNCE_PACK + value),
        "not_sent": (kind == 4, at * PACK + value),
        "opened_at": (is_open & human, at),
        "clicked_at": (is_click & human, at),
        "unsubscribed_at": (kind == 7, at),
        "complained_at": (kind == 8, at),
        "replied_at": (kind == 9, at),
        "opens": (is_open & human, at),
        "clicks": (is_click & human, at),
        "machine_opens": (is_open & ~human, at),
        "machine_clicks": ((is_click | (kind == codes.UTILITY_CLICK)) & ~human, at),
        "viewed_ms": (is_open & human & (value > 0), value),
    }
    return {name: _kept(kept, person, *told[name], people) for name, kept in COLUMNS.items()}


def _kept(kept: Kept, person: Ints, about: Mask, values: Ints, people: int) -> Ints:
    rows = np.flatnonzero(about)
    if kept is Kept.COUNT:
        return np.bincount(person[rows], minlength=people)
    if kept is Kept.LAST:
        found = np.full(people, NONE)
        np.maximum.at(found, person[rows], values[rows])
        return found
    found = np.full(people, -NONE)
    np.minimum.at(found, person[rows], values[rows])
    found[found == -NONE] = NONE
    return found


def merged(before: Columns, more: Columns) -> dict[str, Ints]:
    """Recipients' columns by the events of both."""
    how: dict[Kept, Callable[[Ints, Ints], Ints]] = {Kept.FIRST: earlier, Kept.LAST: np.maximum, Kept.COUNT: np.add}
    return {name: how[kept](before[name], more[name]) for name, kept in COLUMNS.items()}


def state(person: Columns) -> Ints:
    """Bits of store.codes.STATE_BITS, from recipients' columns."""
    known = {name: person[name] != NONE for name, kept in COLUMNS.items() if kept is not Kept.COUNT}
    opened, clicked = (person["opens"] > 0) | (person["clicks"] > 0), person["clicks"] > 0
    machine_opened, machine_clicked = person["machine_opens"] > 0, person["machine_clicks"] > 0
    left, spam, replied = known["unsubscribed_at"], known["complained_at"], known["replied_at"]
    # Evidence that the message arrived, where no server said so.
    engaged = opened | machine_opened | machine_clicked | left | spam | replied
    # The last final answer wins: a delivery after a bounce, a bounce after a delivery.
    bounce = person["bounce"]
    bounced = known["bounce"] & ~(person["delivered_at"] > bounce // BOUNCE_PACK)
    delivered = ~bounced & (known["bounce"] | known["delivered_at"] | engaged)
    suspect = (
        known["delivered_at"]
        & (person["unsubscribed_at"] >= person["delivered_at"])
        & (person["unsubscribed_at"] <= person["delivered_at"] + _SUSPECT_WITHIN)
        & ~(opened | replied)
    )
    hard = bounced & (bounce & BOUNCE_PACK - 1 >= codes.BOUNCE_HARD * REPLIES)
    pending = ~(delivered | bounced) & known["deferred_at"]
    not_sent = ~(delivered | bounced | pending) & known["not_sent"]
    timed, viewed = delivered & opened & known["viewed_ms"], person["viewed_ms"]
    states = {
        "sent": ~not_sent & (delivered | bounced | pending | known["sent_at"]),
        "delivered": delivered,
        "bounced_hard": hard,
        "bounced_soft": bounced & ~hard,
        "pending": pending,
        "not_sent": not_sent,
        "opened": delivered & opened,
        "machine_opened": delivered & machine_opened & ~opened,
        "clicked": delivered & clicked,
        "machine_clicked": delivered & machine_clicked & ~clicked,
        "unsubscribed": delivered & left & ~suspect,
        "unsubscribed_suspect": delivered & left & suspect,
        "complained": delivered & spam,
        "replied": delivered & replied,
        "read": timed & (viewed >= READ_MS),
        "skimmed": timed & (viewed >= SKIMMED_MS) & (viewed < READ_MS),
        "glanced": timed & (viewed < SKIMMED_MS),
    }
    found = np.zeros(len(bounce), np.int64)
    for place, name in enumerate(BITS):
        found |= states[name].astype(np.int64) << place
    return found


def cohort(person: Columns) -> Ints:
    """The quarter of an hour in which somebody was sent the message, from recipients' columns; 0: nothing tells."""
    found = np.full(len(person["sent_at"]), NONE)
    for name in _SENT_AT:
        if (open_ := found == NONE).any():
            known = open_ & (person[name] != NONE)
            found[known] = person[name][known] // _PACKED.get(name, 1)
    return np.where(found == NONE, 0, found // QUARTER)


def first_open(person: Columns) -> Ints:
    """Of somebody who counts as opened: a click proves an open."""
    return earlier(person["opened_at"], person["clicked_at"])
