"""Where digests arrive, in a process that is never killed: a mail server and Slack, each with faults by chance."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from random import Random

from bot.sandbox.server import Sandbox
from bot.sandbox.state import Failure

_POSTED = "chat.postMessage"
#: With `done` the message stands although the answer says, or leads one to think, that it does not.
_SLACK_FAULTS = (
    Failure("ratelimited", 429, {"Retry-After": "0"}),
    Failure("internal_error", 500),
    Failure("internal_error", 500, done=True),
    Failure("", cut=True),
    Failure("", cut=True, done=True),
)


@dataclass
class MailServer:
    """`took` counts messages by their Message-ID; `ambiguous` counts answers to a dot that never came."""

    random: Random
    faults: float  #: the share of messages that go wrong
    port: int = 0
    took: Counter[str] = field(default_factory=Counter)
    ambiguous: int = 0

    async def session(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await self._talk(reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        async def say(line: str) -> None:
            writer.write(f"{line}\r\n".encode())
            await writer.drain()

        await say("220 far end")
        fault = ""
        while line := await reader.readline():
            word = line.split()[0].upper()
            if word == b"MAIL":
                faults = ("rcpt 450", "rcpt cut", "dot 451", "dot cut", "dot took cut")
                fault = self.random.choice(faults) if self.random.random() < self.faults else ""
            if word == b"DATA":
                await say("354 go on")
                content = await reader.readuntil(b"\r\n.\r\n")
                await asyncio.sleep(self.random.uniform(0, 0.1))  # most who die then, die waiting for this answer
                await say(self._dot(fault, content, writer))
            elif word == b"RCPT" and fault == "rcpt cut":
                writer.transport.abort()
                return
            else:
                await say("450 4.2.0 later" if word == b"RCPT" and fault == "rcpt 450" else "250 ok")

    def _dot(self, fault: str, content: bytes, writer: asyncio.StreamWriter) -> str:
        if fault in ("", "dot took cut"):
            head = content.decode("latin-1").split("\r\n\r\n")[0]
            self.took[next(line for line in head.split("\r\n") if line.startswith("Message-ID:"))[11:].strip()] += 1
        if fault.endswith("cut") and fault.startswith("dot"):
            self.ambiguous += 1
            writer.transport.abort()
        return "451 4.3.0 later" if fault == "dot 451" else "250 2.0.0 ok"


@dataclass
class FarEnds:
    mail: MailServer
    slack: Sandbox

    def in_slack(self) -> Counter[str]:
        """Messages by what their metadata says of their delivery."""
        posted = self.slack.workspace.posted.values()
        return Counter(body["metadata"]["event_payload"]["delivery"] for body in posted if "metadata" in body)


@asynccontextmanager
async def far_ends(random: Random, faults: float) -> AsyncIterator[FarEnds]:
    """`faults` is the share of messages that go wrong."""
    mail = MailServer(random, faults)
    server = await asyncio.start_server(mail.session, "127.0.0.1", 0, limit=2**20)
    mail.port = server.sockets[0].getsockname()[1]
    async with Sandbox() as slack:

        async def disturb() -> None:
            while True:
                await asyncio.sleep(0.05)
                if random.random() < faults:
                    slack.fail(_POSTED, random.choice(_SLACK_FAULTS))

        task = asyncio.create_task(disturb())
        try:
            yield FarEnds(mail, slack)
        finally:
            task.cancel()
            server.close()
