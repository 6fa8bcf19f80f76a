"""The doors of providers on real HTTP, with the inbox behind them, at a moment that stands still."""

import ssl
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
from sqlalchemy import Engine

from bot.inbox.drain import Reader, all_providers
from bot.inbox.service import Inbox
from bot.web.app import build_web
from bot.web.bodies import Bodies
from bot.web.certificates import Certificates
from bot.web.webhooks import Doors
from providers.provider import Credentials, Request
from reports.discover import discover
from tests.bot.slack.office import served
from tests.providers.webhooks import cases
from tests.providers.webhooks.case import NOW, Case

CASES: dict[str, Case] = discover(cases, "CASE")
LIMIT = 100_000


@dataclass(frozen=True)
class Caller:
    """Calls the doors as a provider does."""

    address: str
    session: aiohttp.ClientSession

    async def send(self, name: str, call: Request, headers: Mapping[str, str] | None = None) -> int:
        """The status that a provider's request is answered with."""
        url = f"{self.address}/webhooks/{name}"
        told = dict(call.headers) | dict(headers or {})
        async with self.session.request(
            call.method, url, data=call.body or None, headers=told, params=dict(call.query)
        ) as response:
            return response.status


@asynccontextmanager
async def opened(
    engine: Engine,
    credentials: Mapping[str, Credentials] | None = None,
    *,
    most: int = 1_000,
    body_seconds: float = 10,
    store_seconds: float = 10,
    outward: aiohttp.ClientSession | None = None,
    trust: ssl.SSLContext | None = None,
) -> AsyncIterator[Caller]:
    """Every provider's door, with its case's credentials unless others are given."""
    known = all_providers()
    told = {name: case.credentials for name, case in CASES.items()} if credentials is None else credentials
    async with (
        aiohttp.ClientSession() as session,
        Inbox(engine, Reader(known, {}), most=most, keep=timedelta(days=3), now=lambda: NOW) as inbox,
    ):
        doors = Doors(
            providers={name: (known[name], proof) for name, proof in told.items()},
            inbox=inbox,
            bodies=Bodies(LIMIT, body_seconds),
            certificates=Certificates(outward or session, trust or ssl.create_default_context()),
            store_seconds=store_seconds,
            now=lambda: NOW,
        )
        async with served(build_web(engine, None, doors)) as address:
            yield Caller(address, session)
