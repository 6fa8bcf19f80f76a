"""Deliveries of one channel: claimed a few at a time, sent, and recorded; what is unknown is looked for."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from functools import partial
from typing import TypeVar

import structlog
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from bot.digests import telling
from bot.digests.pace import Pace
from bot.digests.sender import Sender
from bot.digests.shared import Shared
from bot.digests.together import Together
from reports.freeze import Digest, thaw
from store import entries, ledger, occurrences, subscriptions
from store.entries import Entry
from store.ledger import Delivery, DeliveryState, Outcome, OutcomeKind, Telling
from store.subscriptions import Channel

_LOG = structlog.get_logger(__name__)
#: Digests that are kept thawed: a thousand deliveries of one share it.
_KEPT = 16
#: A claim is a commit: it waits until this part of the places is free, for several to share it.
_SHARE = 4
#: Seconds between tries to put an outcome down while the database is away.
_PATIENCE = (0.2, 1.0, 5.0, 15.0)
#: Unknown deliveries that are looked for in one go.
_LOOKED_AT = 20

Result = TypeVar("Result")


@dataclass(frozen=True)
class Work:
    """What every channel's deliveries share. `owner` names this process in the ledger, and no other."""

    engine: Engine
    owner: str
    pace: Pace
    threads: Executor
    writer: Executor  #: of one thread: what waits for it gathers, where SQLite would have writers wait in turns


