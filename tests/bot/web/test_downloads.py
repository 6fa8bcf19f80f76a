"""A file is given to whoever holds its link, as often and in as many parts as is asked for, and to nobody else."""

import random
import string
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import aiohttp
import pytest
from sqlalchemy import Engine
from yarl import URL

from bot.export_settings import Exports
from bot.exports.storage import Storage
from bot.web.app import build_web
from bot.web.downloads import Downloads, disposition
from reports.query import Query
from store import exports
from store.exports import Made, Wanted
from tests.bot.slack.office import Clock, served

_CONTENT = random.Random(1).randbytes(1_300_000)  # more than two pieces
_NAME = "zomer-é-\u4e2d.csv"
_WEEK = timedelta(days=7)
_TOKEN = "A" * 21 + "_"


@dataclass
class Site:
    """A web server with one file and its link."""

    engine: Engine
    storage: Storage
    session: aiohttp.ClientSession
    address: str
    clock: Clock
    number: int = 0
    url: str = field(init=False)

    def __post_init__(self) -> None:
        self.url = f"{self.address}/d/{_TOKEN}"

    async def get(self, url: str = "", method: str = "GET", **headers: str) -> tuple[int, dict[str, str], bytes]:
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        async with self.session.request(method, url or self.url, headers=sent) as response:
            return response.status, {k.lower(): v for k, v in response.headers.items()}, await response.read()


@asynccontextmanager
async def _site(engine: Engine, folder: Path) -> AsyncIterator[Site]:
    clock = Clock()
    storage = Storage(Exports(storage=str(folder / "files")))
    (folder / "one").write_bytes(_CONTENT)
    storage.put("1-1-x", folder / "one")
    exports.ask(engine, Wanted("U1", Query("may"), "csv"), clock.now())
    job = exports.claim(engine, "a", clock.now(), timedelta(seconds=9))
    assert job is not None
    exports.finish(engine, job, "a", Made("1-1-x", _NAME, "text/csv", len(_CONTENT)), clock.now(), _WEEK, _WEEK)
    exports.link(engine, job.id, _TOKEN, clock.now(), _WEEK)
    web = build_web(engine, None, downloads=Downloads(engine, storage, clock.now))
    async with served(web) as address, aiohttp.ClientSession() as session:
        yield Site(engine, storage, session, address, clock, job.id)


@pytest.fixture
async def site(engine: Engine, tmp_path: Path) -> AsyncIterator[Site]:
    async with _site(engine, tmp_path) as site:
        yield site


async def test_a_link_gives_the_file_with_its_name_and_keeps_the_secret(site: Site) -> None:
    status, headers, body = await site.get()
    assert (status, body) == (200, _CONTENT)
    assert headers["content-disposition"] == (
        f"attachment; filename=\"zomer-_-_.csv\"; filename*=UTF-8''{quote(_NAME, safe='')}"
    )
    assert headers["content-type"] == "text/csv"
    assert headers["content-length"] == str(len(_CONTENT))
    assert headers["referrer-policy"] == "no-referrer"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["cache-control"] == "private, no-store"
    assert "noindex" in headers["x-robots-tag"]


async def test_head_tells_what_get_would_and_gives_nothing(site: Site) -> None:
    status, headers, body = await site.get(method="HEAD")
    assert (status, headers["content-length"], body) == (200, str(len(_CONTENT)), b"")
    assert headers["accept-ranges"] == "bytes"


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-99", 0, 100),
        ("bytes=500000-", 500_000, len(_CONTENT)),
        ("bytes=-7", len(_CONTENT) - 7, len(_CONTENT)),
        ("bytes=1299990-9999999999", 1_299_990, len(_CONTENT)),
        ("bytes=-99999999", 0, len(_CONTENT)),
        ("bytes=0-0", 0, 1),
    ],
)
async def test_a_part_is_given_to_who_asks_for_a_part(site: Site, asked: str, start: int, end: int) -> None:
    status, headers, body = await site.get(Range=asked)
    assert (status, body) == (206, _CONTENT[start:end])
    assert headers["content-range"] == f"bytes {start}-{end - 1}/{len(_CONTENT)}"


