"""The Starlette app: Slack over HTTP, the doors of providers, and health for whoever runs the service."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from types import MappingProxyType

from slack_bolt.adapter.starlette.async_handler import AsyncSlackRequestHandler
from slack_bolt.async_app import AsyncApp
from sqlalchemy import Engine, text
from sqlalchemy.exc import SQLAlchemyError
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bot.web.downloads import Downloads
from bot.web.leaving import Leaving
from bot.web.webhooks import Doors

#: Slack's largest requests are far below; what is larger is not Slack's.
_LARGEST = 1024 * 1024


def build_web(
    engine: Engine,
    slack: AsyncApp | None,
    doors: Doors | None = None,
    checks: Mapping[str, Callable[[], Awaitable[bool]]] = MappingProxyType({}),
    downloads: Downloads | None = None,
    leaving: Leaving | None = None,
) -> Starlette:
    """Routes: /healthz (the process lives), /readyz (it can answer), /slack/events where Slack comes by HTTP,
    /webhooks/NAME for providers, /d/TOKEN for files, and /u/TOKEN and /confirm/TOKEN for subscribers by mail.

    `checks` are told by /readyz with its own of the database, which alone decides: without the others, webhooks must
    still come in.
    """

    async def alive(_request: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def ready(_request: Request) -> Response:
        try:
            await asyncio.wait_for(asyncio.to_thread(_ask, engine), timeout=5)
        except (SQLAlchemyError, TimeoutError):
            return JSONResponse({"database": "not reachable"}, status_code=503)
        working = await asyncio.gather(*(check() for check in checks.values()))
        told = {name: "ok" if works else "not working" for name, works in zip(checks, working, strict=True)}
        return JSONResponse({"database": "ok", **told})

    routes = [Route("/healthz", alive), Route("/readyz", ready)]
    if slack is not None:
        handler = AsyncSlackRequestHandler(slack)

        async def events(request: Request) -> Response:
            if not _readable(await request.body(), request.headers.get("x-slack-request-timestamp")):
                return PlainTextResponse("This does not come from Slack.\n", status_code=400)
            return await handler.handle(request)

        routes.append(Route("/slack/events", events, methods=["POST"], middleware=[Middleware(_Bounded)]))
    if doors is not None:
        routes.append(doors.route())
    if downloads is not None:
        routes.append(downloads.route())
    if leaving is not None:
        routes += leaving.routes()
    app = Starlette(routes=routes)
    app.router.redirect_slashes = False  # a redirect would lead to whatever host a stranger names
    return app


def _readable(body: bytes, timestamp: str | None) -> bool:
    """Whether Bolt can check the signature; it fails with an error of the server where these are no text and time."""
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return timestamp is None or (timestamp.isascii() and timestamp.isdecimal() and len(timestamp) < 20)


def _ask(engine: Engine) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))


class _TooLarge(Exception):
    pass


class _Bounded:
    """Refuses a body over the limit while it comes in, whatever its Content-Length says."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        read = 0

        async def bounded() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > _LARGEST:
                raise _TooLarge
            return message

        try:
            await self._app(scope, bounded, send)
        except _TooLarge:
            await PlainTextResponse("The body is too large.\n", status_code=413)(scope, receive, send)
