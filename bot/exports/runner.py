"""Files are made here, one after the other, in a thread of the service; what is cut off is begun again by another."""

import asyncio
import os
import socket
from collections.abc import Awaitable, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from secrets import token_hex, token_urlsafe
from tempfile import TemporaryDirectory
from typing import Any, Protocol, Self, TypeVar

import structlog
from sqlalchemy import Engine

from bot.answers import EmptyStore, UnknownEmail, UnknownValue
from bot.exports.documents import watched
from bot.exports.making import FORMATS, name_of, write_file
from bot.exports.storage import Storage, StorageFault
from reports.charts import ThemeName
from reports.compile import UnknownSection
from reports.export import Document, Tools
from reports.query import Query
from reports.report import Chart
from store import exports
from store.exports import Job, LeaseLost, Made, State

_LOG = structlog.get_logger(__name__)
_LEASE = timedelta(seconds=60)
_BEAT = 2.0  # seconds between two words of how far it has come; many times within the lease
_LOOK = 2.0  # seconds: what another replica left, or the terminal asked for
_AGAIN = 5.0  # seconds after the database failed
_CLEAN = timedelta(minutes=10)
_FORGOTTEN_AT_ONCE = 100
_TOKEN = 16  # bytes: 128 bits, 22 characters

Result = TypeVar("Result")


class Loads(Protocol):
    """What gives a document: bot.exports.documents.load_document of one store."""

    def __call__(self, query: Query, now: datetime, *, reveal: bool = False) -> Document: ...


class Prints(Protocol):
    """What makes pictures and pages: bot.drawing.Drawing."""

    async def draw(self, chart: Chart, theme: ThemeName, locale: str) -> bytes: ...
    async def pdf(self, html: str) -> bytes: ...
    async def picture(self, html: str) -> bytes: ...


class Tells(Protocol):
    """What tells whoever asked. Whatever it raises is logged, and costs the file nothing."""

    async def progress(self, job: Job) -> None: ...
    async def made(self, job: Job, token: str, expires: datetime) -> None: ...
    async def failed(self, job: Job) -> None: ...


@dataclass(frozen=True)
class Rules:
    """How long a file and its link are good; `may_see` says whether an owner may still see addresses."""

    keep: timedelta
    may_see: Callable[[str], bool]
    theme: ThemeName = "light"


