"""`make demo`: the real service on sample data, beside a stand-in of Slack on loopback."""

import asyncio
import os
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any

import aiohttp
from pydantic import SecretStr
from rich.console import Console
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.access_settings import Access
from bot.answers import EmptyStore, UnknownEmail, answer
from bot.app import Service, running
from bot.demo import DEMO, generate, shop, write_ndjson
from bot.export_settings import Exports
from bot.importing.importer import import_files
from bot.mail.settings import Mail
from bot.provider_settings import Mailgun, Providers, Sendgrid
from bot.sandbox.clock import Clock
from bot.sandbox.doors import ANNA, SIGNING_SECRET, HttpWire, Person, SocketWire
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.methods import APP_TOKEN, BOT_TOKEN
from bot.sandbox.page import Scene, page
from bot.sandbox.people import EXAMPLES, PEOPLE
from bot.sandbox.server import Sandbox
from bot.sandbox.smtp import MailServer
from bot.sandbox.state import Conversation
from bot.sandbox.webhook_doors import Target
from bot.sandbox.webhooks import MAILGUN_KEY, sendgrid_public
from bot.settings import Charts, Database, Defaults, Settings, Slack, Web
from bot.slack.dispatch import all_commands
from bot.subscription_settings import Subscriptions
from bot.terminal import Fault
from reports.query import Query
from reports.render.mail import figure
from reports.render.terminal import render
from reports.views import all_words
from store.emails import find
from store.engine import migrate, open_engine
from store.orders import put_orders, put_visits

EMAIL = "newsletter-may"


def keep_apart(settings: Settings) -> None:
    """Raises Fault beside the tokens of a real workspace, so that nobody mistakes one for the other."""
    told = {settings.slack.bot_token, settings.slack.app_token} - {None}
    if told - {SecretStr(BOT_TOKEN), SecretStr(APP_TOKEN)}:
        raise Fault(
            "The demo does not start beside real Slack tokens. Unset EMAILSTATS_SLACK__BOT_TOKEN and"
            " EMAILSTATS_SLACK__APP_TOKEN, or start it in a folder whose config.toml names none."
        )


@dataclass(frozen=True, slots=True)
class Stage:
    """What `make demo` shows: the page's address, the stand-ins behind it, and the service that they stand around."""

    address: str
    sandbox: Sandbox
    mail: MailServer
    service: Service


@asynccontextmanager
async def staged(store: Path, clock: Clock, host: str = "127.0.0.1", port: int = 0) -> AsyncIterator[Stage]:
    """The service on an SQLite file, beside a workspace of its own and a page. Raises Fault where the port is taken."""
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(clock=clock.seconds))
        sandbox.workspace.users = {one.id: one.told for one in PEOPLE.values()}
        mailbox = Mailbox()
        mail = await stack.enter_async_context(MailServer(mailbox, clock.now, sandbox.tell))
        service = await stack.enter_async_context(
            running(_socket_settings(store, sandbox.api_url, mail.port), clock.now)
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        target = Target(service.address, session, partial(_figures, service.engine, clock))
        scene = Scene(sandbox, SocketWire(sandbox), clock, mailbox, target, service.wake, _examples())
        try:
            address = await stack.enter_async_context(page(scene, host, port))
        except OSError as error:
            raise Fault(f"The page cannot be served on {host}:{port} ({error.strerror}): try another --port.") from None
        yield Stage(address, sandbox, mail, service)


async def run_sandbox(folder: Path, host: str, port: int) -> None:
    """The service on sample data beside a workspace of its own, whose page is served until Ctrl-C."""
    console = Console(highlight=False, soft_wrap=True)
    store = folder / "demo.db"
    await asyncio.to_thread(fill, f"sqlite:///{store}", folder, console, datetime.now(UTC), **DEMO)
    start = perf_counter()
    async with staged(store, Clock(), host, port) as stage:
        console.print(
            f"Ready in {perf_counter() - start:.1f} s. Open [bold]{stage.address}[/bold] in a browser; Ctrl-C ends it."
        )
        stop = asyncio.Event()
        for sign in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().add_signal_handler(sign, stop.set)
        await stop.wait()


async def run_once(folder: Path) -> None:
    """Sample data in `folder`, one command through Slack's own protocol, its answer printed and its chart saved."""
    console = Console(highlight=False, soft_wrap=False)
    store, chart = folder / "demo.db", folder / f"{EMAIL}.png"
    url = f"sqlite:///{store}"
    await asyncio.to_thread(fill, url, folder, console, datetime.now(UTC), **DEMO)
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox())
        service = await stack.enter_async_context(running(_settings(url, sandbox.api_url)))
        session = await stack.enter_async_context(aiohttp.ClientSession())
        console.print(f"The service listens on {service.address}; a stand-in of Slack asks it:")
        console.print(f"  [bold]/emailstats {EMAIL}[/bold]")
        start = perf_counter()
        asked = await Person(sandbox, HttpWire(session, f"{service.address}/slack/events")).type(EMAIL)
        await asked.posted(1)
        seconds = perf_counter() - start
        await asked.posted(2)
        console.print(f"acknowledged in {asked.ack_seconds * 1000:.0f} ms, answered in {seconds * 1000:.0f} ms.\n")
        await asyncio.to_thread(chart.write_bytes, _picture(sandbox, asked))
        await asyncio.to_thread(_print, service.engine, console)
        console.print(f"\nChart: {chart}\nData:  {store}")
        console.print(f"More:  EMAILSTATS_DATABASE__URL={url} .venv/bin/emailstats show latest", soft_wrap=True)


