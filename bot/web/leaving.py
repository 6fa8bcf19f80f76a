"""`/u/TOKEN` and `/confirm/TOKEN`: leaving a subscription by mail, and agreeing to one.

Whoever only looks changes nothing, for scanners follow every link of a mail. A POST leaves, from the button on the page
as from a mail program by itself (RFC 8058, List-Unsubscribe-Post); its body says nothing more, and is not read.
"""

import asyncio
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from bot.web.pages import PRIVATE, page
from reports.masking import mask_address
from reports.text import plain
from store import subscriptions
from store.subscriptions import Channel, State, Target, TargetState

Change = Callable[[Engine, str], Target | None]
Pages = Mapping[TargetState, str]

#: What is shown of a target in each state, to whoever comes to leave and to whoever comes to agree.
_LEAVE = {
    TargetState.ACTIVE: "leave",
    TargetState.PENDING: "confirm",
    TargetState.LEFT: "left",
    TargetState.SUPPRESSED: "suppressed",
}
_CONFIRM = {**_LEAVE, TargetState.ACTIVE: "confirmed"}

_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)


@dataclass(frozen=True)
class Leaving:
    """The doors for those who hold a mail's link."""

    engine: Engine

    def routes(self) -> list[Route]:
        return [
            Route("/u/{token}", self._look, methods=["GET", "HEAD"]),
            Route("/u/{token}", self._leave, methods=["POST"]),
            Route("/u/{token}/back", self._back, methods=["POST"]),
            Route("/confirm/{token}", self._look_to_confirm, methods=["GET", "HEAD"]),
            Route("/confirm/{token}", self._confirm, methods=["POST"]),
        ]

    async def _look(self, request: Request) -> Response:
        return await asyncio.to_thread(self._told, request.path_params["token"], _LEAVE)

    async def _look_to_confirm(self, request: Request) -> Response:
        return await asyncio.to_thread(self._told, request.path_params["token"], _CONFIRM)

    async def _leave(self, request: Request) -> Response:
        return await asyncio.to_thread(self._done, subscriptions.leave, request.path_params["token"], _LEAVE)

    async def _back(self, request: Request) -> Response:
        """Leads back to the page of its own, whose button leaves."""
        token = request.path_params["token"]
        told = await asyncio.to_thread(self._done, subscriptions.come_back, token, _LEAVE)
        return told if told.status_code == 404 else RedirectResponse(f"../{token}", 303, PRIVATE)

    async def _confirm(self, request: Request) -> Response:
        return await asyncio.to_thread(self._done, subscriptions.confirm, request.path_params["token"], _CONFIRM)

    def _done(self, change: Change, token: str, pages: Pages) -> Response:
        if _TOKEN.fullmatch(token):
            change(self.engine, token)
        return self._told(token, pages)

    def _told(self, token: str, pages: Pages) -> Response:
        """What the link is about, and what can be done now."""
        found = None
        if _TOKEN.fullmatch(token):
            with self.engine.connect() as connection:
                found = subscriptions.of_token(connection, token)
        if found is None or found[0].state is State.ENDED:
            return page("ended", 404)
        subscription, target = found
        return page(pages[target.state], token=token, name=plain(subscription.promise.name), who=_who(target))


def _who(target: Target) -> str:
    """The mail may have been passed on: the address is masked."""
    return mask_address(target.address) if target.channel is Channel.MAIL else "you"
