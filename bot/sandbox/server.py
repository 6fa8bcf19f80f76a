"""Slack's side of the wire on loopback: the Web API, uploads, response URLs and sockets."""

import asyncio
import json
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from types import TracebackType
from typing import Any, Self

from aiohttp import WSMsgType, web

from bot.sandbox.methods import Arguments, Workspace, call
from bot.sandbox.state import PATIENCE, Conversation, Failure, Post, Refused

_USES = 5
_LIFETIME = 1800.0  # seconds in which a response URL may be used


class Sandbox:
    """A Slack workspace of one's own, from `async with` to its end.

    `calls` are the methods and doors that were used, in order: "users.info", "upload", "response_url".
    """

    def __init__(self, *, polls: int = 1, clock: Callable[[], float] = time.time) -> None:
        self.workspace = Workspace(polls=polls, clock=clock)
        self.conversations: dict[str, Conversation] = {}
        self.calls: list[str] = []
        self.changed = asyncio.Condition()  #: told of every call that was taken
        self.revision = 0  #: grows with each of them
        self._clock = clock
        self._failures: dict[str, deque[Failure]] = defaultdict(deque)
        self._sockets: set[web.WebSocketResponse] = set()
        self._connected = asyncio.Event()
        self._acks: dict[str, asyncio.Future[Any]] = {}
        app = web.Application(client_max_size=32 * 1024 * 1024)
        app.router.add_route("*", "/api/{method}", self._api)
        app.router.add_post("/upload/{file}", self._upload)
        app.router.add_post("/respond/{conversation}", self._respond)
        app.router.add_get("/socket", self._socket)
        self._runner = web.AppRunner(app, shutdown_timeout=1)

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.workspace.base = f"http://{host}:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for socket in list(self._sockets):
            await socket.close()
        await self._runner.cleanup()

    @property
    def api_url(self) -> str:
        """What `slack.base_url` is set to."""
        return f"{self.workspace.base}/api/"

    def fail(self, door: str, failure: Failure, times: int = 1) -> None:
        """Let the next uses of a method, of "upload" or of "response_url" fail."""
        self._failures[door].extend([failure] * times)

    def open_conversation(self, user: str) -> tuple[Conversation, str]:
        """A conversation and its response URL."""
        number = f"{self.workspace.number():06}"
        conversation = self.conversations[number] = Conversation(user, self._clock(), f"1700000001.{number}")
        return conversation, f"{self.workspace.base}/respond/{number}"

    async def until(self, holds: Callable[[Workspace], bool]) -> None:
        """Return once something holds of the workspace. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE), self.changed:
            await self.changed.wait_for(lambda: holds(self.workspace))

    async def tell(self) -> None:
        """Wake whoever waits for something to change."""
        async with self.changed:
            self.revision += 1
            self.changed.notify_all()

    async def revision_after(self, seen: int, seconds: float) -> int:
        """The revision once it is another than was seen, or after so many seconds."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds), self.changed:
                await self.changed.wait_for(lambda: self.revision != seen)
        return self.revision

    async def send_envelope(self, kind: str, payload: Arguments) -> Any:
        """Send a payload over a socket and give what it was acknowledged with. Raises TimeoutError."""
        async with asyncio.timeout(PATIENCE):
            await self._connected.wait()
            envelope = f"envelope-{self.workspace.number()}"
            acknowledged = self._acks[envelope] = asyncio.get_running_loop().create_future()
            socket = next(iter(self._sockets))
            await socket.send_json(
                {"envelope_id": envelope, "type": kind, "payload": payload, "accepts_response_payload": True}
            )
            return await acknowledged

    async def refresh_sockets(self, reason: str = "refresh_requested") -> None:
        """Tell the app that its sockets end: it opens others meanwhile. `reason` is a word of Slack's."""
        ending = list(self._sockets)
        self._sockets.clear()
        self._connected.clear()
        for socket in ending:
            await socket.send_json({"type": "disconnect", "reason": reason, "debug_info": {"host": "sandbox"}})

    @property
    def sockets(self) -> int:
        """How many sockets are open."""
        return len(self._sockets)

    def _failure(self, door: str) -> Failure | None:
        self.calls.append(door)
        waiting = self._failures[door]
        return waiting.popleft() if waiting else None

    async def _api(self, request: web.Request) -> web.Response:
        name = request.match_info["method"]
        failure = self._failure(name)
        if failure and not failure.done:
            return await _failed(request, failure)
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        try:
            answer = call(self.workspace, name, token if scheme == "Bearer" else None, await _arguments(request))
        except Refused as refused:
            details = {"response_metadata": {"messages": list(refused.details)}} if refused.details else {}
            return web.json_response({"ok": False, "error": refused.error, **details})
        await self.tell()
        return await _failed(request, failure) if failure else web.json_response({"ok": True, **answer})

    async def _upload(self, request: web.Request) -> web.Response:
        failure = self._failure("upload")
        if failure:
            return _refusal(failure)
        file = self.workspace.files.get(request.match_info["file"])
        content = await request.read()
        if file is None or file.content is not None:
            return web.Response(status=404, text="not found")
        if len(content) != file.length:
            return web.Response(status=400, text="length differs from what was announced")
        file.content = content
        return web.Response(text=f"OK - {len(content)}")

    async def _respond(self, request: web.Request) -> web.Response:
        failure = self._failure("response_url")
        conversation = self.conversations.get(request.match_info["conversation"])
        if conversation is None:
            return _refusal(Failure("invalid_url", 404))
        body = await request.json()
        error = failure or self._response_fault(conversation, body)
        async with conversation.changed:
            post = Post(body, error.status if error else 200)
            conversation.posts.append(post)
            if not error:
                self._show(conversation, post)
            conversation.changed.notify_all()
        await self.tell()
        return _refusal(error) if error else web.Response(text="ok")

    def _response_fault(self, conversation: Conversation, body: Arguments) -> Failure | None:
        if self._clock() - conversation.opened > _LIFETIME:
            return Failure("expired_url", 404)
        if sum(post.status != 429 for post in conversation.posts) >= _USES:
            return Failure("used_url", 404)
        if body.get("response_type") not in {"ephemeral", "in_channel"}:
            return Failure("invalid_payload: response_type is not declared", 400)
        try:
            if not body.get("delete_original"):
                self.workspace.check_message(body)
        except Refused as refused:
            return Failure(f"{refused.error}: {'; '.join(refused.details)}", 400)
        return None

    def _show(self, conversation: Conversation, post: Post) -> None:
        message = self.workspace.posted.get((conversation.channel, conversation.ts))  # none where it is one person's
        if post.body.get("delete_original"):
            if message is not None:
                del self.workspace.posted[conversation.channel, conversation.ts]
            del conversation.shown[-1:]
        elif post.body.get("replace_original") and message is not None:
            message.update({"blocks": []} | post.body)
        elif post.body.get("replace_original") and conversation.shown:
            conversation.shown[-1] = post
        else:
            conversation.shown.append(post)

    async def _socket(self, request: web.Request) -> web.WebSocketResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self.workspace.tickets:
            raise web.HTTPForbidden
        self.workspace.tickets.remove(ticket)
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        await socket.send_json({"type": "hello", "num_connections": len(self._sockets) + 1})
        self._sockets.add(socket)
        self._connected.set()
        try:
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    self._acknowledged(message.data)
        finally:
            self._sockets.discard(socket)
            if not self._sockets:
                self._connected.clear()
        return socket

    def _acknowledged(self, data: str) -> None:
        told = json.loads(data)
        waiting = self._acks.pop(told.get("envelope_id"), None)
        if waiting is not None:
            waiting.set_result(told.get("payload"))


async def _failed(request: web.Request, failure: Failure) -> web.Response:
    if failure.cut and request.transport is not None:
        request.transport.abort()
    return _refusal(failure)


def _refusal(failure: Failure) -> web.Response:
    body = {"ok": False, "error": failure.error}
    return web.json_response(body, status=failure.status, headers=dict(failure.headers))


async def _arguments(request: web.Request) -> Arguments:
    """From the query, a form or JSON: Slack takes all three, and JSON in the fields of a form."""
    arguments: Arguments = dict(request.query)
    if request.content_type == "application/json":
        arguments.update(await request.json())
    else:
        arguments.update(await request.post())
    for name in ("blocks", "files", "metadata", "outputs", "unfurls", "view"):
        if isinstance(arguments.get(name), str):
            arguments[name] = json.loads(arguments[name])
    return arguments
