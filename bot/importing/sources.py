"""What a file is, and its events one by one."""

import csv
import gzip
import io
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path
from typing import IO, cast

from providers import hubspot_tables, sendgrid
from providers.intake import Reject
from providers.own import BadRow, Reader
from reports.events import Email, Event

#: An item of a file and the bytes of it read so far; None is a row of no use here.
Item = tuple[Event | Email | Reject | None, int]

#: The longest line that is read: an e-mail's description has its HTML in it.
_LONGEST = 4 * 1024 * 1024
_HUBSPOT_EVENTS = "email_event_data.csv"

csv.field_size_limit(_LONGEST)


class Unreadable(ValueError):
    """A file that is nothing we know; the text says what is known."""


def size_of(path: Path) -> int:
    """Bytes to read. Raises Unreadable for what `items_of` could not read."""
    if path.is_dir():
        if not (path / _HUBSPOT_EVENTS).exists() and not _payloads(path):
            raise Unreadable(f"{path}: a folder holds SendGrid payloads (*.json) or HubSpot's {_HUBSPOT_EVENTS}.")
        return sum(file.stat().st_size for file in _payloads(path)) or (path / _HUBSPOT_EVENTS).stat().st_size
    if not _kind(path):
        raise Unreadable(f"{path}: not a kind of file that can be imported; known are .ndjson, .jsonl, .csv, .json.")
    return path.stat().st_size


def items_of(path: Path, reader: Reader) -> Iterator[Item]:
    """Everything in a file or folder, in order. Raises Unreadable for a CSV without the columns that are needed."""
    if path.is_dir() and (path / _HUBSPOT_EVENTS).exists():
        return _hubspot(path / _HUBSPOT_EVENTS)
    if path.is_dir():
        return _sendgrid(_payloads(path))
    match _kind(path):
        case "json":
            return _sendgrid([path])
        case "csv":
            return _table(path, reader)
        case _:
            return _lines(path, reader)


def _payloads(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.json"))


def _kind(path: Path) -> str | None:
    suffixes = [suffix.lower() for suffix in path.suffixes]
    last = suffixes[-2:-1] if suffixes[-1:] == [".gz"] else suffixes[-1:]
    return {".ndjson": "lines", ".jsonl": "lines", ".csv": "csv", ".json": "json"}.get(last[0]) if last else None


def _open(path: Path) -> tuple[IO[bytes], IO[bytes]]:
    """The file's content, and the file itself, whose position is the progress."""
    raw = path.open("rb")
    return (cast("IO[bytes]", gzip.GzipFile(fileobj=raw)) if path.suffix == ".gz" else raw), raw


def _lines(path: Path, reader: Reader) -> Iterator[Item]:
    content, raw = _open(path)
    read = reader.line
    with raw, content:
        number = 0
        try:
            while line := content.readline(_LONGEST):
                number += 1
                if len(line) == _LONGEST and not line.endswith(b"\n"):
                    _skip_line(content)
                    yield (
                        Reject(number, "the line is longer than 4 MiB", line[:200].decode(errors="replace")),
                        raw.tell(),
                    )
                    continue
                if line.isspace():
                    continue
                try:
                    yield read(line), raw.tell() if number % 1000 == 0 else 0
                except BadRow as error:
                    yield Reject(number, str(error), line.decode(errors="replace").rstrip("\n")), 0
        except (EOFError, gzip.BadGzipFile) as error:
            yield Reject(number + 1, f"the compressed file is damaged from here: {error}", ""), raw.tell()


def _skip_line(content: IO[bytes]) -> None:
    while (rest := content.readline(_LONGEST)) and not rest.endswith(b"\n"):
        pass


def _table(path: Path, reader: Reader) -> Iterator[Item]:
    content, raw = _open(path)
    with raw, content:
        rows = csv.DictReader(io.TextIOWrapper(content, "utf-8-sig", errors="replace", newline=""))
        columns = list(rows.fieldnames or ())
        if set(columns) >= hubspot_tables.COLUMNS:
            yield from _hubspot(path)
            return
        try:
            reader.check_header(columns)
        except BadRow as error:
            raise Unreadable(f"{path}: {error}") from None
        while True:
            try:
                row = next(rows)
                yield reader.row(row), raw.tell()
            except StopIteration:
                return
            except (BadRow, csv.Error) as error:
                yield Reject(rows.line_num, str(error), _joined(row) if isinstance(error, BadRow) else ""), raw.tell()


def _joined(row: dict[str, str]) -> str:
    return ",".join(str(value) for value in row.values())


def _sendgrid(paths: list[Path]) -> Iterator[Item]:
    done = 0
    for path in paths:
        done += path.stat().st_size
        intake = sendgrid.parse(path.read_bytes())
        rejects = (Reject(reject.line, f"{path.name}: {reject.reason}", reject.raw) for reject in intake.rejects)
        for item in (*intake.emails, *intake.events, *rejects, *([None] * intake.ignored)):
            yield item, done


def _hubspot(path: Path) -> Iterator[Item]:
    """The table of events, with the tables beside it."""
    tables = {
        field.name: {row["id"]: row for row in _csv_rows(path.with_name(hubspot_tables.DETAIL_FILES[field.name]))}
        for field in fields(hubspot_tables.Details)
    }
    details = hubspot_tables.Details(**tables)
    for row in _csv_rows(path.with_name(hubspot_tables.CAMPAIGN_FILE)):
        yield hubspot_tables.email(row), 0
    for number, row in enumerate(_csv_rows(path), start=2):
        try:
            yield hubspot_tables.event(row, details), 0
        except ValueError as error:
            yield Reject(number, str(error), _joined(row)), 0


def _csv_rows(path: Path) -> Iterator[dict[str, str]]:
    if not path.exists():
        return
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        for row in csv.DictReader(file):
            yield {column: value or "" for column, value in row.items() if isinstance(column, str)}
