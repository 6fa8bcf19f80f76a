"""A pack of events in the database's own numbers, and loaded into the temporary tables that merge reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import TypeVar

from sqlalchemy import Connection

from store.dialects import dialect_of
from store.interning import Interned
from store.packing import Packed

#: The columns of `events`, and of the temporary table `stage`.
STAGE = ("email_id", "at", "key", "contact_id", "code", "link_id", "client_id", "value")
MEMBERS = ("email_id", "contact_id", "list_id")

T = TypeVar("T")

Column = Sequence[int | None]


@dataclass(frozen=True, slots=True)
class Batch:
    """Columns of STAGE and MEMBERS, without duplicates; replies by column of event_replies."""

    rows: Sequence[Column]
    members: Sequence[Column]
    replies: list[dict[str, int | str]]
    beginnings: dict[int, int]  #: the first instant by e-mail


def to_batch(interned: Interned, packed: Packed) -> Batch:
    """The pack's numbers replaced by the database's; `interned` has the pack's strings and patterns."""
    emails, at, digests, contacts, code, links, clients, value = packed.rows
    if packed.patterns:
        value = list(value)
        for place, pattern in packed.patterns.items():
            value[place] += interned.patterns[pattern]
    email_ids, contact_ids = _looked_up(interned.emails, emails), _looked_up(interned.contacts, contacts)
    keys = event_keys(digests, contact_ids)
    link_ids, client_ids = _looked_up(interned.links, links), _looked_up(interned.clients, clients)
    on_emails, members, lists = packed.members
    return Batch(
        rows=(email_ids, at, keys, contact_ids, code, link_ids, client_ids, value),
        members=(
            _looked_up(interned.emails, on_emails),
            _looked_up(interned.contacts, members),
            _looked_up(interned.lists, lists),
        ),
        replies=[
            {"email_id": email_ids[place], "at": at[place], "key": keys[place], "reply": reply}
            for place, reply in packed.replies
        ],
        beginnings=dict(zip(reversed(email_ids), reversed(at), strict=True)),  # the first of an e-mail comes last
    )


def _looked_up(ids: Sequence[T], numbers: Sequence[int]) -> Sequence[T]:
    # itemgetter of one number would give no tuple
    return itemgetter(*numbers)(ids) if len(numbers) > 1 else [ids[number] for number in numbers]


#: An event is looked for among those of one e-mail in one second: 47 bits do, in six bytes of SQLite.
_KEY = 2**47 - 1
_SPREAD = 0x9E3779B1  # odd: contacts of one digest never share a key


def event_keys(digests: Sequence[int], contact_ids: Sequence[int]) -> list[int]:
    """What, with e-mail and time, identifies each event: its digest and its contact in 47 bits."""
    return [(digest + contact * _SPREAD) & _KEY for digest, contact in zip(digests, contact_ids, strict=True)]


def stage(connection: Connection, rows: Sequence[Column], members: Sequence[Column]) -> None:
    """Fills the temporary tables `stage` and `new_members` for this transaction."""
    dialect = dialect_of(connection)
    for table, names, columns in (("stage", STAGE, rows), ("new_members", MEMBERS, members)):
        dialect.temporary(connection, table, names)
        dialect.load(connection, table, names, columns)
