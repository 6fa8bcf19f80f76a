"""A batch of Events into the store, in one transaction: duplicates out, people's state and every rollup kept.

The result is a function of the set of events: any batch, twice, in any order, in any split, by any number of
writers. Whoever merges into an e-mail holds it alone until the end of the transaction (store.dialects.hold), so what
a batch changes can be computed as the difference between before and after.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, text

from reports.events import Email, Event
from store import rollups
from store.batch import STAGE, Batch, stage, to_batch
from store.describe import describe
from store.dialects import among, dialect_of
from store.engine import writing
from store.interning import Interned
from store.packing import Packed, Packer
from store.tables import metadata


@dataclass(frozen=True, slots=True)
class Merged:
    """How many events were new, and how many the store, or the batch itself, already had."""

    new: int
    duplicates: int


def merge(engine: Engine, events: Iterable[Event], emails: Iterable[Email] = ()) -> Merged:
    """Merges events and descriptions of e-mails."""
    packer = Packer()
    packer.describe(emails)
    packer.add(events)
    return Merger(engine).merge(packer.take())


class Merger:
    """Merges the packs of one Packer, in their order. After an error it is of no more use."""

    def __init__(self, engine: Engine) -> None:
        self._engine = writing(engine)
        self._interned = Interned()

    def merge(self, packed: Packed) -> Merged:
        # In a transaction of its own: numbers are harmless where the batch fails, and a batch holds e-mails alone.
        if packed.strings or packed.descriptions or packed.patterns:
            with self._engine.begin() as connection:
                self._interned.add(connection, packed)
                numbers = self._interned.emails
                describe(connection, [(numbers[number], email) for number, email in packed.descriptions])
        if not packed.told:
            return Merged(0, 0)
        batch = to_batch(self._interned, packed)
        with self._engine.begin() as connection:
            dialect_of(connection).hold(connection, batch.beginnings)
            new = _merge_batch(connection, batch)
        return Merged(new, packed.told - new)


def _merge_batch(connection: Connection, batch: Batch) -> int:
    stage(connection, batch.rows, batch.members)
    if batch.members[0]:
        rollups.add_members(connection)
    new = len(batch.rows[0]) - _drop_known(connection, batch.beginnings)
    if new:
        columns = ", ".join(STAGE)
        # Staged by e-mail and time, so that neighbours are written together.
        connection.exec_driver_sql(f"INSERT INTO events ({columns}) SELECT {columns} FROM stage")
        rollups.apply(connection, "stage", batch.beginnings)
    if batch.replies:
        connection.execute(
            dialect_of(connection).insert(metadata.tables["event_replies"]).on_conflict_do_nothing(), batch.replies
        )
    return new


def _drop_known(connection: Connection, beginnings: Mapping[int, int]) -> int:
    """Takes out of the stage what is in the store already; `beginnings` are the first instants staged, by e-mail.

    What comes after all that is known of its e-mail is new: as files go, nearly everything needs no looking for.
    """
    totals = f"SELECT email_id, last_event_at FROM email_totals WHERE email_id IN {among(beginnings)}"
    ends = {email_id: end for email_id, end in connection.exec_driver_sql(totals) if end >= beginnings[email_id]}
    if not ends:
        return 0
    return connection.exec_driver_sql(
        # Not EXISTS: PostgreSQL would make a join of it, and begin with all events of the e-mail.
        f"DELETE FROM stage WHERE email_id IN {among(ends)} AND at <= {max(ends.values())} AND (SELECT e.email_id"
        " FROM events AS e WHERE e.email_id = stage.email_id AND e.at = stage.at AND e.key = stage.key) IS NOT NULL"
    ).rowcount


def withdraw(engine: Engine, events: Iterable[Event]) -> int:
    """Takes events back that their provider took back, and gives how many of them had been counted.

    Each e-mail that lost some is computed anew from what is left, in the same transaction. An event that is merged
    after it was withdrawn counts again: whoever told it first has to leave it out.
    """
    packer = Packer()
    packer.add(events)
    packed = replace(packer.take(), patterns={})  # only identities are looked at
    if not packed.told:
        return 0
    interned = Interned()
    with writing(engine).begin() as connection:
        interned.add(connection, packed)
    batch = to_batch(interned, packed)
    by_email: dict[int, list[dict[str, int | None]]] = {}
    for email_id, at, key in zip(*batch.rows[:3], strict=True):
        by_email.setdefault(int(email_id or 0), []).append({"email_id": email_id, "at": at, "key": key})
    return sum(_withdraw(engine, email_id, rows) for email_id, rows in by_email.items())


def _withdraw(engine: Engine, email_id: int, rows: list[dict[str, int | None]]) -> int:
    which = "WHERE email_id = :email_id AND at = :at AND key = :key"
    with writing(engine).begin() as connection:
        dialect_of(connection).hold(connection, [email_id])
        gone = sum(connection.execute(text(f"DELETE FROM events {which}"), row).rowcount for row in rows)
        if gone:
            connection.execute(text(f"DELETE FROM event_replies {which}"), rows)
            _recompute(connection, email_id)
        return gone


def rebuild(engine: Engine, email_ids: Iterable[int]) -> None:
    """Recomputes people's state and rollups of e-mails from their events, one transaction an e-mail."""
    for email_id in email_ids:
        with writing(engine).begin() as connection:
            dialect_of(connection).hold(connection, [email_id])
            _recompute(connection, email_id)


def _recompute(connection: Connection, email_id: int) -> None:
    rollups.clear(connection, email_id)
    rollups.apply(connection, f"(SELECT * FROM events WHERE email_id = {email_id:d})", [email_id])
