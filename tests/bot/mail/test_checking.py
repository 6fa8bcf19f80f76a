"""`emailstats check-mail` comes as far as the server lets it, and says what to mend where it does not."""

import asyncio
from pathlib import Path

import pytest

from bot.cli import run_command
from tests.bot.mail.scripted import Script, scripted
from tests.bot.mail.servers import read


def environ(script: Script, **more: str) -> dict[str, str]:
    told = {
        "WEB__PUBLIC_URL": "https://stats.example.com",
        "MAIL__HOST": "127.0.0.1",
        "MAIL__PORT": str(script.port),
        "MAIL__TLS": "none",
        "MAIL__SENDER": "reports@example.com",
        **more,
    }
    return {f"EMAILSTATS_{key}": value for key, value in told.items()}


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


async def check(script: Script, *arguments: str, **more: str) -> int:
    return await asyncio.to_thread(run_command, ["check-mail", *arguments], environ(script, **more))


async def test_without_an_address_it_sends_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted() as script:
        assert await check(script) == 0
    out = capsys.readouterr().out
    assert f"127.0.0.1:{script.port} answers, without encryption." in out
    assert "up to 1 MB" in out
    assert script.said == ["EHLO example.com", "QUIT"]


async def test_a_test_mail_goes_to_the_address_that_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted() as script:
        assert await check(script, "Anna@Example.com") == 0
    ((to, content),) = script.got
    assert (to, read(content)["Subject"]) == ("anna@example.com", "A test mail")
    assert "It took the test mail (250 2.0.0 Ok: queued as 4F2A9C)." in capsys.readouterr().out


async def test_a_refusal_is_explained_without_the_address(capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted({"rcpt": "550 5.1.1 <anna@example.com> unknown"}) as script:
        assert await check(script, "anna@example.com") == 2
    told = capsys.readouterr().err
    assert "It did not take the test mail: 550 5.1.1 <[address]> unknown. The mailbox does not exist." in told


async def test_what_is_set_wrongly_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted() as script:
        assert await check(script, MAIL__TLS="starttls") == 2
        assert "does not offer STARTTLS" in capsys.readouterr().err
        assert await check(script, "nobody") == 2
        assert "is no mail address" in capsys.readouterr().err
    assert run_command(["check-mail"], {}) == 2
    assert "No mail server is set" in capsys.readouterr().err


async def test_an_answer_that_never_came_says_where_to_look(capsys: pytest.CaptureFixture[str]) -> None:
    async with scripted({"dot": "cut"}) as script:
        assert await check(script, "anna@example.com") == 2
    told = capsys.readouterr().err
    assert "it may have arrived" in told
    assert "Look for <n." in told
