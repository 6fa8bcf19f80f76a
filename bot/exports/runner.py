"""Files are made here, one after the other, in a thread of the service; what is cut off is begun again by another."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from secrets import token_hex, token_urlsafe
from typing import Any, Protocol, Self, TypeVar

import structlog
from sqlalchemy import Engine

from bot.exports.maker import Cut, Maker, Progress
from bot.exports.problems import sentence
from bot.exports.storage import Storage, StorageFault
from store import exports
from store.exports import Job, LeaseLost, Made, State

_LOG = structlog.get_logger(__name__)
_LEASE = timedelta(seconds=60)
_TELLING = timedelta(minutes=5)  # Slack and mail servers may let us wait
_EDIT = 2  # beats between two edits of a message: Slack takes about one a second of all that we write
_LOOK = 2.0  # seconds: what another replica left, or the terminal asked for
_AGAIN = 5.0  # seconds after the database failed
_CLEAN = timedelta(minutes=10)
_FORGOTTEN_AT_ONCE = 100
_TOKEN = 16  # bytes: 128 bits, 22 characters


Told = TypeVar("Told")


class Tells(Protocol):
    """What tells whoever asked. Where it raises, or says False, it is tried again some minutes later, a few times."""

    async def progress(self, job: Job) -> None: ...
    async def made(self, job: Job, token: str, expires: datetime) -> bool: ...
    async def failed(self, job: Job) -> bool: ...
    async def gone(self, job: Job) -> None: ...


class Exporter:
    """Makes files for as long as it is entered; several processes may, on one database and one storage.

    `keep` is how long a file and its first link are good, `beat` how many seconds pass between two words to the
    database of how far a file has come; the lease is many times as long.
    """

    def __init__(
        self,
        engine: Engine,
        storage: Storage,
        maker: Maker,
        tells: Tells,
        keep: timedelta,
        now: Callable[[], datetime],
        beat: float = 2.0,
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._maker = maker
        self._tells = tells
        self._keep = keep
        self._now = now
        self._beat = beat
        self._holder = f"{socket.gethostname()[:40]}-{os.getpid()}-{token_hex(4)}"
        self._wake = asyncio.Event()
        self._stopping = asyncio.Event()
        self._clean_at = now()

    def wake(self) -> None:
        """Something was asked for: look at once."""
        self._wake.set()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(self, *error: object) -> None:
        """A file that is being made is left to whoever comes next."""
        self._stopping.set()
        self._wake.set()
        await self._task

    async def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                await self._forget()
                job = await asyncio.to_thread(exports.claim, self._engine, self._holder, self._now(), _LEASE)
                if job is not None:
                    await self._take(job)
                    continue
            except LeaseLost as lost:
                _LOG.warning("another process is at this file now", export=lost.args[0])
                continue
            except Exception:  # noqa: BLE001 - whatever it is, what waits must be made when it is over
                _LOG.exception("files cannot be made now")
                await self._pause(_AGAIN)
                continue
            await self._pause(_LOOK)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _take(self, job: Job) -> None:
        """Raises LeaseLost."""
        if job.state is State.MAKING:
            try:
                job = await self._make(job)
            except Cut:
                await asyncio.to_thread(exports.release, self._engine, job, self._holder)
                return
        if job.state is State.TELLING:
            await self._tell(job)

    async def _make(self, job: Job) -> Job:
        """The file is there, or it is known why it can't be. Raises LeaseLost, and Cut where the service ends."""
        key = f"{job.id}-{job.attempt}-{token_hex(8)}"
        try:
            if job.file is not None:
                await asyncio.to_thread(self._storage.delete, job.file)  # an attempt that was cut off may have left it
            await asyncio.to_thread(exports.keeping, self._engine, job, self._holder, key)
            made = await self._watched(job, key)
            finish = exports.finish
            return await asyncio.to_thread(
                finish, self._engine, job, self._holder, made, self._now(), self._keep, _TELLING
            )
        except (LeaseLost, Cut):
            await asyncio.to_thread(self._discard, job, key)
            raise
        except Exception as error:  # noqa: BLE001 - whatever it is, its person must hear of it
            problem = sentence(job.id, error)
            try:
                return await asyncio.to_thread(
                    exports.fail, self._engine, job, self._holder, problem, self._now(), _TELLING
                )
            finally:
                await asyncio.to_thread(self._discard, job, key)

    async def _watched(self, job: Job, key: str) -> Made:
        """Has it made, and says meanwhile how far that is. Raises LeaseLost, Cut, and whatever goes wrong."""
        progress = Progress()
        making = asyncio.create_task(asyncio.to_thread(self._maker.make, job, key, progress))
        stopping = asyncio.create_task(self._stopping.wait())
        edits: set[asyncio.Task[None]] = set()
        try:
            beats = count()
            while not await self._ended({making, stopping}):
                where = (progress.done, progress.total)
                await asyncio.to_thread(exports.renew, self._engine, job, self._holder, self._now(), _LEASE, *where)
                if next(beats) % _EDIT == 0 and all(edit.done() for edit in edits):
                    edits = {asyncio.create_task(self._told(self._progress(job)))}
            if not making.done():
                raise Cut
            return await making
        finally:
            progress.ended = True
            stopping.cancel()
            await asyncio.gather(making, stopping, *edits, return_exceptions=True)

    async def _ended(self, either: "set[asyncio.Task[Any]]") -> bool:
        """Whether one of them has ended within a beat."""
        done, _ = await asyncio.wait(either, timeout=self._beat, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    async def _progress(self, job: Job) -> None:
        await self._tells.progress(await asyncio.to_thread(self._get, job))

    def _get(self, job: Job) -> Job:
        with self._engine.connect() as connection:
            return exports.get(connection, job.id) or job

    async def _tell(self, job: Job) -> None:
        """Who can't be told now keeps the lease: when it ends, there is another try. Raises LeaseLost."""
        job = await asyncio.to_thread(self._get, job)  # its message may be known by now
        if job.problem is None:
            token = token_urlsafe(_TOKEN)
            expires = await asyncio.to_thread(exports.link, self._engine, job.id, token, self._now(), self._keep)
            done = await self._told(self._tells.made(job, token, expires))
        else:
            done = await self._told(self._tells.failed(job))
        if done:
            await asyncio.to_thread(exports.settle, self._engine, job, self._holder)

    async def _told(self, telling: Awaitable[Told]) -> Told | None:
        try:
            return await telling
        except Exception as error:  # noqa: BLE001 - the file is there all the same
            _LOG.warning("a person could not be told of a file", cause=type(error).__name__)
            return None

    async def _forget(self) -> None:
        """Removes files whose time is up, and says so where their links are shown."""
        if self._now() >= self._clean_at:
            for job in await asyncio.to_thread(self._forget_some):
                await self._told(self._tells.gone(job))
            self._clean_at = self._now() + _CLEAN

    def _forget_some(self) -> list[Job]:
        """First from the list, so that no link leads to what is not there."""
        with self._engine.connect() as connection:
            due = exports.over(connection, self._now(), _FORGOTTEN_AT_ONCE)
        gone = []
        for number, file in due:
            if (job := exports.removed(self._engine, number, self._now())) is not None:
                self._drop(file)
                gone.append(job)
        return gone

    def _discard(self, job: Job, key: str) -> None:
        """Removes what was made, unless it counts after all: a commit may be done whose answer was lost."""
        kept = self._get(job)
        if kept.file != key or kept.problem is not None or kept.state not in (State.TELLING, State.MADE):
            self._drop(key)

    def _drop(self, key: str) -> None:
        try:
            self._storage.delete(key)
        except StorageFault as fault:
            _LOG.error("a file that nobody needs may still be there", file=key, cause=str(fault))
