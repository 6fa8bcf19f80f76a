"""What the Slack side is given, and what one question carries."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from slack_bolt.async_app import AsyncRespond
from slack_sdk.web.async_client import AsyncWebClient

from bot.drawing import Drawing
from bot.settings import Defaults
from reports.charts import ThemeName
from reports.query import Query
from reports.report import Report

_REMEMBERED = 2_000


@dataclass
class Services:
    """Everything from outside, passed in by bot/app.py or by a test."""

    answer: Callable[[Query, datetime], Report]  #: synchronous: runs in a thread
    drawing: Drawing
    theme: ThemeName
    defaults: Defaults
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that goes on after Slack has its acknowledgement."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def first_time(self, key: str) -> bool:
        """False for something seen before: a double click, or Slack sending again."""
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    async def finish(self) -> None:
        """Return when everybody who asked has an answer."""
        while self._tasks:
            await asyncio.gather(*self._tasks, return_exceptions=True)


@dataclass(frozen=True)
class Asked:
    """One question by one person; `reader` is that person's zone and language."""

    text: str
    reader: Defaults
    respond: AsyncRespond
    client: AsyncWebClient
    services: Services


@dataclass(frozen=True)
class Command:
    """A sub-command: the first words that call it, and what it does."""

    words: tuple[str, ...]
    run: Callable[[Asked], Awaitable[None]]
