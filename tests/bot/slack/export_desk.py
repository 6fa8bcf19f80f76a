"""A desk where people ask for files in Slack: an office, a store, and a maker that works when it is told to."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from bot.access.rights import OPERATOR, Access
from bot.export_settings import Exports
from bot.exports.documents import load_document
from bot.exports.exporting import Exporting
from bot.exports.maker import Maker
from bot.exports.runner import Exporter
from bot.exports.storage import Storage
from bot.exports.telling import Telling
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.forms import Form, form_of
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.state import Conversation, Post
from bot.slack.app import web_client
from bot.slack.export_message import ExportMessages
from bot.subscriptions.addresses import AddressRules
from store import exports
from store.exports import Job, State
from tests.bot.exports.bench import WEEK, Printer, fill, until
from tests.bot.slack.office import NOW, Office, OpenOffice

BOB = "U0BOB000000"
SITE = "https://emailstats.example.com"


@dataclass
class ExportDesk:
    """An office where people ask for files, which are made whenever a test says so; `seeing` may see addresses."""

    office: Office
    engine: Engine
    anna: Person
    folder: Path
    seeing: set[str] = field(default_factory=lambda: {ANNA})

    @property
    def bob(self) -> Person:
        return Person(self.office.sandbox, self.anna.wire, BOB)

    async def said(self, text: str, person: Person | None = None) -> Conversation:
        return await (await (person or self.anna).type(text)).posted(1)

    async def form(self, text: str = "export") -> Form:
        await self.anna.type(text)
        return await form_of(self.anna)

    def jobs(self, owner: str | None = None) -> list[Job]:
        with self.engine.connect() as connection:
            return exports.of_owner(connection, owner, 99)

    def messages(self) -> list[dict[str, Any]]:
        """The app's messages to people, oldest first."""
        return list(self.office.sandbox.workspace.posted.values())

    def access_of(self, owner: str) -> Access:
        return OPERATOR if owner in self.seeing else OPERATOR.for_others

    async def make(self) -> None:
        """Makes what waits, and tells of it."""
        async with self._exporter():
            await until(lambda: all(job.state in (State.MADE, State.FAILED, State.REMOVED) for job in self.jobs()))

    async def forget(self) -> None:
        """Removes what was made, once its time is up."""
        async with self._exporter():
            await until(lambda: all(job.state is State.REMOVED for job in self.jobs()))

    def _exporter(self) -> Exporter:
        client = web_client(BOT_TOKEN, self.office.sandbox.api_url)
        telling = Telling(lambda token: f"{SITE}/d/{token}", ExportMessages(self.engine, client))
        loop = asyncio.get_running_loop()
        load = partial(load_document, self.engine)
        now, storage = self.office.clock.now, Storage(Exports(storage=str(self.folder)))
        maker = Maker(load, Printer(), storage, self.access_of, now, loop)
        return Exporter(self.engine, storage, maker, telling, WEEK, now)

    async def press_in_message(self, label: str, person: Person | None = None) -> Conversation:
        """Presses a button of the app's last message."""
        conversation, _ = self.office.sandbox.open_conversation(ANNA)
        post = Post(self.messages()[-1], 200)
        (button,) = [one for one in post.buttons if one["text"]["text"] == label]
        following = await (person or self.anna).press_in(conversation, post, {**button, "block_id": "b"})
        await self.office.services.finish()
        return following

    async def press(self, listed: Conversation, label: str, place: int = 0) -> Conversation:
        following = await self.anna.press(listed, label, place)
        await self.office.services.finish()
        return following


OpenExportDesk = Callable[..., Awaitable[ExportDesk]]


async def open_export_desk(
    office: OpenOffice, engine: Engine, folder: Path, *, rules: AddressRules | None = None, an_hour: int = 20
) -> ExportDesk:
    """Somebody may ask for `an_hour` files in one, and have them mailed where `rules` allow it."""
    fill(engine)
    made: ExportDesk

    def access_of(who: str) -> Access:
        return made.access_of(who)

    exporting = Exporting(engine, WEEK, an_hour, access_of, SITE, lambda: NOW, rules)
    there = await office(exporting=exporting)
    there.services.exporting = replace(exporting, now=there.clock.now)
    made = ExportDesk(there, engine, await there.by_http(), folder)
    return made
