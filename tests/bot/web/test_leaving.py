"""Links in mails: looking changes nothing, a button or a mail program leaves, and leaving can be undone."""

from collections.abc import AsyncIterator
from dataclasses import dataclass

import aiohttp
import pytest
from sqlalchemy import Engine
from yarl import URL

from bot.web.app import build_web
from bot.web.leaving import Leaving
from reports.calendar import Schedule
from reports.query import Query
from store import subscriptions
from store.subscriptions import Channel, Kind, Place, Promise, Target, TargetState
from tests.bot.slack.office import NOW, served

_NAME = "<b>Weekly</b> & \u202eolleh " + "x" * 90
_PROMISE = Promise("U0ANNA", _NAME, Kind.QUERY, Schedule("day"), Query(sections=("overview",)))


@dataclass
class Site:
    engine: Engine
    session: aiohttp.ClientSession
    address: str
    number: int

    def target(self, channel: Channel = Channel.MAIL, place: int = 0) -> Target:
        with self.engine.connect() as connection:
            found = subscriptions.get(connection, self.number).targets
        return [target for target in found if target.channel is channel][place]

    async def ask(self, path: str, method: str = "GET", **rest: object) -> tuple[int, str, dict[str, str]]:
        async with self.session.request(method, f"{self.address}{path}", allow_redirects=False, **rest) as response:  # type: ignore[arg-type]
            return (
                response.status,
                await response.text(),
                {name.lower(): value for name, value in response.headers.items()},
            )


@pytest.fixture
async def site(engine: Engine) -> AsyncIterator[Site]:
    places = [Place(Channel.MAIL, "anna@example.com"), Place(Channel.MAIL, "out@else.example", confirm=True)]
    made, _ = subscriptions.add(engine, _PROMISE, [*places, Place(Channel.SLACK, "U0ANNA")], NOW)
    async with (
        served(build_web(engine, None, leaving=Leaving(engine))) as address,
        aiohttp.ClientSession() as session,
    ):
        yield Site(engine, session, address, made.id)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_whoever_looks_at_a_link_changes_nothing(site: Site, method: str) -> None:
    for place, state in enumerate((TargetState.ACTIVE, TargetState.PENDING)):
        for door in ("u", "confirm"):
            status, *_ = await site.ask(f"/{door}/{site.target(place=place).token}", method)
            assert status == 200 and site.target(place=place).state is state


async def test_a_mail_program_leaves_by_itself_without_being_led_elsewhere(site: Site) -> None:
    token = site.target().token
    for _ in range(2):  # it may try again
        status, words, _headers = await site.ask(f"/u/{token}", "POST", data={"List-Unsubscribe": "One-Click"})
        assert status == 200 and "no longer get" in words
    assert site.target().state is TargetState.LEFT
    assert site.target(place=1).state is TargetState.PENDING and site.target(Channel.SLACK).state is TargetState.ACTIVE


async def test_leaving_by_mistake_is_undone(site: Site) -> None:
    token = site.target().token
    await site.ask(f"/u/{token}", "POST")
    status, _, headers = await site.ask(f"/u/{token}/back", "POST")
    assert status == 303 and URL(f"{site.address}/u/{token}/back").join(URL(headers["location"])).path == f"/u/{token}"
    assert site.target().state is TargetState.ACTIVE


async def test_an_address_outside_gets_nothing_before_its_owner_agrees(site: Site) -> None:
    token = site.target(place=1).token
    assert "Yes, send it to me" in (await site.ask(f"/confirm/{token}"))[1]
    assert "You will get" in (await site.ask(f"/confirm/{token}", "POST"))[1]
    assert site.target(place=1).state is TargetState.ACTIVE
    assert "You will get" in (await site.ask(f"/confirm/{token}"))[1]
    await site.ask(f"/u/{token}", "POST")
    assert "no longer get" in (await site.ask(f"/confirm/{token}", "POST"))[1]
    assert site.target(place=1).state is TargetState.LEFT  # who has left does not come back by an old link


async def test_coming_back_is_no_way_around_agreeing_or_around_a_refusal(site: Site) -> None:
    pending = site.target(place=1)
    await site.ask(f"/u/{pending.token}/back", "POST")
    assert site.target(place=1).state is TargetState.PENDING


async def test_the_address_is_masked_and_the_name_is_text(site: Site) -> None:
    for door in ("u", "confirm"):
        words = (await site.ask(f"/{door}/{site.target().token}"))[1]
        assert "a•••@example.com" in words and "anna@" not in words
        assert "&lt;b&gt;Weekly&lt;/b&gt; &amp; olleh" in words and "\u202e" not in words


@pytest.mark.parametrize("token", ["A" * 22, "short", "..%2F..%2Fetc", "A" * 21 + "é", "A" * 5_000])
async def test_a_token_that_is_none_is_told_so_whatever_is_done(site: Site, token: str) -> None:
    for path in (f"/u/{token}", f"/confirm/{token}", f"/u/{token}/back"):
        status, words, _ = await site.ask(path, "POST")
        assert status == 404 and ("Nothing is sent by this link" in words or words == "Not Found")


async def test_of_a_subscription_that_has_ended_there_is_nothing_to_leave(site: Site) -> None:
    token = site.target().token
    subscriptions.end(site.engine, site.number)
    status, words, _ = await site.ask(f"/u/{token}")
    assert status == 404 and "has ended" in words


async def test_nothing_of_the_link_gets_out(site: Site) -> None:
    _, words, headers = await site.ask(f"/u/{site.target().token}")
    assert headers["referrer-policy"] == "no-referrer" and "noindex" in headers["x-robots-tag"]
    assert "no-store" in headers["cache-control"] and "default-src 'none'" in headers["content-security-policy"]
    assert "http" not in words.replace(site.address, "")


async def test_pages_work_where_the_service_is_not_at_the_root(site: Site) -> None:
    words = (await site.ask(f"/u/{site.target().token}"))[1]
    assert 'action="../u/' in words  # so that a proxy may put a path before it
