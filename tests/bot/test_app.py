"""The service starts, says so, and ends in order when it is told to."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from bot.app import running
from bot.sandbox.methods import APP_TOKEN, BOT_TOKEN
from bot.sandbox.server import Sandbox
from bot.settings import Charts, Database, Settings, Slack, Web


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_the_service_says_where_it_listens_and_ends_in_order_when_told(sign: signal.Signals, tmp_path: Path) -> None:
    environ = os.environ | {
        "EMAILSTATS_DATABASE__URL": f"sqlite:///{tmp_path / 'store.db'}",
        "EMAILSTATS_WEB__PORT": "0",
        "EMAILSTATS_CHARTS__WORKERS": "1",
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-m", "bot", "run"]
    with subprocess.Popen(command, cwd=tmp_path, env=environ, stderr=subprocess.PIPE, text=True) as service:
        assert service.stderr is not None
        lines = []
        for text in service.stderr:
            lines.append(json.loads(text))
            if lines[-1]["event"] == "ready":
                break
        assert lines, "the service ended without a word"
        with urllib.request.urlopen(f"{lines[-1]['address']}/healthz", timeout=10) as answer:
            assert answer.status == 200
        service.send_signal(sign)
        lines += [json.loads(text) for text in service.communicate(timeout=30)[1].splitlines()]
    assert service.returncode == 0
    assert "stopping" in [line["event"] for line in lines]
    assert not [line for line in lines if line["logger"].startswith("sqlalchemy")]


async def test_a_ready_service_tells_of_its_database_its_charts_and_its_socket(tmp_path: Path) -> None:
    async with Sandbox() as sandbox:
        settings = Settings(
            database=Database(url=SecretStr(f"sqlite:///{tmp_path / 'store.db'}")),
            slack=Slack(
                mode="socket",
                bot_token=SecretStr(BOT_TOKEN),
                app_token=SecretStr(APP_TOKEN),
                base_url=sandbox.api_url,
            ),
            web=Web(port=0),
            charts=Charts(workers=1),
        )
        async with (
            running(settings) as service,
            aiohttp.ClientSession() as session,
            session.get(f"{service.address}/readyz") as response,
        ):
            assert await response.json() == {"database": "ok", "charts": "ok", "slack": "ok", "digests": "ok"}
