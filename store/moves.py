"""Rollups moved by what is new: sums are worked out on arrays, and added to those in the store.

Counts of people move by the difference between their states before and after; counts of events are added.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from store import bulk, codes
from store.arrays import Columns, Ints, Mask, chosen, grouped, joined, named
from store.codes import BOUNCE_PACK, NONE, PACK, QUARTER, SPANS, STATE_BITS
from store.derive import EVENT_COUNTS, bit, first_open

PEOPLE = (*STATE_BITS, *EVENT_COUNTS.values())
#: What is kept by domain: little, for a list of businesses has nearly as many domains as people.
_DOMAIN = {
    "delivered": "delivered",
    "opened": "opened",
    "machine_opened": "machine_opened",
    "machine_open_events": "machine_opens",
    "machine_click_events": "machine_clicks",
}
_OF_DOMAIN = [PEOPLE.index(name) for name in _DOMAIN]
#: Keys and counts of rollups of events.
_EVENTS = {
    "moments": (
        ("email_id", "quarter"),
        ("open_events", "click_events", "machine_open_events", "machine_click_events", "openers", "clickers"),
    ),
    "machine_totals": (("email_id", "reason"), ("opens", "clicks")),
    "link_totals": (
        ("email_id", "link_id"),
        ("html_clicks", "text_clicks", "untold_clicks", "machine_clicks", "people", "html_people", "text_people"),
    ),
    "client_totals": (("email_id", "client_id"), ("opens", "clicks", "openers", "clickers")),
    "not_sent_totals": (("email_id", "reason"), ("people",)),
    "bounce_totals": (("email_id", "value"), ("people",)),
}


@dataclass(frozen=True, slots=True)
class Touched:
    """Recipients of whom something is new: as they were before, and after, row by row.

    Both have the columns of `recipients` with domain_id and cohort, and by lists the row and the list of each
    membership; who is on none is on NO_LIST. Who was not known has no state before.
    """

    known: Mask
    before: Columns
    after: Columns
    lists_before: tuple[Ints, Ints]
    lists_after: tuple[Ints, Ints]


def move(connection: Connection, touched: Touched, events: Columns, person: Ints) -> None:
    """Moves every rollup from people as they were to what they are, and by events, each of which counts `n` times.

    `person` is the row of each event's recipient in `touched`.
    """
    _move_people(connection, touched, events)
    _move_lasts(connection, touched)
    kind, human = events["code"] & codes.KINDS, events["code"] < codes.MACHINES
    opened, clicked, utility = kind == 5, kind == 6, kind == codes.UTILITY_CLICK
    told = named(events, "email_id", "at", "code", "link_id", "client_id", "n")
    _move_moments(connection, touched, chosen(told, opened | clicked | utility & ~human))
    _move_machines(connection, chosen(told, (opened | clicked | utility) & ~human))
    linked = (clicked | utility) & (events["link_id"] != NONE)
    _move_links(connection, touched, chosen(told, linked), person[linked])
    seen = (opened | clicked) & human & (events["client_id"] != NONE)
    _move_clients(connection, touched, chosen(told, seen), person[seen])


def _whole(people: Columns, sign: int) -> NDArray[np.int32]:
    """By person, what each column of PEOPLE counts of them."""
    counts = np.empty((len(people["state"]), len(PEOPLE)), np.int32)  # half the memory; sums have 64 bits
    counts[:, : len(STATE_BITS)] = people["state"][:, None] >> np.arange(len(STATE_BITS)) & 1
    for place, name in enumerate(EVENT_COUNTS, len(STATE_BITS)):
        counts[:, place] = people[name]
    counts *= sign
    return counts


def _move_people(connection: Connection, touched: Touched, events: Columns) -> None:
    """People leave what they were counted in before, and come whole into what they are counted in now."""
    names = ("email_id", "domain_id", "cohort", "state", *EVENT_COUNTS)
    known = np.flatnonzero(touched.known)
    before, after = chosen(named(touched.before, *names), known), named(touched.after, *names)
    counts = np.concatenate([_whole(before, -1), _whole(after, 1)])
    key = joined(before, after)
    _move_cohorts(connection, key, counts)
    _move_totals(connection, key["email_id"], counts, events)
    new = np.concatenate([np.zeros(len(known), np.int64), ~touched.known])
    domains = grouped(key["email_id"], key["domain_id"])
    sums = domains.sums(counts[:, _OF_DOMAIN])
    bulk.add(
        connection,
        "domain_totals",
        dict(zip(("email_id", "domain_id"), domains.keys, strict=True)),
        dict(zip(_DOMAIN.values(), sums.T, strict=True)),
        also=domains.sums(new) > 0,  # how many domains there are is told too
    )
    (row_before, list_before), (row_after, list_after) = touched.lists_before, touched.lists_after
    was = touched.known[row_before]
    rows = np.concatenate([np.searchsorted(known, row_before[was]), row_after + len(known)])
    lists = {"email_id": key["email_id"][rows], "list_id": np.concatenate([list_before[was], list_after])}
    _sum(connection, "list_totals", lists, PEOPLE, counts[rows])


def _move_totals(connection: Connection, emails: Ints, counts: NDArray[np.int32], events: Columns) -> None:
    told = grouped(events["email_id"])
    first, last = np.full(len(told), -NONE), np.full(len(told), NONE)
    np.minimum.at(first, told.index, events["at"])
    np.maximum.at(last, told.index, events["at"])
    people = grouped(emails)
    sums = people.sums(counts)[np.searchsorted(people.keys[0], told.keys[0])]
    bulk.upsert(
        connection,
        "email_totals",
        {
            "email_id": told.keys[0],
            **dict(zip(PEOPLE, sums.T, strict=True)),
            "first_event_at": first,
            "last_event_at": last,
        },
        f"ON CONFLICT (email_id) DO UPDATE SET {bulk.added('email_totals', PEOPLE)}, first_event_at ="
        " CASE WHEN email_totals.first_event_at < excluded.first_event_at THEN email_totals.first_event_at"
        " ELSE excluded.first_event_at END, last_event_at ="
        " CASE WHEN email_totals.last_event_at > excluded.last_event_at THEN email_totals.last_event_at"
        " ELSE excluded.last_event_at END",
    )


def _move_cohorts(connection: Connection, people: Columns, counts: NDArray[np.int32]) -> None:
    """Quarters from people, and longer spans from the quarters. Who has no state has no cohort, and counts nothing."""
    quarters = grouped(people["email_id"], people["cohort"])
    sums = quarters.sums(counts)
    email, start = quarters.keys
    spans = {
        "email_id": np.tile(email, len(SPANS)),
        "span": np.repeat(np.arange(len(SPANS)), len(email)),
        "start": np.concatenate([start // (seconds // QUARTER) for seconds in SPANS]),
    }
    _sum(connection, "cohorts", spans, PEOPLE, np.tile(sums, (len(SPANS), 1)))


def _move_lasts(connection: Connection, touched: Touched) -> None:
    """People who are held back, or bounced, by what the packed column says of the last time: a reason, a reply."""
    bounced = bit("bounced_hard") | bit("bounced_soft")
    for table, name, column, pack, states in (
        ("not_sent_totals", "reason", "not_sent", PACK, bit("not_sent")),
        ("bounce_totals", "value", "bounce", BOUNCE_PACK, bounced),
    ):
        parts = []
        for people, sign in ((touched.before, -1), (touched.after, 1)):
            among = people["state"] & states != 0
            told = people[column][among] & pack - 1
            parts.append({"email_id": people["email_id"][among], name: told, "people": np.full(len(told), sign)})
        _add(connection, table, *parts)


def _move_moments(connection: Connection, touched: Touched, events: Columns) -> None:
    """Counts of events by quarter; a person's first open or click moves when an earlier one comes in late."""
    opened, human, n = events["code"] & codes.KINDS == 5, events["code"] < codes.MACHINES, events["n"]
    parts = [
        {
            "email_id": events["email_id"],
            "quarter": events["at"] // QUARTER,
            "open_events": n * (opened & human),
            "click_events": n * (~opened & human),
            "machine_open_events": n * (opened & ~human),
            "machine_click_events": n * ~(opened | human),
        }
    ]
    for people, sign in ((touched.before, -1), (touched.after, 1)):
        for state, counted, first in (
            ("opened", "openers", first_open(people)),
            ("clicked", "clickers", people["clicked_at"]),
        ):
            among = people["state"] & bit(state) != 0
            quarter = first[among] // QUARTER
            parts.append(
                {"email_id": people["email_id"][among], "quarter": quarter, counted: np.full(len(quarter), sign)}
            )
    _add(connection, "moments", *parts)


