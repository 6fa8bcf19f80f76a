"""`make demo`, whole: sample data, the service, a signed command, the answer, the chart."""

import os
import subprocess
import sys
from pathlib import Path

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


def test_the_demo_does_not_start_beside_the_tokens_of_a_real_workspace(tmp_path: Path) -> None:
    env = {**os.environ, "EMAILSTATS_SLACK__BOT_TOKEN": "xoxb-1-real"}
    command = [sys.executable, "-m", "bot", "demo", "--folder", str(tmp_path / "demo")]
    ended = subprocess.run(command, cwd=_ROOT, capture_output=True, text=True, check=False, env=env)
    assert ended.returncode == 2
    assert "real Slack tokens" in ended.stderr
    assert not (tmp_path / "demo").exists()
    assert "xoxb-1-real" not in ended.stderr
