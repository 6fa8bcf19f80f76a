"""A digest to a thousand mail addresses, from the moment it is due until the last is put down as sent.

All of the way is timed: electing, compiling, drawing, putting together, addressing, and for each address a claim, a
mark and an outcome that are committed for good. The floor is aiosmtplib's own `sendmail` with the same messages ready
made, over as many connections, to the same server, which runs in a process of its own; each is the median of some
rounds that take turns.
"""

import asyncio
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from email.headerregistry import Address
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from aiosmtplib import SMTP
from sqlalchemy import Engine, func, select

from benchmarks import Measure
from benchmarks.data import UNTIL, write_sample
from benchmarks.ingest import import_in_a_process
from benchmarks.processes import free_ports, started
from bot.access.rights import OPERATOR, Access
from bot.answers import answer
from bot.digests.preparing import Eyes
from bot.digests.service import Digests
from bot.drawing import Drawing
from bot.logging import configure
from bot.mail.brand import Brand
from bot.mail.compose import compose
from bot.mail.letter import addressed
from bot.mail.sender import MailSender
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from bot.settings import Log
from reports.calendar import Schedule
from reports.freeze import Digest
from reports.query import Query
from reports.report import Report
from store import subscriptions
from store.engine import open_engine
from store.ledger import DeliveryState
from store.saved import Viewer
from store.subscriptions import Channel, Kind, Place, Promise
from store.tables import metadata

_PEOPLE = 1_000
_CONNECTIONS = 4
_ROUNDS = 3
_URL = "https://stats.example.com"
_SENDER = Address("Example", addr_spec="reports@example.com")
_BRAND = Brand("Example Ltd", "#0b5cad", "Example Ltd, 1 High Street", None)
_QUERY = Query(sections=("overview", "trend"), zone="Europe/Amsterdam")
_PLACES = [Place(Channel.MAIL, f"person{number}@example.com") for number in range(_PEOPLE)]


def run() -> Iterator[Measure]:
    configure(Log(level="warning"))  # as other benchmarks run the service; it would tell of every mail
    with TemporaryDirectory() as name:
        write_sample(Path(name) / "events.ndjson", 50_000, 10)
        url = f"sqlite:///{Path(name) / 'store.db'}"
        import_in_a_process(url, Path(name) / "events.ndjson")
        ours, floor = asyncio.run(_measured(url, Path(name)))
    yield Measure(f"digest to {_PEOPLE:,} mail addresses", ours, "mails/s", 0.8, "at least", floor)


async def _measured(url: str, directory: Path) -> tuple[float, float]:
    engine = open_engine(url)
    (port,) = free_ports(1)
    ours, floor = [], []
    mail = Mail(host="127.0.0.1", port=port, tls="none", sender="reports@example.com", connections=_CONNECTIONS)
    async with started(directory, {}, "benchmarks.mail_sink", str(port)), Drawing(2) as drawing:
        await drawing.warm()
        messages = await _ready_made(engine, drawing)
        await _listening(port)
        for number in range(_ROUNDS):
            floor.append(_PEOPLE / await _bare(port, messages))
            ours.append(_PEOPLE / await _engine(engine, mail, drawing, number))
    engine.dispose()
    return median(ours), median(floor)


async def _engine(engine: Engine, mail: Mail, drawing: Drawing, number: int) -> float:
    """Seconds that the engine takes for a weekly subscription; `number` makes it somebody else's each time."""
    made = UNTIL - timedelta(days=8)
    promise = Promise(f"U{number}", "Weekly", Kind.QUERY, Schedule(zone="Europe/Amsterdam"), _QUERY)
    subscription, _ = subscriptions.add(engine, promise, _PLACES, made)
    async with Relay(mail) as relay:
        sender = MailSender(relay, partial(compose, brand=_BRAND, drawing=drawing), _SENDER, _URL, _now)
        eyes = Eyes(partial(_answered, engine), Viewer, lambda _: OPERATOR)
        start = perf_counter()
        async with Digests(engine, {Channel.MAIL: sender}, eyes, _now, at_once={Channel.MAIL: relay.at_once}):
            while await asyncio.to_thread(_sent, engine, subscription.id) < _PEOPLE:  # noqa: ASYNC110 - a database
                await asyncio.sleep(0.05)
            seconds = perf_counter() - start
    subscriptions.end(engine, subscription.id)
    return seconds


def _now() -> datetime:
    return UNTIL


def _answered(engine: Engine, query: Query, now: datetime, access: Access) -> Report:
    return answer(engine, query, now, access)


def _sent(engine: Engine, subscription_id: int) -> int:
    deliveries = metadata.tables["deliveries"]
    mine = deliveries.c.subscription_id == subscription_id, deliveries.c.state == DeliveryState.SENT
    with engine.connect() as connection:
        return int(connection.execute(select(func.count()).where(*mine)).scalar_one())


async def _ready_made(engine: Engine, drawing: Drawing) -> list[tuple[str, bytes]]:
    report = await asyncio.to_thread(_answered, engine, _QUERY, _now(), OPERATOR)
    letter = await compose(Digest("Weekly", "the week", (report,)), _BRAND, drawing)
    return [
        (
            place.address,
            addressed(
                letter,
                sender=_SENDER,
                to=place.address,
                message_id=f"<d.{number:024}@example.com>",
                date=_now(),
                leave_url=f"{_URL}/u/{number:022}",
            ),
        )
        for number, place in enumerate(_PLACES)
    ]


async def _bare(port: int, messages: Sequence[tuple[str, bytes]]) -> float:
    """Seconds that aiosmtplib takes."""
    waiting = iter(messages)

    async def work() -> None:
        async with SMTP(hostname="127.0.0.1", port=port, start_tls=False, local_hostname="example.com") as smtp:
            for to, content in waiting:
                await smtp.sendmail("reports@example.com", [to], content)

    start = perf_counter()
    await asyncio.gather(*(work() for _ in range(_CONNECTIONS)))
    return perf_counter() - start


async def _listening(port: int) -> None:
    async with asyncio.timeout(60):
        while True:
            with suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.close()
                return
            await asyncio.sleep(0.1)
