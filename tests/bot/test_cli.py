"""The commands of the terminal, run as a person runs them: exit codes, sentences, files."""

import json
from pathlib import Path

import pytest

from bot.cli import run_command
from store.engine import open_engine
from tests.store.snapshot import rollups

_SENT = {"kind": "sent", "at": "2026-05-12T09:30:00Z", "email": "may", "contact": "ann@example.com"}
_NAMED = {"record": "email", "id": "may", "name": "newsletter-may", "subject": "Spring\u202e <!channel>"}


@pytest.fixture
def environ(sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.chdir(tmp_path)
    return {"EMAILSTATS_DATABASE__URL": sqlite_url}


@pytest.fixture
def filled(environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    rows = [_SENT, _SENT | {"kind": "delivered"}, _SENT | {"kind": "opened"}, _NAMED]
    (tmp_path / "events.ndjson").write_text("\n".join(map(json.dumps, rows)))
    assert run_command(["import", "events.ndjson"], environ) == 0
    assert "Imported 3 events and 1 description of e-mails." in capsys.readouterr().out
    return environ


def test_show_prints_the_report_and_saves_the_chart(
    filled: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["show", "newsletter-may", "--zone", "Europe/Amsterdam", "--locale", "nl"], filled) == 0
    out = capsys.readouterr().out
    assert "100,0\u00a0%" in out
    assert "\u202e" not in out
    assert (tmp_path / "newsletter-may.png").read_bytes().startswith(b"\x89PNG")


def test_a_typo_is_answered_with_the_nearest_name(filled: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["show", "newsleter-may"], filled) == 2
    assert "Did you mean “newsletter-may”?" in capsys.readouterr().err


def test_an_empty_store_says_how_to_fill_it(environ: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["show", "latest"], environ) == 2
    assert "emailstats import" in capsys.readouterr().err


def test_rebuild_changes_no_figure(filled: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    engine = open_engine(filled["EMAILSTATS_DATABASE__URL"])
    before = rollups(engine)
    assert run_command(["rebuild", "newsletter-may"], filled) == 0
    assert run_command(["rebuild", "--all"], filled) == 0
    assert "Rebuilt one e-mail." in capsys.readouterr().out
    assert rollups(engine) == before
    engine.dispose()


def test_sample_data_can_be_made_and_imported(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ["demo-data", "--emails", "2", "--events", "500", "--out", "sample.ndjson"]
    assert run_command(made, environ) == 0
    assert run_command(["import", "sample.ndjson"], environ) == 0
    assert run_command(["show", "newsletter-may", "--png", "x.png"], environ) == 0
    assert (tmp_path / "x.png").exists()
    assert "Open rate" in capsys.readouterr().out


def test_quarantined_rows_are_told_with_their_place(
    environ: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bad.ndjson").write_text(f"{json.dumps(_SENT)}\nnonsense\n")
    assert run_command(["import", "bad.ndjson"], environ) == 1
    assert "data/quarantine/quarantine-" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["import", "nowhere.ndjson"], "There is no file nowhere.ndjson."),
        (["import", "events.txt"], "not a kind of file that can be imported"),
        (["import", "events.ndjson", "--map", "x"], "--map takes COLUMN=FIELD"),
        (["import", "events.ndjson", "--map", "x=contct"], "did you mean 'contact'?"),
        (["show", "x", "--last", "9y"], "--last takes all, or hours or days"),
        (["show", "x", "--by", "year"], "--by takes auto, hour, day, week"),
        (["show", "x", "--zone", "Mars/Olympus"], "--zone"),
        (["rebuild"], "Say which e-mail to rebuild"),
        (["shwo"], "Try: emailstats --help"),
    ],
)
def test_what_is_asked_wrongly_is_one_sentence_and_exit_code_2(
    environ: dict[str, str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    sentence: str,
) -> None:
    for name in ("events.txt", "events.ndjson"):
        (tmp_path / name).write_text("")
    assert run_command(arguments, environ) == 2
    told = capsys.readouterr().err
    assert sentence in told
    assert "Traceback" not in told


def test_a_database_that_is_not_there_is_said_without_its_password(capsys: pytest.CaptureFixture[str]) -> None:
    environ = {"EMAILSTATS_DATABASE__URL": "postgresql://me:hunter2@127.0.0.1:1/none"}
    assert run_command(["migrate"], environ) == 2
    told = capsys.readouterr().err
    assert "database.url" in told
    assert "hunter2" not in told


def test_export_writes_a_file_that_its_owner_alone_may_read(
    filled: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["export", "recipients", "newsletter-may", "--to", "out.csv"], filled) == 0
    out = capsys.readouterr().out
    assert out.startswith("Wrote out.csv (") and "--addresses shows them" in out
    path = tmp_path / "out.csv"
    assert "a•••@example.com" in path.read_text(encoding="utf-8-sig")
    assert path.stat().st_mode & 0o777 == 0o600
    assert run_command(["export", "recipients", "newsletter-may", "--addresses"], filled) == 0
    assert (tmp_path / "newsletter-may-recipients.xlsx").exists()


def test_export_says_which_formats_and_folders_there_are(
    filled: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(["export", "newsletter-may", "--format", "docx"], filled) == 2
    assert "there are csv, pdf, png, xlsx, zip" in capsys.readouterr().err
    assert run_command(["export", "newsletter-may", "--to", "nowhere/a.csv"], filled) == 2
    assert "There is no folder nowhere." in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir() if path.suffix == ".csv") == []


def test_clicks_are_judged_by_the_rules_of_the_settings_and_anew_after_a_change(
    environ: dict[str, str], tmp_path: Path, sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    clicks = [
        _SENT | {"kind": "clicked", "at": f"2026-05-12T09:40:0{n}Z", "link": f"https://example.com/{n}"}
        for n in range(4)
    ]
    (tmp_path / "events.ndjson").write_text("\n".join(map(json.dumps, [_SENT, *clicks, _NAMED])))
    assert run_command(["import", "events.ndjson"], environ) == 0
    engine = open_engine(sqlite_url)
    assert rollups(engine)["email"]["may"]["clicked"] == 1
    stricter = environ | {"EMAILSTATS_MACHINES__BURST_LINKS": "4"}
    capsys.readouterr()
    assert run_command(["rescore"], environ) == 0
    assert "judged by the rules of the settings already" in capsys.readouterr().out
    assert run_command(["rescore"], stricter) == 0
    assert "Judged one e-mail anew: 4 verdicts changed." in capsys.readouterr().out
    assert rollups(engine)["email"]["may"]["machine_clicked"] == 1
    assert run_command(["rescore", "newsletter-may"], environ) == 0
    assert "4 verdicts changed" in capsys.readouterr().out
    assert rollups(engine)["email"]["may"]["clicked"] == 1
    assert run_command(["rescore", "nothing-like-it"], environ) == 2
    engine.dispose()


def test_a_person_is_forgotten_on_demand_with_a_secret_alone(
    filled: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    quarantine = tmp_path / "data" / "quarantine"
    quarantine.mkdir(parents=True, exist_ok=True)
    rows = quarantine / "quarantine-1.ndjson"
    rows.write_text('{"row": "ann@example.com"}\n{"row": "joann@example.com"}\n')
    assert run_command(["forget", "ann@example.com", "--yes"], filled) == 2
    assert "privacy.secret" in capsys.readouterr().err
    keyed = filled | {"EMAILSTATS_PRIVACY__SECRET": "0123456789abcdef0123"}
    assert run_command(["forget", "ann", "--yes"], keyed) == 2
    assert run_command(["forget", "ann@example.com", "--dry-run"], keyed) == 0
    assert "would be forgotten" in capsys.readouterr().out
    assert "ann@example.com" in rows.read_text().splitlines()[0]
    assert run_command(["forget", "Ann@example.com", "--yes"], keyed) == 0
    said = capsys.readouterr().out
    assert "is forgotten; no count changes" in said
    assert rows.read_text() == '{"row": "joann@example.com"}\n'
    assert run_command(["audit"], keyed) == 0
    assert "forget: nothing more" in capsys.readouterr().out
    assert run_command(["import", "events.ndjson"], keyed) == 0
    assert "Imported 0 events" in capsys.readouterr().out
    for command in (["import", "events.ndjson"], ["run"]):
        assert run_command(command, filled | {"EMAILSTATS_WEB__PORT": "0"}) == 2
        assert "privacy.secret" in capsys.readouterr().err


def test_old_raw_events_are_dropped_and_figures_stay(
    filled: dict[str, str], sqlite_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    engine = open_engine(sqlite_url)
    figures = rollups(engine)
    assert run_command(["retain", "--yes"], filled) == 2
    assert "privacy.keep_months" in capsys.readouterr().err
    keeping = filled | {"EMAILSTATS_PRIVACY__KEEP_MONTHS": "1"}
    assert run_command(["retain", "--months", "240"], keeping) == 0
    assert "There are no raw events before" in capsys.readouterr().out
    assert run_command(["retain", "--dry-run"], keeping) == 0
    assert "Would be dropped: 3 raw events of 1 e-mails" in capsys.readouterr().out
    assert run_command(["retain", "--yes"], keeping) == 0
    assert "Dropped 3 raw events of 1 e-mails. Every figure stays." in capsys.readouterr().out
    assert rollups(engine) == figures
    assert run_command(["rebuild", "newsletter-may"], keeping) == 2
    assert "can't be computed anew" in capsys.readouterr().err
    assert run_command(["rebuild", "--all"], keeping) == 0
    assert rollups(engine) == figures
    engine.dispose()
