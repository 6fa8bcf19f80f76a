"""The engine of digests in a running service: what is due is elected, compiled, sent and recorded, however many run.

Every step has a line of its own, which a tick wakes; the database decides who does what. APScheduler only ticks.
"""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import partial
from secrets import token_hex
from typing import Protocol, Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from sqlalchemy import Engine

from bot.digests import telling
from bot.digests.delivering import Delivering, Work
from bot.digests.electing import elect_due, elect_sends
from bot.digests.pace import Pace
from bot.digests.preparing import Eyes, prepare
from bot.digests.sender import Sender
from store import ledger, notices, occurrences
from store.notices import Waiting
from store.subscriptions import Channel

_LOG = structlog.get_logger(__name__)
#: Deliveries of one channel at a time.
_AT_ONCE = 8
#: Threads beside the one that compiles and the one that writes deliveries down.
_THREADS = 3
#: Notices are told again after so long, and so often; then they are in the log alone.
_TELL_AGAIN, _TELLINGS = timedelta(minutes=10), 12
_TOLD_AT_ONCE = 10
#: Seconds for what is under way when the service ends; containers are killed after ten.
_ENDING = 4.0


class Tells(Protocol):
    """What tells owners."""

    async def tell(self, waiting: Waiting) -> bool:
        """False: it can't be told now, and is worth another try."""
        ...


class Line:
    """Does its work when it is woken, and again as long as there is some; a fault of one line stops no other."""

    def __init__(self, name: str, work: Callable[[], Awaitable[int]]) -> None:
        self.name = name
        self.faults = 0  #: in a row
        self._work = work
        self._wake = asyncio.Event()

    def wake(self) -> None:
        self._wake.set()

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            try:
                if await self._work():
                    self._wake.set()
                self.faults = 0
            except Exception:  # noqa: BLE001 - whatever it is, what is due must be done when it is over: at the next tick
                self.faults += 1
                _LOG.exception("a part of the digests' engine failed", line=self.name, faults=self.faults)


