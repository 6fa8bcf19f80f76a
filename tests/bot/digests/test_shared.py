"""What many deliveries need is made once, whatever becomes of who asked first."""

import asyncio

import pytest

from bot.digests.shared import Shared


class Maker:
    """Makes a number when it is let, and counts."""

    def __init__(self) -> None:
        self.made = 0
        self.let = asyncio.Event()

    async def __call__(self) -> int:
        self.made += 1
        await self.let.wait()
        return self.made


async def test_it_is_made_once_for_all_who_ask_while_it_is_made_and_after() -> None:
    shared: Shared[str, int] = Shared(2)
    make = Maker()
    asking = [asyncio.ensure_future(shared.get("a", make)) for _ in range(3)]
    await asyncio.sleep(0)
    make.let.set()
    assert await asyncio.gather(*asking) == [1, 1, 1]
    assert (await shared.get("a", make), make.made) == (1, 1)


async def test_who_asked_first_and_is_cancelled_ends_it_for_nobody_else() -> None:
    shared: Shared[str, int] = Shared(2)
    make = Maker()
    first, second = (asyncio.ensure_future(shared.get("a", make)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    with pytest.raises(asyncio.CancelledError):
        await first
    make.let.set()
    assert (await second, make.made) == (1, 1)


async def test_what_failed_is_made_anew() -> None:
    shared: Shared[str, int] = Shared(2)

    async def fails() -> int:
        raise RuntimeError("no digest")

    with pytest.raises(RuntimeError, match="no digest"):
        await shared.get("a", fails)
    make = Maker()
    make.let.set()
    assert await shared.get("a", make) == 1


async def test_what_was_asked_for_longest_ago_is_given_up() -> None:
    shared: Shared[str, int] = Shared(2)
    make = Maker()
    make.let.set()
    for key in ("a", "b", "a", "c"):
        await shared.get(key, make)
    assert (await shared.get("a", make), await shared.get("b", make)) == (1, 4)
