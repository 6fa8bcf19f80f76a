"""The real service beside the strict stand-in of Slack: what was promised arrives, and what stopped can be mended."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import Service, running
from bot.sandbox.doors import ANNA, SIGNING_SECRET, HttpWire, Person
from bot.sandbox.forms import form_of
from bot.sandbox.methods import BOT_TOKEN, Arguments
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Post
from bot.settings import Charts, Database, Settings, Slack, Web
from reports.events import Email, Event, Kind
from store.engine import open_engine
from store.merge import merge

#: A Sunday evening in Kolkata, which is half an hour off most clocks.
SUNDAY = datetime(2026, 5, 10, 14, tzinfo=UTC)
MONDAY = datetime(2026, 5, 11, 3, 30, tzinfo=UTC)  # 09:00 there
SENT = datetime(2026, 5, 6, 9, tzinfo=UTC)


@dataclass
class Clock:
    at: datetime = SUNDAY

    def now(self) -> datetime:
        return self.at


@dataclass
class Whole:
    service: Service
    sandbox: Sandbox
    anna: Person
    clock: Clock

    def move(self, at: datetime) -> None:
        self.clock.at = at
        self.service.wake()

    def posted(self, channel: str) -> list[Arguments]:
        return [body for (place, _), body in self.sandbox.workspace.posted.items() if place == channel]

    async def until_posted(self, channel: str, count: int, *, drawn: bool = False) -> list[Arguments]:
        def holds(_workspace: object) -> bool:
            found = self.posted(channel)
            return len(found) == count and (not drawn or bool(Post(found[-1], 200).of_type("image")))

        await self.sandbox.until(holds)
        return self.posted(channel)


@pytest.fixture
async def whole(tmp_path: Path) -> AsyncIterator[Whole]:
    url = f"sqlite:///{tmp_path / 'store.db'}"
    async with Sandbox() as sandbox, aiohttp.ClientSession() as session:
        sandbox.workspace.users[ANNA] = {"tz": "Asia/Kolkata", "locale": "en-IN"}
        settings = Settings(
            database=Database(url=SecretStr(url)),
            slack=Slack(
                mode="http",
                bot_token=SecretStr(BOT_TOKEN),
                signing_secret=SecretStr(SIGNING_SECRET),
                base_url=sandbox.api_url,
            ),
            web=Web(port=0),
            charts=Charts(workers=1),
        )
        clock = Clock()
        async with running(settings, clock.now) as service:
            wire = HttpWire(session, f"{service.address}/slack/events")
            _fill(url)
            yield Whole(service, sandbox, Person(sandbox, wire), clock)


def _fill(url: str) -> None:
    """One e-mail, to twenty people of whom all have opened it."""
    engine = open_engine(url)
    kinds = (Kind.SENT, Kind.DELIVERED, Kind.OPENED)
    events = [Event(kind=kind, at=SENT, email="may", contact=f"{n}@example.com") for n in range(20) for kind in kinds]
    merge(engine, events, [Email(id="may", name="newsletter-may", sent_at=SENT)])
    engine.dispose()


async def subscribe(whole: Whole, asks: str = "overview") -> None:
    await whole.anna.type(f"subscribe {asks} weekly on Monday at 09:00")
    form = await form_of(whole.anna)
    await form.fill("Channels", ["C0GENERAL00"])
    assert await form.submit() == {}


async def test_a_channel_gets_its_weekly_digest_at_nine_on_its_own_clock_once(whole: Whole) -> None:
    await subscribe(whole, "trend")
    whole.move(MONDAY - timedelta(seconds=1))
    whole.move(MONDAY)
    (first,) = await whole.until_posted("C0GENERAL00", 1, drawn=True)
    assert first["text"].startswith("trend, Mon, 4\u2009–\u2009Sun, 10 May 2026. ")
    whole.move(MONDAY + timedelta(hours=3))
    whole.move(MONDAY + timedelta(days=7))
    _, second = await whole.until_posted("C0GENERAL00", 2)
    assert second["text"].startswith("trend, Mon, 11\u2009–\u2009Sun, 17 May 2026. ")


async def test_an_archived_channel_pauses_it_and_a_button_sends_what_was_missed(whole: Whole) -> None:
    await subscribe(whole)
    whole.sandbox.workspace.closed["C0GENERAL00"] = "is_archived"
    whole.move(MONDAY)
    (told,) = await whole.until_posted("D0ANNA00000", 1)
    assert "the channel is archived" in told["text"].lower()
    assert whole.posted("C0GENERAL00") == []
    del whole.sandbox.workspace.closed["C0GENERAL00"]
    conversation, _url = whole.sandbox.open_conversation(ANNA)
    post = Post(told, 200)
    (button,) = post.buttons
    pressed = await whole.anna.press_in(conversation, post, {**button, "block_id": "b"})
    await pressed.posted(1)
    assert "goes on, and what was missed last is sent now." in pressed.last.text
    whole.service.wake()
    await whole.until_posted("C0GENERAL00", 1)
    whole.move(MONDAY + timedelta(days=7))
    await whole.until_posted("C0GENERAL00", 2)


async def test_what_nobody_knows_of_is_shown_to_its_owner_who_decides(whole: Whole) -> None:
    await subscribe(whole)
    whole.sandbox.workspace.closed["C0GENERAL00"] = "restricted_action"
    whole.move(MONDAY)
    await whole.until_posted("D0ANNA00000", 1)
    shown = await (await whole.anna.type("health")).posted(1)
    assert "1 failed" in shown.last.text
    assert "*overview*, due" in shown.last.text
    del whole.sandbox.workspace.closed["C0GENERAL00"]
    pressed = await (await whole.anna.press(shown, "Try again")).posted(1)
    assert "sent again now" in pressed.last.text
