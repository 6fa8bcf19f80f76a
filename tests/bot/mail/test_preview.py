"""`emailstats preview`: a mail as files, without sending it."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email import message_from_bytes
from email.policy import SMTP, strict
from pathlib import Path

import pytest

from bot.cli import run_command
from reports.calendar import Schedule
from reports.query import Query
from store import subscriptions
from store.engine import open_engine
from store.subscriptions import Channel, Kind, Place, Promise


@pytest.fixture(scope="module")
def environ(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    folder = tmp_path_factory.mktemp("preview")
    found = {"EMAILSTATS_DATABASE__URL": f"sqlite:///{folder / 'mail.db'}", "EMAILSTATS_CHARTS__WORKERS": "1"}
    events = folder / "events.ndjson"
    assert run_command(["demo-data", "--emails", "4", "--events", "2000", "--out", str(events)], {}) == 0
    assert run_command(["import", str(events)], found) == 0
    return found


def test_a_question_becomes_a_page_a_text_and_a_message(
    environ: Mapping[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    assert run_command(["preview", "timeline", "latest", "--out", str(out), "--locale", "nl"], environ) == 0
    assert "Subject: timeline latest: " in capsys.readouterr().out
    page = (out / "timeline-latest.html").read_text()
    assert set(re.findall(r'src="(.{22})', page)) == {"data:image/png;base64,"}
    assert not re.search(r"(?:src|href)=\"(?!data:|https://emailstats\.example\.com/u/)", page)
    assert "Opens: " in (out / "timeline-latest.txt").read_text()
    message = message_from_bytes((out / "timeline-latest.eml").read_bytes(), policy=strict + SMTP)
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/alternative", "text/plain", "multipart/related", "text/html", "image/png", "image/png",
    ]  # fmt: skip


def test_a_subscription_is_shown_with_its_newest_period(
    environ: Mapping[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(environ["EMAILSTATS_DATABASE__URL"])
    query = Query("", sections=("overview",))
    promise = Promise("terminal", "Weekly figures", Kind.QUERY, Schedule(every="week", zone="UTC"), query)
    made, _ = subscriptions.add(engine, promise, [Place(Channel.MAIL, "a@example.com")], datetime.now(UTC))
    engine.dispose()
    assert run_command(["preview", "--subscription", str(made.id), "--out", str(tmp_path)], environ) == 0
    assert re.search(r"Subject: Weekly figures: Mon.+ – Sun.+, \d{4}\n", capsys.readouterr().out)
    assert "Weekly figures" in (tmp_path / "Weekly-figures.txt").read_text()


@pytest.mark.parametrize(
    ("arguments", "fault"),
    [
        ([], "Say what to preview, such as overview, or a subscription: --subscription 3."),
        (["overview", "--subscription", "1"], "Say what to preview"),
        (["--subscription", "99"], "There is no subscription 99; emailstats subscriptions shows which there are."),
        (["no-such-mail"], "No e-mail is called “no-such-mail”"),
        (["report", "Nothing"], "Nothing"),
        (["overview", "--out", "{tmp}/a-file"], "a-file is no folder."),
        (["overview", "--zone", "Mars/Base"], "--zone should be an IANA time zone"),
    ],
)
def test_what_can_t_be_previewed_is_said_and_nothing_is_written(
    arguments: list[str], fault: str, environ: Mapping[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "a-file").touch()
    assert run_command(["preview", *(word.format(tmp=tmp_path) for word in arguments)], environ) == 2
    assert fault in capsys.readouterr().err
    assert not list(tmp_path.glob("**/*.html"))


def test_a_logo_that_is_not_there_is_said_before_anything_is_asked(
    environ: Mapping[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["preview", "overview"], {**environ, "EMAILSTATS_BRAND__LOGO": "/nowhere/logo.png"}) == 2
    assert "brand.logo: /nowhere/logo.png can't be used: No such file" in capsys.readouterr().err
