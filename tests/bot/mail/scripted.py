"""A mail server that does at each step what a test tells it to: reply as told, fall silent, or cut the connection."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CUT = "cut"  #: ends the connection without a word
SILENT = "silent"  #: never answers
REPLIES = {
    "greeting": "220 scripted ESMTP",
    "ehlo": "250-scripted\r\n250-8BITMIME\r\n250 SIZE 1000000",
    "mail": "250 2.1.0 Ok",
    "rcpt": "250 2.1.5 Ok",
    "data": "354 go on",
    "body": "",  # what is done once some of the message has come: nothing
    "dot": "250 2.0.0 Ok: queued as 4F2A9C",
    "rset": "250 2.0.0 Ok",
    "quit": "221 2.0.0 Bye",
    "auth": "535 5.7.8 no",
}


@dataclass
class Script:
    """`replies` may be changed while it runs; "rcpt ADDRESS" goes before "rcpt"."""

    replies: dict[str, str]
    port: int = 0
    sessions: int = 0
    open: int = 0
    most_open: int = 0
    said: list[str] = field(default_factory=list)  #: every command
    got: list[tuple[str, bytes]] = field(default_factory=list)  #: recipient and message, of each whose dot came
    tasks: set[asyncio.Task[None]] = field(default_factory=set)


@asynccontextmanager
async def scripted(replies: Mapping[str, str] | None = None) -> AsyncIterator[Script]:
    script = Script({**REPLIES, **(replies or {})})

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        script.tasks.add(task)
        script.sessions += 1
        script.open += 1
        script.most_open = max(script.most_open, script.open)
        try:
            await _session(script, reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            script.open -= 1
            script.tasks.discard(task)
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=2**20)
    script.port = server.sockets[0].getsockname()[1]
    try:
        yield script
    finally:
        server.close()
        for task in list(script.tasks):
            task.cancel()
        await asyncio.gather(*script.tasks, return_exceptions=True)


async def _session(script: Script, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    recipient = ""
    await _reply(script, "greeting", writer)
    while line := await reader.readline():
        command = line.decode().strip()
        script.said.append(command)
        word = command.split(" ")[0].split(":")[0].casefold()
        if word == "rcpt":
            recipient = command.partition("<")[2].partition(">")[0]
        own = f"rcpt {recipient}"
        await _reply(script, own if word == "rcpt" and own in script.replies else word, writer)
        if word == "data" and script.replies["data"].startswith("354"):
            if script.replies["body"]:
                await reader.readline()
                await _reply(script, "body", writer)
            script.got.append((recipient, await reader.readuntil(b"\r\n.\r\n")))
            script.said.append(".")
            await _reply(script, "dot", writer)
        if word == "quit":
            return


async def _reply(script: Script, step: str, writer: asyncio.StreamWriter) -> None:
    reply = script.replies.get(step, "502 5.5.1 what?")
    if reply == CUT:
        writer.transport.abort()
        raise ConnectionResetError
    if reply == SILENT:
        await asyncio.Event().wait()
    if reply:
        writer.write(reply.encode() + b"\r\n")
        await writer.drain()
