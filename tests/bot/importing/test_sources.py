"""Files in the state that they arrive in: no row is lost for another's sake, and none costs more memory than a row."""

import gzip
import json
import tracemalloc
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.importing.importer import BATCH, Progress, import_files
from bot.importing.sources import Unreadable, intakes_of
from providers.intake import Intake, Reject
from providers.own import Reader
from reports.events import Email, Event, Kind
from store.engine import open_engine

NOW = datetime(2026, 6, 1, tzinfo=UTC)
HEADER = "kind,at,email,contact,key,reply\n"


def row(key: str, reply: str = "") -> str:
    return f"sent,2026-05-12T09:30:00Z,may,ann@example.com,{key},{reply}\n"


def read(path: Path) -> list[Event | Email | Reject | None]:
    return [item for intake, _done in intakes_of(path, Reader(NOW)) for item in items_of(intake)]


def items_of(intake: Intake) -> list[Event | Email | Reject | None]:
    return [*intake.emails, *intake.events, *intake.rejects, *[None] * intake.ignored]


def keys(items: list[Event | Email | Reject | None]) -> list[str]:
    return [item.key for item in items if isinstance(item, Event)]


def rejects(items: list[Event | Email | Reject | None]) -> list[tuple[int, str]]:
    return [(item.line, item.reason) for item in items if isinstance(item, Reject)]


def written(path: Path, text: str) -> Path:
    path.write_text(text, newline="")
    return path


@pytest.mark.parametrize("after", ["", 'sent,2026-05-12T09:30:00Z,may,ann@example.com,quoted,"a, b"\n'])
def test_a_quote_that_nobody_closes_costs_its_own_row_alone(tmp_path: Path, after: str) -> None:
    rows = [row("a"), row("b", '"oops'), *(row(str(number)) for number in range(5_000)), after]
    items = read(written(tmp_path / "events.csv", HEADER + "".join(rows)))
    assert keys(items) == ["a", *map(str, range(5_000)), *(["quoted"] if after else [])]
    assert [line for line, _reason in rejects(items)] == [3]


def test_a_cell_of_several_lines_is_one_row_and_a_bad_row_is_told_by_its_first_line(tmp_path: Path) -> None:
    text = HEADER + row("a", '"550 no\nsuch\nuser"') + "\n" + row("b").replace("sent", "snet") + row("c")
    items = read(written(tmp_path / "events.csv", text))
    assert keys(items) == ["a", "c"]
    assert rejects(items) == [(6, "kind: 'snet'; did you mean 'sent'?")]


def test_a_row_with_too_many_cells_is_refused_and_one_with_too_few_has_empty_ones(tmp_path: Path) -> None:
    text = HEADER + row("a", "x,y") + "sent,2026-05-12T09:30:00Z,may,ann@example.com\n" + "sent\n"
    items = read(written(tmp_path / "events.csv", text))
    assert keys(items) == [""]
    assert rejects(items) == [
        (2, "the row has more cells than the header has columns"),
        (4, "missing required field `at`"),
    ]


@pytest.mark.parametrize(("name", "head"), [("events.csv", HEADER), ("events.ndjson", "")])
def test_an_endless_line_costs_no_memory_and_no_other_row(tmp_path: Path, name: str, head: str) -> None:
    line = '{"kind":"sent","at":"2026-05-12T09:30:00Z","email":"m","contact":"a@b.c","key":"good"}\n'
    good = row("good") if head else line
    path = tmp_path / name
    with path.open("w") as file:
        file.write(head + good)
        for _ in range(100):
            file.write("x" * 1_000_000)
        file.write("\n" + good)
    tracemalloc.start()
    items = read(path)
    _now, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert keys(items) == ["good", "good"]
    assert [reason for _line, reason in rejects(items)] == ["the line is longer than 4 MiB"]
    assert peak < 30_000_000


@pytest.mark.parametrize("name", ["events.ndjson.gz", "events.csv.gz"])
@pytest.mark.parametrize("damage", ["cut", "changed"])
def test_damage_in_a_compressed_file_is_told_and_what_came_before_is_kept(
    tmp_path: Path, name: str, damage: str
) -> None:
    event = {"kind": "sent", "at": "2026-05-12T09:30:00Z", "email": "may", "contact": "ann@example.com"}
    if "csv" in name:
        text = HEADER + "".join(row(str(hash(str(number)))) for number in range(30_000))
    else:
        text = "".join(json.dumps(event | {"key": str(hash(str(number)))}) + "\n" for number in range(30_000))
    packed = bytearray(gzip.compress(text.encode()))
    middle = len(packed) // 2
    if damage == "cut":
        del packed[middle:]
    else:
        packed[middle : middle + 200] = b"\xff" * 200
    path = tmp_path / name
    path.write_bytes(packed)
    items = read(path)
    assert len(keys(items)) > 1_000
    assert "damaged" in rejects(items)[-1][1]


