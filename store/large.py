"""What helps to find people and events of a large e-mail, where a small one is simply read through.

`recipient_blocks` counts people by stretches of contact numbers: by them any page of recipients is found
(store.facts.recipients). `activity` has where the events of one contact are (store.facts.happenings). A recipient's
columns tell the second of most: the first sending, the last delivery, a person's first open and first click; of every
other event `activity` has the stretch of time.
"""

from collections.abc import Collection

import numpy as np
from sqlalchemy import Connection

from store import bulk, codes
from store.arrays import Columns, Ints, Mask, chosen, grouped, joined, named
from store.batch import pages
from store.codes import BLOCK, LARGE, NONE, SLOT, STATE_BITS
from store.dialects import among
from store.moves import Touched

#: Kinds of events by the column of the contact's recipient that may tell their second.
LOCATED = {0: "sent_at", 1: "delivered_at", 5: "opened_at", 6: "clicked_at"}
_EVENT = ("email_id", "at", "contact_id", "code")


def add(connection: Connection, touched: Touched, events: Columns, person: Ints, known: Collection[int]) -> None:
    """Adds what is new of e-mails that are large, and goes through those that have become so.

    `person` is the row of each event's recipient; `known` are the e-mails of which the store knew something.
    """
    if not len(person):
        return
    large = connection.exec_driver_sql(
        "SELECT email_id, EXISTS (SELECT 1 FROM recipient_blocks AS b WHERE b.email_id = t.email_id) FROM email_totals"
        f" AS t WHERE email_id IN {among(np.unique(touched.after['email_id']))} AND sent + not_sent >= {LARGE}"
    ).all()
    for email_id, was_large in large:
        if email_id in known and not was_large:
            _go_through(connection, email_id)
            continue
        people, of = touched.after["email_id"] == email_id, events["email_id"] == email_id
        before, after = chosen(touched.before, people), chosen(touched.after, people)
        move_blocks(connection, before, after)
        other = unlocated(touched.after, chosen(named(events, *_EVENT), of), person[of])
        # Whose second was told by a column until now.
        moved = (slots_at(before, before[name], before[name] != after[name]) for name in LOCATED.values())
        put_slots(connection, other, *moved, first=not was_large)


def begin(connection: Connection, email_id: int) -> None:
    """Goes through an e-mail of which nothing is known here, if it is large. None becomes small again."""
    if connection.exec_driver_sql(
        f"SELECT 1 FROM email_totals WHERE email_id = {email_id:d} AND sent + not_sent >= {LARGE}"
    ).first():
        _go_through(connection, email_id)


def _go_through(connection: Connection, email_id: int) -> None:
    columns = ("contact_id", "state", *LOCATED.values())
    people = bulk.select(connection, "recipients", columns, f"email_id = {email_id:d} ORDER BY contact_id")
    people["email_id"] = np.full(len(people["state"]), email_id)
    move_blocks(connection, people | {"state": np.zeros_like(people["state"])}, people)
    slots = [
        unlocated(people, events, np.searchsorted(people["contact_id"], events["contact_id"]))
        for events in pages(connection, email_id, ("contact_id", "code"))
    ]
    put_slots(connection, *slots, first=True)


def move_blocks(connection: Connection, before: Columns, after: Columns) -> None:
    """People in other states than they were, by stretches of their numbers."""
    changed = before["state"] != after["state"]
    if not changed.any():
        return
    blocks = grouped(after["email_id"][changed], after["contact_id"][changed] // BLOCK)
    was, now = (people["state"][changed][:, None] >> np.arange(len(STATE_BITS)) & 1 for people in (before, after))
    key = dict(zip(("email_id", "block"), blocks.keys, strict=True))
    bulk.add(connection, "recipient_blocks", key, dict(zip(STATE_BITS, blocks.sums(now - was).T, strict=True)))


def unlocated(people: Columns, events: Columns, person: Ints) -> Columns:
    """Where events are that are not the one whose second a column tells: rows of `activity`."""
    kind, human = events["code"] & codes.KINDS, events["code"] < codes.MACHINES
    located = np.full(len(kind), NONE)
    for of, name in LOCATED.items():
        told = (kind == of) & human
        located[told] = people[name][person[told]]
    return slots_at(events, events["at"], events["at"] != located)


def slots_at(rows: Columns, at: Ints, which: Mask) -> Columns:
    """Rows of `activity` of some contacts and instants; none where there is no instant."""
    some = which & (at != NONE)
    return {**chosen(named(rows, "email_id", "contact_id"), some), "slot": at[some] // SLOT}


def put_slots(connection: Connection, *slots: Columns, first: bool = False) -> None:
    """Writes rows of `activity` that may be the same, or may be there; at `first` nothing of their e-mails is there."""
    told = joined(*slots)
    rows = dict(zip(told, grouped(*told.values()).keys, strict=True))
    (bulk.insert if first else bulk.insert_missing)(connection, "activity", rows)
