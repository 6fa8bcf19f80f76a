"""One process of the service that sends digests, made to be killed at any moment, or to kill itself at a named one."""

import asyncio
import json
import os
import signal
import struct
import sys
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.headerregistry import Address
from pathlib import Path
from typing import Any

import structlog
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import event

from bot.access.rights import OPERATOR
from bot.digests.pace import Pace
from bot.digests.preparing import Eyes
from bot.digests.sender import Mark, Sender
from bot.digests.service import Digests
from bot.digests.slack import SlackSender
from bot.mail.letter import Letter
from bot.mail.sender import MailSender
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from bot.sandbox.methods import BOT_TOKEN
from bot.slack.pictures import Pictures
from reports.freeze import Digest
from store.engine import open_engine
from store.ledger import Delivery, Outcome
from store.saved import Viewer
from store.subscriptions import Channel
from tests.bot.digests.desk import a_report
from tests.bot.slack.office import Drawer

#: The database's clock counts whole seconds, so a lease has to be some.
PACE = Pace(
    tick=timedelta(seconds=0.1),
    lease=timedelta(seconds=2),
    compiling=timedelta(seconds=1),
    waits=(timedelta(),),
    attempts=10_000,
    compilations=10_000,
    looks=(timedelta(seconds=1),) * 3,
    apart=timedelta(),
)


@dataclass(frozen=True)
class Orders:
    """`failpoint` is where it dies: "commit:7" before its 7th commit, "marked:2" after its 2nd mark; "" nowhere.

    `clock` is a file with the seconds since 1970 that all processes take for now. Without `marks` nothing is marked
    before it is sent: that must be found to duplicate.
    """

    url: str
    slack: str
    smtp: int
    clock: str
    failpoint: str = ""
    marks: bool = True


def zygote() -> None:
    """Everything is imported once: a process a line of orders is forked off, and its number printed."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    for line in sys.stdin:
        number = os.fork()
        if not number:
            asyncio.run(_serve(Orders(**json.loads(line))))
            os._exit(0)
        sys.stdout.write(f"{number}\n")
        sys.stdout.flush()
    os.killpg(0, signal.SIGKILL)  # whoever started it is gone


async def _serve(orders: Orders) -> None:
    structlog.configure(processors=[_drop])
    die = _Death(orders.failpoint)
    engine = open_engine(orders.url)
    event.listen(engine, "commit", lambda _connection: die("commit"))
    client = AsyncWebClient(token=BOT_TOKEN, base_url=orders.slack, timeout=5, retry_handlers=[])
    slack = SlackSender(client, Pictures(client, Drawer(), "light", asyncio.sleep))
    settings = Mail(host="127.0.0.1", port=orders.smtp, tls="none", sender="a@example.com", connections=1)
    async with Relay(settings, answer_seconds=2) as relay:
        mail = MailSender(relay, _compose, Address("", addr_spec="a@example.com"), "https://e.example", _now)
        senders: dict[Channel, Sender] = {
            Channel.SLACK: _Dying(slack, die, marks=orders.marks),
            Channel.MAIL: _Dying(mail, die, marks=orders.marks),
        }
        eyes = Eyes(a_report, Viewer, lambda _owner: OPERATOR)
        at_once = dict.fromkeys(senders, 1)
        clock = Path(orders.clock)
        digests = Digests(engine, senders, eyes, lambda: read_clock(clock), pace=PACE, at_once=at_once)
        async with digests:
            await asyncio.Event().wait()


@dataclass
class _Death:
    """Kills its own process at the moment that is ordered."""

    ordered: str

    def __post_init__(self) -> None:
        self._point, _, count = self.ordered.partition(":")
        self._left = int(count or 0)

    def __call__(self, point: str) -> None:
        if point == self._point:
            self._left -= 1
            if self._left <= 0:
                os.kill(os.getpid(), signal.SIGKILL)


@dataclass
class _Dying:
    """A sender that can die at each of its steps."""

    inner: Sender
    die: _Death
    marks: bool

    async def send(self, delivery: Delivery, digest: Digest, mark: Mark) -> Outcome:
        self.die("claimed")

        async def dying() -> bool:
            self.die("unmarked")
            answer = await mark() if self.marks else True
            self.die("marked")
            return answer

        outcome = await self.inner.send(delivery, digest, dying)
        self.die("sent")
        return outcome

    async def reconcile(self, delivery: Delivery) -> Outcome | None:
        return await self.inner.reconcile(delivery)


def read_clock(clock: Path) -> datetime:
    """What `write_clock` has put there."""
    return datetime.fromtimestamp(struct.unpack("d", clock.read_bytes())[0], UTC)


def write_clock(clock: Path, at: datetime) -> None:
    """For all processes at once, whole."""
    other = clock.with_suffix(".new")
    other.write_bytes(struct.pack("d", at.timestamp()))
    other.replace(clock)


async def _compose(digest: Digest) -> Letter:
    return Letter(f"{digest.title} {digest.period}", "<p>Figures</p>", "Figures")


def _now() -> datetime:
    return datetime.now(UTC)


def _drop(*_: Any) -> Any:
    raise structlog.DropEvent


if __name__ == "__main__":
    zygote()
