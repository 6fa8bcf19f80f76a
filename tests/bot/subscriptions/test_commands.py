"""`emailstats subscriptions`, as a person types it."""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import Engine

from bot.cli import run_command
from reports.calendar import Schedule
from reports.query import Query
from store import subscriptions
from store.engine import open_engine
from store.subscriptions import Channel, Kind, Place, Promise, State, Subscription, TargetState

Say = Callable[..., tuple[int, str]]
NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)
WEEKLY = Promise("U0ANNA00000", "Growth", Kind.QUERY, Schedule(zone="Europe/Amsterdam"), Query(sections=("overview",)))


@pytest.fixture
def say(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command and gives its exit code and all that it says."""
    environ = {
        "EMAILSTATS_DATABASE__URL": sqlite_url,
        "EMAILSTATS_SUBSCRIPTIONS__ALLOWED_DOMAINS": "example.com",
        "EMAILSTATS_DEFAULTS__ZONE": "Europe/Amsterdam",
    }

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run_command(["subscriptions", *words], environ)
        said = capsys.readouterr()
        return code, said.out + said.err

    return say


def kept(url: str) -> tuple[Subscription, ...]:
    engine = open_engine(url)
    with engine.connect() as connection:
        found = subscriptions.every(connection)
    engine.dispose()
    return found


@pytest.fixture
def store(sqlite_url: str) -> Engine:
    return open_engine(sqlite_url)


def test_without_any_it_says_how_to_begin(say: Say) -> None:
    code, said = say()
    assert code == 0 and "There are no subscriptions. emailstats subscriptions add" in said


def test_what_is_added_is_listed_with_addresses_masked(say: Say, sqlite_url: str) -> None:
    words = ("add", "overview team:growth", "--when", "every friday at 5pm", "--name", "[red]Growth[/red]")
    code, said = say(*words, "--to", "Anna@example.com", "--to", "C0GENERAL00", "--skip-empty")
    assert (code, said.strip()) == (0, "Subscription 1 is made.")
    (made,) = kept(sqlite_url)
    assert made.promise.schedule == Schedule("week", time(17), "Europe/Amsterdam", (5,))
    assert made.promise.skip_empty and made.promise.owner == "terminal"
    assert [(target.address, target.state) for target in made.targets] == [
        ("anna@example.com", TargetState.ACTIVE),
        ("C0GENERAL00", TargetState.ACTIVE),
    ]
    code, said = say()
    for part in ("1 subscription.", "[red]Growth[/red]", "a•••@example.com", "C0GENERAL00", "weekly on Friday", "Fri "):
        assert part in said
    assert "anna@example.com" not in said and "anna@example.com" in say("list", "--addresses")[1]
    assert say(*words, "--to", "C0GENERAL00", "--skip-empty") == (0, "That is subscription 1 already; it goes on.\n")


def test_pausing_resuming_and_removing(say: Say, store: Engine, sqlite_url: str) -> None:
    subscriptions.add(store, WEEKLY, [Place(Channel.SLACK, "C0GENERAL00")], NOW)
    assert say("pause", "1") == (0, "Paused.\n")
    assert "paused: from the terminal" in " ".join(say()[1].split())
    assert say("resume", "1") == (0, "It goes on.\n") and kept(sqlite_url)[0].state is State.ACTIVE
    assert say("remove", "1") == (0, "Ended.\n") and kept(sqlite_url) == ()
    for command in ("pause", "resume", "remove", "next"):
        code, said = say(command, "1")
        assert code == 2 and "There is no subscription 1" in said
    store.dispose()


def test_when_it_is_due_next_can_be_seen_and_tried(say: Say, store: Engine) -> None:
    subscriptions.add(store, WEEKLY, [Place(Channel.SLACK, "C0GENERAL00")], NOW)
    code, said = say("next", "1", "--after", "2026-03-20", "-n", "2")
    assert code == 0 and [line.strip() for line in said.replace("\u2009", " ").splitlines()] == [
        "weekly on Monday at 09:00 (Europe/Amsterdam):",
        "Mon 23 Mar 2026 09:00 CET, about Mon, Mar 16 – Sun, Mar 22, 2026",
        "Mon 30 Mar 2026 09:00 CEST, about Mon, Mar 23 – Sun, Mar 29, 2026",
    ]
    _, said = say(
        "next", "--when", "monthly on the last day at 8", "--after", "2028-02-01", "-n", "1", "--locale", "nl"
    )
    assert "di 29 feb 2028 08:00 CET, about januari 2028" in said
    assert "each sending tells" in say("next", "--when", "4 hours after each send")[1]
    store.dispose()


@pytest.mark.parametrize(
    ("words", "problem"),
    [
        (("add", "overview", "--when", "fortnightly", "--to", "C0GENERAL00"), "is no schedule; there are: daily at 9"),
        (("add", "overview by month", "--when", "daily", "--to", "C0GENERAL00"), "by month"),
        (("add", "overview", "--when", "daily", "--to", "#general"), "an ID like C0123ABCDEF"),
        (("add", "overview", "--when", "daily", "--to", "eve@elsewhere.example"), "or say --agreed if they have"),
        (("add", "overview", "--when", "daily", "--to", "C0GENERAL00", "--zone", "Mars"), "--zone"),
        (("add", "overview", "--when", "daily"), "--to"),
        (("next",), "Say the number of a subscription, or a schedule"),
        (("next", "1", "--when", "daily"), "Say the number of a subscription, or a schedule"),
    ],
)
def test_what_can_not_be_is_refused_with_what_to_say(say: Say, words: tuple[str, ...], problem: str) -> None:
    code, said = say(*words)
    assert code == 2 and problem in " ".join(said.split())
    assert "There are no subscriptions" in say()[1]


def test_who_has_agreed_is_written_to_at_once(say: Say, sqlite_url: str) -> None:
    assert say("add", "overview", "--when", "daily", "--to", "eve@elsewhere.example", "--agreed")[0] == 0
    assert kept(sqlite_url)[0].targets[0].state is TargetState.ACTIVE


def test_a_subscription_made_in_slack_is_listed_too(say: Say, store: Engine) -> None:
    long = replace(WEEKLY, name="A very long name that goes on and on " * 4)
    subscriptions.add(store, long, [Place(Channel.MAIL, "eve@elsewhere.example", confirm=True)], NOW)
    said = " ".join(say()[1].split())
    assert "(has to agree)" in said and "goes on and on" in said
    store.dispose()
