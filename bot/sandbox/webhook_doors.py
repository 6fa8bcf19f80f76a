"""The page's webhooks: fires a provider's event at the service, and shows the figures move."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from aiohttp import ClientSession, web

from bot.sandbox.clock import Clock
from bot.sandbox.frame import Frame, back, known, who
from bot.sandbox.server import Sandbox
from bot.sandbox.webhooks import HAPPENINGS, PROVIDERS, Answer, calls, send

#: The e-mail that the events are about; nobody else sends one of this name.
EMAIL = "webhook-sale"
_READ_WITHIN = 5.0  # seconds in which the service usually has read what it took
_LOOK_EVERY = 0.1  # seconds

#: The figures of an e-mail for the person: label, value and counts in words; nothing where it is not known.
Figures = Callable[[str, str], Awaitable[Sequence[Mapping[str, Any]]]]


@dataclass(frozen=True, slots=True)
class Target:
    """The service to call, and what it knows by now."""

    address: str
    session: ClientSession
    figures: Figures


@dataclass(frozen=True, slots=True)
class _Fired:
    words: str
    answer: Answer


@dataclass
class WebhookDoors:
    sandbox: Sandbox
    frame: Frame
    clock: Clock
    target: Target
    _fired: list[_Fired] = field(default_factory=list)

    def add_to(self, app: web.Application) -> None:
        app.router.add_get("/webhooks", self._whole)
        app.router.add_get("/webhooks/figures", self._anew)
        app.router.add_post("/webhooks", self._fire)

    async def _whole(self, request: web.Request) -> web.Response:
        return await self._shown("webhooks.html", who(request))

    async def _anew(self, request: web.Request) -> web.Response:
        return await self._shown("figures.html", who(request))

    async def _shown(self, template: str, user: str) -> web.Response:
        return self.frame.show(
            template,
            user,
            "webhooks",
            email=EMAIL,
            providers=PROVIDERS,
            happenings=list(HAPPENINGS),
            fired=self._fired[::-1],
            figures=await self.target.figures(EMAIL, user),
        )

    async def _fire(self, request: web.Request) -> web.Response:
        form = await request.post()
        user, contact = known(str(form.get("as"))), str(form.get("contact", "")).strip()
        provider, happening = str(form.get("provider")), str(form.get("happening"))
        try:
            sent = calls(provider, happening, EMAIL, contact, self.clock.now())
        except KeyError:
            raise web.HTTPBadRequest(text="There is no such provider or event.") from None
        before = await self.target.figures(EMAIL, user)
        answer = await send(self.target.session, self.target.address, provider, sent)
        self._fired.append(_Fired(f"{PROVIDERS[provider]}: {contact} {happening}", answer))
        await self._read(before, user)
        await self.sandbox.tell()
        return back(request, user, "webhooks")

    async def _read(self, before: Sequence[Mapping[str, Any]], user: str) -> None:
        """Waits until the figures have moved, or long enough: an event may also change none."""
        for _ in range(round(_READ_WITHIN / _LOOK_EVERY)):
            if await self.target.figures(EMAIL, user) != before:
                return
            await asyncio.sleep(_LOOK_EVERY)
