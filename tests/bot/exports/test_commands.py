"""An operator looks after everybody's files in the terminal."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from bot.cli import run_command
from reports.query import Query
from store import exports
from store.exports import Job, Made, State, Wanted

NOW = datetime.now(UTC)
WEEK = timedelta(days=7)
_URL = re.compile(r"https://emailstats\.example\.com/d/([\w-]{22})")


@pytest.fixture
def environ(store_url: str) -> dict[str, str]:
    return {"EMAILSTATS_DATABASE__URL": store_url, "EMAILSTATS_WEB__PUBLIC_URL": "https://emailstats.example.com/"}


def _made(engine: Engine, name: str = "may.csv") -> Job:
    exports.ask(engine, Wanted("U1", Query("may"), "csv"), NOW)
    job = exports.claim(engine, "a", NOW, WEEK)
    assert job is not None
    job = exports.finish(engine, job, "a", Made("1-1-x", name, "text/csv", 12_345), NOW, WEEK, WEEK)
    return exports.settle(engine, job, "a")


def test_files_are_listed_with_their_owners_and_what_became_of_them(
    engine: Engine, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    job = _made(engine)
    exports.link(engine, job.id, "t", NOW, WEEK)
    exports.ask(engine, Wanted("U2", Query("june [red]\u202e"), "pdf"), NOW)
    assert run_command(["exports"], environ) == 0
    out = capsys.readouterr().out
    assert "may.csv" in out and "asked for by U1" in out and "12.3 kB; the link is good until" in out
    assert "fetched 0 times" in out
    assert "june [red]" in out and "waits for its turn" in out and "\u202e" not in out


def test_nothing_to_list_says_how_to_ask(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["exports", "list"], environ) == 0
    assert "/emailstats export" in capsys.readouterr().out


def test_a_new_link_is_printed_alone_and_is_good_until_it_is_ended(
    engine: Engine, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    job = _made(engine)
    assert run_command(["exports", "renew", str(job.id)], environ) == 0
    told = capsys.readouterr()
    found = _URL.fullmatch(told.out.strip())
    assert found is not None and "Good until" in told.err

    def good() -> bool:
        with engine.connect() as connection:
            return exports.of_token(connection, found[1], datetime.now(UTC)) is not None

    assert good()
    assert run_command(["exports", "revoke", str(job.id)], environ) == 0
    assert "Ended 1 link." in capsys.readouterr().out
    assert not good()


def test_a_file_that_is_gone_is_put_down_to_be_made_again(
    engine: Engine, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    job = _made(engine)
    assert run_command(["exports", "again", str(job.id)], environ) == 2
    assert "is there, or is being made" in capsys.readouterr().err
    exports.removed(engine, job.id, NOW + WEEK)
    assert run_command(["exports", "again", str(job.id)], environ) == 0
    with engine.connect() as connection:
        found = exports.get(connection, job.id)
    assert found is not None and found.state is State.WAITING


def test_accesses_are_shown(engine: Engine, environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    job = _made(engine)
    assert run_command(["exports", "log", str(job.id)], environ) == 0
    assert "Nobody has followed" in capsys.readouterr().out
    exports.link(engine, job.id, "t", NOW, WEEK)
    with engine.connect() as connection:
        link = exports.of_token(connection, "t", NOW)
    assert link is not None
    exports.log_access(engine, link[0], NOW, "GET", "bytes=0-9")
    exports.log_access(engine, link[0], NOW, "HEAD", "")
    assert run_command(["exports", "log", str(job.id)], environ) == 0
    out = capsys.readouterr().out
    assert "bytes=0-9" in out and "HEAD" in out and "all of it" in out


@pytest.mark.parametrize("command", ["renew", "revoke", "again", "log"])
def test_a_number_that_there_is_not_is_said(
    command: str, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["exports", command, "7"], environ) == 2
    assert "There is no file 7." in capsys.readouterr().err


def test_a_link_needs_the_address_it_begins_with(
    engine: Engine, environ: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    job = _made(engine)
    del environ["EMAILSTATS_WEB__PUBLIC_URL"]
    assert run_command(["exports", "renew", str(job.id)], environ) == 2
    assert "set web.public_url" in capsys.readouterr().err
