"""The running service pulls by itself: one replica at a time, and again after it failed."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import aiohttp
from sqlalchemy import Engine
from sqlalchemy.event import listens_for

from bot.sync.service import Puller
from store import sync
from tests.bot.sync.portal import Portal, failing
from tests.bot.sync.story import Clock, event, figures_of, history, source
from tests.store.snapshot import rollups


async def until_finished(engine: Engine, clock: Clock) -> None:
    """Returns when a run ended well at the time that it is."""
    async with asyncio.timeout(60):
        while True:
            with engine.connect() as connection:
                state = sync.state_of(connection, "hubspot")
            if state.finished_at and state.problem is None:
                return
            await asyncio.sleep(0.02)


async def test_replicas_share_a_source_and_pull_it_at_their_start(engine: Engine, tmp_path: object) -> None:
    clock, told = Clock(), history(300)
    async with Portal(told, now=clock.now) as portal, aiohttp.ClientSession() as session:
        portal.page = 25
        async with (
            Puller([source(portal)], engine, session, clock.time),
            Puller([source(portal)], engine, session, clock.time),
        ):
            await until_finished(engine, clock)
        assert portal.asked.count("/settings/v3/users/teams") == 1
    assert rollups(engine) == figures_of(f"sqlite:///{tmp_path}/expected.db", told)


async def test_what_another_replica_has_just_pulled_is_not_pulled_again_before_its_time(engine: Engine) -> None:
    clock, looks, enough = Clock(), [], asyncio.Event()
    loop = asyncio.get_running_loop()

    @listens_for(engine, "after_cursor_execute")
    def _look(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "FROM syncs" in statement:
            looks.append(statement)
            if len(looks) == 4:
                loop.call_soon_threadsafe(enough.set)

    async with Portal(history(20), now=clock.now) as portal, aiohttp.ClientSession() as session:
        often = replace(source(portal), every=timedelta(seconds=0.1))
        async with Puller([often], engine, session, clock.time):
            await until_finished(engine, clock)
        asked = len(portal.asked)
        looks.clear()
        async with Puller([often], engine, session, clock.time):
            await asyncio.wait_for(enough.wait(), 60)
            assert len(portal.asked) == asked
            clock.at += timedelta(days=1)
            await portal.after(3)


async def test_a_run_that_failed_is_followed_by_another(engine: Engine) -> None:
    clock = Clock()
    async with Portal(history(20), now=clock.now) as portal, aiohttp.ClientSession() as session:
        portal.failures.append(failing(401))
        often = replace(source(portal), every=timedelta(seconds=0.2))
        async with Puller([often], engine, session, clock.time):
            await until_finished(engine, clock)
        assert len(portal.asked) > 2


async def test_a_run_that_is_cut_off_lets_another_go_on_at_once(engine: Engine) -> None:
    clock, begun = Clock(), asyncio.Event()
    async with Portal([event(1, clock.at)], now=clock.now) as portal, aiohttp.ClientSession() as session:

        async def stand_still(_request: object) -> aiohttp.web.Response:
            begun.set()
            await asyncio.sleep(60)
            return aiohttp.web.Response()

        portal.failures.append(stand_still)  # type: ignore[arg-type]
        async with Puller([source(portal)], engine, session, clock.time):
            await asyncio.wait_for(begun.wait(), 30)
        async with Puller([source(portal)], engine, session, clock.time):
            await until_finished(engine, clock)
