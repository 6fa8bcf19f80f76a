"""One run of pulling a source, under its lease: what it merges, what it puts down, and that it is still at it."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import structlog
from sqlalchemy import Engine

from bot.sync.api import Time
from bot.terminal import Fault
from providers.intake import Intake, Reject
from reports.events import Event
from reports.verdicts import DEFAULT_RULES, Rules
from store import merge, sync
from store.merge import Merged
from store.retention import RawGone

_LOG = structlog.get_logger(__name__)

#: Who pulls has to say that it is still at it in this time; after it, whoever died is replaced.
LEASE = timedelta(seconds=45)


class Busy(Fault):
    """Another process pulls this source."""


@dataclass(slots=True)
class Pulled:
    """What a run brought. `share` is how much of it is done, from 0 to 1."""

    new: int = 0
    duplicates: int = 0
    emails: int = 0
    ignored: int = 0
    withdrawn: int = 0
    rejects: int = 0
    share: float = 0.0
    notes: list[str] = field(default_factory=list)  #: what could not be had, in sentences

    @property
    def events(self) -> int:
        return self.new + self.duplicates


@dataclass(frozen=True, slots=True)
class Watch:
    """Who follows a run: a bar in a terminal, or a log."""

    on_progress: Callable[[Pulled], None] = lambda _pulled: None
    on_rejects: Callable[[Sequence[Reject]], None] = lambda _rejects: None


@dataclass(frozen=True, slots=True)
class Span:
    """How far back to read: `history` the first time, then `overlap` before where the last run ended, for events come
    late; `since` is asked for by a person and counts instead."""

    history: timedelta
    overlap: timedelta
    since: datetime | None = None


class Run:
    """What a puller works with. Everything it merges may be merged again, so a run may be cut off anywhere."""

    def __init__(self, engine: Engine, source: str, holder: str, time: Time, watch: Watch, rules: Rules) -> None:
        self.pulled = Pulled()
        self.time = time
        self.progress: Mapping[str, Any] = {}
        self._engine = engine
        self._source = source
        self._holder = holder
        self._watch = watch
        self._rules = rules

    async def take(self, intake: Intake, obsolete: Sequence[Event] = ()) -> None:
        """Merges a page, and takes back what it says was replaced."""
        merged, withdrawn = await asyncio.to_thread(self._merge, intake, obsolete)
        self.pulled.new += merged.new
        self.pulled.duplicates += merged.duplicates
        self.pulled.emails += len(intake.emails)
        self.pulled.ignored += intake.ignored + len(obsolete)
        self.pulled.withdrawn += withdrawn
        if intake.rejects:
            self.pulled.rejects += len(intake.rejects)
            self._watch.on_rejects(intake.rejects)

    def _merge(self, intake: Intake, obsolete: Sequence[Event]) -> tuple[Merged, int]:
        merged = merge.merge(self._engine, intake.events, intake.emails, self._rules)
        try:
            return merged, merge.withdraw(self._engine, obsolete, self._rules)
        except RawGone as error:  # what was counted stays counted, and the pull goes on
            self.note(str(error))
            return merged, error.done

    async def put_down(self, progress: Mapping[str, Any], share: float) -> None:
        """All before this point is merged: whoever comes next goes on from here. Raises store.sync.LeaseLost."""
        await asyncio.to_thread(sync.save, self._engine, self._source, self._holder, progress)
        self.progress = progress
        self.pulled.share = share
        self._watch.on_progress(self.pulled)

    async def ask_store(self, read: Callable[..., Any], *arguments: object) -> Any:
        """What a function of the store reads, of a connection and these arguments."""

        def reading() -> Any:
            with self._engine.connect() as connection:
                return read(connection, *arguments)

        return await asyncio.to_thread(reading)

    def note(self, sentence: str) -> None:
        """Something that could not be had, and cost nothing else."""
        if sentence not in self.pulled.notes:
            self.pulled.notes.append(sentence)


@asynccontextmanager
async def running(
    engine: Engine, source: str, *, time: Time, watch: Watch, lease: timedelta = LEASE, rules: Rules = DEFAULT_RULES
) -> AsyncIterator[Run]:
    """Holds a source for as long as the block runs. Raises Busy.

    Ended by an error of the provider or of ours, the run says why; cut off, it just lets another go on.
    """
    holder = secrets.token_hex(8)
    if not await asyncio.to_thread(sync.claim, engine, source, holder, time.now(), lease):
        raise Busy(f"Another process is pulling {source}, or was killed less than {lease.seconds} seconds ago.")
    run = Run(engine, source, holder, time, watch, rules)
    run.progress = (await run.ask_store(sync.state_of, source)).progress
    # By the real clock, whatever the run's own says: a lease is about processes that stand still.
    beat = asyncio.create_task(_stay(engine, source, holder, time, lease))
    try:
        yield run
    except asyncio.CancelledError:
        await _end(sync.release, engine, source, holder)
        raise
    except Exception as error:
        problem = str(error) if isinstance(error, Fault) else f"it failed: {type(error).__name__}"
        await _end(sync.finish, engine, source, holder, time.now(), problem)
        raise
    else:
        await _end(sync.finish, engine, source, holder, time.now())
    finally:
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat


async def _end(end: Callable[..., None], *arguments: object) -> None:
    """A lease that was lost, or a database that is gone, needs no ending: the lease runs out."""
    try:
        await asyncio.to_thread(end, *arguments)
    except Exception as error:  # noqa: BLE001 - whatever it is, what ended the run is told and not this
        _LOG.warning("the end of a run could not be put down", why=type(error).__name__)


async def _stay(engine: Engine, source: str, holder: str, time: Time, lease: timedelta) -> None:
    while True:
        await asyncio.sleep(lease.total_seconds() / 3)
        try:
            await asyncio.to_thread(sync.renew, engine, source, holder, time.now(), lease)
        except sync.LeaseLost:
            return  # the next put_down ends the run
        except Exception as error:  # noqa: BLE001 - the database may be back before the lease ends
            _LOG.warning("a lease could not be renewed", source=source, why=type(error).__name__)
