"""What a merge does in its transaction, on arrays.

Imported with the first batch, as numpy is with it: who starts the service does not wait for either.
"""

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection

from reports.verdicts import Rules
from store import bulk, large, rollups, upkeep, verdicts
from store.arrays import Columns, Ints, Mask, chosen, named
from store.batch import NOBODY, STAGE, Batch, counted, pages
from store.dialects import among, dialect_of
from store.retention import raw_from
from store.tables import metadata


def merge_batch(connection: Connection, batch: Batch, rules: Rules) -> int:
    """Gives how many events were new; clicks are judged by `rules`."""
    email_ids = batch.email_ids
    totals = f"SELECT email_id, last_event_at FROM email_totals WHERE email_id IN {among(email_ids)}"
    ends = {row.email_id: row.last_event_at for row in connection.exec_driver_sql(totals)}
    raw = raw_from(connection, email_ids)
    told = _since(batch.events, raw)
    met = rollups.meet(connection, told, batch.members, ends)
    new = _unknown(connection, told, met.known[met.person], ends)
    events, person = chosen(told, new), met.person[new]
    bulk.insert(connection, "events", named(events, *STAGE))
    touched = rollups.apply(connection, met, events, person, batch.members["list_id"])
    large.add(connection, touched, events, person, ends)
    upkeep.begin(connection, set(email_ids) - ends.keys(), rules)
    verdicts.apply(connection, touched, events, person, rules, raw)
    if replies := [reply for reply in batch.replies if int(reply["at"]) >= raw.get(int(reply["email_id"]), 0)]:
        dialect_of(connection).insert_new(connection, metadata.tables["event_replies"], replies, ("at",))
    return len(events["at"])


def _since(events: dict[str, Ints], raw: Mapping[int, int]) -> dict[str, Ints]:
    """Without those of a time of which an e-mail's events were dropped: nothing tells whether they were counted."""
    if not raw:
        return events
    old = np.zeros(len(events["at"]), bool)
    for email_id, start in raw.items():
        old |= (events["email_id"] == email_id) & (events["at"] < start)
    return chosen(events, ~old)


def _unknown(connection: Connection, events: Columns, met: Mask, ends: Mapping[int, int]) -> Ints:
    """Places of those that are not in the store already.

    `met` are those whose recipient is known, `ends` the last instants of all that is known, by e-mail: of strangers,
    and after all that is known, everything is new. As files go, nearly nothing needs looking for.
    """
    maybe = np.zeros(len(met), bool)
    for email_id, end in ends.items():
        maybe |= (events["email_id"] == email_id) & (events["at"] <= end)
    sought = np.flatnonzero(maybe & met)
    place, _ = bulk.find(connection, "events", chosen(named(events, "email_id", "at", "key"), sought), ())
    return np.delete(np.arange(len(met)), sought[place])


def recompute(connection: Connection, email_id: int) -> None:
    """State and rollups of an e-mail from its events, from nothing."""
    rollups.clear(connection, email_id)
    for page in pages(connection, email_id):
        events = counted(connection, page)
        met = rollups.meet(connection, events, NOBODY, [email_id])
        rollups.apply(connection, met, events, met.person, NOBODY["list_id"])
    # An e-mail without an event is as one that the store does not know, of which a merge looks nothing up.
    connection.exec_driver_sql(
        f"DELETE FROM memberships WHERE email_id = {email_id:d}"
        f" AND NOT EXISTS (SELECT 1 FROM recipients WHERE email_id = {email_id:d})"
    )
    large.begin(connection, email_id)
