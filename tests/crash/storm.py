"""Kills processes again and again while digests are sent, and then compares the ledger with what arrived."""

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import asdict, dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from random import Random

from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from bot.digests.slack import metadata_of
from bot.mail.sender import message_id
from store import ledger, subscriptions
from store.engine import open_engine
from store.ledger import OPEN, DeliveryState
from store.subscriptions import Channel, Place
from tests.bot.digests.desk import NOW, WEEKLY, daily
from tests.crash.far_ends import FarEnds, far_ends
from tests.crash.replica import Orders, write_clock

_DAY = timedelta(days=1)
_SUBSCRIPTIONS = 3
_DRAINED_WITHIN = 240  # seconds


@dataclass
class Tally:
    """What became of everything that came due: `kills` and `ambiguous` are what may have cost an answer."""

    kills: int = 0
    ambiguous: int = 0
    states: Counter[str] = field(default_factory=Counter)
    once: int = 0
    twice: list[int] = field(default_factory=list)  #: deliveries that arrived more than once
    lost: list[int] = field(default_factory=list)  #: sent by the ledger, and never arrived
    gaps: list[str] = field(default_factory=list)  #: days that no occurrence tells of

    @property
    def unknown(self) -> int:
        return self.states[DeliveryState.UNKNOWN]


@dataclass
class Storm:
    url: str
    folder: Path
    random: Random
    replicas: int
    orders: Orders
    ends: FarEnds
    zygote: "subprocess.Popen[str]"
    alive: list[int] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)
    days: int = 0

    def start(self, failpoint: str = "") -> None:
        assert self.zygote.stdin is not None and self.zygote.stdout is not None
        self.zygote.stdin.write(json.dumps(asdict(replace(self.orders, failpoint=failpoint))) + "\n")
        self.zygote.stdin.flush()
        self.alive.append(int(self.zygote.stdout.readline()))

    def kill(self) -> None:
        victim = self.alive.pop(self.random.randrange(len(self.alive)))
        with suppress(ProcessLookupError):  # a failpoint may have been quicker
            os.kill(victim, signal.SIGKILL)
        self.tally.kills += 1

    def next_day(self) -> None:
        """All that is daily is due again; sometimes the clock jumps about on its way there."""
        self.days += 1
        jump = self.random.choice((timedelta(), timedelta(hours=-1), timedelta(hours=1)))
        write_clock(Path(self.orders.clock), NOW + self.days * _DAY + jump)

    async def rage(
        self, kills: int, failpoints: tuple[str, ...] = (), restart: Callable[[], None] | None = None
    ) -> None:
        """Kills so many processes, each replaced by another; one in twenty is held up past its lease instead."""
        for _ in range(self.replicas):
            self.start()
        for number in range(kills):
            if number % 2 == 0:
                self.next_day()
            if restart and number % 25 == 24:
                await asyncio.to_thread(restart)
            await asyncio.sleep(self.random.uniform(0.02, 0.3))
            if self.random.random() < 0.05:
                await self._hold_up()
            self.kill()
            self.start(self.random.choice(failpoints) if failpoints else "")

    async def _hold_up(self) -> None:
        victim = self.random.choice(self.alive)
        with suppress(ProcessLookupError):
            os.kill(victim, signal.SIGSTOP)
            await asyncio.sleep(2.5)
            os.kill(victim, signal.SIGCONT)

    async def calm(self) -> Tally:
        """Lets whole processes finish what there is, and counts. Raises TimeoutError when that takes too long."""
        while self.alive:
            self.kill()
            self.tally.kills -= 1  # these cost nothing that is counted: they are killed for their failpoints
        for _ in range(self.replicas):
            self.start()
        engine = open_engine(self.url)
        end = asyncio.get_running_loop().time() + _DRAINED_WITHIN
        while not await asyncio.to_thread(_drained, engine, self.days):
            assert asyncio.get_running_loop().time() < end, _left(engine)
            await asyncio.sleep(0.2)
        while self.alive:
            os.kill(self.alive.pop(), signal.SIGKILL)
        await asyncio.to_thread(self._count, engine)
        engine.dispose()
        return self.tally

    def _count(self, engine: Engine) -> None:
        tally, slack, mail = self.tally, self.ends.in_slack(), self.ends.mail.took
        tally.ambiguous = self.ends.mail.ambiguous
        with engine.connect() as connection:
            if engine.dialect.name == "sqlite":
                assert connection.execute(text("PRAGMA integrity_check")).scalar_one() == "ok"
            for number in connection.execute(text("SELECT id FROM deliveries ORDER BY id")).scalars().all():
                found = ledger.get(connection, number)
                assert found is not None
                delivery, state = found
                tally.states[state] += 1
                arrived = (
                    mail[message_id(delivery, "example.com")]
                    if delivery.channel is Channel.MAIL
                    else slack[metadata_of(delivery)["event_payload"]["delivery"]]
                )
                tally.once += arrived == 1
                if arrived > 1:
                    tally.twice.append(number)
                if state is DeliveryState.SENT and arrived == 0:
                    tally.lost.append(number)
            rows = connection.execute(text("SELECT subscription_id, period_key FROM occurrences")).all()
            told = {tuple(row) for row in rows}
            days = [f"{NOW + (day + 1) * _DAY:%Y-%m-%d}" for day in range(self.days)]
            numbers = [one.id for one in subscriptions.every(connection)]
            tally.gaps = [f"{number} {day}" for number in numbers for day in days if (number, day) not in told]


