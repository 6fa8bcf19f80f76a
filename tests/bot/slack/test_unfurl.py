"""Links to files, where somebody posts them."""

import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
from sqlalchemy import Engine
from structlog.testing import capture_logs

from bot.access.rights import OPERATOR, Policy, Reach, Right
from bot.exports.exporting import Exporting
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.state import Failure
from reports.query import Query
from store import exports
from store.exports import Made, Wanted
from tests.bot.exports.bench import fill
from tests.bot.slack.office import NOW, Office, OpenOffice

GENERAL = "C0GENERAL00"
SITE = "https://emailstats.example.com"
WEEK, MINUTE = timedelta(days=7), timedelta(minutes=1)
SEARCH = Query("may", ("recipients",), options=(("search", "anna@example.com"),))


@dataclass
class Desk:
    office: Office
    anna: Person
    exporting: Exporting

    def file(self, query: Query = SEARCH, *, reveal: bool = False) -> str:
        """The link of a file."""
        engine = self.exporting.engine
        number = exports.ask(engine, Wanted(ANNA, query, "csv", reveal, None, "secret-name.csv"), NOW)
        job = exports.claim(engine, "here", NOW, MINUTE)
        assert job is not None and job.id == number
        job = exports.finish(engine, job, "here", Made("key", "secret-name.csv", "text/csv", 1_234), NOW, WEEK, MINUTE)
        exports.settle(engine, job, "here")
        return self.exporting.renew(number, ANNA).url

    async def under(self, *links: str) -> dict[str, str]:
        """What stands under the links of a message, once it is posted."""
        ts = await self.anna.post_links(GENERAL, *links)
        await self.office.services.finish()
        shown = self.office.sandbox.workspace.unfurled.get((GENERAL, ts), {})
        return {url: json.dumps(one["blocks"]) for url, one in shown.items()}


@pytest.fixture
def desk(office: OpenOffice, engine: Engine) -> Callable[..., Awaitable[Desk]]:
    async def opened(**kept: object) -> Desk:
        fill(engine)
        exporting = Exporting(engine, WEEK, 20, lambda _: OPERATOR, SITE, lambda: NOW)
        there = await office(exporting=exporting, **kept)
        return Desk(there, await there.by_http(), exporting)

    return opened


async def test_a_link_to_a_file_says_what_it_is_about_and_nothing_that_is_in_it(
    desk: Callable[..., Awaitable[Desk]],
) -> None:
    there = await desk()
    link = there.file()
    (told,) = (await there.under(link)).values()
    assert "recipients may" in told and "1,2 kB" in told
    for secret in ("anna@example.com", "secret-name", link, link.rpartition("/")[2]):
        assert secret not in told


async def test_that_a_file_has_addresses_is_said(desk: Callable[..., Awaitable[Desk]]) -> None:
    there = await desk()
    (told,) = (await there.under(there.file(reveal=True))).values()
    assert "It has recipients' addresses" in told


async def test_links_that_are_not_to_a_good_file_stay_as_they_are(desk: Callable[..., Awaitable[Desk]]) -> None:
    there = await desk()
    good = there.file()
    others = [f"{SITE}/d/{'x' * 22}", f"{SITE}/u/{good[-22:]}", f"https://evil.example/d/{good[-22:]}", f"{SITE}/d/..."]
    assert await there.under(*others) == {}
    assert list(await there.under(others[0], good, f"{good}?a=b")) == [good, f"{good}?a=b"]
    there.exporting.revoke(1, ANNA)
    assert await there.under(good) == {}


@pytest.mark.parametrize(
    "policy",
    [
        Policy({}),
        Policy({Right.FIGURES: frozenset({"members"})}, {ANNA: Reach(teams=frozenset({"another"}))}),
    ],
    ids=["no right", "another team's"],
)
async def test_who_may_not_see_what_a_file_is_about_shows_nothing_of_it(
    desk: Callable[..., Awaitable[Desk]], policy: Policy
) -> None:
    there = await desk(policy=policy)
    assert await there.under(there.file()) == {}
    assert "chat.postMessage" not in there.office.sandbox.calls


async def test_a_failure_is_logged_without_the_token(desk: Callable[..., Awaitable[Desk]]) -> None:
    there = await desk()
    link = there.file()
    there.office.sandbox.fail("chat.unfurl", Failure("cannot_unfurl_url"))
    with capture_logs() as logs:
        assert await there.under(link) == {}
    assert [line["log_level"] for line in logs] == ["warning"] and link[-22:] not in str(logs)