def _move_machines(connection: Connection, events: Columns) -> None:
    opened = events["code"] & codes.KINDS == 5
    counts = {"opens": events["n"] * opened, "clicks": events["n"] * ~opened}
    reason = events["code"] // codes.MACHINES
    _add(connection, "machine_totals", {"email_id": events["email_id"], "reason": reason, **counts})


def _move_links(connection: Connection, touched: Touched, events: Columns, person: Ints) -> None:
    human, part = events["code"] < codes.MACHINES, events["code"] >> 4 & 3
    told = {f"{name}_clicks": events["n"] * (part == code) for name, code in (("html", 1), ("text", 2), ("untold", 0))}
    clicks, gained = _add_acts(connection, "link", touched, chosen(events, human), person[human], chosen(told, human))
    people = dict(zip(("people", "html_people", "text_people"), gained.T[:3], strict=True))
    machines = {**chosen(named(events, "email_id", "link_id"), ~human), "machine_clicks": events["n"][~human]}
    _add(connection, "link_totals", {**clicks, **people}, machines)


def _move_clients(connection: Connection, touched: Touched, events: Columns, person: Ints) -> None:
    opened = events["code"] & codes.KINDS == 5
    told = {"opens": events["n"] * opened, "clicks": events["n"] * ~opened}
    acts, gained = _add_acts(connection, "client", touched, events, person, told)
    _add(connection, "client_totals", {**acts, "openers": gained[:, 1], "clickers": gained[:, 2]})


