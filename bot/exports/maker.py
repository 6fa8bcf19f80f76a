"""A file that was asked for, made in a thread: written beside, and put into the storage when it is whole."""

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.access.rights import Access, NotAllowed, Right
from bot.exports.documents import watched
from bot.exports.making import FORMATS, name_of, write_archive, write_file
from bot.exports.storage import Storage
from bot.exports.workshop import workshop
from bot.names import file_name
from reports.charts import ThemeName
from reports.export import Document, Export, Tools
from reports.query import Query
from reports.report import Chart
from store.exports import Job, Made

_LOOK = 0.2  # seconds between two looks whether a picture is still wanted

Result = TypeVar("Result")


class Loads(Protocol):
    """What gives a document: bot.exports.documents.load_document of one store."""

    def __call__(self, query: Query, now: datetime, access: Access) -> Document: ...


class Prints(Protocol):
    """What makes pictures and pages: bot.drawing.Drawing."""

    async def draw(self, chart: Chart, theme: ThemeName, locale: str) -> bytes: ...
    async def pdf(self, html: str) -> bytes: ...
    async def picture(self, html: str) -> bytes: ...


class Cut(Exception):
    """The file is not to be finished here."""


@dataclass
class Progress:
    """How far a thread has come, and whether it is to go on; `total` is None until the rows are counted."""

    done: int = 0
    total: int | None = None
    ended: bool = False

    def on_rows(self, number: int) -> None:
        """Raises Cut."""
        self.done += number
        self.check()

    def check(self) -> None:
        """Raises Cut."""
        if self.ended:
            raise Cut


@dataclass(frozen=True)
class Maker:
    """`access_of` tells what an owner may do by now; it waits for Slack, and is asked in a thread.

    Pictures are made by `prints` in processes of their own, for which the event loop `loop` asks.
    """

    load: Loads
    prints: Prints
    storage: Storage
    access_of: Callable[[str], Access]
    now: Callable[[], datetime]
    loop: asyncio.AbstractEventLoop
    theme: ThemeName = "light"

    def make(self, job: Job, key: str, progress: Progress) -> Made:
        """Raises Cut, NotAllowed, whatever goes wrong; then nothing is left but perhaps something in the storage."""
        access = self.access_of(job.owner)
        if not access.may(Right.EXPORT):
            raise NotAllowed(Right.EXPORT)
        reader = access if job.reveal else access.for_others
        documents = [self.load(query, self.now(), reader) for query in job.queries]
        progress.total = sum(sheet.total for document in documents for sheet in document.sheets)
        seen = [watched(document, progress.on_rows) for document in documents]
        export = FORMATS[job.format]
        tools = self._tools(job.query.locale, progress)
        with workshop(self.storage.workplace()) as folder:
            path = folder / key
            if job.others:
                size = write_archive(seen, export, tools, path)
                export = FORMATS["zip"]
            else:
                size = write_file(seen[0], export, tools, path)
            progress.check()
            self.storage.put(key, path)
        return Made(key, _name(job, documents[0], export), export.media_type, size)

    def _tools(self, locale: str, progress: Progress) -> Tools:
        def waited(work: Coroutine[Any, Any, Result]) -> Result:
            return _result(asyncio.run_coroutine_threadsafe(work, self.loop), progress)

        return Tools(
            chart=lambda chart: waited(self.prints.draw(chart, self.theme, locale)),
            pdf=lambda html: waited(self.prints.pdf(html)),
            picture=lambda html: waited(self.prints.picture(html)),
        )


def _result(picture: "Future[Result]", progress: Progress) -> Result:
    while True:
        try:
            return picture.result(_LOOK)
        except TimeoutError:
            if picture.done():  # it is the picture's own
                raise
            if progress.ended:
                picture.cancel()
            progress.check()


def _name(job: Job, document: Document, export: Export) -> str:
    """What its person calls it, or else what it is about."""
    called = file_name((job.name or "").removesuffix(export.suffix), "")
    return f"{called}{export.suffix}" if called else name_of(document, export)
