"""A mail server on loopback (RFC 5321): it keeps what it is given, and refuses what real servers refuse.

Nobody lives at `nobody@` any domain: such a recipient is refused for good, as a mailbox that is gone.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from email import message_from_bytes, policy
from types import TracebackType
from typing import Self

from bot.sandbox.mailbox import Mail, Mailbox

#: Octets of a mail, as EHLO announces.
MOST_OCTETS = 10 * 1024 * 1024
_MOST_RECIPIENTS = 100
_LINE = 998  # octets without CRLF, RFC 5321 4.5.3.1.6
_PATIENCE = 300.0  # seconds without a command, after which a server hangs up
_PATH = re.compile(r"<([^<>\s]*)>(?:\s+(.*))?$")
_ADDRESS = re.compile(r"[^\s@<>]{1,64}@[^\s@<>]{1,255}")


class _Refused(Exception):
    """The reply's line."""


@dataclass
class _Envelope:
    sender: str
    eight_bits: bool
    unicode: bool
    recipients: list[str] = field(default_factory=list)


class MailServer:
    """From `async with` to its end; `port` is where it listens. `arrived` is awaited after every mail."""

    def __init__(self, mailbox: Mailbox, now: Callable[[], datetime], arrived: Callable[[], Awaitable[None]]) -> None:
        self.port = 0
        self.mailbox, self._now, self._arrived = mailbox, now, arrived
        self._sessions: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        # a line longer than the limit ends the session; DATA reads in lines too
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0, limit=64 * 1024)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.close()
        for session in self._sessions:
            session.cancel()
        await asyncio.gather(*self._sessions, return_exceptions=True)
        await self._server.wait_closed()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None, "asyncio calls this in a task"
        self._sessions.add(task)
        task.add_done_callback(self._sessions.discard)
        try:
            await _Session(reader, writer, self._keep).run()
        except (ConnectionError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            pass  # the client went away, fell silent or wrote a line without end
        finally:
            writer.close()

    async def _keep(self, envelope: _Envelope, content: bytes) -> int:
        message = message_from_bytes(content, policy=policy.default)
        mail = Mail(
            len(self.mailbox.mails) + 1,
            self._now(),
            envelope.sender,
            tuple(envelope.recipients),
            content,
            message,
        )
        self.mailbox.mails.append(mail)
        await self._arrived()
        return mail.number


class _Session:
    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        keep: Callable[[_Envelope, bytes], Awaitable[int]],
    ) -> None:
        self._reader, self._writer, self._keep = reader, writer, keep
        self._greeted = False
        self._envelope: _Envelope | None = None

    async def run(self) -> None:
        await self._say("220 sandbox ESMTP: keeps mail on this machine")
        while line := await asyncio.wait_for(self._reader.readline(), _PATIENCE):
            verb, _, rest = line.decode("utf-8", "replace").rstrip("\r\n").partition(" ")
            verb = verb.upper()
            try:
                await self._obey(verb, rest)
            except _Refused as refused:
                await self._say(str(refused))
            if verb == "QUIT":
                return

    async def _obey(self, verb: str, rest: str) -> None:
        match verb:
            case "EHLO":
                self._greeted, self._envelope = True, None
                extensions = (f"SIZE {MOST_OCTETS}", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES")
                for extension in ("sandbox", *extensions):
                    await self._say(f"250-{extension}")
                await self._say("250 HELP")
            case "HELO":
                self._greeted, self._envelope = True, None
                await self._say("250 sandbox")
            case "MAIL":
                self._envelope = self._sender(rest)
                await self._say("250 2.1.0 OK")
            case "RCPT":
                self._recipient(rest)
                await self._say("250 2.1.5 OK")
            case "DATA":
                await self._data()
            case "RSET":
                self._envelope = None
                await self._say("250 2.0.0 OK")
            case "NOOP" | "HELP":
                await self._say("250 2.0.0 OK")
            case "QUIT":
                await self._say("221 2.0.0 Bye")
            case _:
                raise _Refused("502 5.5.1 No such command here")

    def _sender(self, rest: str) -> _Envelope:
        if not self._greeted:
            raise _Refused("503 5.5.1 EHLO comes first")
        if self._envelope is not None:
            raise _Refused("503 5.5.1 There is a sender already")
        path, parameters = _path(rest, "FROM:")
        told = dict(word.partition("=")[::2] for word in parameters.upper().split())
        if told.keys() - {"SIZE", "BODY", "SMTPUTF8"}:
            raise _Refused("555 5.5.4 A parameter is not known")
        if told.get("SIZE", "0").isdecimal() and int(told.get("SIZE", "0")) > MOST_OCTETS:
            raise _Refused("552 5.3.4 The mail is too large")
        envelope = _Envelope(path, told.get("BODY") == "8BITMIME", "SMTPUTF8" in told)
        if path:
            _hold_to_shape(path, envelope)
        return envelope

    def _recipient(self, rest: str) -> None:
        if self._envelope is None:
            raise _Refused("503 5.5.1 MAIL comes first")
        path, parameters = _path(rest, "TO:")
        if parameters:
            raise _Refused("555 5.5.4 A parameter is not known")
        _hold_to_shape(path, self._envelope)
        if path.partition("@")[0].lower() == "nobody":
            raise _Refused("550 5.1.1 Nobody lives here")
        if len(self._envelope.recipients) == _MOST_RECIPIENTS:
            raise _Refused("452 4.5.3 Too many recipients")
        self._envelope.recipients.append(path)

    async def _data(self) -> None:
        if self._envelope is None or not self._envelope.recipients:
            raise _Refused("503 5.5.1 RCPT comes first")
        await self._say("354 End with a line that holds a dot")
        lines: list[bytes] = []
        size = 0
        while (line := await asyncio.wait_for(self._reader.readline(), _PATIENCE)) != b".\r\n":
            if not line.endswith(b"\n"):
                raise ConnectionResetError("the client went away inside a mail")
            line = line[1:] if line.startswith(b".") else line
            size += len(line)
            if size <= MOST_OCTETS:
                lines.append(line)
        envelope, self._envelope = self._envelope, None
        if size > MOST_OCTETS:
            raise _Refused("552 5.3.4 The mail is too large")
        _hold_to_format(lines, envelope)
        number = await self._keep(envelope, b"".join(lines))
        await self._say(f"250 2.0.0 Kept as {number}")

    async def _say(self, line: str) -> None:
        self._writer.write(f"{line}\r\n".encode())
        await self._writer.drain()


def _path(rest: str, word: str) -> tuple[str, str]:
    found = _PATH.match(rest[len(word) :].lstrip()) if rest.upper().startswith(word) else None
    if found is None:
        raise _Refused(f"501 5.5.4 It is {word}<address>")
    return found[1], found[2] or ""


def _hold_to_shape(address: str, envelope: _Envelope) -> None:
    if not _ADDRESS.fullmatch(address):
        raise _Refused("501 5.1.3 That is no address")
    if not address.isascii() and not envelope.unicode:
        raise _Refused("553 5.6.7 An address beyond ASCII needs SMTPUTF8")


def _hold_to_format(lines: list[bytes], envelope: _Envelope) -> None:
    if any(not line.endswith(b"\r\n") or b"\r" in line[:-2] for line in lines):
        raise _Refused("554 5.6.0 A line ends otherwise than with CRLF")
    if any(len(line) - 2 > _LINE for line in lines):
        raise _Refused(f"554 5.6.0 A line is longer than {_LINE} octets")
    if not (envelope.eight_bits or envelope.unicode or all(line.isascii() for line in lines)):
        raise _Refused("554 5.6.3 Eight bits need BODY=8BITMIME")
    head = b"".join(lines).partition(b"\r\n\r\n")[0]
    if not head.isascii() and not envelope.unicode:
        raise _Refused("554 5.6.7 Headers beyond ASCII need SMTPUTF8")
    names = [name.lower() for name in re.findall(rb"^([!-9;-~]+):", head, re.MULTILINE)]
    for needed in (b"from", b"date"):
        if names.count(needed) != 1:
            raise _Refused(f"554 5.6.0 {needed.decode().title()} has to be there once")
