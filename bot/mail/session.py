"""One SMTP session, in phases: that a message is sent is put down just before the dot that ends it.

Before the dot a server has to forget what it has of a message, so whatever goes wrong until then is surely not sent;
only after it can nobody tell. aiosmtplib's own `sendmail` writes message and dot in one go, and so can't tell either.
"""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from typing import cast

from aiosmtplib import SMTP, SMTPException, SMTPResponseException

from bot.digests.sender import Mark
from bot.mail.replies import Phase, answered, is_servers, lost
from store.ledger import Outcome, OutcomeKind

_CHUNK = 64 * 1024
_CHUNK_SECONDS = 180.0
_QUIT_SECONDS = 5.0
_SILENCE, _CONNECTION = "it did not answer in time", "the connection was lost"


@dataclass(frozen=True, slots=True)
class Message:
    """What one recipient is sent. Addresses are bare.

    `content` is all of it, headers and body. Its lines end with CRLF, and nothing in it is half of that: a letter sees
    to it once, for everybody.
    """

    sender: str
    recipient: str
    message_id: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Result:
    """How far it came, what became of it, and whether the server would refuse every other message as well."""

    phase: Phase
    outcome: Outcome
    refuses_all: bool = False


class Session:
    """One connection. It is of no use any more after anything that was not answered."""

    def __init__(self, smtp: SMTP) -> None:
        self._smtp = smtp
        self.messages = 0
        self._timer: asyncio.TimerHandle | None = None
        transport = cast("asyncio.Transport", smtp.transport)
        assert smtp.protocol is not None, "it is connected"
        # With nothing in our own buffer, what was written before the mark is on its way before the mark.
        transport.set_write_buffer_limits(high=1, low=0)
        self._transport = transport
        self._writer = asyncio.StreamWriter(transport, smtp.protocol, None, asyncio.get_running_loop())

    @property
    def alive(self) -> bool:
        return self._smtp.is_connected

    async def send(self, message: Message, mark: Mark, answer_seconds: float) -> Result:
        """Raises only what `mark` raises; the session is then to be aborted."""
        self.messages += 1
        refused = await self._offer(message)
        if refused is not None:
            return refused
        if not await mark():
            self.abort()
            return Result(Phase.DATA, Outcome(OutcomeKind.TRANSIENT, text="It was no longer to be sent."))
        if not self.alive:  # nothing is awaited between here and the dot
            return self._lost(Phase.DATA, _CONNECTION)
        return await self._end(answer_seconds)

    async def _offer(self, message: Message) -> Result | None:
        """All of a message but the dot; None: the server waits for that."""
        phase = Phase.MAIL
        try:
            options = _options(message, self._smtp.esmtp_extensions)
            encoding = "utf-8" if "SMTPUTF8" in options else "ascii"
            await self._smtp.mail(message.sender, options=options, encoding=encoding)
            phase = Phase.RCPT
            await self._smtp.rcpt(message.recipient, encoding=encoding)
            phase = Phase.DATA
            started = await self._smtp.execute_command(b"DATA")
            if started.code != 354:
                raise SMTPResponseException(started.code, started.message)
            await self._write(stuffed(message.content))
        except _TooMuch as refusal:
            return Result(Phase.RCPT, refusal.outcome)
        except SMTPResponseException as refusal:
            await self._reset(refusal.code)
            outcome = answered(phase, refusal.code, refusal.message)
            return Result(phase, outcome, is_servers(phase, refusal.code, refusal.message))
        except TimeoutError:
            return self._lost(phase, _SILENCE)
        except (OSError, SMTPException):
            return self._lost(phase, _CONNECTION)
        return None

    async def _end(self, answer_seconds: float) -> Result:
        try:
            code, reply = await self._smtp.execute_command(b".", timeout=answer_seconds)
        except SMTPResponseException as nonsense:
            return self._lost(Phase.DOT, f"it answered {nonsense.message}")
        except TimeoutError:
            return self._lost(Phase.DOT, _SILENCE)
        except (OSError, SMTPException):
            return self._lost(Phase.DOT, _CONNECTION)
        return Result(Phase.DOT, answered(Phase.DOT, code, reply))

    def _lost(self, phase: Phase, how: str) -> Result:
        self.abort()
        return Result(phase, lost(phase, how))

    async def _write(self, content: bytes) -> None:
        for start in range(0, len(content), _CHUNK):
            async with asyncio.timeout(_CHUNK_SECONDS):
                self._writer.write(content[start : start + _CHUNK])
                await self._writer.drain()

    async def _reset(self, code: int) -> None:
        """After a refusal, so that the next message begins anew."""
        if code == -1:
            self.abort()
        if not self.alive:
            return
        try:
            await self._smtp.rset()
        except (OSError, SMTPException):
            self.abort()

    def abort(self) -> None:
        """Ends it now, with nothing more written: what the server has of a message it must forget."""
        self._transport.abort()
        self._smtp.close()

    async def quit(self) -> None:
        try:
            await self._smtp.quit(timeout=_QUIT_SECONDS)
        except (OSError, SMTPException):
            self.abort()

    def wait(self, seconds: float, then: Callable[[], None]) -> None:
        self._timer = asyncio.get_running_loop().call_later(seconds, then)

    def stop_waiting(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None


class _TooMuch(Exception):
    """The server says beforehand that it can't take such a message."""

    def __init__(self, code: str, text: str) -> None:
        self.outcome = Outcome(OutcomeKind.PERMANENT, code=code, text=text)
        super().__init__(text)


def stuffed(content: bytes) -> bytes:
    """Lines of CRLF as they go over the wire: the last one ends too, and none is a lone dot (RFC 5321, 4.5.2)."""
    if not content.endswith(b"\r\n"):
        content += b"\r\n"
    if content.startswith(b"."):
        content = b"." + content
    return content.replace(b"\r\n.", b"\r\n..")


def _options(message: Message, extensions: dict[str, str]) -> list[str]:
    """What MAIL says beforehand of a message (RFC 1870, 6152, 6531), as far as it needs it. Raises _TooMuch."""
    options = []
    if "size" in extensions:
        most = extensions["size"].strip()
        if most.isdecimal() and 0 < int(most) < len(message.content):
            size = f"The message has {len(message.content):,} bytes, and the mail server takes {int(most):,} at most."
            raise _TooMuch("5.3.4", size)
        options.append(f"SIZE={len(message.content)}")
    if not (message.recipient + message.sender).isascii():
        if "smtputf8" not in extensions:
            raise _TooMuch("5.6.7", "The mail server takes no addresses with letters beyond ASCII.")
        options.append("SMTPUTF8")
    if not message.content.isascii():
        if "8bitmime" not in extensions:
            raise _TooMuch("5.6.3", "The mail server takes no text beyond ASCII.")
        options.append("BODY=8BITMIME")
    return options
