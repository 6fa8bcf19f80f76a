"""People's state and every rollup brought up to date with a set of new events.

What the store knows of these people is looked up, the rest is worked out on arrays, and sums are written. Counts of
people move by the difference between their states before and after; counts of events are added.
"""

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from store import bulk, codes
from store.arrays import Columns, Ints, Mask, chosen, grouped, joined, named
from store.codes import NONE
from store.derive import COLUMNS, Kept, cohort, merged, observed, state
from store.moves import Touched, move


@dataclass(frozen=True, slots=True)
class Met:
    """Everybody of whom a batch tells something, as they were before it."""

    people: Columns  #: email_id, contact_id, domain_id
    known: Mask
    before: Columns  #: the columns of `recipients`; nothing where they were not known
    person: Ints  #: the row of each event's recipient
    member: Ints  #: the row of each member
    asked: Ints  #: rows of people of e-mails of which the store may know something


def meet(connection: Connection, events: Columns, members: Columns, known: Collection[int]) -> Met:
    """Looks up whom events and members are about.

    `events` has the columns of store.batch.EVENTS, `members` those of MEMBERS; `known` are those of their e-mails of
    which the store may know something.
    """
    key = ("email_id", "contact_id")
    told = joined(named(events, *key, "domain_id"), named(members, *key, "domain_id"))
    groups = grouped(told["email_id"], told["contact_id"])
    size, count = len(groups), len(events["at"])
    people = dict(zip(key, groups.keys, strict=True)) | {"domain_id": np.zeros(size, np.int64)}
    people["domain_id"][groups.index] = told["domain_id"]
    asked = np.flatnonzero(np.isin(people["email_id"], list(known)))
    place, found = bulk.find(connection, "recipients", chosen(named(people, *key), asked), ("state", *COLUMNS))
    met = np.zeros(size, bool)
    met[asked[place]] = True
    before = {name: np.full(size, 0 if kept is Kept.COUNT else NONE) for name, kept in COLUMNS.items()}
    before["state"] = np.zeros(size, np.int64)
    for name, column in found.items():
        before[name][asked[place]] = column
    return Met(people, met, before, groups.index[:count], groups.index[count:], asked)


def apply(connection: Connection, met: Met, events: Columns, person: Ints, lists: Ints) -> Touched:
    """Adds new events, and who came to be on lists, to state and rollups of their e-mails.

    `events` are those that are new, `person` the row of each one's recipient, `lists` the list of each member.
    """
    people = met.people
    after = merged(met.before, observed(events, person, len(met.known)))
    after["state"] = state(after)
    told = np.zeros(len(met.known), bool)
    told[person] = True
    rows = {**named(people, "email_id", "contact_id"), **after}
    bulk.insert(connection, "recipients", chosen(rows, told & ~met.known))
    bulk.update(connection, "recipients", ("email_id", "contact_id"), chosen(rows, told & met.known))
    key = named(people, "email_id", "contact_id")
    place, found = bulk.find(connection, "memberships", chosen(key, met.asked), ("list_id",))
    on = met.asked[place], found["list_id"]
    now_on = _join(connection, key, on, (met.member, lists))
    touched = Touched(
        met.known,
        {**people, **met.before, "cohort": cohort(met.before)},
        {**people, **after, "cohort": cohort(after)},
        with_unlisted(on, len(met.known)),
        with_unlisted(now_on, len(met.known)),
    )
    move(connection, touched, events, person)
    return touched


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
