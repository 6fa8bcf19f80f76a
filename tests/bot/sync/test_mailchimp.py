"""Pulling Mailchimp over real HTTP from a stand-in: all is counted once, and read again only where it is new."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import aiohttp
import pytest
from aiohttp import web
from sqlalchemy import Engine

from bot.provider_settings import Mailchimp, Providers
from bot.sync.api import Refused, Unavailable
from bot.sync.run import Pulled, Watch
from bot.sync.service import sync
from bot.sync.sources import sources
from bot.terminal import Fault
from reports.events import Event, Kind
from store.engine import migrate, open_engine
from store.merge import merge
from tests.bot.sync.story import NOW, Clock
from tests.store.snapshot import Rows, rollups

KEY = "0123456789abcdef0123456789abcdef-us6"


@dataclass
class Account:
    """An account of Mailchimp's. `failing` is how many of the next requests are answered with 500."""

    sent: dict[str, datetime] = field(default_factory=dict)
    acts: list[tuple[str, str, str, datetime]] = field(default_factory=list)  #: campaign, contact, action, time
    left: list[tuple[str, str, datetime]] = field(default_factory=list)
    people: int = 5
    serve_first: int = 0
    failing: int = 0
    asked: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def served(self) -> AsyncIterator[str]:
        app = web.Application()
        app.router.add_get("/3.0/{path:.+}", self._answer)
        runner = web.AppRunner(app)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        host, port = runner.addresses[0][:2]
        yield f"http://{host}:{port}/3.0"
        await runner.cleanup()

    async def _answer(self, request: web.Request) -> web.Response:
        path = request.match_info["path"]
        self.asked.append(path)
        if request.headers.get("Authorization") != f"Bearer {KEY}":
            return web.json_response({"title": "API Key Invalid", "status": 401}, status=401)
        if self.failing and self.serve_first <= 0:
            self.failing -= 1
            return web.json_response({}, status=500)
        self.serve_first -= 1
        count, offset = int(request.query["count"]), int(request.query["offset"])
        if not 1 <= count <= 1_000 or offset < 0:
            return web.json_response({"title": "Invalid Resource"}, status=400)
        field_name, items = self._items(path, request.query)
        return web.json_response({field_name: items[offset : offset + count], "total_items": len(items)})

    def _items(self, path: str, query: Any) -> tuple[str, list[dict[str, Any]]]:
        since = datetime.fromisoformat(query.get("since") or query.get("since_send_time") or "1970-01-01T00:00:00Z")
        if path in ("campaigns", "reports"):
            return path, [self._report(name) for name, at in self.sent.items() if at > since]
        _, campaign, part = path.split("/")
        if part == "sent-to":
            return "sent_to", [self._person(campaign, number, status="sent") for number in range(self.people)]
        if part == "email-activity":
            told = [
                self._person(campaign, number)
                | {
                    "activity": [
                        {"action": action, "timestamp": at.isoformat()}
                        for name, contact, action, at in self.acts
                        if (name, contact) == (campaign, f"p{number}@example.org") and at >= since
                    ]
                }
                for number in range(self.people)
            ]
            return "emails", told
        if part == "unsubscribed":
            return "unsubscribes", [
                {"campaign_id": name, "email_address": contact, "timestamp": at.isoformat()}
                for name, contact, at in self.left
                if name == campaign
            ]
        return "abuse_reports", []

    def _person(self, campaign: str, number: int, **rest: Any) -> dict[str, Any]:
        return {"campaign_id": campaign, "email_address": f"p{number}@example.org"} | rest

    def _report(self, name: str) -> dict[str, Any]:
        opened = [at for campaign, _, _, at in self.acts if campaign == name]
        return {
            "id": name,
            "send_time": self.sent[name].isoformat(),
            "opens": {"last_open": max(opened).isoformat() if opened else ""},
            "clicks": {"last_click": ""},
            "settings": {"title": f"title of {name}", "subject_line": "Hi"},
        }

    def figures(self, url: str) -> Rows:
        """The rollups of all that the account holds, by what its documentation says of it."""
        told = [
            event(kind, name, f"p{number}@example.org", at)
            for name, at in self.sent.items()
            for number in range(self.people)
            for kind in (Kind.SENT, Kind.DELIVERED)
        ]
        told += [event(Kind.OPENED, name, contact, at) for name, contact, _action, at in self.acts]
        told += [event(Kind.UNSUBSCRIBED, name, contact, at) for name, contact, at in self.left]
        engine = open_engine(url)
        migrate(engine)
        merge(engine, told)
        found = rollups(engine)
        engine.dispose()
        return found


