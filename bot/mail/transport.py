"""The mail server as the service sees it: a few sessions that are kept, and a pause for a server that fails."""

import asyncio
import re
import ssl
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from types import TracebackType
from typing import Self

import structlog

from bot.digests.sender import Mark
from bot.mail.connecting import RelayFault, Server, connect, server_of
from bot.mail.replies import Phase
from bot.mail.session import Message, Result, Session
from bot.mail.settings import Mail
from bot.subscriptions.addresses import normal_domain
from store.ledger import Outcome, OutcomeKind

_LOG = structlog.get_logger(__name__)

#: Of the whole address, what is neither white space nor a sign that has a meaning in a command.
_ADDRESS = re.compile(r'([^\s\x00-\x20\x7f<>()\[\],;:\\"@]+)@([^\s\x00-\x20\x7f<>()\[\],;:\\"@]+)')
#: RFC 5321, 4.5.3.2.6: whoever gives up earlier makes doubles, for the server may take it all the same.
ANSWER_SECONDS = 600.0
#: Servers limit how many messages they take in one session, and how long they keep one that is idle.
_MESSAGES = 100
IDLE_SECONDS = 30.0
_CLOSING_SECONDS = 5.0
#: Messages that wait, addressed, for each connection to be free; what is written of them is written together.
_WAITING = 16
#: A server that fails is left alone: after so many failures, for so long, and twice as long each time.
_FAILURES = 5
_FIRST_PAUSE, _LONGEST_PAUSE = 60.0, 900.0


class Relay:
    """The server that takes our mail: connections to it are kept, at most so many, and given out one at a time."""

    def __init__(
        self, settings: Mail, answer_seconds: float = ANSWER_SECONDS, idle_seconds: float = IDLE_SECONDS
    ) -> None:
        self._settings = settings
        self._answer_seconds = answer_seconds
        self._idle_seconds = idle_seconds
        cafile = None if settings.ca_file is None else str(settings.ca_file)
        self._context = None if settings.tls == "none" else ssl.create_default_context(cafile=cafile)
        self._places = asyncio.Semaphore(settings.connections)
        self._idle: list[Session] = []
        self._quitting: set[asyncio.Task[None]] = set()
        self._breaker = _Breaker(lambda: asyncio.get_running_loop().time())

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for session in list(self._idle):
            self._retire(session)
        if self._quitting:
            await asyncio.wait(self._quitting, timeout=_CLOSING_SECONDS)

    @property
    def at_once(self) -> int:
        """How many messages are worth being begun at one time."""
        return self._settings.connections * _WAITING

    async def working(self) -> bool:
        """False while the server is left alone, because it failed again and again or refuses us."""
        return self._breaker.left() == 0

    async def check(self) -> Server:
        """What the server is found to be, in a session that comes as far as the login. Raises RelayFault."""
        smtp = await connect(self._settings, self._context)
        try:
            return server_of(smtp)
        finally:
            await Session(smtp).quit()

    async def send(self, message: Message, mark: Mark) -> Outcome:
        """Gives the server one message for one recipient. `mark` is awaited once, just before the dot, or not at all.

        Raises only what `mark` raises; then nothing was sent.
        """
        enveloped = _enveloped(message)
        if isinstance(enveloped, Outcome):
            return enveloped
        async with self._places:
            while True:
                if left := self._breaker.left():
                    return self._breaker.outcome(left)
                try:
                    session, fresh = await self._taken()
                except RelayFault as fault:
                    self._breaker.failed(fault.sentence, at_once=fault.needs_mending)
                    return Outcome(OutcomeKind.TRANSIENT, code=fault.code, text=fault.sentence)
                result = await self._sent(session, enveloped, mark)
                if result.phase is Phase.MAIL and not fresh:
                    continue  # a kept session may have ended, or had its share; a new one tells which
                self._learn(result)
                if result.phase is Phase.DOT:
                    return replace(result.outcome, far_id=message.message_id)
                return result.outcome

    async def _sent(self, session: Session, message: Message, mark: Mark) -> Result:
        keep = False
        try:
            result = await session.send(message, mark, self._answer_seconds)
            keep = session.alive
        finally:
            if not keep:  # also where this is cancelled: the next would read an answer that is not its own
                session.abort()
        if keep:
            self._kept(session)
        return result

    def _learn(self, result: Result) -> None:
        if result.refuses_all:
            self._breaker.failed(result.outcome.text or "", at_once=True)
        elif result.phase is not Phase.MAIL:
            self._breaker.worked()

    async def _taken(self) -> tuple[Session, bool]:
        """A session, and whether it is new. Raises RelayFault."""
        while self._idle:
            session = self._idle.pop()
            session.stop_waiting()
            if session.alive:
                return session, False
        return Session(await connect(self._settings, self._context)), True

    def _kept(self, session: Session) -> None:
        self._idle.append(session)
        if session.messages >= _MESSAGES:
            self._retire(session)
        else:
            session.wait(self._idle_seconds, lambda: self._retire(session))

    def _retire(self, session: Session) -> None:
        self._idle.remove(session)
        session.stop_waiting()
        task = asyncio.create_task(session.quit())
        self._quitting.add(task)
        task.add_done_callback(self._quitting.discard)


class _Breaker:
    """Leaves a server alone that fails, so that thousands of mails don't knock at a closed door."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._failures = 0
        self._pause = _FIRST_PAUSE
        self._until = 0.0
        self._cause = ""

    def left(self) -> float:
        """Seconds that it is still to be left alone; 0: it may be asked."""
        return max(0.0, self._until - self._clock()) if self._until else 0.0

    def outcome(self, left: float) -> Outcome:
        """Of a mail for which it is not asked."""
        return Outcome(OutcomeKind.TRANSIENT, text=self._cause, retry_after=timedelta(seconds=left))

    def failed(self, cause: str, *, at_once: bool) -> None:
        """`at_once`: somebody has to mend it, so asking a few more times would be of no use."""
        self._failures += 1
        self._cause = cause
        if at_once or self._failures >= _FAILURES:
            self._until = self._clock() + self._pause
            _LOG.error("the mail server is left alone", seconds=self._pause, cause=cause)
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)

    def worked(self) -> None:
        self._failures, self._pause, self._until = 0, _FIRST_PAUSE, 0.0


def _enveloped(message: Message) -> Message | Outcome:
    """With the recipient as the network writes it; an outcome for what is no address."""
    match = _ADDRESS.fullmatch(message.recipient)
    try:
        if match is None:
            raise ValueError("not an address")
        domain = match[2] if match[2].isascii() else normal_domain(match[2])
    except ValueError:
        return Outcome(OutcomeKind.PERMANENT, code="5.1.3", text="This is no mail address.", suppress=True)
    return replace(message, recipient=f"{match[1]}@{domain}")