class Exporter:
    """Makes files for as long as it is entered; several processes may, on one database and one storage."""

    def __init__(
        self,
        engine: Engine,
        storage: Storage,
        load: Loads,
        prints: Prints,
        rules: Rules,
        tells: Tells,
        now: Callable[[], datetime],
    ) -> None:
        self._engine = engine
        self._storage = storage
        self._load = load
        self._prints = prints
        self._rules = rules
        self._tells = tells
        self._now = now
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
            except Exception:  # noqa: BLE001 - whatever it is, what waits must be made when it is over
                _LOG.exception("files cannot be made now")
                await self._pause(_AGAIN)
                continue
            await self._pause(_LOOK)

    async def _pause(self, seconds: float) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    async def _take(self, job: Job) -> None:
        if job.state is State.FAILED:
            await self._told(self._tells.failed(job))
            return
        try:
            made = await self._made(job)
            job = await asyncio.to_thread(
                exports.finish, self._engine, job, self._holder, made, self._now(), self._rules.keep
            )
        except LeaseLost:
            _LOG.warning("another process makes this file now", export=job.id)
        except _Stopping:
            with suppress(LeaseLost):
                await asyncio.to_thread(exports.release, self._engine, job, self._holder)
        except Exception as error:  # noqa: BLE001 - whatever it is, its person must hear of it
            problem = _sentence(job, error)
            with suppress(LeaseLost):
                job = await asyncio.to_thread(exports.fail, self._engine, job, self._holder, problem, self._now())
                await self._told(self._tells.failed(job))
        else:
            token = token_urlsafe(_TOKEN)
            expires = await asyncio.to_thread(exports.link, self._engine, job.id, token, self._now(), self._rules.keep)
            await self._told(self._tells.made(job, token, expires))

    async def _made(self, job: Job) -> Made:
        """Writes the file and puts it into the storage. Raises LeaseLost, _Stopping, and whatever goes wrong."""
        progress = _Progress()
        making = asyncio.create_task(asyncio.to_thread(self._write, job, progress, asyncio.get_running_loop()))
        try:
            while not making.done():
                await asyncio.wait({making}, timeout=_BEAT)
                if self._stopping.is_set() and not making.done():
                    raise _Stopping
                where = (progress.done, progress.rows)
                now = self._now()
                await asyncio.to_thread(exports.renew, self._engine, job, self._holder, now, _LEASE, *where)
                if not making.done():
                    await self._told(self._tells.progress(await asyncio.to_thread(self._get, job)))
        except BaseException:
            progress.ended = True
            with suppress(BaseException):
                await making
            raise
        return making.result()

    def _get(self, job: Job) -> Job:
        with self._engine.connect() as connection:
            return exports.get(connection, job.id) or job

    def _write(self, job: Job, progress: "_Progress", loop: asyncio.AbstractEventLoop) -> Made:
        reveal = job.reveal and self._rules.may_see(job.owner)
        document = self._load(job.query, self._now(), reveal=reveal)
        progress.rows = sum(sheet.total for sheet in document.sheets)
        export = FORMATS[job.format]
        key = f"{job.id}-{job.attempt}-{token_hex(8)}"
        with TemporaryDirectory(prefix="emailstats-export-") as folder:
            path = Path(folder, key)
            size = write_file(watched(document, progress.on_rows), export, self._tools(document, loop), path)
            progress.check()
            self._storage.put(key, path)
        return Made(key, name_of(document, export), export.media_type, size)

    def _tools(self, document: Document, loop: asyncio.AbstractEventLoop) -> Tools:
        """Pictures are made in the processes that draw, for which the loop asks."""

        def waited(work: Coroutine[Any, Any, Result]) -> Result:
            return asyncio.run_coroutine_threadsafe(work, loop).result()

        locale = document.report.query.locale
        return Tools(
            chart=lambda chart: waited(self._prints.draw(chart, self._rules.theme, locale)),
            pdf=lambda html: waited(self._prints.pdf(html)),
            picture=lambda html: waited(self._prints.picture(html)),
        )

    async def _told(self, telling: Awaitable[None]) -> None:
        try:
            await telling
        except Exception as error:  # noqa: BLE001 - the file is there all the same
            _LOG.warning("a person could not be told of a file", cause=type(error).__name__)

    async def _forget(self) -> None:
        """Removes files whose time is up: first from the list, so that no link leads to what is not there."""
        if self._now() < self._clean_at:
            return
        await asyncio.to_thread(self._forget_some)
        self._clean_at = self._now() + _CLEAN

    def _forget_some(self) -> None:
        with self._engine.connect() as connection:
            due = exports.over(connection, self._now(), _FORGOTTEN_AT_ONCE)
        for number, file in due:
            if exports.removed(self._engine, number, self._now()):
                try:
                    self._storage.delete(file)
                except StorageFault as fault:
                    _LOG.error("a file whose time is up is still there", export=number, file=file, cause=str(fault))


class _Stopping(Exception):
    """The service ends."""


@dataclass
class _Progress:
    """How far the thread has come, and whether it is to go on."""

    done: int = 0
    rows: int | None = None
    ended: bool = False

    def on_rows(self, number: int) -> None:
        self.done += number
        self.check()

    def check(self) -> None:
        """Raises _Stopping."""
        if self.ended:
            raise _Stopping


_KNOWN = (EmptyStore, UnknownEmail, UnknownValue, UnknownSection)


def _sentence(job: Job, error: Exception) -> str:
    if isinstance(error, _KNOWN):
        return str(error)
    reference = token_hex(4)
    _LOG.error("a file could not be made", export=job.id, reference=reference, exc_info=error)
    return f"Something went wrong that nobody foresaw; give your operator this: {reference}."
