"""The composition root: everything is made here, once, in order, and handed on. Nothing else wires."""

import asyncio
import signal
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import aiohttp
import structlog
import uvicorn
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine
from starlette.applications import Starlette

from bot.access.rights import NONE, OPERATOR, Access
from bot.answers import answer
from bot.digests.owners import SlackOwners
from bot.digests.preparing import Eyes
from bot.digests.sender import Sender
from bot.digests.service import Digests
from bot.digests.slack import SlackSender
from bot.drawing import Drawing
from bot.exports.documents import load_document
from bot.exports.exporting import OPERATOR as OPERATOR_NAME
from bot.exports.exporting import Exporting
from bot.exports.mailing import ExportMail
from bot.exports.maker import Maker
from bot.exports.runner import Exporter
from bot.exports.storage import Storage
from bot.exports.telling import Telling
from bot.inbox.drain import Reader, all_providers, log_fault
from bot.inbox.service import Inbox
from bot.mail.brand import brand_of
from bot.mail.compose import compose
from bot.mail.notices import Notices, mailbox
from bot.mail.sender import MailSender
from bot.mail.transport import Relay
from bot.saved.saving import Saving
from bot.settings import Settings
from bot.settings import Slack as SlackSettings
from bot.slack.app import build_app, web_client
from bot.slack.export_message import ExportMessages
from bot.slack.people import People
from bot.slack.pictures import Pictures
from bot.slack.services import Services
from bot.slack.socket import socket_handler
from bot.subscriptions.subscribing import Subscribing
from bot.sync.api import Time
from bot.sync.service import Puller
from bot.sync.sources import sources
from bot.upkeep.keeping import Keeping
from bot.web.app import build_web
from bot.web.bodies import Bodies
from bot.web.certificates import Certificates
from bot.web.downloads import Downloads
from bot.web.leaving import Leaving
from bot.web.webhooks import Doors
from providers.provider import Credentials
from store import tombstones
from store.engine import migrate, open_engine
from store.subscriptions import Channel

_LOG = structlog.get_logger(__name__)
#: Questions answered at once. Python runs one thread at a time, and each row of SQLite is a change of threads: with
#: more, all wait for all. A second one lets short questions pass a long one.
_ANSWERING = 2
_SENDING = 30  # seconds that Slack may take for a message
_ENDING = 3.0  # seconds for pictures that are under way when the service ends


@dataclass(frozen=True)
class Service:
    """The running service; `address` is where its web server listens."""

    address: str
    engine: Engine
    wake: Callable[[], None]  #: looks at once what is due, for whoever moves the clock


@dataclass(frozen=True)
class _Post:
    """What sends mail: digests, and notices of one thing each."""

    relay: Relay
    sender: MailSender
    notices: Notices


