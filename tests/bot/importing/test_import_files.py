"""Files into the store: good rows kept, bad rows explained, interruptions harmless."""

import csv
import gzip
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from rich.console import Console
from sqlalchemy import Engine, text

from bot.demo import generate, write_ndjson
from bot.importing.importer import ImportSummary, Progress, import_files
from bot.importing.progress import run_import
from bot.importing.sources import Unreadable
from providers.own import BadRow
from reports.events import Event
from store.engine import migrate, open_engine
from tests.store.snapshot import rollups

NOW = datetime(2026, 6, 1, tzinfo=UTC)
_GOOD = {"kind": "sent", "at": "2026-05-12T09:30:00+02:00", "email": "may", "contact": "ann@example.com"}
_ROOT = Path(__file__).parents[3]
_SHARED = _ROOT.parent / "shared" / "data"


def _import(engine: Engine, *paths: Path, mapping: dict[str, str] | None = None) -> ImportSummary:
    quarantine = paths[0].parent / "quarantine.ndjson"
    return import_files(engine, paths, mapping=mapping, now=NOW, quarantine_path=quarantine)


def _lines(path: Path, rows: Sequence[object]) -> Path:
    path.write_text("".join(f"{row if isinstance(row, str) else json.dumps(row)}\n" for row in rows))
    return path


def _quarantined(folder: Path) -> list[dict[str, object]]:
    return [json.loads(line) for line in (folder / "quarantine.ndjson").read_text().splitlines()]


@pytest.fixture
def store(sqlite_url: str) -> Iterator[Engine]:
    engine = open_engine(sqlite_url)
    yield engine
    engine.dispose()


def test_good_rows_are_kept_and_bad_ones_explained_by_line(store: Engine, tmp_path: Path) -> None:
    bad = _GOOD | {"kind": "snet"}
    rows = [
        _GOOD,
        bad,
        _GOOD | {"contact": "bob@example.com"},
        "{",
        "",
        {"record": "email", "id": "may", "name": "May"},
    ]
    summary = _import(store, _lines(tmp_path / "events.ndjson", rows))
    assert (summary.new, summary.emails, summary.quarantined) == (2, 1, 2)
    first, second = _quarantined(tmp_path)
    assert (first["line"], first["reason"]) == (2, "kind: 'snet'; did you mean 'sent'?")
    assert json.loads(str(first["row"])) == bad
    assert second["line"] == 4


def test_the_quarantine_is_private_and_made_only_when_needed(store: Engine, tmp_path: Path) -> None:
    _import(store, _lines(tmp_path / "good.ndjson", [_GOOD]))
    assert not (tmp_path / "quarantine.ndjson").exists()
    _import(store, _lines(tmp_path / "bad.ndjson", ["nonsense"]))
    assert (tmp_path / "quarantine.ndjson").stat().st_mode & 0o777 == 0o600


def test_a_file_whose_name_is_no_text_is_named_in_the_quarantine_as_well_as_can_be(
    store: Engine, tmp_path: Path
) -> None:
    path = tmp_path / os.fsdecode(b"caf\xe9.ndjson")
    assert _import(store, _lines(path, ["{", _GOOD])).new == 1
    assert str(_quarantined(tmp_path)[0]["file"]).endswith("caf\ufffd.ndjson")


@pytest.mark.parametrize("name", ["events.ndjson.gz", "EVENTS.NDJSON.GZ"])
def test_a_compressed_file_is_read_as_it_is(store: Engine, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(json.dumps(_GOOD).encode()))
    assert _import(store, path).new == 1


