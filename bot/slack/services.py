"""What the Slack side is given, and what one question carries."""

import asyncio
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rights import NONE, Access, Reach, Right
from bot.exports.exporting import Exporting
from bot.saved.saving import Saving
from bot.settings import Defaults
from bot.subscriptions.subscribing import Subscribing
from reports.charts import ThemeName
from reports.query import Query
from reports.report import Chart, Report
from store.saved import Viewer

_LOG = structlog.get_logger(__name__)
_REMEMBERED = 2_000
_SHOWN = 200  # answers
_TURN = 1.0  # seconds
_PRESSED_FOR = timedelta(minutes=2)  # at most: longer than any answer takes
_PRESSED_AFTER = timedelta(seconds=2)


class Draws(Protocol):
    """What makes pictures: bot.drawing.Drawing."""

    async def draw(self, chart: Chart, theme: ThemeName, locale: str) -> bytes:
        """A PNG. Raises bot.drawing.DrawingError."""
        ...


class Answers(Protocol):
    """What answers questions: bot.answers.answer of one store."""

    def __call__(self, query: Query, now: datetime, access: Access) -> Report:
        """What somebody of this access may read."""
        ...


@dataclass
class Services:
    """Everything from outside, passed in by bot/app.py or by a test."""

    answer: Answers  #: synchronous: runs in one of `threads`
    drawing: Draws
    theme: ThemeName
    defaults: Defaults
    now: Callable[[], datetime]
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    patience: float = 30.0  #: seconds that an answer may take before the person is told to try again
    threads: Executor | None = None  #: None is asyncio's own
    subscribing: Subscribing | None = None  #: None: nobody can subscribe
    saving: Saving | None = None  #: None: nothing can be saved
    exporting: Exporting | None = None  #: None: nobody can ask for files
    _texts: int = 0  #: questions whose text is under way
    _quiet: asyncio.Event = field(default_factory=asyncio.Event)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _seen: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _shown: OrderedDict[tuple[str, str, Reach], Report] = field(default_factory=OrderedDict)
    _replaced: OrderedDict[str, None] = field(default_factory=OrderedDict)
    _pressed: dict[str, datetime] = field(default_factory=dict)  #: until when a press is one with what is under way

    def start(self, work: Coroutine[Any, Any, None]) -> None:
        """Work that goes on after Slack has its acknowledgement."""
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._ended)

    def viewer(self, person: str) -> Viewer:
        """Who looks at what was saved."""
        return self.saving.viewer(person) if self.saving else Viewer(person)

    def remember(self, person: str, command: str, reach: Reach, report: Report) -> None:
        """What somebody has just been shown: what they share is that, and not what has come to it since."""
        self._shown.pop((person, command, reach), None)
        self._shown[person, command, reach] = report
        if len(self._shown) > _SHOWN:
            self._shown.popitem(last=False)

    def shown(self, person: str, command: str, reach: Reach) -> Report | None:
        """The last answer to a command as somebody of that reach has it: where they share it, it may be another.

        None where it is long ago or was given by another process.
        """
        return self._shown.get((person, command, reach))

    def asked_last(self, person: str) -> str:
        """The command that somebody was answered last, "" where that is not known."""
        return next((command for who, command, _ in reversed(self._shown) if who == person), "")

    def replace_answer(self, block: str) -> None:
        """Another message takes the place of the answer with these buttons: its chart, if it is still to come, is not.

        Slack would put it over what stands there by then.
        """
        self._replaced[block] = None
        if len(self._replaced) > _REMEMBERED:
            self._replaced.popitem(last=False)

    def is_replaced(self, block: str) -> bool:
        """Whether something else stands in the place of the answer with these buttons."""
        return block in self._replaced

    def start_once(self, key: str, work: Coroutine[Any, Any, None]) -> None:
        """The same, but not again while it is under way and for a moment after it: a double click acts once.

        Pressed anew later, a button does what it did before.
        """
        now = self.now()
        if self._pressed.get(key, now) > now:
            work.close()
            return
        self._pressed = {other: until for other, until in self._pressed.items() if until > now}
        self._pressed[key] = now + _PRESSED_FOR

        async def run() -> None:
            try:
                await work
            finally:
                self._pressed[key] = self.now() + _PRESSED_AFTER

        self.start(run())

    def first_time(self, key: str) -> bool:
        """False for something seen before: a double click, or Slack sending again."""
        if key in self._seen:
            return False
        self._seen[key] = None
        if len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return True

    @contextmanager
    def text(self) -> Iterator[None]:
        """While somebody waits for text: charts of others are begun after it."""
        self._texts += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._texts -= 1
            if not self._texts:
                self._quiet.set()

    async def quiet(self) -> None:
        """Return when nobody waits for text, or after a second: a chart has its turn however busy it is."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_TURN):
                await self._quiet.wait()

    async def finish(self, patience: float = 25.0) -> None:
        """Return when everybody who asked has an answer, or after so many seconds: then what is left is given up."""
        if self._tasks:
            _, late = await asyncio.wait(self._tasks, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _ended(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a question could not be answered", exc_info=error)


@dataclass
class Place:
    """Where answers are messages of the app: a conversation, or a person, and the thread in it, "" for none.

    `ts` is the message that the next one replaces, "" while there is none; `pressed` the one on which a button was.
    """

    channel: str
    thread: str = ""
    ts: str = ""
    pressed: str = ""

    @property
    def public(self) -> bool:
        """Whether others than one person read there."""
        return self.channel[:1] in ("C", "G")


@dataclass(frozen=True)
class Asked:
    """One question by one person; `reader` is that person's zone and language, `user` Slack's identifier, and `access`
    what they may do where it was asked.

    `response_url` takes five messages within half an hour; in a modal there is none. `trigger_id` opens one modal
    within three seconds; `channel` is the conversation it happened in, "" where that is not told. `block` names the
    buttons among which one was pressed, whose message the answer replaces. Where there is a `place`, answers go there,
    and not to the response URL.
    """

    text: str
    user: str
    reader: Defaults
    response_url: str
    client: AsyncWebClient
    services: Services
    trigger_id: str = ""
    channel: str = ""
    access: Access = NONE
    block: str = ""
    place: Place | None = None

    @property
    def today(self) -> date:
        """Where the person is."""
        return self.services.now().astimezone(ZoneInfo(self.reader.zone)).date()

    @property
    def public(self) -> bool:
        """Whether others read the answer."""
        return self.place is not None and self.place.public

    @property
    def at_home(self) -> bool:
        """Whether it was pressed on the app's home, where there is no answering beside it."""
        return not self.response_url and self.place is None

    @property
    def viewer(self) -> Viewer:
        """Who looks at what was saved."""
        return replace(self.services.viewer(self.user), manages=self.access.may(Right.MANAGE))


@dataclass(frozen=True)
class Command:
    """A sub-command: the first words that call it, and what it does.

    `personal`: it is about what somebody has; where others read, it is offered as a button. `opens` a form: so it is
    where nothing was pressed and no command typed.
    """

    words: tuple[str, ...]
    run: Callable[[Asked], Awaitable[None]]
    personal: bool = False
    opens: bool = False
