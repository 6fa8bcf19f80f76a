"""The service drops old events by itself, and a pull goes on where they are gone."""

import asyncio
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from bot.sync.api import Time
from bot.sync.run import Watch, running
from bot.upkeep.keeping import Keeping
from providers.intake import Intake
from reports.events import Event, Kind
from store.merge import merge
from store.retention import old, retain
from tests.store.snapshot import rollups

NOW = datetime(2026, 6, 1, tzinfo=UTC)
OPENED = Event(kind=Kind.OPENED, at=NOW - timedelta(days=99), email="may", contact="ann@example.com", key="1")
SENT = Event(kind=Kind.SENT, at=NOW - timedelta(days=1), email="may", contact="ann@example.com", key="2")


async def test_old_events_go_as_the_service_starts(engine: Engine) -> None:
    merge(engine, [OPENED, SENT])
    figures = rollups(engine)
    async with Keeping(engine, 2, lambda: NOW), asyncio.timeout(30):
        while old(engine, NOW - timedelta(days=50)) != (0, 0):  # noqa: ASYNC110 - it is the database that is asked
            await asyncio.sleep(0.01)
    assert old(engine, NOW) == (1, 1)
    assert rollups(engine) == figures


async def test_without_a_rule_everything_is_kept(engine: Engine) -> None:
    merge(engine, [OPENED, SENT])
    async with Keeping(engine, 0, lambda: NOW):
        pass
    assert old(engine, NOW) == (2, 1)


async def test_a_store_that_fails_is_tried_again_the_next_day(engine: Engine) -> None:
    merge(engine, [OPENED])
    await Keeping(engine, 10**6, lambda: NOW).once()  # so long ago there is no calendar
    assert old(engine, NOW) == (1, 1)


async def test_a_pull_that_takes_back_what_was_dropped_says_so_and_goes_on(engine: Engine) -> None:
    merge(engine, [OPENED, SENT])
    figures = rollups(engine)
    retain(engine, NOW - timedelta(days=50), NOW)
    async with running(engine, "hubspot", time=Time(lambda: NOW), watch=Watch()) as run:
        await run.take(Intake(), obsolete=[OPENED])
        await run.put_down({}, 1.0)
    assert (run.pulled.withdrawn, len(run.pulled.notes)) == (0, 1)
    assert "privacy.keep_months" in run.pulled.notes[0]
    assert rollups(engine) == figures