def test_a_payload_too_large_to_be_read_whole_is_refused_and_the_next_one_read(tmp_path: Path) -> None:
    event = '{"event":"processed","email":"ann@example.com","timestamp":1778571000,"sg_event_id":"good"}'
    written(tmp_path / "a.json", f"[{event}{' ' * 16 * 1024 * 1024}]")
    written(tmp_path / "b.json", f"[{event}]")
    items = read(tmp_path)
    assert keys(items) == ["good"]
    assert rejects(items) == [(1, "a.json: the file is larger than 16 MiB: cut it into several")]


def test_a_csv_whose_header_cannot_be_read_is_no_file_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "events.csv.gz"
    path.write_bytes(b"no gzip at all")
    with pytest.raises(Unreadable, match=r"events\.csv\.gz"):
        read(path)


def test_a_csv_without_the_columns_is_refused_before_the_file_in_front_of_it_is_imported(
    sqlite_url: str, tmp_path: Path
) -> None:
    good = written(tmp_path / "good.csv", HEADER + "".join(row(str(number)) for number in range(BATCH)))
    bad = written(tmp_path / "bad.csv", "kind,at\n")
    told: list[Progress] = []
    engine = open_engine(sqlite_url)
    with pytest.raises(Unreadable, match=r"bad\.csv: no column for email, contact"):
        import_files(engine, [good, bad], now=NOW, quarantine_path=tmp_path / "q", on_progress=told.append)
    assert not told  # a full batch would have been told of
    engine.dispose()


def test_progress_never_goes_back(tmp_path: Path) -> None:
    line = '{"kind":"sent","at":"2026-05-12T09:30:00Z","email":"m","contact":"a@b.c"}\n'
    path = written(tmp_path / "events.ndjson", line * 1_500 + "\n{\n" + line * 1_500)
    done = [bytes_done for _intake, bytes_done in intakes_of(path, Reader(NOW))]
    assert done == sorted(done)
    assert 0 < done[-1] <= path.stat().st_size


EVENTS = "id,created,type,recipient,email_campaign_id,filtered_event,obsoleted_by_id\n"
OPEN = "{},2020-03-16 19:03:20.357,OPEN,x9==,2,false,\n"


def test_hubspots_tables_may_be_compressed_and_progress_shows_it(tmp_path: Path) -> None:
    (tmp_path / "email_event_data.csv.gz").write_bytes(gzip.compress((EVENTS + OPEN.format("o1")).encode()))
    (tmp_path / "email_event_open_data.csv.gz").write_bytes(gzip.compress(b"id,duration\no1,9000\n"))
    written(tmp_path / "email_campaign_data.csv", "id,name\n2,May\n")
    ((intake, done),) = intakes_of(tmp_path / "email_event_data.csv.gz", Reader(NOW))
    description, opened = items_of(intake)
    assert description == Email(id="2", provider="hubspot", name="May")
    assert isinstance(opened, Event)
    assert (opened.kind, opened.duration_ms) == (Kind.OPENED, 9_000)
    assert done > 0


def test_a_table_of_details_that_makes_no_sense_costs_no_event(tmp_path: Path) -> None:
    events = EVENTS + OPEN.format("o1") + OPEN.format("").replace("x9==", '"x') + OPEN.format("o2")
    written(tmp_path / "email_event_data.csv", events)
    written(tmp_path / "email_event_open_data.csv", "number,duration\no1,9000\n")
    written(tmp_path / "email_event_click_data.csv", 'id,url\no2,"https://exa')
    items = read(tmp_path)
    assert keys(items) == ["o1", "o2"]
    assert [line for line, _reason in rejects(items)] == [2, 3]
    assert rejects(items)[0][1].startswith("email_event_click_data.csv: ")


GOOD = row("good")


@given(st.lists(st.text(st.sampled_from('",;\n ab\0é'), max_size=12).map(lambda text: text + "\n"), max_size=6))
def test_whatever_stands_before_it_a_good_row_of_a_csv_is_kept(junk: list[str]) -> None:
    with TemporaryDirectory() as folder:
        items = read(written(Path(folder) / "events.csv", HEADER + "".join(junk) + GOOD))
    assert keys(items)[-1:] == ["good"]
