"""Raw events that are old enough go; state and rollups, which they were counted in, stay."""

import json
from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine

from store.codes import SLOT, from_seconds, to_seconds
from store.dialects import among, dialect_of
from store.engine import writing
from store.tables import metadata

#: Events that one transaction takes out, so that nobody waits long for it.
AT_ONCE = 10_000


class RawGone(Exception):
    """An e-mail can't be computed anew, for its first events are gone; the text is the sentence for a person."""

    def __init__(self, gone: dict[int, int], done: int = 0) -> None:
        self.done = done  #: how much was done of the rest
        until = f"{max(map(from_seconds, gone.values())).astimezone(UTC):%Y-%m-%d}"
        many = "An e-mail's" if len(gone) == 1 else f"{len(gone)} e-mails'"
        super().__init__(
            f"{many} raw events before {until} were dropped, as privacy.keep_months says: what they were counted in "
            "stays as it is, and can't be computed anew."
        )


@dataclass(slots=True)
class Dropped:
    events: int = 0
    emails: int = 0


def raw_from(connection: Connection, email_ids: Collection[int]) -> dict[int, int]:
    """Since when there are raw events, in seconds since 1970, of those e-mails that lost some."""
    if not email_ids:
        return {}
    rows = connection.exec_driver_sql(
        f"SELECT email_id, raw_from FROM upkeep WHERE email_id IN {among(email_ids)} AND raw_from IS NOT NULL"
    )
    return {email_id: instant for email_id, instant in rows}  # noqa: C416 - rows are no pairs to mypy


def refuse(connection: Connection, email_id: int) -> None:
    """Raises RawGone for an e-mail that lost events."""
    if gone := raw_from(connection, [email_id]):
        raise RawGone(gone)


def months_before(now: datetime, months: int) -> datetime:
    """The same day and time so many months before, or the last day of a month that is too short."""
    whole = now.year * 12 + now.month - 1 - months
    for day in range(now.day, 0, -1):
        try:
            return now.replace(year=whole // 12, month=whole % 12 + 1, day=day)
        except ValueError:
            continue
    raise AssertionError("every month has a first day")


def old(engine: Engine, before: datetime) -> tuple[int, int]:
    """How many events, of how many e-mails, would be dropped."""
    with engine.connect() as connection:
        counts = [
            connection.exec_driver_sql(
                f"SELECT count(*) FROM events WHERE email_id = {email_id:d} AND at < {to_seconds(before):d}"
            ).scalar_one()
            for email_id in _concerned(connection, to_seconds(before))
        ]
    return sum(counts), len(counts)


def retain(
    engine: Engine, before: datetime, now: datetime, on_progress: Callable[[int, int], None] = lambda _done, _all: None
) -> Dropped:
    """Drops raw events before an instant, some at a time; cut off anywhere, it goes on where it was.

    First it is put down since when there are events: a merge leaves out what is older from then on, so that nothing
    counts twice. `on_progress` is told how many e-mails are done, and of how many.
    """
    end, dropped = to_seconds(before), Dropped()
    with engine.connect() as connection:
        concerned = _concerned(connection, end)
    for done, email_id in enumerate(concerned):
        on_progress(done, len(concerned))
        _begin(engine, email_id, end)
        while some := _drop_some(engine, email_id, end):
            dropped.events += some
        dropped.emails += 1
    on_progress(len(concerned), len(concerned))
    if dropped.events:
        told = {"events": dropped.events, "emails": dropped.emails}
        with writing(engine).begin() as connection:
            row = {"at": to_seconds(now), "what": "retain", "told": json.dumps(told)}
            connection.execute(metadata.tables["audits"].insert(), row)
    return dropped


def _concerned(connection: Connection, end: int) -> list[int]:
    """E-mails that have such events."""
    found = connection.exec_driver_sql(
        f"SELECT email_id FROM email_totals AS t WHERE first_event_at < {end:d} AND EXISTS"
        f" (SELECT 1 FROM events WHERE events.email_id = t.email_id AND at < {end:d}) ORDER BY email_id"
    )
    return list(found.scalars())


def _begin(engine: Engine, email_id: int, end: int) -> None:
    with writing(engine).begin() as connection:
        dialect_of(connection).hold(connection, [email_id])
        connection.exec_driver_sql(
            f"INSERT INTO upkeep (email_id, raw_from) VALUES ({email_id:d}, {end:d}) ON CONFLICT (email_id) DO UPDATE"
            f" SET raw_from = excluded.raw_from WHERE upkeep.raw_from IS NULL OR upkeep.raw_from < {end:d}"
        )


def _drop_some(engine: Engine, email_id: int, end: int) -> int:
    """Gives how many events went; 0: none is left."""
    with writing(engine).begin() as connection:
        dialect_of(connection).hold(connection, [email_id])
        last = connection.exec_driver_sql(
            f"SELECT at FROM events WHERE email_id = {email_id:d} AND at < {end:d}"
            f" ORDER BY at LIMIT 1 OFFSET {AT_ONCE - 1}"
        ).scalar()
        last = end - 1 if last is None else last
        which = f"email_id = {email_id:d} AND at <= {last:d}"
        gone = connection.exec_driver_sql(f"DELETE FROM events WHERE {which}").rowcount
        connection.exec_driver_sql(f"DELETE FROM event_replies WHERE {which}")
        if last == end - 1:
            connection.exec_driver_sql(f"DELETE FROM activity WHERE email_id = {email_id:d} AND slot < {end // SLOT}")
        return gone
