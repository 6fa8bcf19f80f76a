"""Many small writes of one moment as one transaction: they share the wait for the disk."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from typing import Generic, TypeVar

Item = TypeVar("Item")
Result = TypeVar("Result")
#: Of one transaction, so that nobody waits long for others.
_AT_ONCE = 200


class Together(Generic[Item, Result]):
    """While one batch is written in a thread, what comes meanwhile gathers for the next.

    `write` gives a result an item, in their order; what it raises, each of its batch is told.
    """

    def __init__(self, write: Callable[[Sequence[Item]], list[Result]], threads: Executor) -> None:
        self._write = write
        self._threads = threads
        self._gathered: list[tuple[Item, asyncio.Future[Result]]] = []
        self._task: asyncio.Task[None] | None = None

    async def __call__(self, item: Item) -> Result:
        """Returns once it is written for good. Raises what `write` raises.

        Who is cancelled does not learn what became of it: it is written all the same.
        """
        answer: asyncio.Future[Result] = asyncio.get_running_loop().create_future()
        self._gathered.append((item, answer))
        if self._task is None:
            self._task = asyncio.create_task(self._all())
        return await answer

    async def _all(self) -> None:
        loop = asyncio.get_running_loop()
        while self._gathered:
            batch, self._gathered = self._gathered[:_AT_ONCE], self._gathered[_AT_ONCE:]
            try:
                items = [item for item, _answer in batch]
                results = await loop.run_in_executor(self._threads, self._write, items)
            except Exception as error:  # noqa: BLE001 - each who waits is told, and the next may fare better
                for _item, answer in batch:
                    if not answer.done():
                        answer.set_exception(error)
                continue
            for (_item, answer), result in zip(batch, results, strict=True):
                if not answer.done():
                    answer.set_result(result)
        self._task = None
