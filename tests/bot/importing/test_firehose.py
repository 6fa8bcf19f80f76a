"""Files of Amazon SES's events as Firehose writes them."""

import gzip
import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import text

from bot.importing.firehose import firehose_items, is_firehose
from bot.importing.importer import import_files
from providers.intake import Reject
from reports.events import Event
from store.engine import open_engine


def event(number: int, **mail: Any) -> dict[str, Any]:
    told = {"timestamp": "2026-05-12T09:30:00Z", "messageId": f"m{number}", "destination": [f"p{number}@example.org"]}
    return {"eventType": "Send", "mail": told | mail, "send": {}}


def read(path: Path) -> tuple[list[str], list[tuple[int, str]]]:
    """The contacts of the events, and the refusals with their numbers."""
    items = [item for item, _done in firehose_items(path, {})]
    contacts = [item.contact for item in items if isinstance(item, Event)]
    return contacts, [(item.line, item.reason) for item in items if isinstance(item, Reject)]


def written(path: Path, parts: Sequence[str], between: str) -> Path:
    path.write_text(between.join(parts))
    return path


@pytest.mark.parametrize("between", ["\n", "", "\r\n", "\n\n", " "], ids=["lines", "nothing", "crlf", "blank", "space"])
@pytest.mark.parametrize("count", [1, 3, 5_000])
def test_objects_are_read_whatever_stands_between_them(between: str, count: int, tmp_path: Path) -> None:
    path = written(tmp_path / "file", [json.dumps(event(number)) for number in range(count)], between)
    assert is_firehose(path)
    assert read(path) == ([f"p{number}@example.org" for number in range(count)], [])


def test_a_seam_within_a_text_is_none(tmp_path: Path) -> None:
    odd = event(1, commonHeaders={"subject": 'a }{ b \\" }\n{ é 🎉'})
    path = written(tmp_path / "file", [json.dumps(odd, ensure_ascii=False), json.dumps(event(2))], "")
    assert read(path) == (["p1@example.org", "p2@example.org"], [])


def test_what_is_no_json_costs_no_other(tmp_path: Path) -> None:
    good = [json.dumps(event(number)) for number in range(3)]
    path = written(tmp_path / "file", [good[0], '{"eventType": "Se', good[1], "nonsense", good[2]], "\n")
    contacts, refused = read(path)
    assert contacts == [f"p{number}@example.org" for number in range(3)]
    assert refused == [(2, "no JSON"), (4, "no JSON")]


def test_an_event_without_sense_is_refused_by_its_number(tmp_path: Path) -> None:
    path = written(tmp_path / "file", [json.dumps(event(1)), json.dumps(event(2, messageId=None))], "\n")
    assert read(path) == (["p1@example.org"], [(2, "mail.messageId: missing")])


def test_a_compressed_file_is_read_and_one_that_is_cut_off_as_far_as_it_goes(tmp_path: Path) -> None:
    whole, cut = tmp_path / "whole.gz", tmp_path / "cut.gz"
    packed = gzip.compress("".join(json.dumps(event(number)) for number in range(2_000)).encode())
    whole.write_bytes(packed)
    cut.write_bytes(packed[: len(packed) // 2])
    assert is_firehose(whole) and len(read(whole)[0]) == 2_000
    _contacts, refused = read(cut)
    assert refused[-1][1].startswith("the compressed file is damaged from here")


@pytest.mark.parametrize(
    "content",
    [b"", b"nonsense", b"[]", b'{"event": "open"}', b'{"kind": "sent", "mail": 1}', b"\xff\xfe", b"[" * 100_000],
)
def test_other_files_are_not_taken_for_one(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    assert not is_firehose(path)


def test_the_shared_records_are_read_from_one_file(shared_records: list[str], tmp_path: Path) -> None:
    path = written(tmp_path / "file", shared_records, "")
    contacts, refused = read(path)
    assert (len(contacts), refused) == (len(shared_records), [])


@pytest.fixture
def shared_records() -> list[str]:
    folder = Path(__file__).parents[3].parent / "shared" / "data" / "payloads" / "ses"
    if not folder.is_dir():
        pytest.skip("the payloads of providers are not beside this checkout (../shared/data)")
    return [path.read_text() for path in sorted(folder.glob("awsdocs.firehose_event.*.json"))]


def test_import_knows_a_file_by_what_is_in_it(tmp_path: Path, sqlite_url: str) -> None:
    path = written(tmp_path / "stream-1-2026-05-12-09-30-00-0b1c", [json.dumps(event(1)), json.dumps(event(2))], "")
    engine = open_engine(sqlite_url)
    now = datetime(2026, 6, 1, tzinfo=UTC)
    identities = {"ses": ("mail.messageId",)}
    summary = import_files(
        engine, [path], identities=identities, now=now, quarantine_path=tmp_path / "quarantine.ndjson"
    )
    with engine.connect() as connection:
        names = connection.execute(text("SELECT external_id FROM emails ORDER BY 1")).scalars().all()
    engine.dispose()
    assert (summary.new, summary.quarantined, names) == (2, 0, ["m1", "m2"])
