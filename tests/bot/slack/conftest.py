"""Offices: a workspace of the stand-in with the real bot in it, closed after each test."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.access.rights import Policy
from bot.access_settings import Access as AccessSettings
from bot.drawing import DrawingError
from bot.exports.exporting import Exporting
from bot.sandbox.doors import SIGNING_SECRET, Person
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.server import Sandbox
from bot.saved.saving import Saving
from bot.settings import Defaults
from bot.slack.app import build_app, web_client
from bot.slack.people import People
from bot.slack.services import Answers, Services
from bot.subscriptions.addresses import AddressRules
from bot.subscriptions.subscribing import Subscribing
from tests.bot.slack.desk import OpenSavingDesk, SavingDesk, open_desk
from tests.bot.slack.export_desk import ExportDesk, OpenExportDesk, open_export_desk
from tests.bot.slack.office import Clock, Drawer, Office, OpenOffice, answer

_POLICY = AccessSettings().policy()


@pytest.fixture
async def office() -> AsyncIterator[OpenOffice]:
    """Opens an office: `await office(answer=…, polls=…)`; everything in it is closed after the test."""
    async with AsyncExitStack() as stack:

        async def opened(
            answer: Answers = answer,
            *,
            polls: int = 1,
            fault: DrawingError | None = None,
            patience: float = 30.0,
            policy: Policy = _POLICY,
            subscribing: Subscribing | None = None,
            saving: Saving | None = None,
            exporting: Exporting | None = None,
        ) -> Office:
            sandbox = await stack.enter_async_context(Sandbox(polls=polls, clock=lambda: 0.0))
            drawer, clock = Drawer(fault), Clock()
            services = Services(
                answer,
                drawer,
                "light",
                Defaults(zone="UTC", locale="en"),
                clock.now,
                clock.sleep,
                patience,
                subscribing=subscribing,
                saving=saving,
                exporting=exporting,
            )
            stack.push_async_callback(services.finish)
            client = web_client(BOT_TOKEN, sandbox.api_url)
            people = People(client, policy, services.defaults, clock.now)
            return Office(sandbox, services, drawer, clock, build_app(client, SIGNING_SECRET, services, people), stack)

        yield opened


@pytest.fixture
async def by_http(office: OpenOffice) -> tuple[Office, Person]:
    """An office that answers over HTTP, and somebody who asks."""
    opened = await office()
    return opened, await opened.by_http()


@pytest.fixture
def saving_desk(engine: Engine, office: OpenOffice) -> OpenSavingDesk:
    """Opens a desk where people save and subscribe: `await saving_desk()`. Its store closes after the office."""

    async def opened(**kept: object) -> SavingDesk:
        return await open_desk(office, engine, **kept)

    return opened


@pytest.fixture
def export_desk(engine: Engine, office: OpenOffice, tmp_path: Path) -> OpenExportDesk:
    """Opens a desk where people ask for files: `await export_desk(rules=…, an_hour=…)`."""

    async def opened(*, rules: AddressRules | None = None, an_hour: int = 20) -> ExportDesk:
        return await open_export_desk(office, engine, tmp_path / "files", rules=rules, an_hour=an_hour)

    return opened
