"""The rule of how long raw events are kept, obeyed once a day for as long as the service runs."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Self

import structlog
from sqlalchemy import Engine

from store.retention import months_before, retain

_LOG = structlog.get_logger(__name__)

_EVERY = timedelta(days=1)


class _Stopped(Exception):
    """The service ends; the next start goes on."""


class Keeping:
    """Several replicas may do so: each transaction drops what is still there."""

    def __init__(self, engine: Engine, months: int, now: Callable[[], datetime]) -> None:
        """`months` 0: raw events are kept for ever."""
        self._engine = engine
        self._months = months
        self._now = now
        self._task: asyncio.Task[None] | None = None
        self._stopping = False

    async def __aenter__(self) -> Self:
        if self._months:
            self._task = asyncio.create_task(self._keep())
        return self

    async def __aexit__(self, *error: object) -> None:
        self._stopping = True
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            await self.once()
            await asyncio.sleep(_EVERY.total_seconds())

    async def once(self) -> None:
        """Whatever goes wrong is logged: it is the next day's again."""
        now = self._now()
        try:
            dropped = await asyncio.to_thread(retain, self._engine, months_before(now, self._months), now, self._go_on)
        except _Stopped:
            return
        except Exception:  # noqa: BLE001 - whatever it is, the service goes on
            _LOG.exception("old events could not be dropped")
        else:
            _LOG.info("old events dropped", events=dropped.events, emails=dropped.emails)

    def _go_on(self, _done: int, _all: int) -> None:
        if self._stopping:
            raise _Stopped