def _add_acts(
    connection: Connection, what: str, touched: Touched, events: Columns, person: Ints, told: Columns
) -> tuple[dict[str, Ints], Ints]:
    """Adds to people's acts by link, or by client. Gives what was added, and how many came to have some.

    The first column of these is of people with any act, the others of those with acts of each column told.
    """
    groups = grouped(events["email_id"], events[f"{what}_id"], person)
    email, other, row = groups.keys
    key = {"email_id": email, f"{what}_id": other, "contact_id": touched.after["contact_id"][row]}
    more = {name: groups.sums(column) for name, column in told.items()}
    asked = np.flatnonzero(touched.known[row])
    place, found = bulk.find(connection, f"{what}_people", chosen(key, asked), tuple(told))
    before = np.zeros((len(row), len(told)), np.int64)
    before[asked[place]] = np.stack(list(found.values()), axis=1)
    after = before + np.stack(list(more.values()), axis=1)
    new = np.ones(len(row), bool)
    new[asked[place]] = False
    bulk.insert(connection, f"{what}_people", chosen(key | more, new))
    bulk.add(connection, f"{what}_people", chosen(key, ~new), chosen(more, ~new))
    had, has = (np.column_stack([acts.any(axis=1), acts > 0]) for acts in (before, after))
    return {**key, **more}, has.astype(np.int64) - had


def _add(connection: Connection, table: str, *parts: Columns) -> None:
    """Adds up parts of a rollup; each has its key and some of its counts."""
    key, names = _EVENTS[table]
    told = [part for part in parts if len(part["email_id"])]
    if not told:
        return
    counts = np.zeros((sum(len(part["email_id"]) for part in told), len(names)), np.int64)
    start = 0
    for part in told:
        end = start + len(part["email_id"])
        for place, name in enumerate(names):
            if name in part:
                counts[start:end, place] = part[name]
        start = end
    _sum(connection, table, {name: np.concatenate([part[name] for part in told]) for name in key}, names, counts)


def _sum(connection: Connection, table: str, key: Columns, names: tuple[str, ...], counts: NDArray[Any]) -> None:
    groups = grouped(*key.values())
    sums = groups.sums(counts)
    bulk.add(connection, table, dict(zip(key, groups.keys, strict=True)), dict(zip(names, sums.T, strict=True)))