def _drained(engine: Engine, days: int) -> bool:
    """Whether the last day has come about everywhere, and nothing is open that can still be settled."""
    last = f"{NOW + days * _DAY:%Y-%m-%d}"
    try:
        with engine.connect() as connection:
            counting = text("SELECT count(*) FROM occurrences WHERE period_key = :last")
            elected = connection.execute(counting, {"last": last}).scalar_one()
            rows = connection.execute(text("SELECT DISTINCT state, channel FROM deliveries")).all()
    except DBAPIError:
        return False
    waiting = [row for row in rows if row[0] in OPEN or (row[0] == DeliveryState.UNKNOWN and row[1] == Channel.SLACK)]
    return elected == _SUBSCRIPTIONS and not waiting


def _left(engine: Engine) -> str:
    """What is still open, for whoever looks why."""
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT * FROM deliveries WHERE state <> 'sent' LIMIT 9")).all()
        due = connection.execute(text("SELECT id, state, next_due FROM subscriptions")).all()
    return f"not drained: {rows} {due}"


@asynccontextmanager
async def storm(
    url: str, folder: Path, *, replicas: int, seed: int, faults: float = 0.1, marks: bool = True
) -> AsyncIterator[Storm]:
    """Daily subscriptions to two channels and two addresses each, and processes that send them."""
    random, clock = Random(seed), folder / "clock"
    write_clock(clock, NOW)
    engine = open_engine(url)
    for number in range(_SUBSCRIPTIONS):
        promise = replace(daily(WEEKLY), name=f"Digest {number}", skip_empty=number == 1, owner=f"U0OWNER{number:03}")
        places = [Place(Channel.SLACK, f"C0CHANNEL{number}{one}") for one in range(2)]
        mail = [Place(Channel.MAIL, f"p{number}{one}@example.com") for one in range(2)]
        subscriptions.add(engine, promise, [*places, *mail], NOW)
    engine.dispose()
    async with far_ends(random, faults) as ends:
        orders = Orders(url, ends.slack.api_url, ends.mail.port, str(clock), marks=marks)
        with _zygote() as zygote:
            yield Storm(url, folder, random, replicas, orders, ends, zygote)


@contextmanager
def _zygote() -> "Iterator[subprocess.Popen[str]]":
    """What all processes are forked off, with which they end."""
    command, root = [sys.executable, "-m", "tests.crash.replica"], Path(__file__).parents[2]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=root, start_new_session=True
    ) as zygote:
        try:
            yield zygote
        finally:
            os.killpg(zygote.pid, signal.SIGKILL)
