"""`make demo`, whole: sample data, the service, a signed command, the answer, the chart."""

import asyncio
import os
import subprocess
import sys
from contextlib import suppress
from inspect import signature
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.cli import demo
from bot.demo_run import Stage, staged
from bot.sandbox.clock import Clock

_ROOT = Path(__file__).parents[2]


def test_the_demo_answers_a_command_saves_the_chart_and_can_be_run_again(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "bot", "demo", "--once", "--folder", str(tmp_path)]
    first = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert "/emailstats newsletter-may" in first.stdout
    assert "Open rate" in first.stdout
    assert (tmp_path / "newsletter-may.png").read_bytes().startswith(b"\x89PNG")
    again = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=True)
    assert "Making sample data" not in again.stdout
    assert "Open rate" in again.stdout


def _ports(stage: Stage) -> dict[str, int]:
    addresses = {"page": stage.address, "Slack": stage.sandbox.api_url, "service": stage.service.address}
    return {name: urlsplit(address).port or 0 for name, address in addresses.items()} | {"mail": stage.mail.port}


async def _reached(ports: dict[str, int]) -> set[str]:
    """What listens on more than 127.0.0.1: whoever does also answers on the next address of loopback."""
    found = set()
    for name, port in ports.items():
        with suppress(ConnectionRefusedError):
            _, writer = await asyncio.open_connection("127.0.0.2", port)
            writer.close()
            found.add(name)
    return found


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 is an address of loopback on Linux alone")
async def test_the_demo_listens_on_loopback_alone_and_elsewhere_only_with_its_page_when_told_to(
    sqlite_url: str,
) -> None:
    store = Path(sqlite_url.removeprefix("sqlite:///"))
    unless_told = signature(demo).parameters["host"].default
    async with staged(store, Clock(), unless_told) as stage:
        assert await _reached(_ports(stage)) == set()
    async with staged(store, Clock(), "0.0.0.0") as stage:
        assert await _reached(_ports(stage)) == {"page"}


def test_the_demo_does_not_start_beside_the_tokens_of_a_real_workspace(tmp_path: Path) -> None:
    env = {**os.environ, "EMAILSTATS_SLACK__BOT_TOKEN": "xoxb-1-real"}
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path / "demo")]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, env=env)
    assert ended.returncode == 2
    assert "real Slack tokens" in ended.stderr
    assert not (tmp_path / "demo").exists()
    assert "xoxb-1-real" not in ended.stderr
