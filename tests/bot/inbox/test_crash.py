"""The real service, killed as by a power cut while webhooks come: nothing answered is lost, nothing is twice."""

import asyncio
import json
import random
from collections import deque
from contextlib import AbstractAsyncContextManager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from sqlalchemy import Engine

from bot.inbox.drain import Reader, all_providers, drain
from providers.provider import Request
from providers.webhooks.sendgrid import PROVIDER
from store import inbox
from store.engine import migrate, open_engine
from store.merge import merge
from tests.lives import life
from tests.providers.webhooks.cases.sendgrid import PUBLIC_KEY, sign
from tests.store.snapshot import rollups

KILLS = 4
BODIES = 600
_AT_A_TIME = 8


def bodies(chance: random.Random) -> list[bytes]:
    """Some hundred webhooks about three e-mails, with duplicates among them."""
    now = int(datetime.now(UTC).timestamp())
    items = [
        {
            "event": chance.choice(("processed", "delivered", "open", "click", "bounce", "unsubscribe")),
            "email": f"person{chance.randrange(200)}@example.org",
            "timestamp": now - chance.randrange(100_000),
            "category": chance.choice(("spring", "summer", "autumn")),
            "url": f"https://example.org/{chance.randrange(5)}",
            "sg_event_id": f"event-{number}",
        }
        for number in range(900)
    ]
    return [json.dumps(chance.sample(items, 5)).encode() for _ in range(BODIES)]


class Service:
    """The service in one process after another, on one port through all its lives."""

    def __init__(self, url: str, folder: Path, port: int) -> None:
        self.address = f"http://127.0.0.1:{port}"
        self._folder = folder
        self._settings = {
            "DATABASE__URL": url,
            "WEB__PORT": str(port),
            "CHARTS__WORKERS": "1",
            "PROVIDERS__SENDGRID__SECRET": PUBLIC_KEY,
        }

    def running(self) -> AbstractAsyncContextManager[asyncio.subprocess.Process]:
        return life(self._folder, self._settings)


async def deliver(session: aiohttp.ClientSession, address: str, waiting: deque[bytes]) -> None:
    """Sends one after the other as a provider does: each again until it is answered with success."""
    while waiting:
        body = waiting.popleft()
        if not await answered(session, address, body):
            waiting.appendleft(body)
        await asyncio.sleep(0.02)  # so that there is something to send through all the service's lives


async def answered(session: aiohttp.ClientSession, address: str, body: bytes) -> bool:
    call = sign(body, datetime.now(UTC))
    try:
        async with session.post(f"{address}/webhooks/sendgrid", data=body, headers=call.headers) as response:
            return response.status == 200
    except aiohttp.ClientError:
        return False


async def survive(service: Service, told: list[bytes], chance: random.Random) -> None:
    """Delivers everything to a service that is killed again and again, and at last ended in order."""
    async with aiohttp.ClientSession() as session:
        waiting = deque(told)
        sending = asyncio.gather(*(deliver(session, service.address, waiting) for _ in range(_AT_A_TIME)))
        for _ in range(KILLS):
            async with service.running() as process:
                await asyncio.sleep(chance.uniform(0.1, 0.5))
                process.kill()
        assert waiting, "everything came before the last kill"
        async with service.running() as process:
            await asyncio.wait_for(sending, 60)
            process.terminate()
            await process.wait()


def expected(url: str, told: list[bytes]) -> object:
    engine = open_engine(url)
    migrate(engine)
    for body in told:
        merge(engine, PROVIDER.parse(Request(body), PROVIDER.identity).events)
    figures = rollups(engine)
    engine.dispose()
    return figures


@pytest.mark.parametrize("seed", [1])
async def test_figures_are_as_if_nothing_had_happened(
    seed: int, store_url: str, engine: Engine, tmp_path: Path, unused_tcp_port: int
) -> None:
    chance = random.Random(seed)
    told = bodies(chance)
    await survive(Service(store_url, tmp_path, unused_tcp_port), told, chance)
    # What a killed process had taken is another's when its lease ends; here, the clock is put on.
    later = datetime.now(UTC) + inbox.LEASE
    while drain(engine, Reader(all_providers(), {}), lambda: later):
        pass
    with engine.connect() as connection:
        states = inbox.count(connection)
    assert states[inbox.WAITING] == states[inbox.FAILED] == 0
    assert states[inbox.READ] >= BODIES
    assert rollups(engine) == expected(f"sqlite:///{tmp_path / 'expected.db'}", told)
