"""The door of the inbox: many arrivals of one moment are one transaction, and each is answered after its commit."""

import asyncio
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Self

from sqlalchemy import Engine

from store import inbox
from store.inbox import Arrival, Outcome

#: One transaction's: enough that the wait for the disk is shared, few enough that nobody waits for others' bodies.
_AT_ONCE = 256
_BYTES_AT_ONCE = 16 * 1024 * 1024

_Waiting = tuple[Arrival, asyncio.Future[Outcome]]


class Door:
    """Stores arrivals. While one transaction is written, those that come meanwhile gather for the next."""

    def __init__(self, engine: Engine, on_stored: Callable[[int], None]) -> None:
        """`on_stored` is told how many messages a transaction brought."""
        self._engine = engine
        self._on_stored = on_stored
        self._gathered: deque[_Waiting] = deque()
        self._thread = ThreadPoolExecutor(1, "inbox")  # its own: a slow answer elsewhere holds no webhook up
        self._came = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self._write())
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Whoever still waits is not answered: what is not known to be stored must come again."""
        self._task.cancel()
        with suppress(asyncio.CancelledError):
            await self._task
        for _arrival, answer in self._gathered:
            answer.cancel()
        await asyncio.to_thread(self._thread.shutdown)  # what is being written is written to its end

    async def put(self, arrival: Arrival) -> Outcome:
        """Returns once it is stored for good. Raises what the database raises; is cancelled when the door closes."""
        answer: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
        self._gathered.append((arrival, answer))
        self._came.set()
        return await answer

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            await self._came.wait()
            batch = self._batch()
            try:
                arrivals = [arrival for arrival, _answer in batch]
                outcomes = await loop.run_in_executor(self._thread, inbox.put, self._engine, arrivals)
            except asyncio.CancelledError:
                for _arrival, answer in batch:
                    answer.cancel()
                raise
            except Exception as error:  # noqa: BLE001 - each who waits is told, and the next may fare better
                for _arrival, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            self._on_stored(outcomes.count(Outcome.STORED))
            for (_arrival, answer), outcome in zip(batch, outcomes, strict=True):
                if not answer.done():  # somebody may have waited too long
                    answer.set_result(outcome)

    def _batch(self) -> list[_Waiting]:
        batch: list[_Waiting] = []
        size = 0
        while self._gathered and len(batch) < _AT_ONCE and size < _BYTES_AT_ONCE:
            batch.append(self._gathered.popleft())
            size += len(batch[-1][0].body)
        if not self._gathered:
            self._came.clear()
        return batch