@pytest.mark.parametrize("asked", ["bytes=5-1", "bytes=0-1,4-5", "lines=1-2", "bytes=-", "bytes=x-y", "bytes=²-"])
async def test_what_is_no_range_of_ours_gets_the_whole(site: Site, asked: str) -> None:
    status, _headers, body = await site.get(Range=asked)
    assert (status, len(body)) == (200, len(_CONTENT))


@pytest.mark.parametrize("asked", [f"bytes={len(_CONTENT)}-", "bytes=-0", "bytes=999999999999999999-"])
async def test_a_part_beyond_the_end_is_refused_with_the_length(site: Site, asked: str) -> None:
    status, headers, _body = await site.get(Range=asked)
    assert (status, headers["content-range"]) == (416, f"bytes */{len(_CONTENT)}")


async def test_a_part_of_another_version_becomes_the_whole(site: Site) -> None:
    _status, headers, _body = await site.get(method="HEAD")
    assert (await site.get(Range="bytes=0-9", If_Range=headers["etag"]))[0] == 206
    assert (await site.get(Range="bytes=0-9", If_Range='"other"'))[0] == 200


async def test_a_link_works_after_mail_scanners_have_been_there(site: Site) -> None:
    for n in range(50):
        await site.get(method="HEAD" if n % 2 else "GET", Range="bytes=0-10")
    assert (await site.get())[2] == _CONTENT
    with site.engine.connect() as connection:
        told = exports.accesses(connection, site.number)
    assert len(told) == 51 and {method for _at, method, _asked in told} == {"GET", "HEAD"}


async def test_links_that_ended_were_revoked_or_never_were_get_one_and_the_same_page(site: Site) -> None:
    never = await site.get(f"{site.address}/d/{'B' * 22}")
    site.clock.at += _WEEK
    ended = await site.get()
    site.clock.at -= _WEEK
    exports.revoke(site.engine, site.number, site.clock.now())
    revoked = await site.get()
    for status, headers, body in (never, ended, revoked):
        assert status == 404
        assert body == never[2]
        assert headers["referrer-policy"] == "no-referrer" and headers["cache-control"] == "private, no-store"
    assert b"/emailstats exports" in never[2]
    assert b"http" not in never[2], "nothing is loaded from elsewhere"


async def test_no_guess_is_a_link(site: Site) -> None:
    alphabet, chance = string.ascii_letters + string.digits + "-_", random.Random(7)
    guesses = ["".join(chance.choices(alphabet, k=22)) for _ in range(100)]
    guesses += [_TOKEN[:n] + sign + _TOKEN[n + 1 :] for n in range(22) for sign in "Bz" if sign != _TOKEN[n]]
    for guess in guesses:
        assert (await site.get(f"{site.address}/d/{guess}"))[0] == 404


@pytest.mark.parametrize(
    "path",
    [
        "..",
        "../1-1-x",
        "%2e%2e%2f1-1-x",
        "1-1-x",
        "..%5c1-1-x",
        "%00" * 22,
        "a" * 5_000,
        "%F0%9F%98%80" * 22,
        "' OR 1=1",
    ],
)
async def test_paths_and_names_lead_nowhere(site: Site, path: str) -> None:
    async with site.session.get(URL(f"{site.address}/d/{quote(path, safe='%')}", encoded=True)) as response:
        assert response.status == 404


async def test_a_file_that_is_gone_from_the_storage_is_told_before_anything_is_given(site: Site) -> None:
    site.storage.delete("1-1-x")
    status, headers, body = await site.get()
    assert (status, headers["retry-after"], headers["content-type"]) == (503, "60", "text/html; charset=utf-8")
    assert b"does not answer" in body


async def test_a_file_that_ends_while_it_is_given_is_no_whole_answer(site: Site, tmp_path: Path) -> None:
    (tmp_path / "files" / "1-1-x").write_bytes(_CONTENT[: 512 * 1024])  # the first piece is there
    with pytest.raises(aiohttp.ClientError):
        await site.get()


@pytest.mark.parametrize("name", ['a"b\r\nSet-Cookie: x.csv', "\u202egnp.csv", "a/../b.csv", "é" * 80])
def test_a_name_never_breaks_its_header(name: str) -> None:
    header = disposition(name)
    assert header.isascii() and header.isprintable()
    assert header.count('"') == 2
