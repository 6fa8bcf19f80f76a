"""Events as columns in the database's own numbers: of a pack, and of an e-mail in the store."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from sqlalchemy import Connection

from store import bulk
from store.arrays import Ints, grouped
from store.interning import Interned
from store.packing import Packed

#: The columns of `events`.
STAGE = ("email_id", "at", "key", "contact_id", "code", "link_id", "client_id", "value")
#: With the domain of the contact's address, and how often the event counts.
EVENTS = (*STAGE, "domain_id", "n")
MEMBERS = ("email_id", "contact_id", "list_id", "domain_id")

#: No MEMBERS.
NOBODY = {name: np.empty(0, np.int64) for name in MEMBERS}

_PAGE = 50_000  # events that are read at once


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of EVENTS and MEMBERS, without duplicates; replies by column of event_replies."""

    events: dict[str, Ints]
    members: dict[str, Ints]
    replies: list[dict[str, int | str]]

    @property
    def email_ids(self) -> list[int]:
        found: list[int] = np.unique(self.events["email_id"]).tolist()
        return found


def to_batch(interned: Interned, packed: Packed) -> Batch:
    """The pack's numbers replaced by the database's; `interned` has the pack's strings and patterns."""
    emails, at, digests, contacts, code, links, clients, value = (
        np.asarray(column, np.int64) for column in packed.rows
    )
    if packed.patterns:
        value = value.copy()
        value[list(packed.patterns)] += [interned.patterns[pattern] for pattern in packed.patterns.values()]
    contact_ids = _looked_up(interned.contacts, contacts)
    events = {
        "email_id": _looked_up(interned.emails, emails),
        "at": at,
        "key": event_keys(digests, contact_ids),
        "contact_id": contact_ids,
        "code": code,
        "link_id": _looked_up(interned.links, links),
        "client_id": _looked_up(interned.clients, clients),
        "value": value,
        "domain_id": _looked_up(interned.domains, contacts),
        "n": np.ones(len(at), np.int64),
    }
    on_emails, members, lists = (np.asarray(column, np.int64) for column in packed.members)
    gone = set(interned.gone.values())
    return Batch(
        events=events,
        members={
            "email_id": _looked_up(interned.emails, on_emails),
            "contact_id": _looked_up(interned.contacts, members),
            "list_id": _looked_up(interned.lists, lists),
            "domain_id": _looked_up(interned.domains, members),
        },
        replies=[
            {**{name: int(events[name][place]) for name in ("email_id", "at", "key")}, "reply": reply}
            for place, reply in packed.replies
            if int(contact_ids[place]) not in gone
        ],
    )


def _looked_up(ids: Sequence[int], numbers: Ints) -> Ints:
    return np.asarray(ids, np.int64)[numbers]


#: An event is looked for among those of one e-mail in one second: 47 bits do, in six bytes of SQLite.
_KEY = 2**47 - 1
_SPREAD = 0x9E3779B1  # odd: contacts of one digest never share a key


def event_keys(digests: Ints, contact_ids: Ints) -> Ints:
    """What, with e-mail and time, identifies each event: its digest and its contact in 47 bits."""
    return digests + contact_ids * _SPREAD & _KEY  # what overflows does not reach these bits


def pages(connection: Connection, email_id: int, names: Sequence[str] = STAGE[3:]) -> Iterator[dict[str, Ints]]:
    """All events of an e-mail in the store, some at a time, in the order of time: their identity and other columns."""
    after = ""
    while True:
        which = f"email_id = {email_id:d}{after} ORDER BY at, key LIMIT {_PAGE}"
        events = bulk.select(connection, "events", ("at", "key", *names), which)
        if not len(events["at"]):
            return
        yield events | {"email_id": np.full(len(events["at"]), email_id)}
        after = f" AND (at, key) > ({events['at'][-1]}, {events['key'][-1]})"


def counted(connection: Connection, events: dict[str, Ints]) -> dict[str, Ints]:
    """Events of the store with the domains of their contacts, each to be counted once."""
    people = grouped(events["contact_id"])
    _, found = bulk.find(connection, "contacts", {"id": people.keys[0]}, ("domain_id",))
    return events | {"domain_id": found["domain_id"][people.index], "n": np.ones(len(people.index), np.int64)}