class Digests:
    """Sends what was promised, from `async with` to its end.

    `senders` are by channel: of a channel without one, deliveries stay pending until they expire. `now` says
    what is due, and may be any clock.
    """

    def __init__(
        self,
        engine: Engine,
        senders: Mapping[Channel, Sender],
        eyes: Eyes,
        now: Callable[[], datetime],
        *,
        tells: Tells | None = None,
        pace: Pace = Pace(),  # noqa: B008 - a value
        at_once: Mapping[Channel, int] | None = None,
    ) -> None:
        self._engine = engine
        self._eyes = eyes
        self._now = now
        self._tells = tells
        self._pace = pace
        self._owner = f"{socket.gethostname()}:{os.getpid()}:{token_hex(4)}"
        self._threads = ThreadPoolExecutor(_THREADS, "digests")
        self._compiler = ThreadPoolExecutor(1, "compile")
        self._writer = ThreadPoolExecutor(1, "ledger")
        work = Work(engine, self._owner, pace, self._threads, self._writer)
        self._lines: dict[str, Line] = {}
        self._channels: list[Delivering] = []
        self._add("upkeep", self._upkeep)
        self._add("elect", self._elect)
        self._add("compile", self._compile)
        self._add("tell", self._tell)
        for channel, sender in senders.items():
            name = f"send {channel}"
            most = (at_once or {}).get(channel, _AT_ONCE)
            delivering = Delivering(work, channel, sender, most, partial(self._wake, name))
            self._channels.append(delivering)
            self._add(name, delivering.claim)
            self._add(f"look {channel}", delivering.look)
        self._scheduler = AsyncIOScheduler(timezone=UTC)
        self._tasks: list[asyncio.Task[None]] = []

    async def __aenter__(self) -> Self:
        self._tasks = [asyncio.create_task(line.run()) for line in self._lines.values()]
        self._tasks.append(asyncio.create_task(self._beat()))
        self._scheduler.add_job(
            self._tick,
            "interval",
            seconds=self._pace.tick.total_seconds(),
            next_run_time=datetime.now(UTC),
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,  # late is better than not
        )
        self._scheduler.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Claims nothing more and lets what is under way end; what can't is free again, or unknown, by its lease."""
        self._scheduler.shutdown(wait=False)
        *lines, beat = self._tasks
        for task in lines:
            task.cancel()
        await asyncio.gather(*lines, return_exceptions=True)
        await asyncio.gather(*(channel.finish(_ENDING) for channel in self._channels))
        beat.cancel()
        with suppress(asyncio.CancelledError):
            await beat
        for threads in (self._threads, self._compiler, self._writer):
            await asyncio.to_thread(threads.shutdown)

    def wake(self) -> None:
        """A tick: everything is looked at now. Also for whoever moves the clock that `now` reads."""
        for line in self._lines.values():
            line.wake()

    async def _tick(self) -> None:
        """On the event loop: what is no coroutine, the scheduler would run in a thread."""
        self.wake()

    async def alive(self) -> bool:
        """Whether every part of it works, but for a fault that may be over at the next tick."""
        return all(not task.done() for task in self._tasks) and all(line.faults < 3 for line in self._lines.values())

    def _add(self, name: str, work: Callable[[], Awaitable[int]]) -> None:
        self._lines[name] = Line(name, work)

    def _wake(self, name: str) -> None:
        self._lines[name].wake()

    def _wake_sending(self) -> None:
        for name, line in self._lines.items():
            if name.startswith("send "):
                line.wake()

    async def _upkeep(self) -> int:
        """What ran out is free or unknown, and what is late is told."""
        run = asyncio.get_running_loop().run_in_executor
        await run(self._threads, ledger.reap, self._engine, self._pace.looks[0])
        await run(self._threads, _tell_late, self._engine, self._pace.patience)
        return 0

    async def _elect(self) -> int:
        run, now = asyncio.get_running_loop().run_in_executor, self._now()
        due = await run(self._threads, elect_due, self._engine, now, self._pace)
        sends = await run(self._threads, elect_sends, self._engine, now, self._pace)
        if due + sends:
            self._wake("compile")
        return due

    async def _compile(self) -> int:
        """One at a time: a report takes a core, and people's questions go before."""
        run = asyncio.get_running_loop().run_in_executor
        taken = await run(self._threads, occurrences.compilable, self._engine, self._pace.compiling, 1)
        for occurrence in taken:
            await run(self._compiler, prepare, self._engine, occurrence, self._eyes, self._now(), self._pace)
            self._wake_sending()
        return len(taken)

    async def _tell(self) -> int:
        run = asyncio.get_running_loop().run_in_executor
        waiting = await run(self._threads, notices.claim, self._engine, _TELL_AGAIN, _TOLD_AT_ONCE)
        for one in waiting:
            _LOG.warning("an owner is told", subscription=one.notice.subscription_id, kind=one.notice.kind)
            nobody = self._tells is None or one.attempt >= _TELLINGS
            if nobody or (self._tells is not None and await self._tells.tell(one)):
                await run(self._threads, notices.told, self._engine, one.id)
        return len(waiting)

    async def _beat(self) -> None:
        """What is claimed stays claimed while this process lives."""
        beat = self._pace.lease.total_seconds() / 4
        while True:
            await asyncio.sleep(beat)
            if any(channel.busy for channel in self._channels):
                try:
                    extending = partial(ledger.extend, self._engine, self._owner, self._pace.lease)
                    await asyncio.get_running_loop().run_in_executor(self._threads, extending)
                except Exception:  # noqa: BLE001 - three more come before the lease runs out
                    _LOG.exception("a lease could not be extended")


def _tell_late(engine: Engine, patience: timedelta) -> None:
    for overdue in occurrences.late(engine, patience, 20):
        _LOG.error("a digest is late", subscription=overdue.subscription_id, period=overdue.period_key)
        notices.add(
            engine,
            telling.late(overdue.owner, overdue.subscription_id, overdue.name, overdue.period_key, overdue.why),
        )
