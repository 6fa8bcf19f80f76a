"""What a merge does in its transaction, on arrays.

Imported with the first batch, as numpy is with it: who starts the service does not wait for either.
"""

from collections.abc import Mapping

import numpy as np
from sqlalchemy import Connection

from reports.verdicts import Rules
from store import bulk, large, rollups, upkeep, verdicts
from store.arrays import Columns, chosen, named
from store.batch import NOBODY, STAGE, Batch, counted, pages
from store.dialects import among, dialect_of
from store.tables import metadata


def merge_batch(connection: Connection, batch: Batch, rules: Rules) -> int:
    """Gives how many events were new; clicks are judged by `rules`."""
    email_ids = batch.email_ids
    totals = f"SELECT email_id, last_event_at FROM email_totals WHERE email_id IN {among(email_ids)}"
    ends = {row.email_id: row.last_event_at for row in connection.exec_driver_sql(totals)}
    events = _unknown(connection, batch.events, ends)
    bulk.insert(connection, "events", named(events, *STAGE))
    touched, person = rollups.apply(connection, events, batch.members, ends)
    large.add(connection, touched, events, person, ends)
    upkeep.begin(connection, set(email_ids) - ends.keys(), rules)
    verdicts.apply(connection, touched, events, person, rules)
    if batch.replies:
        connection.execute(
            dialect_of(connection).insert(metadata.tables["event_replies"]).on_conflict_do_nothing(), batch.replies
        )
    return len(events["at"])


def _unknown(connection: Connection, events: Columns, ends: Mapping[int, int]) -> Columns:
    """Those that are not in the store already; `ends` are the last instants of all that is known, by e-mail.

    What comes after all that is known of its e-mail is new: as files go, nearly everything needs no looking for.
    """
    maybe = np.zeros(len(events["at"]), bool)
    for email_id, end in ends.items():
        maybe |= (events["email_id"] == email_id) & (events["at"] <= end)
    if not maybe.any():
        return events
    rows = np.flatnonzero(maybe)
    place, _ = bulk.find(connection, "events", {name: events[name][rows] for name in ("email_id", "at", "key")}, ())
    return chosen(events, np.delete(np.arange(len(maybe)), rows[place]))


def recompute(connection: Connection, email_id: int) -> None:
    """State and rollups of an e-mail from its events, from nothing."""
    rollups.clear(connection, email_id)
    for events in pages(connection, email_id):
        rollups.apply(connection, counted(connection, events), NOBODY, [email_id])
    large.begin(connection, email_id)