def fill(url: str, folder: Path, console: Console, now: datetime, *, emails: int, events: int) -> None:
    """Makes and imports the sample data, unless an earlier demo has."""
    folder.mkdir(parents=True, exist_ok=True)
    engine = open_engine(url)
    migrate(engine)
    with engine.connect() as connection:
        filled = find(connection, EMAIL).email is not None
    if not filled:
        data = folder / "events.ndjson"
        console.print(f"Making sample data: {emails} e-mails, about {events:,} events …")
        items = list(generate(emails=emails, events=events, until=now))
        with data.open("wb") as stream:
            write_ndjson(items, stream)
        start = perf_counter()
        summary = import_files(engine, [data], now=now, quarantine_path=folder / "quarantine.ndjson")
        rate = summary.new / (perf_counter() - start)
        console.print(f"Imported {summary.new:,} events, {rate:,.0f} a second.")
        put_orders(engine, list(shop.orders(items, 1, now)))
        put_visits(engine, shop.visits(items, 1, now))
    engine.dispose()


def _settings(url: str, base_url: str) -> Settings:
    return Settings(
        database=Database(url=SecretStr(url)),
        slack=Slack(
            mode="http",
            bot_token=SecretStr(BOT_TOKEN),
            signing_secret=SecretStr(SIGNING_SECRET),
            base_url=base_url,
        ),
        web=Web(port=0),
        defaults=Defaults(zone=os.environ.get("TZ") or "Europe/Amsterdam"),
    )


def _socket_settings(store: Path, base_url: str, mail_port: int) -> Settings:
    """As in a network that lets nobody in: the service opens the socket itself."""
    port = _free_port()
    return Settings(
        database=Database(url=SecretStr(f"sqlite:///{store}")),
        slack=Slack(mode="socket", bot_token=SecretStr(BOT_TOKEN), app_token=SecretStr(APP_TOKEN), base_url=base_url),
        web=Web(port=port, public_url=f"http://127.0.0.1:{port}"),
        access=Access(see_recipients=(ANNA,)),
        providers=Providers(
            mailgun=Mailgun(secret=SecretStr(MAILGUN_KEY)), sendgrid=Sendgrid(secret=SecretStr(sendgrid_public()))
        ),
        charts=Charts(workers=1),  # one person looks, and wants it ready soon
        mail=Mail(host="127.0.0.1", port=mail_port, tls="none", sender="reports@example.com"),
        subscriptions=Subscriptions(allowed_domains=("example.com",)),
        exports=Exports(storage=str(store.parent / "exports")),
    )


def _examples() -> tuple[str, ...]:
    """What may be typed: examples, then every word that the service knows."""
    every = sorted({*all_commands(), *all_words()})
    return tuple(dict.fromkeys([*EXAMPLES, *(f"/emailstats {word}" for word in every)]))


def _free_port() -> int:
    """One that is known before the service listens: links to files begin with its address."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def _figures(engine: Engine, clock: Clock, email: str, user: str) -> list[dict[str, Any]]:
    """What the service answers about an e-mail by now; nothing where it knows of none."""
    query = Query(email, zone=PEOPLE[user].tz, locale=PEOPLE[user].locale.replace("-", "_"))
    try:
        report = await asyncio.to_thread(answer, engine, query, clock.now(), OPERATOR)
    except (UnknownEmail, EmptyStore):
        return []
    return [figure(one, report) for result in report.results for one in result.figures]


def _picture(sandbox: Sandbox, asked: Conversation) -> bytes:
    """The chart as Slack has it: by the file id in the last message."""
    (image,) = asked.last.of_type("image")
    content = sandbox.workspace.files[image["slack_file"]["id"]].content
    assert content is not None, "Slack shows no file that was not uploaded"
    return content


def _print(engine: Engine, console: Console) -> None:
    """The same report as a terminal shows it."""
    console.print(render(answer(engine, Query(EMAIL, zone="Europe/Amsterdam"), datetime.now(UTC), OPERATOR)))
