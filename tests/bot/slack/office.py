"""The real Bolt app against the stand-in for Slack: real HTTP, real WebSockets, answers given by each test."""

import asyncio
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import aiohttp
import uvicorn
from slack_bolt.async_app import AsyncApp
from sqlalchemy import Engine

from bot.access.rights import Access
from bot.answers import UnknownEmail, UnknownValue
from bot.sandbox.doors import SIGNING_SECRET, HttpWire, Person, SocketWire
from bot.sandbox.methods import APP_TOKEN
from bot.sandbox.server import Sandbox
from bot.slack.services import Services
from bot.slack.socket import socket_handler
from bot.web.app import build_web
from reports.query import Query
from reports.report import BarChart, Chart, Column, Figure, Report, Result, Series, Subject, Table, TimeChart, Unit
from store.engine import open_engine

NOW = datetime(2026, 6, 1, 12, 0, tzinfo=UTC)
PNG = b"\x89PNG\r\n\x1a\n picture"

BARS = BarChart("Top clicked links", ("https://example.com/a",), (Series("People", (50.0,)),))
LINES = TimeChart("Engagement over time", (NOW, NOW + timedelta(hours=1)), "hour", (Series("Opens", (3.0, 1.0)),))


def a_report(query: Query, name: str = "newsletter-may") -> Report:
    summary = Result(
        "summary",
        "Summary",
        (Figure("open_rate", "Open rate", Unit.RATE, Fraction(400, 990), 400, 990, 0.374, 0.435),),
        notes=("600 opens by 400 people.",),
    )
    columns = (Column("url", "Link", Unit.TEXT), Column("people", "People", Unit.COUNT))
    links = Result("links", "Top clicked links", table=Table(columns, (("https://example.com/a", 50),), 1), chart=BARS)
    timeline = Result("timeline", "Engagement over time", chart=LINES)
    return Report(query, Subject(name, "Spring", ()), (summary, links, timeline), NOW, False, "f")


def answer(query: Query, now: datetime, access: Access) -> Report:
    """The answer of a store that holds newsletter-may alone, of the campaign Newsletters."""
    if query.filters.campaign:
        if query.filters.campaign != "Newsletters":
            raise UnknownValue("campaign", query.filters.campaign, ("Newsletters",))
    elif query.email not in ("newsletter-may", "latest"):
        raise UnknownEmail(query.email, ("newsletter-may", "newsletter-march"))
    return replace(a_report(query), as_of=now)


@dataclass
class Drawer:
    """Draws the same small picture at once; `fault` makes it fail instead."""

    fault: Exception | None = None
    meanwhile: Callable[[], None] = lambda: None  #: called while it draws
    drawn: list[tuple[Chart, str, str]] = field(default_factory=list)

    async def draw(self, chart: Chart, theme: str, locale: str) -> bytes:
        self.drawn.append((chart, theme, locale))
        self.meanwhile()
        if self.fault:
            raise self.fault
        return PNG


@dataclass
class Clock:
    """A clock that only waiting moves."""

    at: datetime = NOW
    waits: list[float] = field(default_factory=list)

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


@dataclass
class Office:
    """A workspace with the bot in it. `anna` types on whichever wire the test opens."""

    sandbox: Sandbox
    services: Services
    drawer: Drawer
    clock: Clock
    app: AsyncApp
    stack: AsyncExitStack

    async def by_http(self) -> Person:
        session = await self.stack.enter_async_context(aiohttp.ClientSession())
        address = await self.stack.enter_async_context(served(build_web(_no_store(self.stack), self.app)))
        return Person(self.sandbox, HttpWire(session, f"{address}/slack/events", SIGNING_SECRET))

    async def by_socket(self) -> Person:
        handler = socket_handler(self.app, APP_TOKEN, self.sandbox.api_url)
        await handler.connect_async()
        self.stack.push_async_callback(handler.close_async)
        return Person(self.sandbox, SocketWire(self.sandbox))


#: What the fixture `office` gives: call it with what is to be different.
OpenOffice = Callable[..., Awaitable[Office]]


@asynccontextmanager
async def served(web: object) -> AsyncIterator[str]:
    """A web app on a free port of loopback; gives its address."""
    config = uvicorn.Config(web, host="127.0.0.1", port=0, log_config=None, access_log=False)  # type: ignore[arg-type]
    socket = config.bind_socket()
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve(sockets=[socket]))
    while not server.started:  # noqa: ASYNC110 - uvicorn has no event for it
        await asyncio.sleep(0)
    try:
        yield f"http://127.0.0.1:{socket.getsockname()[1]}"
    finally:
        server.should_exit = True
        await task


def _no_store(stack: AsyncExitStack) -> Engine:
    engine = open_engine("sqlite://")
    stack.callback(engine.dispose)
    return engine


class Gate:
    """An answer that waits until the test opens the gate: a slow database."""

    def __init__(self) -> None:
        self.open = threading.Event()

    def __call__(self, query: Query, now: datetime, access: Access) -> Report:
        assert self.open.wait(timeout=10)
        return answer(query, now, access)