def event(kind: Kind, email: str, contact: str, at: datetime) -> Event:
    return Event(kind=kind, at=at, email=email, contact=contact, provider="mailchimp")


def account() -> Account:
    sent = {f"c{number}": NOW - timedelta(days=number * 6) for number in range(1, 6)}
    acts = [("c1", "p1@example.org", "open", NOW - timedelta(days=3)), ("c4", "p2@example.org", "open", sent["c4"])]
    return Account(sent, acts, [("c1", "p2@example.org", NOW - timedelta(days=4))])


async def pull(engine: Engine, url: str, clock: Clock, key: str = KEY) -> Pulled:
    part = Mailchimp(api_key=key, base_url=url, overlap_hours=24)  # type: ignore[arg-type]
    source = sources(Providers(mailchimp=part))["mailchimp"]
    async with aiohttp.ClientSession() as session:
        return await sync(source, engine=engine, session=session, time=clock.time, watch=Watch())


async def test_campaigns_their_recipients_and_acts_are_counted_once(engine: Engine, tmp_path: object) -> None:
    there, clock = account(), Clock()
    there.people = 1_203  # two pages
    async with there.served() as url:
        pulled = await pull(engine, url, clock)
        assert (pulled.emails, pulled.share) == (5, 1)
        assert (await pull(engine, url, clock)).new == 0
    assert rollups(engine) == there.figures(f"sqlite:///{tmp_path}/expected.db")


async def test_only_campaigns_in_which_something_happened_are_read_again(engine: Engine, tmp_path: object) -> None:
    there, clock = account(), Clock()
    async with there.served() as url:
        await pull(engine, url, clock)
        clock.at += timedelta(days=1)
        there.acts.append(("c4", "p3@example.org", "open", NOW + timedelta(hours=2)))
        there.asked.clear()
        assert (await pull(engine, url, clock)).new == 1
    assert {path.split("/")[1] for path in there.asked if "/" in path} == {"c4"}
    assert rollups(engine) == there.figures(f"sqlite:///{tmp_path}/expected.db")


async def test_a_run_that_was_cut_off_goes_on_with_the_campaign_it_was_at(engine: Engine, tmp_path: object) -> None:
    there, clock = account(), Clock()
    async with there.served() as url:
        there.serve_first, there.failing = 9, 8
        with pytest.raises(Unavailable):
            await pull(engine, url, clock)
        there.asked.clear()
        await pull(engine, url, clock)
    assert "reports/c5/sent-to" not in there.asked  # the oldest, which was done
    assert rollups(engine) == there.figures(f"sqlite:///{tmp_path}/expected.db")


async def test_a_key_that_is_refused_says_what_to_mend(engine: Engine) -> None:
    async with account().served() as url:
        with pytest.raises(Refused, match=r"Mailchimp does not accept the credentials\. Make a new key"):
            await pull(engine, url, Clock(), key=KEY.replace("us6", "us7"))


async def test_an_answer_that_is_no_page_ends_the_run(engine: Engine) -> None:
    async def hello(_request: web.Request) -> web.Response:
        return web.json_response({"hello": "world"})

    app = web.Application()
    app.router.add_get("/{path:.*}", hello)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    with pytest.raises(Fault, match=r"can't be read \(no page: the field `total_items` is missing"):
        await pull(engine, f"http://127.0.0.1:{runner.addresses[0][1]}", Clock())
    await runner.cleanup()


def test_a_key_says_where_its_api_is() -> None:
    part = Mailchimp(api_key=KEY)  # type: ignore[arg-type]
    assert part.api_url == "https://us6.api.mailchimp.com/3.0/"
    assert KEY not in repr(part)
