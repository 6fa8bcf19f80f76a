"""`emailstats sync hubspot`, killed as by a power cut again and again: run once more, it completes without loss."""

import asyncio
import os
import random
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, text

from store.engine import writing
from tests.bot.sync.portal import TOKEN, Portal
from tests.bot.sync.story import event, figures_of
from tests.store.snapshot import rollups

ROOT = Path(__file__).parents[3]
KILLS = 4


@asynccontextmanager
async def syncing(url: str, portal: Portal, folder: Path) -> AsyncIterator[asyncio.subprocess.Process]:
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "bot", "sync", "hubspot"),
        cwd=folder,
        env=os.environ
        | {
            "EMAILSTATS_DATABASE__URL": url,
            "EMAILSTATS_PROVIDERS__HUBSPOT__TOKEN": TOKEN,
            "EMAILSTATS_PROVIDERS__HUBSPOT__BASE_URL": portal.url,
            "EMAILSTATS_PROVIDERS__HUBSPOT__REQUESTS": "1000",
            "EMAILSTATS_PROVIDERS__HUBSPOT__HISTORY_DAYS": "5",
            "PYTHONPATH": str(ROOT),
        },
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


def events() -> list[dict[str, Any]]:
    chance, now = random.Random(3), datetime.now(UTC)
    return [
        event(
            number,
            now - timedelta(seconds=chance.randrange(60, 4 * 86_400)),
            chance.choice(("SENT", "DELIVERED", "OPEN", "CLICK", "BOUNCE")),
        )
        for number in range(3_000)
    ]


async def test_figures_are_as_if_it_had_never_been_killed(store_url: str, engine: Engine, tmp_path: Path) -> None:
    told, chance = events(), random.Random(8)
    async with Portal(told) as portal:
        portal.page, portal.limit = 20, 1_000
        for _ in range(KILLS):
            async with syncing(store_url, portal, tmp_path) as process:
                reached = asyncio.create_task(portal.after(chance.randrange(3, 30)))
                ended = asyncio.create_task(process.wait())
                await asyncio.wait((reached, ended), return_when=asyncio.FIRST_COMPLETED)
                assert not ended.done(), "it ended before it was killed"
                process.kill()
                await ended
            # Whoever is dead is replaced when its lease ends; here, the clock is put on.
            with writing(engine).begin() as connection:
                connection.execute(text("UPDATE syncs SET leased_until = 0"))
        async with syncing(store_url, portal, tmp_path) as process:
            output, _ = await process.communicate()
        assert process.returncode == 0, output.decode()
        assert b"Pulled" in output
        assert portal.too_quick == 0
    assert rollups(engine) == figures_of(f"sqlite:///{tmp_path / 'expected.db'}", told)
