"""An engine of digests with a quick pace, answers and a far end of the test's own."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from bot.access.rights import OPERATOR, Access
from bot.digests.pace import Pace
from bot.digests.preparing import Eyes
from bot.digests.sender import Mark
from bot.digests.service import Digests
from reports.calendar import Schedule
from reports.freeze import Digest
from reports.query import Query
from reports.report import Figure, Report, Result, Subject, Unit
from store import subscriptions
from store.ledger import Delivery, Outcome, OutcomeKind
from store.notices import Waiting
from store.saved import Viewer
from store.subscriptions import Channel, Kind, Place, Promise, Subscription

#: A Sunday evening in Amsterdam.
NOW = datetime(2026, 5, 10, 18, tzinfo=UTC)
WEEKLY = Promise(
    "U0ANNA00000",
    "The week",
    Kind.QUERY,
    Schedule(zone="Europe/Amsterdam"),
    Query(sections=("overview",), zone="Europe/Amsterdam"),
)
MONDAY = datetime(2026, 5, 11, 7, tzinfo=UTC)  # 09:00 in Amsterdam
SECOND = timedelta(seconds=1)
QUICK = Pace(
    tick=timedelta(milliseconds=20),
    lease=timedelta(seconds=30),
    waits=(timedelta(),),
    looks=(timedelta(), timedelta(), timedelta()),
    apart=timedelta(),
)


def a_report(query: Query, now: datetime, _access: Access = OPERATOR, *, sent: int | None = 5) -> Report:
    figures = (Figure("sent", "Sent", Unit.COUNT, sent),)
    return Report(query, Subject("All e-mail", None, ()), (Result("overview", "Overview", figures),), now, False, "f")


@dataclass
class FarEnd:
    """A sender that keeps what arrives, and answers what the test has ordered; then that it has sent it."""

    answers: list[Outcome | Exception] = field(default_factory=list)
    found: list[Outcome | None] = field(default_factory=list)  #: what looking for an unknown one finds
    arrived: list[tuple[str, Digest]] = field(default_factory=list)
    tried: int = 0
    hangs: str = ""  #: "before the mark" or "after the mark": it never answers

    async def send(self, delivery: Delivery, digest: Digest, mark: Mark) -> Outcome:
        self.tried += 1
        if self.hangs == "before the mark":
            await asyncio.Event().wait()
        if not await mark():
            return Outcome(OutcomeKind.TRANSIENT)
        if self.hangs:
            await asyncio.Event().wait()
        answer = self.answers.pop(0) if self.answers else Outcome(OutcomeKind.SENT, far_id="1")
        if isinstance(answer, Exception):
            raise answer
        if answer.kind is OutcomeKind.SENT:
            self.arrived.append((delivery.address, digest))
        return answer

    async def reconcile(self, _delivery: Delivery) -> Outcome | None:
        return self.found.pop(0) if self.found else None


@dataclass
class Owners:
    """Keeps what owners are told."""

    told: list[Waiting] = field(default_factory=list)

    async def tell(self, waiting: Waiting) -> bool:
        self.told.append(waiting)
        return True


@dataclass
class Desk:
    engine: Engine
    at: datetime = NOW
    far_end: FarEnd = field(default_factory=FarEnd)
    owners: Owners = field(default_factory=Owners)
    answer: Callable[[Query, datetime, Access], Report] = a_report
    access: Access = OPERATOR
    pace: Pace = QUICK

    def now(self) -> datetime:
        return self.at

    def subscribe(self, promise: Promise = WEEKLY, *addresses: str) -> Subscription:
        places = [Place(Channel.SLACK, address) for address in addresses or ("C0GENERAL00",)]
        return subscriptions.add(self.engine, promise, places, self.at)[0]

    @asynccontextmanager
    async def running(self) -> AsyncIterator[Digests]:
        senders = {Channel.SLACK: self.far_end}
        eyes = Eyes(self.answer, Viewer, lambda _owner: self.access)
        digests = Digests(self.engine, senders, eyes, self.now, tells=self.owners, pace=self.pace)
        async with digests:
            yield digests

    async def until(self, holds: Callable[[], bool]) -> None:
        """Return once it holds. Raises TimeoutError."""
        async with asyncio.timeout(20):
            while not await asyncio.to_thread(holds):  # noqa: ASYNC110 - what is waited for is in the database
                await asyncio.sleep(0.01)

    def states(self) -> list[str]:
        with self.engine.connect() as connection:
            return list(connection.execute(text("SELECT state FROM deliveries ORDER BY id")).scalars())

    def settled(self, *states: str) -> Callable[[], bool]:
        return lambda: self.states() == list(states)


def daily(promise: Promise = WEEKLY) -> Promise:
    return replace(promise, schedule=replace(promise.schedule, every="day"))
