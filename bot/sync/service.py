"""Pulling in the running service: each source every so often, by one replica at a time."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Self

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler  # type: ignore[import-untyped]
from sqlalchemy import Engine

from bot.sync.api import Api, Time
from bot.sync.run import LEASE, Busy, Pulled, Watch, running
from bot.sync.sources import Source
from bot.terminal import Fault
from store.sync import LeaseLost, state_of

_LOG = structlog.get_logger(__name__)


async def sync(
    source: Source,
    *,
    engine: Engine,
    session: aiohttp.ClientSession,
    watch: Watch,
    time: Time = Time(),  # noqa: B008 - a value
    since: datetime | None = None,
    lease: timedelta = LEASE,
) -> Pulled:
    """Pulls a source once. Raises Busy, other bot.terminal.Faults with what to mend, and store.sync.LeaseLost."""
    async with running(engine, source.name, time=time, watch=watch, lease=lease, rules=source.rules) as run:
        await source.pull(Api(session, engine, source.provider, time), run, replace(source.span, since=since))
        return run.pulled


class Puller:
    """Wakes each source's job; a job that is still at it when it is its turn again is left at it."""

    def __init__(self, sources: Iterable[Source], engine: Engine, session: aiohttp.ClientSession, time: Time) -> None:
        self._sources = tuple(sources)
        self._engine = engine
        self._session = session
        self._time = time
        self._running: set[asyncio.Task[None]] = set()
        self._scheduler = AsyncIOScheduler(timezone=UTC)

    async def __aenter__(self) -> Self:
        for source in self._sources:
            self._scheduler.add_job(
                self._pull,
                "interval",
                args=(source,),
                seconds=source.every.total_seconds(),
                next_run_time=datetime.now(UTC),
                coalesce=True,
                max_instances=1,
                misfire_grace_time=None,  # late is better than not
            )
        self._scheduler.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Cuts off what is running: it goes on from there at the next start."""
        self._scheduler.shutdown(wait=False)
        for task in self._running:
            task.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)

    async def _pull(self, source: Source) -> None:
        task = asyncio.create_task(self._logged(source))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        await task

    def _is_fresh(self, source: Source) -> bool:
        """Whether another replica has just done it: otherwise each would, as often as it is told to."""
        with self._engine.connect() as connection:
            state = state_of(connection, source.name)
        done = state.finished_at if state.problem is None else None
        return done is not None and self._time.now() - done < 0.9 * source.every

    async def _logged(self, source: Source) -> None:
        watch = Watch(
            on_rejects=lambda rejects: _LOG.warning(
                "events not readable",
                provider=source.name,
                count=len(rejects),
                reasons=sorted({reject.reason for reject in rejects})[:3],
            )
        )
        try:
            if await asyncio.to_thread(self._is_fresh, source):
                return
            pulled = await sync(source, engine=self._engine, session=self._session, time=self._time, watch=watch)
        except Busy:
            _LOG.debug("another replica pulls", provider=source.name)
        except (Fault, LeaseLost) as error:
            _LOG.warning("pulling ended early", provider=source.name, why=str(error))
        except Exception:  # noqa: BLE001 - the next run may fare better, and must come
            _LOG.exception("pulling failed", provider=source.name)
        else:
            _LOG.info("pulled", provider=source.name, new=pulled.new, known=pulled.duplicates, notes=pulled.notes)
