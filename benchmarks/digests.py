"""Five hundred subscriptions that are due at one minute, through the whole service, to a stand-in of Slack.

What is timed is from that minute until the last text has arrived; half of them have a chart, which follows.
"""

import asyncio
import logging
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter

import structlog
from pydantic import SecretStr
from sqlalchemy import Engine

from benchmarks import Measure
from benchmarks.data import in_batches, sample
from bot.app import running
from bot.digests.pace import Pace
from bot.sandbox.doors import SIGNING_SECRET
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.server import Sandbox
from bot.settings import Database, Settings, Slack, Web
from reports.calendar import Schedule
from reports.query import Query
from store import subscriptions
from store.engine import migrate, open_engine
from store.merge import merge
from store.subscriptions import Channel, Kind, Place, Promise

_MANY = 500
_EVENTS, _EMAILS = 200_000, 100
_SUNDAY = datetime(2026, 5, 31, 12, tzinfo=UTC)
_MONDAY = datetime(2026, 6, 1, 7, tzinfo=UTC)  # 09:00 in Amsterdam


def run() -> Iterator[Measure]:
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))  # a measure a line
    window = Pace().window.total_seconds()
    with TemporaryDirectory() as name:
        url = f"sqlite:///{Path(name) / 'store.db'}"
        engine = open_engine(url)
        migrate(engine)
        _fill(engine)
        engine.dispose()
        seconds = asyncio.run(_measured(url))
    yield Measure(f"{_MANY} digests due at one minute, the last one sent", seconds, "s", window, "at most")


def _fill(engine: Engine) -> None:
    for events, emails in in_batches(sample(_EVENTS, _EMAILS), 20_000):
        merge(engine, events, emails)
    schedule = Schedule(zone="Europe/Amsterdam")
    for number in range(_MANY):
        query = Query(sections=("trend" if number % 2 else "overview",), zone=schedule.zone)
        # Each has an owner of its own: of one owner, those that ask the same would be one subscription.
        promise = Promise(f"U{number:010}", f"Digest {number}", Kind.QUERY, schedule, query)
        subscriptions.add(engine, promise, [Place(Channel.SLACK, f"C{number:010}")], _SUNDAY)


async def _measured(url: str) -> float:
    start = perf_counter()
    base = _SUNDAY

    def now() -> datetime:
        return base + timedelta(seconds=perf_counter() - start)

    async with Sandbox() as sandbox:
        slack = Slack(
            mode="http",
            bot_token=SecretStr(BOT_TOKEN),
            signing_secret=SecretStr(SIGNING_SECRET),
            base_url=sandbox.api_url,
        )
        owners = {f"U{number:010}": {"tz": "Europe/Amsterdam", "locale": "nl-NL"} for number in range(_MANY)}
        sandbox.workspace.users = owners
        settings = Settings(database=Database(url=SecretStr(url)), slack=slack, web=Web(port=0))
        async with running(settings, now) as service:
            base, start = _MONDAY, perf_counter()
            service.wake()
            while len(sandbox.workspace.posted) < _MANY:
                async with sandbox.changed:
                    await sandbox.changed.wait()
            return perf_counter() - start