def test_a_damaged_compressed_file_keeps_what_came_before_the_damage(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson.gz"
    rows = b"".join(json.dumps(_GOOD | {"key": str(number)}).encode() + b"\n" for number in range(20_000))
    path.write_bytes(gzip.compress(rows)[:-2_000])
    summary = _import(store, path)
    assert summary.new > 1_000
    assert summary.quarantined == 1


def test_a_line_that_is_too_long_is_refused_and_the_next_one_read(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    path.write_bytes(b"x" * 9_000_000 + b"\n" + json.dumps(_GOOD).encode() + b"\n")
    summary = _import(store, path)
    assert (summary.new, summary.quarantined) == (1, 1)
    assert _quarantined(tmp_path)[0]["reason"] == "the line is longer than 4 MiB"


def _csv(path: Path, header: Sequence[str], *rows: Sequence[str]) -> Path:
    with path.open("w", newline="", encoding="utf-8") as file:
        csv.writer(file).writerows([header, *rows])
    return path


def test_columns_of_a_csv_are_read_as_the_fields_they_are_mapped_to(store: Engine, tmp_path: Path) -> None:
    path = _csv(
        tmp_path / "events.csv",
        ("what", "when", "email", "recipient", "lists", "their own"),
        ("sent", "2026-05-12T09:30:00Z", "may", "ann@example.com", "NL; VIP", "x"),
        ("clickt", "2026-05-12T09:30:00Z", "may", "ann@example.com", "", ""),
    )
    summary = _import(store, path, mapping={"what": "kind", "when": "at", "recipient": "contact"})
    assert (summary.new, summary.quarantined) == (1, 1)
    assert _quarantined(tmp_path)[0]["line"] == 3
    assert set(rollups(store)["list"]) == {("may", "NL"), ("may", "VIP")}


def test_spaces_round_the_names_of_columns_do_not_count(store: Engine, tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("kind, at , email,contact\nsent,2026-05-12T09:30:00Z,may,ann@example.com\n")
    assert _import(store, path).new == 1


def test_a_csv_without_the_columns_that_are_needed_says_which(store: Engine, tmp_path: Path) -> None:
    path = _csv(tmp_path / "events.csv", ("kind", "at", "email", "recipient"), ("sent", "", "", ""))
    with pytest.raises(Unreadable, match=r"no column for contact.*--map COLUMN=contact"):
        _import(store, path)


def test_a_mapping_to_a_field_that_there_is_not_names_the_nearest(store: Engine, tmp_path: Path) -> None:
    with pytest.raises(BadRow, match="'contct'; did you mean 'contact'"):
        _import(store, _lines(tmp_path / "x.ndjson", [_GOOD]), mapping={"to": "contct"})


@pytest.mark.parametrize("name", ["notes.txt", "events", "payload.json.gz", "empty-folder"])
def test_a_file_of_no_known_kind_is_refused_before_anything_is_imported(
    store: Engine, tmp_path: Path, name: str
) -> None:
    path = tmp_path / name
    path.mkdir() if name == "empty-folder" else path.write_text("x")
    with pytest.raises(Unreadable, match=r"known are|a folder holds"):
        _import(store, _lines(tmp_path / "good.ndjson", [_GOOD]), path)
    assert not rollups(store)["email"]


@pytest.mark.skipif(not _SHARED.exists(), reason="the folder of real payloads is not beside the checkout")
def test_a_folder_of_sendgrid_payloads_is_read_whole(store: Engine, tmp_path: Path) -> None:
    folder = _SHARED / "payloads" / "sendgrid"
    summary = import_files(store, [folder], now=NOW, quarantine_path=tmp_path / "quarantine.ndjson")
    assert (summary.ignored, summary.quarantined) == (4, 4)
    assert {str(row["reason"]).partition(":")[0] for row in _quarantined(tmp_path)} <= {
        path.name for path in folder.iterdir()
    }


@pytest.mark.skipif(not _SHARED.exists(), reason="the folder of real tables is not beside the checkout")
def test_hubspots_tables_are_read_with_the_tables_beside_them(store: Engine, tmp_path: Path) -> None:
    folder = _SHARED / "datasets" / "hubspot_tables"
    for path in (folder, folder / "email_event_data.csv"):
        summary = import_files(store, [path], now=NOW, quarantine_path=tmp_path / "quarantine.ndjson")
        assert (summary.emails, summary.quarantined) == (100, 0)
        assert summary.new + summary.duplicates + summary.ignored == 100


def test_progress_ends_at_the_whole(store: Engine, tmp_path: Path) -> None:
    told: list[Progress] = []
    path = _lines(tmp_path / "events.ndjson", [_GOOD])
    import_files(store, [path], now=NOW, quarantine_path=tmp_path / "q", on_progress=told.append)
    assert told[-1] == Progress(path.stat().st_size, path.stat().st_size, 1)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=60).filter(lambda junk: b"\n" not in junk), max_size=8))
def test_whatever_stands_around_it_a_good_row_is_kept(store: Engine, tmp_path: Path, junk: list[bytes]) -> None:
    good = json.dumps(_GOOD | {"key": str(hash(tuple(junk)))}).encode()
    path = tmp_path / "fuzz.ndjson"
    path.write_bytes(b"\n".join([*junk[:4], good, *junk[4:]]))
    summary = _import(store, path)
    assert summary.new + summary.duplicates >= 1


@pytest.mark.parametrize(
    ("rows", "code", "words"),
    [
        ([_GOOD], 0, "Imported 1 event."),
        ([_GOOD, "{"], 1, "1 row could not be read"),
        (["{"], 2, "could not be read"),
    ],
)
def test_the_exit_code_says_whether_all_some_or_nothing_was_read(
    store: Engine, tmp_path: Path, rows: list[object], code: int, words: str
) -> None:
    console = Console(file=StringIO(), width=500)
    path = _lines(tmp_path / "events.ndjson", rows)
    assert run_import(store, [path], {}, now=NOW, quarantine_folder=tmp_path / "q", console=console) == code
    assert isinstance(console.file, StringIO)
    assert words in console.file.getvalue()


def test_an_import_killed_midway_and_run_again_counts_nothing_twice(blank_url: str, tmp_path: Path) -> None:
    path = tmp_path / "events.ndjson"
    with path.open("wb") as stream:
        write_ndjson(generate(emails=2, events=8_000, until=NOW), stream)
    engine = open_engine(blank_url)
    migrate(engine)
    for batches in (2, 3, 5):
        command = [sys.executable, "-m", "tests.bot.importing.victim", blank_url, path, str(batches), NOW.isoformat()]
        assert subprocess.run(command, check=False, cwd=_ROOT).returncode == -signal.SIGKILL
    partly = sum(row.get("sent", 0) for row in rollups(engine)["email"].values())
    summary = import_files(engine, [path], now=NOW, quarantine_path=tmp_path / "q")
    with engine.connect() as connection:
        stored = connection.execute(text("SELECT count(*) FROM events")).scalar()
    whole = rollups(engine)
    events = [item for item in generate(emails=2, events=8_000, until=NOW) if isinstance(item, Event)]
    assert stored == len(events) == summary.new + summary.duplicates
    assert 0 < partly < sum(row["sent"] for row in whole["email"].values())
    import_files(engine, [path], now=NOW + timedelta(days=1), quarantine_path=tmp_path / "q")
    assert rollups(engine) == whole
    engine.dispose()
