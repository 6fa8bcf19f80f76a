"""What is made once for all who ask for it, also while it is still being made."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Shared(Generic[Key, Value]):
    """The last `kept` that were asked for stay ready; what failed is made anew for the next who asks."""

    def __init__(self, kept: int) -> None:
        self._kept = kept
        self._made: OrderedDict[Key, asyncio.Future[Value]] = OrderedDict()

    async def get(self, key: Key, make: Callable[[], Awaitable[Value]]) -> Value:
        """Raises what `make` raises, to all who wait for it. Who is cancelled ends it for nobody else."""
        made = self._made.get(key)
        if made is None or (made.done() and (made.cancelled() or made.exception() is not None)):
            made = self._made[key] = asyncio.ensure_future(make())
            if len(self._made) > self._kept:
                self._made.popitem(last=False)
        self._made.move_to_end(key)
        return await asyncio.shield(made)
