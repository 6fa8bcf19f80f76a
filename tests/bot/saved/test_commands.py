"""`emailstats reports` and `emailstats dashboards`, as a person types them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bot.cli import run_command

Say = Callable[..., tuple[int, str]]
ANNA, BOB = "U0ANNA00000", "U0BOB000000"


@pytest.fixture
def say(sqlite_url: str, capsys: pytest.CaptureFixture[str]) -> Say:
    """Runs a command and gives its exit code and all that it says."""
    environ = {"EMAILSTATS_DATABASE__URL": sqlite_url, "EMAILSTATS_DEFAULTS__ZONE": "Europe/Amsterdam"}

    def say(*words: str) -> tuple[int, str]:
        capsys.readouterr()
        code = run_command(words, environ)
        said = capsys.readouterr()
        return code, said.out + said.err

    return say


def test_without_any_it_says_how_to_begin(say: Say) -> None:
    assert "There are no saved reports. emailstats reports save" in say("reports")[1]
    assert "There are no saved dashboards." in say("dashboards")[1]


def test_what_is_saved_is_listed_renamed_copied_and_handed_over(say: Say) -> None:
    code, said = say(
        "reports", "save", "[red]Growth", "overview team:growth", "--owner", ANNA, "--visible", "team:growth"
    )
    assert (code, said) == (0, "#1 is saved: “[red]Growth”.\n")
    listed = say("reports")[1]
    assert "#1  [red]Growth" in listed and "/emailstats overview team:growth" in listed
    assert f"for the team growth, {ANNA}'s" in listed
    assert say("reports", "rename", "[red]growth", "Growth")[1] == "It is called “Growth” now.\n"
    assert say("reports", "duplicate", "#1")[1] == "#2 is the copy, “Growth (copy)”.\n"
    assert say("reports", "hand-over", "Growth (copy)", "--to", BOB)[1] == f"“Growth (copy)” is {BOB}'s now.\n"
    history = say("reports", "history", "Growth")[1]
    assert history.index("2  Growth") < history.index("1  [red]Growth") and "by terminal" in history


def test_what_is_deleted_is_put_back_as_delete_says(say: Say) -> None:
    say("reports", "save", "Growth", "overview")
    said = say("reports", "delete", "growth")[1]
    assert said == "“Growth” is deleted. Put it back with: emailstats reports undo 1\n"
    assert "no saved reports" in say("reports")[1]
    assert say("reports", "undo", "1")[1] == "“Growth” is as it was before.\n"
    assert "#1  Growth" in say("reports")[1]


def test_a_dashboard_of_reports_can_be_subscribed_to(say: Say) -> None:
    say("reports", "save", "Growth", "overview")
    say("reports", "save", "Links", "links latest", "--owner", ANNA)
    assert say("dashboards", "save", "Monday", "links", "#1")[0] == 0
    assert "2 reports" in say("dashboards", "list")[1]
    code, said = say("subscriptions", "add", "dashboard Monday", "--when", "daily at 9", "--to", "C0GENERAL00")
    assert (code, said) == (0, "Subscription 1 is made.\n")
    assert "Monday" in say("subscriptions")[1]


def test_definitions_go_out_and_in(say: Say, tmp_path: Path) -> None:
    say("reports", "save", "Growth", "overview", "--owner", ANNA)
    say("dashboards", "save", "Monday", "Growth", "--owner", ANNA)
    file = tmp_path / "saved.toml"
    assert say("reports", "export", "--to", str(file)) == (0, f"Wrote {file}.\n")
    say("reports", "delete", "Growth")
    code, said = say("reports", "import", str(file), "--dry-run")
    assert code == 0 and "new        report     “Growth”" in said and "This was a dry run" in said
    assert "no saved reports" in say("reports")[1]
    assert say("reports", "import", str(file))[0] == 0
    assert "“Growth”" not in say("reports", "export", "--owner", BOB)[1]
    assert 'name = "Growth"' in say("reports", "export")[1]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("reports", "show", "Growth"), "There is no report called “Growth”, and none at all yet."),
        (("reports", "save", "A", "links"), "Which e-mail?"),
        (("reports", "save", "A", "overview", "--visible", "team"), "--visible takes private, everyone or team:NAME"),
        (("reports", "save", "A", "overview", "--owner", "anna"), "An owner is a member's ID"),
        (("reports", "save", " ", "overview"), "Give it a name."),
        (("reports", "undo", "7"), "That is not there."),
        (("dashboards", "save", "Monday", "Growth"), "There is no report called “Growth”"),
        (("reports", "import", "/nowhere.toml"), "/nowhere.toml: No such file or directory."),
    ],
)
def test_what_can_not_be_done_is_one_sentence(say: Say, words: tuple[str, ...], said: str) -> None:
    code, told = say(*words)
    assert code == 2 and said in told and told.count("\n") == 1


def test_a_name_that_is_taken_is_refused_unless_it_is_to_be_replaced(say: Say) -> None:
    say("reports", "save", "Growth", "overview")
    assert "choose another name" in say("reports", "save", "Growth", "trend")[1]
    assert say("reports", "save", "Growth", "trend", "--replace")[1] == "#1 is there, as version 2: “Growth”.\n"
