"""The inbox of a running service: its door, and the task that reads what waits for as long as the service runs."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Self

import structlog
from sqlalchemy import Engine

from bot.inbox.arrivals import Door
from bot.inbox.drain import MANY, Reader, drain
from store import inbox
from store.inbox import Arrival, Outcome

_LOG = structlog.get_logger(__name__)

#: Seconds in which arrivals gather before they are read: merging has a cost a batch, and nobody's figures need less.
_GATHER = 0.25
#: While calls come in, few messages are read at a time, and after each time the door has twice as long to itself: an
#: answer that waits for a merge comes late. A backlog that grows past this share of its bound is worse than that.
_FEW, _DOORS_SHARE, _PRESSING = 20, 2, 0.25
_BREATH = 0.05  # seconds
_LOOK = 2.0  # seconds: what another replica left, or a person wants read again
_AGAIN = 5.0  # seconds after the database failed
_PRUNE = timedelta(hours=1)
#: Longer than any provider's proofs are good for.
_TOKENS_KEPT = timedelta(days=8)


class Inbox:
    """Takes arrivals, and reads them in a task of its own; several processes may do so on one PostgreSQL database."""

    def __init__(
        self, engine: Engine, reader: Reader, *, most: int, keep: timedelta, now: Callable[[], datetime]
    ) -> None:
        """`most` messages may wait before the inbox is full; read ones are kept for `keep`."""
        self._engine = engine
        self._reader = reader
        self._most = most
        self._keep = keep
        self._now = now
        self._door = Door(engine, self._on_stored)
        self._waiting = 0
        self._wake = asyncio.Event()
        self._stopping = False
        self._prune_at = now()

    @property
    def full(self) -> bool:
        """Whether so much waits that the sender had better come again later."""
        return self._waiting >= self._most

    async def put(self, arrival: Arrival) -> Outcome:
        """Returns once it is stored for good. Raises what the database raises."""
        return await self._door.put(arrival)

    async def __aenter__(self) -> Self:
        await self._door.__aenter__()
        self._task = asyncio.create_task(self._read())
        return self

    async def __aexit__(self, *error: object) -> None:
        """Lets the batch end that is being read."""
        await self._door.__aexit__(*error)
        self._stopping = True
        self._wake.set()
        await self._task

    def _on_stored(self, number: int) -> None:
        self._waiting += number
        if number:
            self._wake.set()

    async def _read(self) -> None:
        loop = asyncio.get_running_loop()
        while not self._stopping:
            busy = self._wake.is_set() and self._waiting < _PRESSING * self._most
            self._wake.clear()
            start = loop.time()
            try:
                self._waiting = await asyncio.to_thread(self._round, _FEW if busy else MANY)
            except Exception:  # noqa: BLE001 - whatever it is, what waits must be read when it is over
                _LOG.exception("the inbox cannot be read now")
                await self._pause(_AGAIN)
                continue
            if self._waiting and not self._stopping:
                await asyncio.sleep(max(_BREATH, _DOORS_SHARE * (loop.time() - start)) if busy else _BREATH)
            elif not self._stopping:
                await self._pause(_LOOK)
                await asyncio.sleep(_GATHER)

    async def _pause(self, seconds: float) -> None:
        """Until something comes, or so long."""
        with suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), seconds)

    def _round(self, most: int) -> int:
        """Reads `most` messages and gives how many messages wait then, as far as that matters."""
        if self._now() >= self._prune_at:
            inbox.prune(self._engine, read_before=self._now() - self._keep, tokens_before=self._now() - _TOKENS_KEPT)
            self._prune_at = self._now() + _PRUNE
        if not self._count():  # a look costs less than a transaction that could write
            return 0
        drain(self._engine, self._reader, self._now, most)
        return self._count()

    def _count(self) -> int:
        with self._engine.connect() as connection:
            return inbox.waiting(connection, self._most)
