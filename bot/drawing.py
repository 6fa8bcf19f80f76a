"""Charts drawn in processes of their own: drawing holds a core for 20 to 200 ms, and the event loop must not wait."""

import asyncio
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from types import TracebackType
from typing import Final, Self, TypeVar

from bot.fonts import provide_fonts
from reports import charts
from reports.charts import ThemeName
from reports.report import Chart, Series, TimeChart

_ANSWERS_WITHIN: Final = 2.0  # seconds
_PRINTS_WITHIN: Final = 60.0  # seconds
_ATTEMPTS: Final = 2  # a killed worker takes its neighbours' charts with it: those are drawn again, once

Result = TypeVar("Result")


class DrawingError(Exception):
    """A chart could not be drawn, or its picture is not what it should be. The figures do not depend on it."""


class Drawing:
    """Processes that have matplotlib loaded and draw charts.

    `workers` is the number of processes; `timeout` is the number of seconds that a chart may take, its wait for a free
    process included. Processes start at the first chart, or at `warm`.
    """

    def __init__(self, workers: int = 2, timeout: float = 20.0) -> None:
        self._workers = workers
        self._timeout = timeout
        self._pool = self._new_pool()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    async def warm(self) -> None:
        """Return when every process has drawn its first chart, so that nobody's first question waits for imports.

        It takes the time it takes: a machine under load starts late rather than never. Raises DrawingError.
        """
        first = partial(_draw, _EMPTY, "light", "en", self._timeout)
        await asyncio.gather(*(self._attempt(first) for _ in range(self._workers)))

    async def draw(self, chart: Chart, theme: ThemeName, locale: str) -> bytes:
        """A checked PNG; see `reports.charts.draw`. Raises DrawingError."""
        try:
            async with asyncio.timeout(self._timeout):
                return await self._attempt(partial(_draw, chart, theme, locale, self._timeout))
        except TimeoutError as error:
            raise DrawingError(f"the chart took more than {self._timeout:g} seconds") from error

    async def pdf(self, html: str) -> bytes:
        """See `reports.paper.pdf`; for files, which may take their time. Raises DrawingError."""
        return await self._print(partial(_pdf, html))

    async def picture(self, html: str) -> bytes:
        """See `reports.paper.picture`. Raises DrawingError."""
        return await self._print(partial(_picture, html))

    async def _print(self, work: Callable[[], bytes]) -> bytes:
        try:
            async with asyncio.timeout(_PRINTS_WITHIN):
                return await self._attempt(work)
        except TimeoutError as error:
            raise DrawingError(f"the pages took more than {_PRINTS_WITHIN:g} seconds") from error

    async def alive(self) -> bool:
        """Whether a process answers within two seconds; one that died is replaced."""
        try:
            async with asyncio.timeout(_ANSWERS_WITHIN):
                await self._attempt(os.getpid)
        except (DrawingError, TimeoutError):
            return False
        return True

    async def close(self) -> None:
        """Stop the processes once the charts already asked for are drawn, or their time is up."""
        await asyncio.to_thread(self._pool.shutdown)

    async def _attempt(self, work: Callable[[], Result]) -> Result:
        for _ in range(_ATTEMPTS):
            pool = self._pool
            try:
                # submit starts processes, which takes milliseconds: not on the event loop.
                future = await asyncio.to_thread(pool.submit, work)
                return await asyncio.wrap_future(future)
            except BrokenProcessPool:
                # Several charts learn of one broken pool; the first of them replaces it.
                if self._pool is pool:
                    self._pool = self._new_pool()
                    pool.shutdown(wait=False)
            except DrawingError:
                raise
            except Exception as error:  # whatever it was, it must not cost the report its text
                raise DrawingError(f"{type(error).__name__}: {error}") from error
        raise DrawingError("the process that drew the chart was killed, and so was the next one")

    def _new_pool(self) -> ProcessPoolExecutor:
        # spawn: a forked child would inherit this process's threads' locks, its connections and its sockets.
        context = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._workers, mp_context=context, initializer=_start)


def check(picture: bytes, size: tuple[int, int]) -> None:
    """Raises DrawingError unless the picture is a whole PNG of that size with something on it."""
    from PIL import Image  # noqa: PLC0415 - only the processes that draw load it

    try:
        with Image.open(BytesIO(picture), formats=["PNG"]) as image:
            found = image.size
            colours = image.convert("RGB").getcolors(maxcolors=1)  # None: more than one
    except (OSError, SyntaxError) as error:
        raise DrawingError("the picture is damaged") from error
    if found != size:
        raise DrawingError(f"the picture is {found[0]} by {found[1]} pixels, not {size[0]} by {size[1]}")
    if colours is not None:
        raise DrawingError("the picture is blank")


# What follows runs in the drawing processes.

_EMPTY: Final = TimeChart("Warm", (datetime(2000, 1, 1, tzinfo=UTC),), "hour", (Series("Warm", (1.0,)),))
_MOST_MEMORY: Final = 3 << 30  # bytes of addresses, most of which are never used


def _start() -> None:
    # Ctrl-C reaches the whole process group; the service decides when its drawing processes end.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.nice(10)  # text that somebody waits for goes before pictures
    # An e-mail that asks for endless memory ends its own drawing, not the machine.
    resource.setrlimit(resource.RLIMIT_AS, (_MOST_MEMORY, resource.getrlimit(resource.RLIMIT_AS)[1]))
    threading.Thread(target=_end_with_parent, daemon=True).start()
    provide_fonts()
    charts.draw(_EMPTY, "light", "en")


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()  # a killed service closes nothing: without this its drawing processes would stay for ever
        os._exit(1)


def _draw(chart: Chart, theme: ThemeName, locale: str, timeout: float) -> bytes:
    with _alarm(timeout):
        picture = charts.draw(chart, theme, locale)
        check(picture, charts.size(chart))
    return picture


def _pdf(html: str) -> bytes:
    from reports import paper  # noqa: PLC0415 - only the processes that draw load it

    with _alarm(_PRINTS_WITHIN):
        return paper.pdf(html)


def _picture(html: str) -> bytes:
    from reports import paper  # noqa: PLC0415

    with _alarm(_PRINTS_WITHIN):
        return paper.picture(html)


@contextmanager
def _alarm(seconds: float) -> Iterator[None]:
    """Ends this process when it takes longer, even within C code, where no Python could; the pool is then replaced."""
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
