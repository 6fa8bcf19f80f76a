"""A webhook is proved, stored and answered in this order; strangers, giants and the slow are turned away."""

import asyncio
import gzip
import json
import os
import socket
from collections.abc import AsyncIterator
from dataclasses import replace

import msgspec
import pytest
from sqlalchemy import Engine, event, text

from bot.inbox.drain import all_providers
from providers.provider import Credentials, Request
from store.engine import open_engine
from tests.bot.web.doors import CASES, LIMIT, Caller, opened
from tests.bot.web.test_app import unreachable
from tests.providers.webhooks.cases import mailgun, sendgrid

PROVIDERS = all_providers()
NAMES = sorted(PROVIDERS)
#: SES's own case is of SNS, whose certificate is fetched: tests/bot/web/test_sns.py.
SIMPLE = [name for name in NAMES if name != "ses"]


@pytest.fixture
async def caller(engine: Engine) -> AsyncIterator[Caller]:
    async with opened(engine) as caller:
        yield caller


def stored(engine: Engine) -> list[bytes]:
    with engine.connect() as connection:
        return [bytes(body) for body in connection.execute(text("SELECT body FROM inbox ORDER BY id")).scalars()]


async def counted(engine: Engine, seconds: float = 10) -> int:
    """Events in the store, once nothing waits in the inbox any more."""
    async with asyncio.timeout(seconds):
        while True:
            with engine.connect() as connection:
                if not connection.execute(text("SELECT count(*) FROM inbox WHERE state = 0")).scalar_one():
                    return int(connection.execute(text("SELECT count(*) FROM events")).scalar_one())
            await asyncio.sleep(0.02)


@pytest.mark.parametrize("name", SIMPLE)
async def test_a_proved_webhook_is_stored_answered_and_counted(name: str, caller: Caller, engine: Engine) -> None:
    call = CASES[name].sign(CASES[name].body)
    assert await caller.send(name, call) == PROVIDERS[name].answers.success
    assert stored(engine) == [call.body]
    events = PROVIDERS[name].parse(call, PROVIDERS[name].identity).events
    assert await counted(engine) == len(events)
    assert await caller.send(name, call) == PROVIDERS[name].answers.success
    assert await counted(engine) == len(events)


@pytest.mark.parametrize("name", SIMPLE)
async def test_what_proves_nothing_is_not_stored(name: str, caller: Caller, engine: Engine) -> None:
    assert await caller.send(name, Request(CASES[name].body)) == PROVIDERS[name].answers.unverified
    assert stored(engine) == []


async def test_a_provider_without_credentials_has_no_door(engine: Engine) -> None:
    async with opened(engine, {}) as caller:
        assert await caller.send("sendgrid", sendgrid.CASE.sign(sendgrid.CASE.body)) == 404
        assert await caller.send("nobody", Request(b"{}")) == 404


@pytest.mark.parametrize("name", NAMES)
async def test_a_get_is_answered_where_the_provider_asks_before_it_calls(name: str, caller: Caller) -> None:
    call = replace(CASES[name].sign(CASES[name].body), method="GET", body=b"")
    if PROVIDERS[name].probed:
        assert await caller.send(name, call) == PROVIDERS[name].answers.success
        assert await caller.send(name, Request(b"", method="GET")) == PROVIDERS[name].answers.unverified
    else:
        assert await caller.send(name, call) == 405


@pytest.mark.parametrize("name", SIMPLE)
async def test_secrets_are_not_stored_with_the_headers(name: str, caller: Caller, engine: Engine) -> None:
    secrets = {"authorization": "Basic aHVudGVyMjpodW50ZXIy", "cookie": "hunter2", "x-kept": "kept"}
    call = CASES[name].sign(CASES[name].body)
    other = {"x-other": f"carries {CASES[name].credentials.secrets[0]}"}
    await caller.send(name, call, {**secrets, **other, **call.headers})
    with engine.connect() as connection:
        (headers,) = connection.execute(text("SELECT headers FROM inbox")).scalars()
    assert json.loads(headers)["x-kept"] == "kept"
    assert not any(word in headers for word in ("hunter2", "aHVudGVyMjpodW50ZXIy", CASES[name].credentials.secrets[0]))


