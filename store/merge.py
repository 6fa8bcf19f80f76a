"""A batch of Events into the store, in one transaction: duplicates out, people's state and every rollup kept.

The result is a function of the set of events: any batch, twice, in any order, in any split, by any number of
writers. Whoever merges into an e-mail holds it alone until the end of the transaction (store.dialects.hold), so what
a batch changes can be computed as the difference between before and after.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from sqlalchemy import Engine, text

from reports.events import Email, Event
from reports.verdicts import DEFAULT_RULES, Rules
from store.describe import describe
from store.dialects import dialect_of
from store.engine import writing
from store.interning import Interned
from store.packing import Packed, Packer
from store.retention import RawGone, raw_from, refuse

if TYPE_CHECKING:
    from store.batch import Batch


@dataclass(frozen=True, slots=True)
class Merged:
    """How many events were new, and how many the store, or the batch itself, already had."""

    new: int
    duplicates: int


def merge(
    engine: Engine, events: Iterable[Event], emails: Iterable[Email] = (), rules: Rules = DEFAULT_RULES
) -> Merged:
    """Merges events and descriptions of e-mails; clicks are judged by `rules`."""
    packer = Packer()
    packer.describe(emails)
    packer.add(events)
    return Merger(engine, rules).merge(packer.take())


class Merger:
    """Merges the packs of one Packer, in their order. After an error it is of no more use."""

    def __init__(self, engine: Engine, rules: Rules = DEFAULT_RULES) -> None:
        self._engine = writing(engine)
        self._rules = rules
        self._interned = Interned()

    @property
    def beside(self) -> bool:
        """Whether the next pack may be prepared, in another thread, while one is completed."""
        return bool(dialect_of(self._engine).WRITES_BESIDE)

    def merge(self, packed: Packed) -> Merged:
        return self.complete(self.prepare(packed))

    def prepare(self, packed: Packed) -> "Prepared":
        """Gives strings their numbers and describes e-mails: all that needs no e-mail to be held."""
        # In a transaction of its own: numbers are harmless where the batch fails, and a batch holds e-mails alone.
        if packed.strings or packed.descriptions or packed.patterns:
            with self._engine.begin() as connection:
                dialect_of(connection).relax(connection)
                self._interned.add(connection, packed)
                numbers = self._interned.emails
                describe(connection, [(numbers[number], email) for number, email in packed.descriptions])
        if not packed.told:
            return Prepared(None, 0)
        from store.batch import to_batch

        return Prepared(to_batch(self._interned, packed), packed.told)

    def complete(self, prepared: "Prepared") -> Merged:
        """Merges what was prepared, in the order in which it was."""
        batch = prepared.batch
        if batch is None:
            return Merged(0, 0)
        from store.merging import merge_batch

        with self._engine.begin() as connection:
            dialect_of(connection).relax(connection)
            dialect_of(connection).hold(connection, batch.email_ids)
            new = merge_batch(connection, batch, self._rules)
        return Merged(new, prepared.told - new)


@dataclass(frozen=True, slots=True)
class Prepared:
    """A pack in the database's own numbers; nothing where there was no event. `told` counts duplicates too."""

    batch: "Batch | None"
    told: int


def withdraw(engine: Engine, events: Iterable[Event], rules: Rules = DEFAULT_RULES) -> int:
    """Takes events back that their provider took back, and gives how many of them had been counted.

    Each e-mail that lost some is computed anew from what is left, in the same transaction. An event that is merged
    after it was withdrawn counts again: whoever told it first has to leave it out.

    Raises RawGone once the others are done, where an e-mail's events were dropped.
    """
    packer = Packer()
    packer.add(events)
    packed = replace(packer.take(), patterns={})  # only identities are looked at
    if not packed.told:
        return 0
    from store.batch import to_batch

    interned = Interned()
    with writing(engine).begin() as connection:
        interned.add(connection, packed)
    batch = to_batch(interned, packed)
    by_email: dict[int, list[dict[str, int | None]]] = {}
    for email_id, at, key in zip(*(batch.events[name].tolist() for name in ("email_id", "at", "key")), strict=True):
        by_email.setdefault(email_id, []).append({"email_id": email_id, "at": at, "key": key})
    with engine.connect() as connection:
        gone = raw_from(connection, by_email)
    done = sum(_withdraw(engine, email_id, rows, rules) for email_id, rows in by_email.items() if email_id not in gone)
    if gone:
        raise RawGone(gone, done)
    return done


def _withdraw(engine: Engine, email_id: int, rows: list[dict[str, int | None]], rules: Rules) -> int:
    from store.merging import recompute
    from store.verdicts import judge_all

    which = "WHERE email_id = :email_id AND at = :at AND key = :key"
    with writing(engine).begin() as connection:
        dialect_of(connection).hold(connection, [email_id])
        gone = sum(connection.execute(text(f"DELETE FROM events {which}"), row).rowcount for row in rows)
        if gone:
            connection.execute(text(f"DELETE FROM event_replies {which}"), rows)
            recompute(connection, email_id)
            judge_all(connection, email_id, rules)
        return gone


def rebuild(engine: Engine, email_ids: Iterable[int]) -> None:
    """Recomputes people's state and rollups of e-mails from their events, one transaction an e-mail.

    Raises RawGone.
    """
    from store.merging import recompute

    for email_id in email_ids:
        with writing(engine).begin() as connection:
            dialect_of(connection).hold(connection, [email_id])
            refuse(connection, email_id)
            recompute(connection, email_id)
