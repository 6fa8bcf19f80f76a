"""A place where files are made: the real maker on a small store, and a diary of what was told to whom."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from sqlalchemy import Engine

from bot.access.rights import OPERATOR, Access
from bot.export_settings import Exports
from bot.exports.documents import load_document
from bot.exports.maker import Loads, Maker
from bot.exports.runner import Exporter, Tells
from bot.exports.storage import Storage
from bot.grammar import parse
from reports.events import Event, Kind
from reports.query import Query
from store import exports
from store.exports import Job, State, Wanted
from store.merge import merge
from tests.store.events import START

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
PEOPLE = 2_500
PNG = b"\x89PNG\r\n\x1a\n picture"


def fill(engine: Engine) -> None:
    """An e-mail `may` that was sent to many."""
    merge(
        engine,
        [Event(kind=Kind.SENT, at=START, email="may", contact=f"person{n}@example.com") for n in range(PEOPLE)],
    )


def query(text: str = "recipients may") -> Query:
    return parse(text, "Europe/Amsterdam", "en")


async def until(condition: Callable[[], bool]) -> None:
    """Returns once the database or the folder says so, which have no event for it."""
    while not condition():  # noqa: ASYNC110
        await asyncio.sleep(0.01)


class Printer:
    """Draws the same small picture at once."""

    async def draw(self, *_: object) -> bytes:
        return PNG

    async def pdf(self, html: str) -> bytes:
        return b"%PDF " + html.encode()

    async def picture(self, html: str) -> bytes:
        return PNG + html.encode()


@dataclass
class Diary:
    """Keeps what is told; `fault` is raised after it."""

    told: list[tuple[str, Job]] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    fault: Exception | None = None
    news: asyncio.Event = field(default_factory=asyncio.Event)

    def _put(self, what: str, job: Job) -> None:
        self.told.append((what, job))
        self.news.set()
        if self.fault is not None:
            raise self.fault

    async def progress(self, job: Job) -> None:
        self._put("progress", job)

    async def made(self, job: Job, token: str, expires: datetime) -> bool:
        self.tokens.append(token)
        self._put("made", job)
        return True

    async def failed(self, job: Job) -> bool:
        self._put("failed", job)
        return True

    async def gone(self, job: Job) -> None:
        self._put("gone", job)

    async def until(self, what: str, times: int = 1) -> Job:
        """The last of so many of these."""
        while True:
            found = [job for said, job in self.told if said == what]
            if len(found) >= times:
                return found[-1]
            self.news.clear()
            await self.news.wait()


@dataclass
class Bench:
    """One process's part of it; `at` is its clock."""

    engine: Engine
    folder: Path
    at: datetime = NOW
    seeing: frozenset[str] = frozenset({"U1"})
    diary: Diary = field(default_factory=Diary)
    storage: Storage = field(init=False)

    def access_of(self, owner: str) -> Access:
        return OPERATOR if owner in self.seeing else OPERATOR.for_others

    def __post_init__(self) -> None:
        self.storage = Storage(Exports(storage=str(self.folder)))

    def ask(self, text: str = "recipients may", kind: str = "csv", *, owner: str = "U1", name: str = "") -> int:
        wanted = Wanted(owner, query(text), kind, reveal=True, name=name or None)
        return exports.ask(self.engine, wanted, self.at)

    def get(self, number: int) -> Job:
        with self.engine.connect() as connection:
            job = exports.get(connection, number)
        assert job is not None
        return job

    async def settled(self, number: int) -> Job:
        """Once nothing is to be done about it any more."""
        await until(lambda: self.get(number).state not in (State.WAITING, State.MAKING, State.TELLING))
        return self.get(number)

    def content(self, job: Job) -> bytes:
        assert job.file is not None
        return (self.folder / job.file).read_bytes()

    def files(self) -> set[str]:
        """Everything that lies in the storage, unfinished files as well."""
        return {str(path.relative_to(self.folder)) for path in self.folder.rglob("*") if path.is_file()}

    @asynccontextmanager
    async def open(self, load: Loads | None = None, tells: Tells | None = None) -> AsyncIterator[Exporter]:
        loads = load or partial(load_document, self.engine)
        loop = asyncio.get_running_loop()
        maker = Maker(loads, Printer(), self.storage, self.access_of, self.now, loop)
        async with Exporter(self.engine, self.storage, maker, tells or self.diary, WEEK, self.now, 0.02) as exporter:
            yield exporter

    def now(self) -> datetime:
        return self.at
