"""A batch of Events into the store, in one transaction: duplicates out, people's state and every rollup kept.

The result is a function of the set of events: any batch, twice, in any order, in any split, by any number of
writers. Whoever merges into an e-mail holds it alone until the end of the transaction (store.dialects.lock), so what
a batch changes can be computed as the difference between before and after.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine

from reports.events import Email, Event
from store import rollups
from store.batch import MEMBERS, STAGE, Batch, intern_strings, stage, to_rows
from store.describe import describe
from store.dialects import dialect_of
from store.engine import writing
from store.interning import Interned
from store.tables import metadata


@dataclass(frozen=True, slots=True)
class Merged:
    """How many events were new, and how many the store, or the batch itself, already had."""

    new: int
    duplicates: int


def merge(
    engine: Engine, events: Sequence[Event], emails: Sequence[Email] = (), interned: Interned | None = None
) -> Merged:
    """Merges events and descriptions of e-mails. `interned` may be kept between the batches of one import."""
    interned = interned or Interned()
    intern(engine, events, emails, interned)
    return merge_batch(engine, to_rows(interned, events))


def intern(engine: Engine, events: Sequence[Event], emails: Sequence[Email], interned: Interned) -> None:
    """First step of `merge`: strings get their numbers, and descriptions of e-mails are stored."""
    intern_strings(engine, interned, events, emails)
    if emails:
        with writing(engine).begin() as connection:
            describe(connection, interned, emails)


def merge_batch(engine: Engine, batch: Batch) -> Merged:
    """Last step of `merge`, work for the database alone: Python can read the next batch beside it."""
    if not batch.told:
        return Merged(0, 0)
    with writing(engine).begin() as connection:
        dialect_of(connection).lock(connection, batch.email_ids)
        new = _merge_batch(connection, batch)
    return Merged(new, batch.told - new)


def _merge_batch(connection: Connection, batch: Batch) -> int:
    stage(connection, batch)
    new = len(batch.rows) - _drop_known(connection, "stage", "events", ("email_id", "at", "key"))
    _drop_known(connection, "new_members", "memberships", MEMBERS)
    if new:
        columns = ", ".join(STAGE)
        # In key order, so that neighbours are written together.
        ordered = f"SELECT {columns} FROM stage ORDER BY email_id, at, key"
        connection.exec_driver_sql(f"INSERT INTO events ({columns}) {ordered}")
        rollups.apply(connection, "stage")
    if batch.replies:
        connection.execute(
            dialect_of(connection).insert(metadata.tables["event_replies"]).on_conflict_do_nothing(), batch.replies
        )
    if batch.members:
        rollups.add_members(connection)
    return new


def _drop_known(connection: Connection, staged: str, table: str, key: tuple[str, ...]) -> int:
    same = " AND ".join(f"known.{column} = {staged}.{column}" for column in key)
    delete = f"DELETE FROM {staged} WHERE EXISTS (SELECT 1 FROM {table} AS known WHERE {same})"
    return connection.exec_driver_sql(delete).rowcount


def rebuild(engine: Engine, email_ids: Iterable[int]) -> None:
    """Recomputes people's state and rollups of e-mails from their events, one transaction an e-mail."""
    for email_id in email_ids:
        with writing(engine).begin() as connection:
            dialect_of(connection).lock(connection, [email_id])
            rollups.clear(connection, email_id)
            stage(connection, Batch([], [], [], frozenset(), 0))
            rollups.apply(connection, f"(SELECT * FROM events WHERE email_id = {email_id:d})")
