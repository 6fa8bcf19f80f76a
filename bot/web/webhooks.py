"""The doors of providers: POST /webhooks/NAME. Proved, stored, and only then answered; read afterwards."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

import structlog
from sqlalchemy.exc import SQLAlchemyError
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from bot.inbox.service import Inbox
from bot.web.bodies import Bodies, Broken, Busy, TooLarge
from bot.web.certificates import Certificates, Distrusted, Unreachable
from providers import provider
from providers.proof import SECRET_HEADER
from providers.provider import Credentials, Provider, Unverified
from store.inbox import Arrival, Outcome

_LOG = structlog.get_logger(__name__)

_SECRET_HEADERS = {"authorization", "proxy-authorization", "cookie", SECRET_HEADER}


@dataclass(frozen=True, slots=True)
class Doors:
    """What answers a webhook: providers that have credentials, by name, and what they need."""

    providers: Mapping[str, tuple[Provider, Credentials]]
    inbox: Inbox
    bodies: Bodies
    certificates: Certificates
    store_seconds: float
    now: Callable[[], datetime]

    def route(self) -> Route:
        return Route("/webhooks/{name}", self._answer, methods=["GET", "HEAD", "POST"])

    async def _answer(self, request: Request) -> Response:
        name = request.path_params["name"]
        known = self.providers.get(name)
        if known is None:
            return PlainTextResponse("No such provider is set up here.\n", status_code=404)
        source, credentials = known
        if request.method != "POST":
            return self._probed(request, source, credentials)
        if self.inbox.full:
            _LOG.warning("webhook put off", provider=name, why="the inbox is full")
            return _said(source.answers.overloaded, close=True)
        try:
            async with self.bodies.read(request) as body:
                return await self._taken(_called(request, body), source, credentials)
        except TooLarge:
            _LOG.warning("webhook refused", provider=name, why="the body is too large")
            return PlainTextResponse("The body is too large.\n", status_code=413, headers={"Connection": "close"})
        except Broken as error:
            _LOG.warning("webhook refused", provider=name, why=f"the body cannot be had: {error}")
            return _said(source.answers.malformed, close=True)
        except Busy:
            _LOG.warning("webhook put off", provider=name, why="too many bodies at once")
            return _said(source.answers.overloaded, close=True)
        except Exception:  # noqa: BLE001 - the server's own 500 makes some providers throw the event away
            _LOG.exception("webhook put off by a fault", provider=name)
            return _said(source.answers.overloaded, close=True)

    def _probed(self, request: Request, source: Provider, credentials: Credentials) -> Response:
        if not source.probed:
            return PlainTextResponse("Webhooks come by POST.\n", status_code=405, headers={"Allow": "POST"})
        try:
            source.verify(_called(request, b""), credentials, self.now())
        except Unverified as error:
            return self._unproved(source, error)
        return _said(source.answers.success)

    async def _taken(self, call: provider.Request, source: Provider, credentials: Credentials) -> Response:
        try:
            if url := source.certificate(call, credentials):
                credentials = replace(credentials, certificates={url: await self.certificates.get(url)})
            source.verify(call, credentials, self.now())
            if url := source.confirmation(call):
                await self.certificates.confirm(url)
                _LOG.info("webhook subscription confirmed", provider=source.name)
                return _said(source.answers.success)
            return await self._stored(call, source, credentials)
        except (Unverified, Distrusted) as error:
            return self._unproved(source, error)
        except Unreachable as error:
            _LOG.warning("webhook put off", provider=source.name, why=str(error))
            return _said(source.answers.overloaded)

    async def _stored(self, call: provider.Request, source: Provider, credentials: Credentials) -> Response:
        arrival = Arrival(
            source.name, self.now(), call.body, _without_secrets(call.headers, credentials), source.token(call)
        )
        try:
            outcome = await asyncio.wait_for(self.inbox.put(arrival), self.store_seconds)
        except (SQLAlchemyError, TimeoutError) as error:
            _LOG.warning("webhook put off", provider=source.name, why=f"the database: {type(error).__name__}")
            return _said(source.answers.overloaded)
        if outcome is Outcome.REPLAYED:
            return self._unproved(source, Unverified("its token came before with another body"))
        return _said(source.answers.success)

    def _unproved(self, source: Provider, error: Unverified | Distrusted) -> Response:
        _LOG.warning("webhook refused", provider=source.name, why=str(error))
        return _said(source.answers.unverified)


def _called(request: Request, body: bytes) -> provider.Request:
    return provider.Request(body, dict(request.headers), dict(request.query_params), request.method)


def _without_secrets(headers: Mapping[str, str], credentials: Credentials) -> dict[str, str]:
    return {
        name: value
        for name, value in headers.items()
        if name not in _SECRET_HEADERS and not any(secret in value for secret in credentials.secrets)
    }


def _said(status: int, *, close: bool = False) -> Response:
    """Nothing but a status: whoever is refused learns no more. 401 has to name a scheme.

    `close`: what is still to come of the body is not wanted.
    """
    headers = {"Connection": "close"} if close else {}
    if status == 401:
        headers["WWW-Authenticate"] = 'Basic realm="emailstats"'
    return Response(status_code=status, headers=headers)