async def test_a_proved_body_that_makes_no_sense_is_kept_and_is_a_success(caller: Caller, engine: Engine) -> None:
    assert await caller.send("sendgrid", sendgrid.sign(b"\xff not JSON")) == 200
    await counted(engine)
    with engine.connect() as connection:
        row = connection.execute(text("SELECT state, problem, body FROM inbox")).one()
    assert (row.state, row.problem, bytes(row.body)) == (2, "the body is not JSON", b"\xff not JSON")


async def test_a_token_that_comes_again_brings_no_other_body(caller: Caller, engine: Engine) -> None:
    call = mailgun.CASE.sign(mailgun.CASE.body)
    told = msgspec.json.decode(call.body)
    told["event-data"]["recipient"] = "eve@example.org"
    assert await caller.send("mailgun", call) == 200
    assert await caller.send("mailgun", call) == 200  # as when our answer was lost
    assert await caller.send("mailgun", Request(msgspec.json.encode(told))) == 401
    assert stored(engine) == [call.body]


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_a_body_over_the_limit_is_refused(announced: bool, caller: Caller, engine: Engine) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(1 + LIMIT // 10_000):
            yield b"x" * 10_000

    url = f"{caller.address}/webhooks/sendgrid"
    async with caller.session.post(url, data=b"x" * (LIMIT + 1) if announced else chunks()) as response:
        assert response.status == 413
    assert stored(engine) == []


def said_over(address: str, sent: bytes, *, end: bool = False) -> bytes:
    """What a server answers to raw bytes, with no more of them coming."""
    host, port = address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as connection:
        connection.sendall(sent)
        if end:
            connection.shutdown(socket.SHUT_WR)
        return connection.recv(4096)


async def test_a_body_that_is_announced_as_too_large_is_refused_unread(caller: Caller) -> None:
    head = b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nContent-Length: 999999999\r\n\r\n"
    answer = await asyncio.to_thread(said_over, caller.address, head)
    assert answer.startswith(b"HTTP/1.1 413 ")
    assert b"connection: close" in answer.lower()


async def test_a_body_that_comes_too_slowly_is_given_up(engine: Engine) -> None:
    head = b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf"
    async with opened(engine, body_seconds=0.05) as caller:
        answer = await asyncio.to_thread(said_over, caller.address, head)
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_a_packed_body_is_unpacked(caller: Caller, engine: Engine) -> None:
    call = sendgrid.CASE.sign(sendgrid.CASE.body)
    packed = replace(call, body=gzip.compress(call.body))
    assert await caller.send("sendgrid", packed, {"Content-Encoding": "gzip"}) == 200
    assert stored(engine) == [call.body]


@pytest.mark.parametrize(
    ("encoding", "body", "status"),
    [
        ("gzip", gzip.compress(b"0" * 50_000_000), 413),  # 48 kB that unpack to 50 MB
        ("gzip", gzip.compress(b"[]")[:-4], 400),
        ("gzip", gzip.compress(b"[]") + b"more", 400),
        ("gzip", gzip.compress(b"[]") + gzip.compress(b"[]"), 400),
        ("gzip", b"[]", 400),
        ("gzip", b"", 400),
        ("br", b"[]", 400),
        ("gzip, gzip", gzip.compress(gzip.compress(b"[]")), 400),
        ("x" * 500, b"[]", 400),
    ],
    ids=["bomb", "cut off", "more after", "two", "not packed", "empty", "unknown", "packed twice", "nonsense"],
)
async def test_a_body_that_is_packed_wrongly_is_refused(
    encoding: str, body: bytes, status: int, caller: Caller, engine: Engine
) -> None:
    answer = await caller.send("sendgrid", Request(body), {"Content-Encoding": encoding})
    assert answer == status
    assert stored(engine) == []


async def test_bodies_of_one_moment_have_a_bound_together(engine: Engine) -> None:
    """Thirty-two of the largest may be held at once; one that is not finished is held as well."""
    head = b"POST /webhooks/sendgrid HTTP/1.1\r\nHost: x\r\nContent-Length: %d\r\n\r\n" % LIMIT
    async with opened(engine, body_seconds=60) as caller:
        host, port = caller.address.removeprefix("http://").split(":")
        held = [await asyncio.open_connection(host, int(port)) for _ in range(32)]
        for _reader, writer in held:
            writer.write(head + b"x" * (LIMIT - 1))
            await writer.drain()
        async with asyncio.timeout(10):
            while await caller.send("sendgrid", Request(b"x" * 100)) != 503:
                pass
        for _reader, writer in held:
            writer.close()
        async with asyncio.timeout(10):
            while await caller.send("sendgrid", sendgrid.CASE.sign(sendgrid.CASE.body)) != 200:
                pass


@pytest.mark.parametrize("name", SIMPLE)
async def test_without_a_database_the_provider_is_asked_to_come_again(name: str) -> None:
    engine = unreachable()
    async with opened(engine) as caller:
        call = CASES[name].sign(CASES[name].body)
        assert await caller.send(name, call) == PROVIDERS[name].answers.overloaded
    engine.dispose()


async def test_a_database_that_is_too_slow_is_not_waited_for(sqlite_url: str) -> None:
    engine, other = open_engine(sqlite_url), open_engine(sqlite_url)
    call = sendgrid.CASE.sign(sendgrid.CASE.body)
    async with opened(engine, store_seconds=0.1) as caller:
        with other.execution_options(write=True).begin():
            assert await caller.send("sendgrid", call) == 503
        async with asyncio.timeout(10):
            while await caller.send("sendgrid", call) != 200:
                pass
    engine.dispose()
    other.dispose()


async def test_a_full_inbox_asks_the_provider_to_come_again(engine: Engine) -> None:
    """Nothing is read while another holds what is written: here, a statement that fails."""

    @event.listens_for(engine, "before_cursor_execute")
    def fail(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if "leased_until <=" in statement:
            raise RuntimeError("nobody reads the inbox now")

    async with opened(engine, most=3) as caller:
        calls = [sendgrid.CASE.sign(sendgrid.CASE.body) for _ in range(4)]
        assert [await caller.send("sendgrid", call) for call in calls] == [200, 200, 200, 503]


async def test_many_at_once_are_all_stored(caller: Caller, engine: Engine) -> None:
    calls = [
        sendgrid.sign(
            msgspec.json.encode([{"event": "open", "email": f"p{n}@example.org", "timestamp": 1_700_000_000}])
        )
        for n in range(200)
    ]
    assert set(await asyncio.gather(*(caller.send("sendgrid", call) for call in calls))) == {200}
    assert sorted(stored(engine)) == sorted(call.body for call in calls)
    assert await counted(engine) == 200


@pytest.mark.parametrize("path", ["/webhooks/", "/webhooks/sendgrid/more", "/webhooks/%00", "/webhooks/..%2f"])
async def test_other_paths_are_no_doors(path: str, caller: Caller) -> None:
    answer = await asyncio.to_thread(
        said_over, caller.address, f"POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n".encode()
    )
    assert answer.startswith(b"HTTP/1.1 404 ")


async def test_random_bytes_in_every_place_are_no_error_of_the_server(caller: Caller) -> None:
    for name in NAMES:
        for body in (os.urandom(300), b"[" * 50_000, b'{"a":' * 20_000):
            call = CASES[name].sign(CASES[name].body)
            answers = PROVIDERS[name].answers
            assert await caller.send(name, replace(call, body=body)) in (answers.success, answers.unverified)


async def test_an_empty_secret_opens_no_door(engine: Engine) -> None:
    async with opened(engine, dict.fromkeys(SIMPLE, Credentials(secrets=("",)))) as caller:
        for name in SIMPLE:
            assert await caller.send(name, Request(CASES[name].body)) == PROVIDERS[name].answers.unverified


async def test_a_fault_of_ours_makes_the_provider_come_again(engine: Engine) -> None:
    """Brevo throws an event away at the 500 of a server."""

    @event.listens_for(engine, "before_cursor_execute")
    def fail(*_told: object) -> None:
        raise RuntimeError("a fault")

    async with opened(engine) as caller:
        for name in SIMPLE:
            call = CASES[name].sign(CASES[name].body)
            assert await caller.send(name, call) == PROVIDERS[name].answers.overloaded
