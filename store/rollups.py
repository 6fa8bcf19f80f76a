"""People's state and every rollup brought up to date with a set of new events.

What the store knows of these people is looked up, the rest is worked out on arrays, and sums are written. Counts of
people move by the difference between their states before and after; counts of events are added.
"""

from collections.abc import Collection

import numpy as np
from sqlalchemy import Connection

from store import bulk, codes
from store.arrays import Columns, Ints, chosen, grouped, named
from store.codes import NONE
from store.derive import COLUMNS, Kept, cohort, merged, observed, state
from store.moves import Touched, move


def apply(connection: Connection, events: Columns, members: Columns, known: Collection[int]) -> tuple[Touched, Ints]:
    """Adds new events, and who came to be on lists, to state and rollups of their e-mails.

    `events` has the columns of store.batch.EVENTS, `members` those of MEMBERS; `known` are those of their e-mails of
    which the store may know something. Gives the row of each event's recipient too.
    """
    count = len(events["at"])
    both = {name: np.concatenate([events[name], members[name]]) for name in ("email_id", "contact_id", "domain_id")}
    groups = grouped(both["email_id"], both["contact_id"])
    person, member = groups.index[:count], groups.index[count:]
    people = dict(zip(("email_id", "contact_id"), groups.keys, strict=True))
    people["domain_id"] = np.zeros(len(groups), np.int64)
    people["domain_id"][groups.index] = both["domain_id"]
    more = observed(events, person, len(groups))
    touched = _touch(connection, people, more, (member, members["list_id"]), known)
    told = np.bincount(person, minlength=len(groups)) > 0
    rows = named(touched.after, "email_id", "contact_id", "state", *COLUMNS)
    bulk.insert(connection, "recipients", chosen(rows, told & ~touched.known))
    bulk.put(connection, "recipients", ("email_id", "contact_id"), chosen(rows, told & touched.known))
    move(connection, touched, events, person)
    return touched, person


def clear(connection: Connection, email_id: int) -> None:
    """Forgets everything about an e-mail that can be computed from its events."""
    for table in (
        "recipients",
        "link_people",
        "client_people",
        "email_totals",
        "recipient_blocks",
        "activity",
        "list_totals",
        "domain_totals",
        "machine_totals",
        "cohorts",
        "not_sent_totals",
        "bounce_totals",
        "moments",
        "link_totals",
        "client_totals",
    ):
        connection.exec_driver_sql(f"DELETE FROM {table} WHERE email_id = {email_id:d}")


def _touch(
    connection: Connection, people: Columns, more: Columns, joining: tuple[Ints, Ints], known_emails: Collection[int]
) -> Touched:
    size = len(people["email_id"])
    key = {name: people[name] for name in ("email_id", "contact_id")}
    asked = np.flatnonzero(np.isin(key["email_id"], list(known_emails)))
    place, found = bulk.find(connection, "recipients", chosen(key, asked), ("state", *COLUMNS))
    known = np.zeros(size, bool)
    known[asked[place]] = True
    before = {name: np.full(size, 0 if kept is Kept.COUNT else NONE) for name, kept in COLUMNS.items()}
    before["state"] = np.zeros(size, np.int64)
    for name, column in found.items():
        before[name][asked[place]] = column
    after = merged(before, more)
    after["state"] = state(after)
    place, found = bulk.find(connection, "memberships", chosen(key, asked), ("list_id",))
    on = asked[place], found["list_id"]
    joined = _join(connection, key, on, joining)
    return Touched(
        known,
        {**people, **before, "cohort": cohort(before)},
        {**people, **after, "cohort": cohort(after)},
        with_unlisted(on, size),
        with_unlisted(joined, size),
    )


def _join(
    connection: Connection, people: Columns, on: tuple[Ints, Ints], joining: tuple[Ints, Ints]
) -> tuple[Ints, Ints]:
    """Writes down who is new on a list, and gives all that people are on then: rows of people, and lists."""
    new = grouped(*joining)
    was, told = (rows << 32 | lists for rows, lists in (on, new.keys))
    rows, lists = (key[~np.isin(told, was)] for key in new.keys)
    bulk.insert(connection, "memberships", {**chosen(people, rows), "list_id": lists})
    return np.concatenate([on[0], rows]), np.concatenate([on[1], lists])


def with_unlisted(on: tuple[Ints, Ints], people: int) -> tuple[Ints, Ints]:
    """Rows of people and their lists, with NO_LIST for whoever is on none."""
    listed = np.zeros(people, bool)
    listed[on[0]] = True
    unlisted = np.flatnonzero(~listed)
    return np.concatenate([on[0], unlisted]), np.concatenate([on[1], np.full(len(unlisted), codes.NO_LIST)])
