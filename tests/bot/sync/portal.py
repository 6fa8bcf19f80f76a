"""HubSpot's side of the wire on loopback, as strict as its documentation: what it would refuse is refused."""

import asyncio
import secrets
from collections import deque
from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime
from types import TracebackType
from typing import Any, Self

from aiohttp import web

TOKEN = "pat-eu1-01234567-89ab-cdef-0123-456789abcdef"
_EVENTS = {"startTimestamp", "endTimestamp", "limit", "offset"}

Json = dict[str, Any]


class Portal:
    """An account of HubSpot's, from `async with` to its end. What is in it may be changed while it runs.

    `asked` are the paths that were asked for, in order; `too_quick` counts requests over the limit.
    """

    def __init__(self, events: Sequence[Json] = (), *, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self.events: list[Json] = list(events)
        self.emails: list[Json] = []
        self.lists: dict[str, str] = {}
        self.teams: dict[str, str] = {}
        self.campaigns: dict[int, Json] = {}
        self.page = 1_000  #: events of a page, whatever is asked for, as when it shortens them
        self.uses = 10_000  #: pages that one question's offsets lead to before they are too old
        self.forbidden: set[str] = set()  #: the first words of paths that the token's scopes leave out
        self.failures: deque[Callable[[web.Request], Awaitable[web.StreamResponse]]] = deque()
        self.limit = 100
        self.asked: list[str] = []
        self.too_quick = 0
        self._marks: list[tuple[int, asyncio.Event]] = []
        self._times: deque[float] = deque()
        self._offsets: dict[str, tuple[tuple[tuple[str, str], ...], int, int]] = {}
        self._now = now
        app = web.Application()
        app.router.add_get("/email/public/v1/events", self._events)
        app.router.add_get("/email/public/v1/campaigns/by-id", self._campaigns)
        app.router.add_get("/email/public/v1/campaigns/{id}", self._campaign)
        app.router.add_get("/marketing/v3/emails", self._emails)
        app.router.add_get("/crm/v3/lists/{id}", self._list)
        app.router.add_get("/settings/v3/users/teams", self._teams)
        app.middlewares.append(self._door)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        self.url = ""

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()

    async def after(self, requests: int) -> None:
        """Returns when so many more were made."""
        self._marks.append((len(self.asked) + requests, asyncio.Event()))
        await self._marks[-1][1].wait()

    @web.middleware
    async def _door(
        self, request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        self.asked.append(request.path)
        for number, mark in self._marks:
            if len(self.asked) >= number:
                mark.set()
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return web.json_response({"status": "error", "category": "INVALID_AUTHENTICATION"}, status=401)
        now = self._now().timestamp()
        while self._times and self._times[0] <= now - 10:
            self._times.popleft()
        if len(self._times) >= self.limit:
            self.too_quick += 1
            return web.json_response({"errorType": "RATE_LIMIT"}, status=429, headers={"Retry-After": "10"})
        self._times.append(now)
        if self.failures:
            return await self.failures.popleft()(request)
        if any(request.path.startswith(f"/{path}") for path in self.forbidden):
            return web.json_response({"category": "MISSING_SCOPES"}, status=403)
        return await handler(request)

    async def _events(self, request: web.Request) -> web.Response:
        told = dict(request.query)
        offset, position, uses = told.pop("offset", None), 0, 0
        question = tuple(sorted(told.items()))
        start, end, limit = (int(told[name]) for name in ("startTimestamp", "endTimestamp", "limit"))
        if not request.query.keys() <= _EVENTS or not 1 <= limit <= 1_000 or start > end:
            return _wrong("bad parameters")
        if offset is not None:
            asked, position, uses = self._offsets.pop(offset, ((), 0, 0))
            if asked != question or uses >= self.uses:
                return _wrong("offset is not of this question, or too old")
        found = [event for event in self.events if start < event["created"] < end]  # the less generous reading
        found.sort(key=lambda event: -event["created"])
        next_position = position + min(limit, self.page)
        following = secrets.token_urlsafe(24)  # told on the last page as well
        self._offsets[following] = (question, next_position, uses + 1)
        more = next_position < len(found)
        return web.json_response({"hasMore": more, "offset": following, "events": found[position:next_position]})

    async def _campaigns(self, request: web.Request) -> web.Response:
        known, start = sorted(self.campaigns), int(request.query.get("offset", 0))
        rows = [{"id": number, "appId": self.campaigns[number]["appId"]} for number in known[start : start + 2]]
        return web.json_response({"campaigns": rows, "hasMore": start + 2 < len(known), "offset": start + 2})

    async def _campaign(self, request: web.Request) -> web.Response:
        found = self.campaigns.get(int(request.match_info["id"]))
        if found is None or request.query.get("appId") != str(found["appId"]):
            return web.json_response({}, status=404)
        return web.json_response(found)

    async def _emails(self, request: web.Request) -> web.Response:
        after = request.query.get("updatedAfter")
        since = datetime.fromisoformat(after) if after else datetime(1970, 1, 1, tzinfo=UTC)
        found = [email for email in self.emails if datetime.fromisoformat(email["updatedAt"]) > since]
        published = request.query.get("publishedAfter")
        if published:
            found = [email for email in found if email["publishDate"] > published]
        if request.query.get("includeStats") != "true":
            found = [{key: value for key, value in email.items() if key != "stats"} for email in found]
        start = int(request.query.get("after", 0))
        told: Json = {"total": len(found), "results": found[start : start + 2]}
        if start + 2 < len(found):
            told["paging"] = {"next": {"after": str(start + 2), "link": "https://example.org"}}
        return web.json_response(told)

    async def _list(self, request: web.Request) -> web.Response:
        number = request.match_info["id"]
        if number not in self.lists:
            return web.json_response({}, status=404)
        return web.json_response({"list": {"listId": number, "name": self.lists[number]}})

    async def _teams(self, _request: web.Request) -> web.Response:
        return web.json_response({"results": [{"id": number, "name": name} for number, name in self.teams.items()]})


def _wrong(why: str) -> web.Response:
    return web.json_response({"status": "error", "message": why}, status=400)


def failing(status: int, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An answer that is a failure; headers with _ for -."""

    async def fail(_request: web.Request) -> web.StreamResponse:
        told = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.json_response({"status": "error"}, status=status, headers=told)

    return fail


async def hang_up(request: web.Request) -> web.StreamResponse:
    """Ends the connection in the middle of the answer."""
    response = web.StreamResponse(headers={"Content-Length": "1000"})
    await response.prepare(request)
    await response.write(b'{"events"')
    assert request.transport is not None
    request.transport.close()
    return response


async def nonsense(_request: web.Request) -> web.StreamResponse:
    """A page of a proxy in between."""
    await asyncio.sleep(0)
    return web.Response(text="<html>We'll be back soon</html>", content_type="text/html")
