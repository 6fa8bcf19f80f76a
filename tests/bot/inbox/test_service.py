"""The inbox of a running service: it reads what comes, what was left, and goes on after the database was away."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, event, text

from bot.inbox.drain import Reader, all_providers
from bot.inbox.service import Inbox
from providers.intake import Intake
from providers.provider import Request
from store import inbox
from store.inbox import Arrival, Outcome
from tests.providers.webhooks.case import NOW

KNOWN = all_providers()


def arrival(number: int, at: datetime = NOW) -> Arrival:
    item = {"event": "open", "email": f"p{number}@example.org", "timestamp": 1_700_000_000, "category": "spring"}
    return Arrival("sendgrid", at, json.dumps([item]).encode())


def noting(seen: Counter[bytes], gate: threading.Event | None = None) -> Reader:
    """A reader that counts the bodies it is given; it waits at the gate if there is one."""
    real = KNOWN["sendgrid"]

    def parse(request: Request, paths: tuple[str, ...]) -> Intake:
        seen[request.body] += 1
        assert gate is None or gate.wait(10)
        return real.parse(request, paths)

    return Reader(KNOWN | {"sendgrid": replace(real, parse=parse)}, {})


async def until(holds: Callable[[], bool]) -> None:
    """Returns once it holds, which a thread brings about."""
    async with asyncio.timeout(15):
        while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - nothing tells
            await asyncio.sleep(0.02)


def service(engine: Engine, reader: Reader | None = None, most: int = 10_000) -> Inbox:
    reader = reader or Reader(KNOWN, {})
    return Inbox(engine, reader, most=most, keep=timedelta(days=3), now=lambda: NOW)


def left(engine: Engine) -> int:
    with engine.connect() as connection:
        return inbox.waiting(connection, 10_000)


async def all_read(engine: Engine) -> None:
    await until(lambda: not left(engine))


def events(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM events")).scalar_one())


async def test_what_was_left_is_read_at_the_start(engine: Engine) -> None:
    inbox.put(engine, [arrival(number) for number in range(3)])
    async with service(engine):
        await all_read(engine)
    assert events(engine) == 3


async def test_what_somebody_else_stores_is_read_as_well(engine: Engine) -> None:
    async with service(engine):
        assert await asyncio.to_thread(inbox.put, engine, [arrival(1)]) == [Outcome.STORED]
        await all_read(engine)
    assert events(engine) == 1


async def test_several_services_share_the_messages_and_read_none_twice(engine: Engine) -> None:
    seen: Counter[bytes] = Counter()
    async with service(engine, noting(seen)) as one, service(engine, noting(seen)) as other:
        await asyncio.gather(*((one, other)[number % 2].put(arrival(number)) for number in range(300)))
        await all_read(engine)
    assert len(seen) == 300 and set(seen.values()) == {1}
    assert events(engine) == 300


async def test_a_service_that_ends_reads_to_the_end_what_it_has_begun(engine: Engine) -> None:
    gate, seen = threading.Event(), Counter[bytes]()
    inbox.put(engine, [arrival(1)])
    async with service(engine, noting(seen, gate)):
        await until(lambda: bool(seen))
        asyncio.get_running_loop().call_later(0.1, gate.set)
    assert (left(engine), events(engine)) == (0, 1)


async def test_after_the_database_failed_reading_goes_on(engine: Engine) -> None:
    failures = 0

    @event.listens_for(engine, "before_cursor_execute")
    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        nonlocal failures
        if "leased_until <=" in statement and not failures:
            failures += 1
            raise RuntimeError("away for a moment")

    inbox.put(engine, [arrival(1)])
    async with service(engine) as running:
        await until(lambda: failures > 0)
        await running.put(arrival(2))  # what comes ends the wait
        await all_read(engine)
    assert events(engine) == 2


async def test_old_messages_are_removed_when_a_service_starts(engine: Engine) -> None:
    inbox.put(engine, [arrival(1, NOW - timedelta(days=4)), arrival(2)])
    async with service(engine):
        await all_read(engine)
    async with service(engine):
        await until(lambda: kept(engine) == 1)


def kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(inbox.count(connection).values())


async def test_it_is_full_when_too_much_waits_and_not_for_ever(engine: Engine) -> None:
    gate = threading.Event()
    async with service(engine, noting(Counter(), gate), most=2) as running:
        assert not running.full
        await asyncio.gather(*(running.put(arrival(number)) for number in range(3)))
        assert running.full
        gate.set()
        await all_read(engine)
        await until(lambda: not running.full)


async def test_whoever_waits_at_a_door_that_closes_is_not_told_a_success(engine: Engine) -> None:
    begun, held = threading.Event(), threading.Event()

    @event.listens_for(engine, "before_cursor_execute")
    def wait(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("INSERT INTO inbox"):
            begun.set()
            held.wait(10)

    async with service(engine) as running:
        waiting = [asyncio.create_task(running.put(arrival(number))) for number in range(2)]
        await until(begun.is_set)
        asyncio.get_running_loop().call_later(0.1, held.set)
    for task in waiting:
        with pytest.raises(asyncio.CancelledError):
            await task
