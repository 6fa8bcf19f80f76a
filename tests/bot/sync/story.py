"""Events of an account of HubSpot's, and what pulls them, in a time of their own."""

import random
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import aiohttp
import msgspec
from sqlalchemy import Engine

from bot.provider_settings import Providers
from bot.pull_settings import Hubspot
from bot.sync.api import Time
from bot.sync.run import Pulled, Watch
from bot.sync.service import sync
from bot.sync.sources import Source, sources
from providers.hubspot import page
from store.engine import migrate, open_engine
from store.merge import merge
from tests.bot.sync.portal import TOKEN, Portal
from tests.store.snapshot import Rows, rollups

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


@dataclass
class Clock:
    """Stands still but for those who wait."""

    at: datetime = NOW
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)

    @property
    def time(self) -> Time:
        return Time(self.now, self.sleep)


def event(number: int, at: datetime, kind: str = "OPEN", **fields: Any) -> dict[str, Any]:
    told = {
        "id": f"event-{number}",
        "created": int(at.timestamp() * 1000),
        "type": kind,
        "recipient": f"person{number % 50}@example.org",
        "emailCampaignId": 41 + number % 3,
        "appId": 113,
        "filteredEvent": number % 7 == 0,
        "url": f"https://example.org/{number % 4}" if kind == "CLICK" else None,
        "duration": number % 9 * 1_000,
    }
    return told | fields


def history(count: int, days: float = 10, seed: int = 1) -> list[dict[str, Any]]:
    """Events of the last days before NOW, many of one moment; some of one id at another time, as HubSpot has them."""
    chance = random.Random(seed)
    kinds = ("SENT", "DELIVERED", "OPEN", "OPEN", "CLICK", "BOUNCE", "PROCESSED", "STATUSCHANGE")
    told = []
    for number in range(count):
        at = NOW - timedelta(seconds=round(chance.random() * days * 86_400 / 60) * 60)
        told.append(event(number % (count - 5), at, chance.choice(kinds), portalSubscriptionStatus="UNSUBSCRIBED"))
    return told


def source(portal: Portal, token: str = TOKEN, **settings: Any) -> Source:
    part = Hubspot(token=token, base_url=portal.url, history_days=30, **settings)  # type: ignore[arg-type]
    return sources(Providers(hubspot=part))["hubspot"]


async def pull(
    engine: Engine,
    portal: Portal,
    clock: Clock,
    *,
    since: datetime | None = None,
    watch: Watch | None = None,
    of: Source | None = None,
) -> Pulled:
    async with aiohttp.ClientSession() as session:
        return await sync(
            of or source(portal),
            engine=engine,
            session=session,
            time=clock.time,
            since=since,
            watch=watch or Watch(),
        )


def figures_of(url: str, events: list[dict[str, Any]]) -> Rows:
    """The rollups of a store that was told these events, each once and at once."""
    engine = open_engine(url)
    migrate(engine)
    merge(engine, page(msgspec.json.encode({"events": events, "hasMore": False})).intake.events)
    found = rollups(engine)
    engine.dispose()
    return found
