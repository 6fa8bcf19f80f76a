"""The service starts, says so, and ends in order when it is told to."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest


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
