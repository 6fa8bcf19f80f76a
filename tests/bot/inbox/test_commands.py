"""`emailstats inbox`, as a person types it."""

from collections.abc import Callable, Iterator

import pytest
from sqlalchemy import Engine, text

from bot.cli import run_command
from bot.inbox.drain import Reader, all_providers, drain
from store import inbox
from store.engine import open_engine
from store.inbox import Arrival
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.sendgrid import CASE

Say = Callable[..., tuple[int, str]]


@pytest.fixture
def engine(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


@pytest.fixture
def say(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command and gives its exit code and all that it says."""

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run_command(["inbox", *words], {"EMAILSTATS_DATABASE__URL": sqlite_url, "COLUMNS": "120"})
        said = capsys.readouterr()
        return code, said.out + said.err

    return say


def put(engine: Engine, body: bytes, headers: dict[str, str] | None = None, provider: str = "sendgrid") -> None:
    inbox.put(engine, [Arrival(provider, NOW, body, headers or {})])
    while drain(engine, Reader(all_providers(), {}), lambda: NOW):
        pass


def test_an_inbox_with_nothing_wrong_says_so(say: Say, engine: Engine) -> None:
    put(engine, CASE.body)
    code, said = say()
    assert code == 0
    assert "0 webhooks wait to be read; 1 were read" in said
    assert "Everything that came could be read." in said


def test_what_could_not_be_read_is_listed_with_the_reason(say: Say, engine: Engine) -> None:
    for _ in range(3):
        put(engine, b"nonsense of ada@example.org")
    code, said = say("list", "--limit", "2")
    assert code == 0
    assert "3 webhooks could not be read, or not whole, the newest 2:" in said
    assert [line.split()[0] for line in said.splitlines() if "not JSON" in line] == ["3", "2"]
    assert "sendgrid" in said and "2026-11-24 12:00" in said


def test_one_is_shown_whole_with_addresses_masked_until_asked(say: Say, engine: Engine) -> None:
    put(engine, b'[{"event": "open", "email": "ada@example.org", "nothing": "else"}]', {"content-type": "text/json"})
    code, said = say("show", "1")
    assert code == 0
    assert "content-type: text/json" in said and '    "event": "open"' in said
    assert "timestamp: not a time" in said
    assert "ada@example.org" not in said and "[address]" in said
    assert "ada@example.org" in say("show", "1", "--addresses")[1]


def test_a_form_is_shown_field_by_field(say: Say, engine: Engine) -> None:
    form = {"content-type": "application/x-www-form-urlencoded"}
    put(engine, b"type=what&data%5Bemail%5D=ada%40example.org", form, "nobody")
    said = say("show", "1")[1]
    assert "data[email]: [address]" in said and "ada%40" not in said


@pytest.mark.parametrize("body", [b"\x1b[31mred\x07\x00 \xff", b"[bold]x[/bold]", "\u202eevil".encode(), b"[" * 9_000])
def test_hostile_bodies_do_nothing_to_a_terminal(body: bytes, say: Say, engine: Engine) -> None:
    put(engine, body)
    said = say("show", "1")[1] + say("list")[1]
    assert not set(said) & {"\x1b", "\x07", "\x00", "\u202e"}


def test_what_can_be_read_by_now_is_read_again(say: Say, engine: Engine) -> None:
    put(engine, CASE.body, provider="of a later version")
    assert say("replay", "1") == (1, "1 cannot be read yet: there is no provider of a later version\nRead 0 of 1.\n")
    with engine.begin() as connection:
        connection.execute(text("UPDATE inbox SET provider = 'sendgrid'"))
    assert say("replay", "--all") == (0, "Read 1 of 1.\n")
    assert say("replay", "--all") == (0, "Read 0 of 0.\n")
    assert say("replay", "1") == (0, "Read 1 of 1.\n")
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar_one() == 4


def test_replay_wants_to_know_which(say: Say) -> None:
    for words in (("replay",), ("replay", "1", "--all")):
        code, said = say(*words)
        assert (code, "or --all for every one" in said) == (2, True)


def test_one_that_is_dropped_is_gone(say: Say, engine: Engine) -> None:
    put(engine, b"nonsense")
    assert say("drop", "1") == (0, "Removed.\n")
    for command in ("drop", "show", "replay"):
        code, said = say(command, "1")
        assert (code, said) == (
            2,
            "emailstats: There is no webhook 1 in the inbox; emailstats inbox shows which there are.\n",
        )


def test_help_names_every_command(say: Say) -> None:
    said = say("--help")[1]
    assert all(word in said for word in ("list", "show", "replay", "drop"))
