"""Pulling providers: one process at a time, going on where the last one ended, no quicker than all may together."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, case, or_, select, update

from store.codes import from_seconds, to_seconds
from store.dialects import dialect_of
from store.engine import writing
from store.tables import metadata

_SYNCS, _PACES = metadata.tables["syncs"], metadata.tables["paces"]
_MICROSECOND = timedelta(microseconds=1)
_FREE: dict[str, object] = {"holder": "", "leased_until": 0}
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class LeaseLost(Exception):
    """Another process took the source over: this one was too slow to say that it is still at it."""


@dataclass(frozen=True, slots=True)
class SyncState:
    """How far a source has come; `problem` is why its last run failed, None if it did not."""

    progress: Mapping[str, Any]
    leased_until: datetime | None = None
    finished_at: datetime | None = None
    problem: str | None = None


def claim(engine: Engine, source: str, holder: str, now: datetime, lease: timedelta) -> bool:
    """Makes `holder` the one who pulls a source, or says that another is at it."""
    with writing(engine).begin() as connection:
        connection.execute(dialect_of(engine).insert(_SYNCS).values(source=source).on_conflict_do_nothing())
        free = or_(_SYNCS.c.leased_until <= to_seconds(now), _SYNCS.c.holder == holder)
        mine = update(_SYNCS).where(_SYNCS.c.source == source, free)
        taken = connection.execute(mine.values(holder=holder, leased_until=_until(now + lease)))
        return bool(taken.rowcount)


def _until(at: datetime) -> int:
    return to_seconds(at) + 1  # a lease is never shorter than it says


def renew(engine: Engine, source: str, holder: str, now: datetime, lease: timedelta) -> None:
    """Raises LeaseLost."""
    _change(engine, source, holder, leased_until=_until(now + lease))


def save(engine: Engine, source: str, holder: str, progress: Mapping[str, Any]) -> None:
    """Puts down how far it has come. Raises LeaseLost: then another's word counts."""
    _change(engine, source, holder, progress=json.dumps(dict(progress)))


def finish(engine: Engine, source: str, holder: str, now: datetime, problem: str | None = None) -> None:
    """Ends a run, and lets another begin. Raises LeaseLost."""
    _change(engine, source, holder, **_FREE, finished_at=to_seconds(now), problem=problem)


def release(engine: Engine, source: str, holder: str) -> None:
    """Lets another go on with a run that was interrupted. Raises LeaseLost."""
    _change(engine, source, holder, **_FREE)


def _change(engine: Engine, source: str, ours: str, /, **values: object) -> None:
    with writing(engine).begin() as connection:
        mine = update(_SYNCS).where(_SYNCS.c.source == source, _SYNCS.c.holder == ours)
        if not connection.execute(mine.values(**values)).rowcount:
            raise LeaseLost(source)


def state_of(connection: Connection, source: str) -> SyncState:
    columns = (_SYNCS.c[name] for name in ("progress", "leased_until", "finished_at", "problem"))
    row = connection.execute(select(*columns).where(_SYNCS.c.source == source)).one_or_none()
    if row is None:
        return SyncState({})
    until, finished = (from_seconds(seconds) if seconds else None for seconds in (row.leased_until, row.finished_at))
    return SyncState(json.loads(row.progress), until, finished, row.problem)


@dataclass(frozen=True, slots=True)
class Pace:
    """At most `requests` in any stretch of time as long as `per`, by all processes together."""

    name: str
    requests: int
    per: timedelta

    @property
    def _burst(self) -> int:
        return max(1, self.requests // 10)

    @property
    def step(self) -> int:
        """Microseconds in which one request's token grows again: a burst may go before, and counts."""
        return -(-(self.per // _MICROSECOND) // (self.requests - self._burst))

    @property
    def slack(self) -> int:
        """Microseconds that the bucket may be from full while a request still goes."""
        return (self._burst - 1) * self.step


def take(engine: Engine, pace: Pace, now: datetime) -> timedelta:
    """Takes a token for one request: zero, or else how long to wait before trying again.

    One conditional UPDATE decides, so that any number of processes share the bucket; their clocks should agree.
    """
    instant = (now - _EPOCH) // _MICROSECOND
    full_at = _PACES.c.full_at
    fuller = case((full_at > instant, full_at), else_=instant) + pace.step
    taken = update(_PACES).where(_PACES.c.name == pace.name, full_at <= instant + pace.slack).values(full_at=fuller)
    with writing(engine).begin() as connection:
        if connection.execute(taken).rowcount:
            return timedelta(0)
        first = dialect_of(engine).insert(_PACES).values(name=pace.name, full_at=instant + pace.step)
        if connection.execute(first.on_conflict_do_nothing().returning(full_at)).first():
            return timedelta(0)
        then = connection.execute(select(full_at).where(_PACES.c.name == pace.name)).scalar_one()
        return _MICROSECOND * int(max(then - pace.slack - instant, 1))


def hold_off(engine: Engine, pace: Pace, until: datetime) -> None:
    """Lets nobody ask before an instant, as the provider said."""
    instant = (until - _EPOCH) // _MICROSECOND + pace.slack
    later = update(_PACES).where(_PACES.c.name == pace.name, _PACES.c.full_at < instant)
    with writing(engine).begin() as connection:
        connection.execute(later.values(full_at=instant))
