"""What a file is, and its events, some at a time."""

from collections.abc import Iterator
from dataclasses import fields, replace
from itertools import islice
from pathlib import Path

from bot.importing.files import (
    DAMAGE,
    TOO_LONG,
    columns_of,
    damaged,
    is_whole,
    open_file,
    read_lines,
    rows_of,
    skip_line,
)
from bot.importing.firehose import firehose_items, is_firehose
from providers import hubspot_tables
from providers.intake import Intake, Reject
from providers.own import Reader
from providers.provider import Identities, Request
from providers.webhooks import sendgrid
from reports.events import Email, Event

#: An item of a file and the bytes of it read so far; None is a row of no use here.
Item = tuple[Event | Email | Reject | None, int]
#: Rows that are read together, and the bytes read of the file or folder so far.
Read = tuple[Intake, int]

_HUBSPOT_EVENTS = "email_event_data.csv"
_AT_ONCE = 500  # rows that are gathered
#: Bytes of a file of JSON, which is read whole: in memory it is some ten times as large.
_LARGEST_JSON = 16 * 1024 * 1024


class Unreadable(ValueError):
    """A file that is nothing we know; the text says what is known."""


def size_of(path: Path) -> int:
    """Bytes to read. Raises Unreadable for what `intakes_of` could not read."""
    if path.is_dir():
        if not (path / _HUBSPOT_EVENTS).exists() and not _payloads(path):
            raise Unreadable(f"{path}: a folder holds SendGrid payloads (*.json) or HubSpot's {_HUBSPOT_EVENTS}.")
        return sum(file.stat().st_size for file in _payloads(path)) or (path / _HUBSPOT_EVENTS).stat().st_size
    if not kind_of(path) and not is_firehose(path):
        raise Unreadable(f"{path}: not a kind of file that can be imported; known are .ndjson, .jsonl, .csv, .json.")
    return path.stat().st_size


def intakes_of(path: Path, reader: Reader, identities: Identities | None = None) -> Iterator[Read]:
    """Everything in a file or folder; `identities` is as of webhooks, so that both name an e-mail alike.

    Raises Unreadable for a CSV without the columns that are needed.
    """
    if path.is_dir() and (path / _HUBSPOT_EVENTS).exists():
        return _gathered(_hubspot(path / _HUBSPOT_EVENTS))
    if path.is_dir():
        return _sendgrid(_payloads(path), identities or {})
    if is_firehose(path):
        return _gathered(firehose_items(path, identities or {}))
    match kind_of(path):
        case "json":
            return _sendgrid([path], identities or {})
        case "csv":
            return _gathered(_table(path, reader))
        case _:
            return _lines(path, reader)


def _gathered(items: Iterator[Item]) -> Iterator[Read]:
    """Rows read one by one, some of them at once."""
    while some := list(islice(items, _AT_ONCE)):
        told = [item for item, _done in some]
        yield (
            Intake(
                events=tuple(item for item in told if isinstance(item, Event)),
                emails=tuple(item for item in told if isinstance(item, Email)),
                rejects=tuple(item for item in told if isinstance(item, Reject)),
                ignored=told.count(None),
            ),
            some[-1][1],
        )


def _payloads(folder: Path) -> list[Path]:
    return sorted(path for path in folder.glob("*.json") if path.is_file())


def kind_of(path: Path) -> str | None:
    """lines, csv or json by the file's name, compressed or not; None: nothing we know."""
    suffixes = [suffix.lower() for suffix in path.suffixes]
    compressed = suffixes[-1:] == [".gz"]
    last = suffixes[-2:-1] if compressed else suffixes[-1:]
    kind = {".ndjson": "lines", ".jsonl": "lines", ".csv": "csv", ".json": "json"}.get(last[0]) if last else None
    return None if kind == "json" and compressed else kind


def _lines(path: Path, reader: Reader) -> Iterator[Read]:
    content, raw = open_file(path)
    number, damage = 0, None
    with raw, content:
        while damage is None:
            lines: list[bytes] = []
            rejects: list[Reject] = []
            first = number + 1
            try:
                read_lines(content, lines)
                if not lines:
                    return
                number += len(lines)
                if not is_whole(lines[-1]):
                    rejects.append(Reject(number, TOO_LONG, lines.pop()[:200].decode(errors="replace")))
                    skip_line(content)
            except DAMAGE as error:
                damage = error
                rejects.append(damaged(first + len(lines), error))
            intake = reader.lines(lines, first)
            yield replace(intake, rejects=(*intake.rejects, *rejects)), raw.tell()


def _table(path: Path, reader: Reader) -> Iterator[Item]:
    try:
        columns = columns_of(path)
        if set(columns) >= hubspot_tables.COLUMNS:
            return _hubspot(path)
        reader.check_header(columns)
    except ValueError as error:
        raise Unreadable(f"{path}: {error}") from None
    return rows_of(path, reader.row)


def _sendgrid(paths: list[Path], identities: Identities) -> Iterator[Read]:
    done = 0
    for path in paths:
        size = path.stat().st_size
        done += size
        if size > _LARGEST_JSON:
            intake = Intake(rejects=(Reject(1, "the file is larger than 16 MiB: cut it into several", ""),))
        else:
            intake = sendgrid.PROVIDER.read(Request(path.read_bytes()), identities)
        named = (replace(reject, reason=f"{path.name}: {reject.reason}") for reject in intake.rejects)
        yield replace(intake, rejects=tuple(named)), done


def _hubspot(path: Path) -> Iterator[Item]:
    """The table of events, with the tables beside it."""
    tables: dict[str, dict[str, hubspot_tables.Row]] = {}
    for field in fields(hubspot_tables.Details):
        rows = tables[field.name] = {}
        for row in _beside(path, hubspot_tables.DETAIL_FILES[field.name]):
            if isinstance(row, Reject):
                yield row, 0
            else:
                rows[row.get("id", "")] = row
    for row in _beside(path, hubspot_tables.CAMPAIGN_FILE):
        yield (row if isinstance(row, Reject) else hubspot_tables.email(row)), 0
    details = hubspot_tables.Details(**tables)
    yield from rows_of(path, lambda row: hubspot_tables.event(row, details))


def _beside(path: Path, name: str) -> Iterator[dict[str, str] | Reject]:
    """Rows of a file in the same folder, compressed or not; none when there is no such file or no sense in it."""
    for beside in (path.with_name(name), path.with_name(f"{name}.gz")):
        if beside.exists():
            try:
                for row, _done in rows_of(beside, dict):
                    yield Reject(row.line, f"{beside.name}: {row.reason}", row.raw) if isinstance(row, Reject) else row
            except ValueError as error:
                yield Reject(1, f"{beside.name}: {error}", "")
