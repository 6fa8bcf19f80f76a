"""The real service makes files that are asked for, and gives them out by the links it sends; also when it is killed."""

import asyncio
import random
import re
from contextlib import AsyncExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
from pydantic import SecretStr
from sqlalchemy import Engine

from bot.app import running
from bot.export_settings import Exports
from bot.exports.told import Told
from bot.mail.settings import Mail
from bot.sandbox.doors import ANNA
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.methods import APP_TOKEN, BOT_TOKEN, Arguments
from bot.sandbox.server import Sandbox
from bot.sandbox.smtp import MailServer
from bot.settings import Charts, Database, Settings, Slack, Web
from store import exports
from store.engine import open_engine
from store.exports import State, Wanted
from tests.bot.exports.bench import Bench, fill, query, until
from tests.lives import life

KILLS = 5
KINDS = ("csv", "xlsx", "zip", "pdf")
_LINK = re.compile(r"<(http://[^|>]+/d/[\w-]{22})\|")


def _settings(store_url: str, sandbox: Sandbox, folder: Path, port: int) -> Settings:
    tokens = {"bot_token": SecretStr(BOT_TOKEN), "app_token": SecretStr(APP_TOKEN)}
    return Settings(
        database=Database(url=SecretStr(store_url)),
        slack=Slack(mode="socket", base_url=sandbox.api_url, **tokens),  # type: ignore[arg-type]
        web=Web(port=port, public_url=f"http://127.0.0.1:{port}"),
        charts=Charts(workers=1),
        exports=Exports(storage=str(folder / "files")),
    )


def _ask(engine: Engine, kind: str, text: str = "recipients may") -> int:
    wanted = Wanted(ANNA, query(text), kind, told=Told(ANNA).to_json())
    return exports.ask(engine, wanted, datetime.now(UTC))


def _messages(sandbox: Sandbox) -> list[Arguments]:
    return list(sandbox.workspace.posted.values())


async def _get(url: str, **headers: str) -> tuple[int, bytes]:
    async with aiohttp.ClientSession() as session, session.get(url, headers=headers) as response:
        return response.status, await response.read()


async def test_a_file_that_is_asked_for_comes_as_a_message_whose_link_gives_it(
    store_url: str, engine: Engine, tmp_path: Path, unused_tcp_port: int
) -> None:
    fill(engine)
    async with Sandbox() as sandbox, running(_settings(store_url, sandbox, tmp_path, unused_tcp_port)):
        _ask(engine, "pdf", "may")
        await until(lambda: any(_LINK.search(message["text"]) for message in _messages(sandbox)))
        (message,) = _messages(sandbox)
        link = _LINK.search(message["text"])
        assert link is not None
        status, content = await _get(link[1])
        part = await _get(link[1], Range="bytes=0-4")
    assert (status, content[:5], content.rstrip()[-5:]) == (200, b"%PDF-", b"%%EOF")
    assert part == (206, b"%PDF-")
    assert message["channel"] == ANNA
    assert re.search(r"Good until .* \d\d:\d\d CES?T", message["text"])


async def test_a_mail_brings_the_link_to_whom_it_was_to_go_and_says_until_when_it_is_good(
    sqlite_url: str, tmp_path: Path, unused_tcp_port: int
) -> None:
    engine, mailbox = open_engine(sqlite_url), Mailbox()
    fill(engine)
    told = Told(ANNA, ("boss@example.com", "nobody@example.com")).to_json()
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox())
        server = await stack.enter_async_context(MailServer(mailbox, lambda: datetime.now(UTC), sandbox.tell))
        settings = _settings(sqlite_url, sandbox, tmp_path, unused_tcp_port)
        mail = Mail(host="127.0.0.1", port=server.port, tls="none", sender="emailstats@example.com")
        settings = settings.model_copy(
            update={"mail": mail, "exports": Exports(storage=str(tmp_path / "files"), attach_kb=500)}
        )
        await stack.enter_async_context(running(settings))
        exports.ask(engine, Wanted(ANNA, query("recipients may"), "csv", told=told), datetime.now(UTC))
        await until(lambda: any("/d/" in message["text"] for message in _messages(sandbox)))
        (letter,) = mailbox.mails
        link = re.search(r"http://\S+/d/[\w-]{22}", letter.plain)
        assert link is not None and link[0] in letter.html
        _status, content = await _get(link[0])
        for _ in range(9):  # what scanners do
            await _get(link[0])
        assert await _get(link[0]) == (200, content)
    engine.dispose()
    assert (letter.recipients, letter.header("Subject")) == (("boss@example.com",), "may-recipients.csv is ready")
    assert re.search(r"good until \w+ .* \d\d:\d\d CES?T", " ".join(letter.plain.split()))
    assert letter.header("Auto-Submitted") == "auto-generated"
    assert [(name, sent) for name, _kind, sent in letter.attachments] == [("may-recipients.csv", content)]
    assert b"person7@example.com" not in content, "others read it"
    assert "No mail has reached nobody@example.com" in _messages(sandbox)[-1]["text"]


def _told(settings: Settings) -> dict[str, str]:
    """The same settings as a process of its own is told them."""
    return {
        "DATABASE__URL": settings.database.url.get_secret_value(),
        "SLACK__MODE": "socket",
        "SLACK__BOT_TOKEN": BOT_TOKEN,
        "SLACK__APP_TOKEN": APP_TOKEN,
        "SLACK__BASE_URL": settings.slack.base_url,
        "WEB__PORT": str(settings.web.port),
        "WEB__PUBLIC_URL": settings.web.public_url or "",
        "EXPORTS__STORAGE": settings.exports.storage,
        "CHARTS__WORKERS": "1",
    }


async def test_killed_again_and_again_it_makes_every_file_once_and_leaves_nothing_else(
    store_url: str, engine: Engine, tmp_path: Path, unused_tcp_port: int
) -> None:
    fill(engine)
    chance = random.Random(2)
    numbers = []
    async with Sandbox() as sandbox:
        settings = _told(_settings(store_url, sandbox, tmp_path, unused_tcp_port))
        for _ in range(KILLS):
            async with life(tmp_path, settings):
                numbers += [_ask(engine, kind) for kind in KINDS]
                await asyncio.sleep(chance.uniform(0.0, 1.2))
    # What a killed process had taken is another's when its lease ends; here, the clock is put on.
    bench = Bench(engine, tmp_path / "files", datetime.now(UTC) + timedelta(minutes=10))
    async with bench.open():
        jobs = [await bench.settled(number) for number in numbers]
    assert [job.state for job in jobs] == [State.MADE] * len(numbers)
    assert bench.files() == {job.file for job in jobs}
    assert all(len(bench.content(job)) == job.size for job in jobs)
    assert bench.diary.told, "the service was killed too late: everything was made"