async def serve(settings: Settings) -> None:
    """Runs until SIGTERM or Ctrl-C, and then answers whoever is still waiting."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for sign in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(sign, stop.set)
    async with running(settings) as service:
        _LOG.info("ready", address=service.address, slack=settings.slack.mode)
        await stop.wait()
        _LOG.info("stopping")


@asynccontextmanager
async def running(
    settings: Settings, now: Callable[[], datetime] = lambda: datetime.now(UTC)
) -> AsyncIterator[Service]:
    """The service from start to end: new questions are refused first, open ones answered, then all is closed."""
    async with AsyncExitStack() as stack:
        engine = open_engine(settings.database.url.get_secret_value(), settings.privacy.key())
        stack.callback(engine.dispose)
        await asyncio.to_thread(_open, engine)
        drawing = await stack.enter_async_context(Drawing(settings.charts.workers))
        threads = ThreadPoolExecutor(_ANSWERING, "answer")
        stack.callback(threads.shutdown, wait=False, cancel_futures=True)
        services = Services(
            answer=partial(answer, engine, bounce_sentences=settings.bounces.by_code()),
            drawing=drawing,
            theme=settings.charts.theme,
            defaults=settings.defaults,
            now=now,
            threads=threads,
            saving=Saving(engine, settings.access.teams_of()),
        )
        session = await stack.enter_async_context(aiohttp.ClientSession())
        storage = Storage(settings.exports)
        client = _client(settings.slack, session)
        people = None if client is None else People(client, settings.access.policy(), settings.defaults, now)
        access_of = partial(_access_of, people, asyncio.get_running_loop())
        post = await _mail(stack, drawing, settings, now)
        confirm = None if post is None else post.notices.confirm
        services.subscribing = Subscribing(engine, settings.subscriptions.rules(), confirm)
        exporter = _exporter(engine, storage, drawing, services, settings, client, access_of, post)
        stack.push_async_callback(services.finish)  # before the session closes
        app = _slack(settings.slack, services, client, people)
        await drawing.warm()
        checks: dict[str, Callable[[], Awaitable[bool]]] = {"charts": drawing.alive}
        if app is not None and settings.slack.mode == "socket":
            checks["slack"] = await _connect(stack, app, settings.slack)
        if post is not None:
            checks["mail"] = post.relay.working
        digests = await _digests(stack, engine, settings, services, access_of, post)
        checks["digests"] = digests.alive
        doors = await _doors(stack, engine, session, settings, now)
        web = build_web(
            engine,
            app if settings.slack.mode == "http" else None,
            doors,
            checks,
            Downloads(engine, storage, now),
            Leaving(engine),
        )
        address = await _listen(stack, web, settings)
        if exporter is not None:
            await stack.enter_async_context(exporter)
        pulled = sources(settings.providers, settings.machines.rules()).values()
        await stack.enter_async_context(Puller(pulled, engine, session, Time(now)))
        await stack.enter_async_context(Keeping(engine, settings.privacy.keep_months, now))
        await stack.enter_async_context(digests)

        def wake() -> None:
            digests.wake()
            if exporter is not None:
                exporter.wake()

        yield Service(address, engine, wake)


def _open(engine: Engine) -> None:
    """Brings the store up to date. Raises NoSecret, before any webhook is taken that could not be merged."""
    migrate(engine)
    with engine.connect() as connection:
        tombstones.check(connection)


def _exporter(
    engine: Engine,
    storage: Storage,
    drawing: Drawing,
    services: Services,
    settings: Settings,
    client: AsyncWebClient | None,
    access_of: Callable[[str], Access],
    post: _Post | None,
) -> Exporter | None:
    """What makes files, and lets people in Slack ask for them; None where no link could lead to them."""
    if settings.web.public_url is None:
        return None
    keep = timedelta(days=settings.exports.keep_days)
    exporting = Exporting(
        engine,
        keep,
        settings.exports.an_hour,
        access_of,
        settings.web.public_url,
        services.now,
        None if post is None else settings.subscriptions.rules(),
    )
    load = partial(load_document, engine, bounce_sentences=settings.bounces.by_code())
    loop = asyncio.get_running_loop()
    maker = Maker(load, drawing, storage, access_of, services.now, loop, settings.charts.theme)
    messages = None if client is None else ExportMessages(engine, client)
    mail = None if post is None else ExportMail(engine, post.notices.notify, storage, settings.exports.attach_kb * 1000)
    exporter = Exporter(engine, storage, maker, Telling(exporting.url, messages, mail), keep, services.now)
    services.exporting = replace(exporting, wake=exporter.wake)
    return exporter


async def _mail(
    stack: AsyncExitStack, drawing: Drawing, settings: Settings, now: Callable[[], datetime]
) -> _Post | None:
    """Mail out; None where no server for it is set."""
    mail, public_url = settings.mail, settings.web.public_url
    if mail.host is None or public_url is None:
        return None
    relay = await stack.enter_async_context(Relay(mail))
    sender, brand = mailbox(mail), brand_of(settings.brand)
    letters = partial(compose, brand=brand, drawing=drawing)
    return _Post(
        relay,
        MailSender(relay, letters, sender, public_url, now),
        Notices(relay, sender, brand, public_url, now),
    )


async def _doors(
    stack: AsyncExitStack,
    engine: Engine,
    session: aiohttp.ClientSession,
    settings: Settings,
    now: Callable[[], datetime],
) -> Doors:
    """Webhooks in: a door for each provider that has credentials; what was stored before is read whichever have."""
    known, rules = all_providers(), settings.webhooks
    reader = Reader(known, settings.providers.identities(), log_fault, settings.machines.rules())
    inbox = Inbox(engine, reader, most=rules.backlog, keep=timedelta(days=rules.keep_days), now=now)
    await stack.enter_async_context(inbox)
    return Doors(
        providers={name: (known[name], Credentials(**proof)) for name, proof in settings.providers.proofs().items()},
        inbox=inbox,
        bodies=Bodies(rules.body_limit_mib * 1024 * 1024, rules.body_seconds),
        certificates=Certificates(session, ssl.create_default_context()),
        store_seconds=rules.store_seconds,
        now=now,
    )


async def _digests(
    stack: AsyncExitStack,
    engine: Engine,
    settings: Settings,
    services: Services,
    access_of: Callable[[str], Access],
    post: _Post | None,
) -> Digests:
    """What was promised, out: a sender for each channel that can be reached."""
    senders: dict[Channel, Sender] = {}
    at_once = {}
    owners = None
    if post is not None:
        senders[Channel.MAIL], at_once[Channel.MAIL] = post.sender, post.relay.at_once
    if settings.slack.mode != "off" and settings.slack.bot_token is not None:
        # A connection a message, and a session of its own: one that Slack has closed meanwhile would make an answer
        # unknown, and nobody may wait for it as long as for a question.
        connector, patience = aiohttp.TCPConnector(force_close=True), aiohttp.ClientTimeout(total=_SENDING)
        session = await stack.enter_async_context(aiohttp.ClientSession(connector=connector, timeout=patience))
        token, url = settings.slack.bot_token.get_secret_value(), settings.slack.base_url
        posting = AsyncWebClient(token=token, base_url=url, session=session, retry_handlers=[])
        pictures = Pictures(web_client(token, url, session), services.drawing, services.theme, services.sleep)
        sender = senders[Channel.SLACK] = SlackSender(posting, pictures)
        stack.push_async_callback(sender.finish, _ENDING)
        owners = SlackOwners(posting)
    eyes = Eyes(services.answer, services.viewer, access_of)
    return Digests(engine, senders, eyes, services.now, tells=owners, at_once=at_once)


def _client(settings: SlackSettings, session: aiohttp.ClientSession) -> AsyncWebClient | None:
    if settings.mode == "off" or settings.bot_token is None:
        return None
    return web_client(settings.bot_token.get_secret_value(), settings.base_url, session)


def _access_of(people: People | None, loop: asyncio.AbstractEventLoop, owner: str) -> Access:
    """What somebody may do by now, for whoever works in a thread; whoever runs emailstats may do everything."""
    if owner == OPERATOR_NAME:
        return OPERATOR
    return NONE if people is None else asyncio.run_coroutine_threadsafe(people.access(owner), loop).result()


def _slack(
    settings: SlackSettings, services: Services, client: AsyncWebClient | None, people: People | None
) -> AsyncApp | None:
    if client is None or people is None:
        return None
    http = settings.mode == "http" and settings.signing_secret is not None
    secret = settings.signing_secret.get_secret_value() if http and settings.signing_secret else None
    return build_app(client, secret, services, people)


async def _connect(stack: AsyncExitStack, app: AsyncApp, settings: SlackSettings) -> Callable[[], Awaitable[bool]]:
    """Opens the socket, and gives what tells whether it is open."""
    assert settings.app_token is not None, "settings hold socket mode to its tokens"
    handler = socket_handler(app, settings.app_token.get_secret_value(), settings.base_url)
    await handler.connect_async()  # type: ignore[no-untyped-call]
    stack.push_async_callback(handler.close_async)
    return handler.client.is_connected


class _Server(uvicorn.Server):
    """Leaves signals to `serve`, which ends everything in order."""

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


async def _listen(stack: AsyncExitStack, web: Starlette, settings: Settings) -> str:
    """Starts the web server and gives its address; port 0 takes any free one."""
    config = uvicorn.Config(
        web,
        host=settings.web.host,
        port=settings.web.port,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=10,
    )
    socket = config.bind_socket()
    server = _Server(config)
    task = asyncio.create_task(server.serve(sockets=[socket]))

    async def close() -> None:
        server.should_exit = True
        await task

    stack.push_async_callback(close)
    while not server.started:
        if task.done():
            await task
        await asyncio.sleep(0.01)
    host, port = socket.getsockname()[:2]
    return f"http://{host}:{port}"