class Delivering:
    """Sends what is claimed of one channel, at most `most` at a time."""

    def __init__(self, work: Work, channel: Channel, sender: Sender, most: int, freed: Callable[[], None]) -> None:
        """`freed` is called when there is room for another claim."""
        self._work = work
        self._channel = channel
        self._sender = sender
        self._most = most
        self._freed = freed
        self._tasks: set[asyncio.Task[None]] = set()
        self._digests: Shared[tuple[int, str], Digest] = Shared(_KEPT)
        self._written = Together(self._write, work.writer)

    @property
    def busy(self) -> bool:
        """Whether anything is claimed."""
        return bool(self._tasks)

    async def claim(self) -> int:
        """Claims as much as there is room for, and begins to send it: how many."""
        room = self._most - len(self._tasks)
        if room < max(1, self._most // _SHARE):
            return 0
        pace = self._work.pace
        claiming = partial(ledger.claim, self._work.engine, self._work.owner, self._channel, pace.lease, room)
        under_way = asyncio.get_running_loop().run_in_executor(self._work.writer, claiming)
        try:
            claimed = await asyncio.shield(under_way)
        except asyncio.CancelledError:  # the service ends: what is being claimed would be nobody's until its lease ends
            for delivery in await under_way:
                await self._release(delivery)
            raise
        for delivery in claimed:
            task = asyncio.create_task(self._deliver(delivery))
            self._tasks.add(task)
            task.add_done_callback(self._ended)
        return len(claimed)

    async def look(self) -> int:
        """Looks for unknown deliveries at the far end: how many."""
        pace = self._work.pace
        looking = partial(ledger.unknown, self._work.engine, self._channel, pace.lease, len(pace.looks), _LOOKED_AT)
        found = await self._thread(looking)
        for delivery in found:
            await self._reconcile(delivery)
        return len(found)

    async def finish(self, patience: float) -> None:
        """Lets what is under way end; after so many seconds it is cut off, and its lease tells what it was."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _deliver(self, delivery: Delivery) -> None:
        marked = False

        async def mark() -> bool:
            nonlocal marked
            # Where it raises, a mark may stand, but nothing is sent after it.
            marked = await self._written(Entry(delivery)) is DeliveryState.INFLIGHT
            return marked

        try:
            outcome = await self._sender.send(delivery, await self._digest(delivery), mark)
        except asyncio.CancelledError:
            if not marked:
                await self._release(delivery)
            raise
        except Exception as error:  # noqa: BLE001 - a fault of ours: it must not be sent twice, nor stop the others
            _LOG.error("a delivery failed", delivery=delivery.id, marked=marked, exc_info=error)
            kind = OutcomeKind.UNKNOWN if marked else OutcomeKind.TRANSIENT
            outcome = Outcome(kind, "internal", f"{type(error).__name__} within the service")
        await self._settle(delivery, outcome)

    async def _settle(self, delivery: Delivery, outcome: Outcome) -> None:
        pace = self._work.pace
        if outcome.kind is OutcomeKind.TRANSIENT:
            if delivery.attempt >= pace.attempts:
                why = f"given up after {delivery.attempt} attempts: {outcome.text or outcome.code}"
                outcome = replace(outcome, kind=OutcomeKind.PERMANENT, text=why)
            else:
                outcome = replace(outcome, retry_after=max(outcome.retry_after, pace.wait(delivery.attempt)))
        elif outcome.kind is OutcomeKind.UNKNOWN:
            outcome = replace(outcome, retry_after=pace.looks[0])
        if outcome.kind is OutcomeKind.PERMANENT and outcome.suppress:
            why = outcome.text or outcome.code or "nothing can arrive there"
            notice = telling.mend(delivery, why)
            await self._thread(partial(subscriptions.suppress, self._work.engine, delivery.target_id, why, notice))
            tell: Telling | None = None
        else:
            tell = partial(telling.failed, delivery, outcome)
        state = await self._put_down(Entry(delivery, outcome, tell))
        _LOG.info(
            "a delivery was tried",
            delivery=delivery.id,
            subscription=delivery.subscription_id,
            period=delivery.period_key,
            attempt=delivery.attempt,
            fence=delivery.fence,
            due=delivery.due_at.isoformat(),
            state=state,
            code=outcome.code,
        )

    async def _put_down(self, entry: Entry) -> DeliveryState | None:
        """A definite answer is worth some patience with the database: without it, nobody could tell any more."""
        for wait in _PATIENCE:
            try:
                return await self._written(entry)
            except DBAPIError:
                _LOG.warning("an outcome could not be put down yet", delivery=entry.delivery.id)
                await asyncio.sleep(wait)
        return await self._written(entry)

    async def _reconcile(self, delivery: Delivery) -> None:
        try:
            outcome = await self._sender.reconcile(delivery)
        except Exception as error:  # noqa: BLE001 - it stays unknown, and is looked for again
            _LOG.warning("an unknown delivery could not be looked for", delivery=delivery.id, exc_info=error)
            outcome = None
        seen = outcome is not None and outcome.kind is OutcomeKind.SENT
        # A message may show late: what is not there is believed at the second look.
        if outcome is not None and (seen or delivery.looks):
            await self._settle(delivery, outcome)
            return
        looks = self._work.pace.looks
        last = delivery.looks + 1 >= len(looks)
        notice = telling.decide(delivery) if last else None
        again = looks[min(delivery.looks + 1, len(looks) - 1)]
        await self._thread(partial(ledger.looked, self._work.engine, delivery, again, notice))

    async def _digest(self, delivery: Delivery) -> Digest:
        key = (delivery.subscription_id, delivery.period_key)
        return await self._digests.get(key, lambda: self._thread(partial(_thawed, self._work.engine, *key)))

    def _write(self, moment: Sequence[Entry]) -> list[DeliveryState | None]:
        return entries.put_down(self._work.engine, moment, self._work.pace.lease)

    async def _release(self, delivery: Delivery) -> None:
        """Nothing was sent: others may have it at once, and need not wait for the lease to run out."""
        stopped = Outcome(OutcomeKind.TRANSIENT, "stopped", "the service was stopped")
        await asyncio.shield(self._written(Entry(delivery, stopped)))

    async def _thread(self, work: Callable[[], Result]) -> Result:
        return await asyncio.get_running_loop().run_in_executor(self._work.threads, work)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            # Its row keeps its lease: free again if it was not marked, unknown if it was.
            _LOG.error("the outcome of a delivery could not be put down", exc_info=error)
        self._freed()


def _thawed(engine: Engine, subscription_id: int, period_key: str) -> Digest:
    with engine.connect() as connection:
        return thaw(occurrences.frozen(connection, subscription_id, period_key))
