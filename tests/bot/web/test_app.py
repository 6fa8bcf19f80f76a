"""What the web server does besides handing Slack's requests to the app."""

import socket
from collections.abc import AsyncIterator
from io import BytesIO

import aiohttp
import pytest
from sqlalchemy import Engine

from bot.access_settings import Access
from bot.settings import Defaults
from bot.slack.app import build_app, web_client
from bot.slack.people import People
from bot.slack.services import Services
from bot.web.app import build_web
from store.engine import open_engine
from tests.bot.slack.office import Clock, Drawer, answer, served


@pytest.fixture
async def url() -> AsyncIterator[str]:
    """Where Slack's requests go, of a service in HTTP mode."""
    services = Services(answer, Drawer(), "light", Defaults(), Clock().now)
    client = web_client("xoxb-none", "http://127.0.0.1:9/api/")
    people = People(client, Access().policy(), services.defaults, services.now)
    app = build_app(client, "signing-secret-of-a-test", services, people)
    engine = open_engine("sqlite://")
    async with served(build_web(engine, app)) as address:
        yield f"{address}/slack/events"
    engine.dispose()


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_a_living_process_says_so_without_a_database(session: aiohttp.ClientSession) -> None:
    engine = unreachable()
    async with served(build_web(engine, None)) as address, session.get(f"{address}/healthz") as response:
        assert response.status == 200


async def test_a_service_that_can_answer_is_ready(session: aiohttp.ClientSession, engine: Engine) -> None:
    async with served(build_web(engine, None)) as address, session.get(f"{address}/readyz") as response:
        assert response.status == 200
        assert (await response.json())["database"] == "ok"


async def test_what_does_not_work_is_told_and_webhooks_still_come_in(
    session: aiohttp.ClientSession, engine: Engine
) -> None:
    async def works() -> bool:
        return True

    async def fails() -> bool:
        return False

    web = build_web(engine, None, checks={"charts": works, "slack": fails})
    async with served(web) as address, session.get(f"{address}/readyz") as response:
        assert response.status == 200
        assert await response.json() == {"database": "ok", "charts": "ok", "slack": "not working"}


async def test_a_service_without_its_database_is_not_ready_and_says_no_secret(session: aiohttp.ClientSession) -> None:
    async with served(build_web(unreachable(), None)) as address, session.get(f"{address}/readyz") as response:
        assert response.status == 503
        text = await response.text()
        assert "database" in text and "hunter2" not in text


async def test_a_service_that_slack_does_not_reach_by_http_has_no_door_for_it(
    session: aiohttp.ClientSession, engine: Engine
) -> None:
    async with served(build_web(engine, None)) as address, session.post(f"{address}/slack/events") as response:
        assert response.status == 404


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_a_body_that_is_too_large_is_refused(url: str, session: aiohttp.ClientSession, announced: bool) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 100_000

    data = BytesIO(b"x" * 2_000_000) if announced else chunks()
    async with session.post(url, data=data) as response:
        assert response.status == 413


@pytest.mark.parametrize(
    ("body", "timestamp"), [(b"\xff\xfe", "1"), (b"x", "yesterday"), (b"x", "²"), (b"x", "9" * 5000)]
)
async def test_nonsense_is_refused_and_is_no_error_of_the_server(
    url: str, session: aiohttp.ClientSession, body: bytes, timestamp: str
) -> None:
    headers = {"X-Slack-Request-Timestamp": timestamp, "X-Slack-Signature": "v0=x"}
    async with session.post(url, data=body, headers=headers) as response:
        assert response.status == 400


async def test_slack_is_answered_by_post_alone(url: str, session: aiohttp.ClientSession) -> None:
    async with session.get(url) as response:
        assert response.status == 405


def unreachable() -> Engine:
    """A PostgreSQL server that is not there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    return open_engine(f"postgresql://anna:hunter2@127.0.0.1:{port}/emailstats")
