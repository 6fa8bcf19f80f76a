"""Files of orders and of visits into the store: bad rows to the quarantine, all good rows kept, safe to run again."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from itertools import islice
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Engine

from bot.importing.files import DAMAGE, LONGEST, TOO_LONG, columns_of, damaged, is_whole, open_file, rows_of, skip_line
from bot.importing.importer import ImportSummary, Progress
from bot.importing.quarantine import Quarantine
from bot.importing.sources import Unreadable, kind_of
from providers import orders, visits
from providers.intake import Reject
from reports.orders import Order, Visit
from store.orders import put_orders, put_visits

T = TypeVar("T")

_BATCH = 5_000  # rows that are stored at once


class Table(StrEnum):
    """What the rows of a file are."""

    ORDERS = "orders"
    VISITS = "visits"


#: A row, None for one of no use here, or why it makes no sense; and the bytes of the file read so far.
_Read = tuple[Order | Visit | Reject | None, int]


def import_tables(
    engine: Engine,
    table: Table,
    paths: Sequence[Path],
    *,
    mapping: Mapping[str, str] | None = None,
    now: datetime,
    quarantine_path: Path,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> ImportSummary:
    """Imports files in turn. What the store had already is replaced and counts as new: the files are the truth.

    Raises sources.Unreadable, before anything is imported, for a file of another kind or a CSV without the columns
    that are needed, and providers.own.BadRow for a mapping to a field that there is not.
    """
    contents = [_rows(table, path, mapping or {}, now) for path in paths]
    total, before = sum(path.stat().st_size for path in paths), 0
    summary = ImportSummary()
    with Quarantine(quarantine_path) as quarantine:
        for path, rows in zip(paths, contents, strict=True):
            while some := list(islice(rows, _BATCH)):
                told = [row for row, _done in some]
                put_orders(engine, [row for row in told if isinstance(row, Order)])
                put_visits(engine, [row for row in told if isinstance(row, Visit)])
                quarantine.put(path, [row for row in told if isinstance(row, Reject)])
                summary.ignored += told.count(None)
                summary.new += sum(isinstance(row, Order | Visit) for row in told)
                on_progress(Progress(before + some[-1][1], total, summary.new))
            before += path.stat().st_size
        summary.quarantined = quarantine.count
    return summary


def _rows(table: Table, path: Path, mapping: Mapping[str, str], now: datetime) -> Iterator[_Read]:
    kind = kind_of(path)
    if kind not in ("csv", "lines"):
        raise Unreadable(f"{path}: not a kind of file that holds {table}; known are .ndjson, .jsonl, .csv.")
    reader = (orders if table is Table.ORDERS else visits).reader(now, mapping)
    if kind == "lines":
        return lines_of(path, reader.line)
    try:
        columns = columns_of(path)
        if table is Table.ORDERS and set(columns) >= orders.SHOPIFY_COLUMNS:
            return rows_of(path, lambda row: orders.shopify_order(row, now))
        reader.check_header(columns)
    except ValueError as error:
        raise Unreadable(f"{path}: {error}") from None
    return rows_of(path, reader.row)


def lines_of(path: Path, read: Callable[[bytes], T]) -> Iterator[tuple[T | Reject, int]]:
    """What `read` makes of each line that is not empty, with the bytes read so far; its ValueErrors become Rejects."""
    content, raw = open_file(path)
    number = 0
    with raw, content:
        try:
            while line := content.readline(LONGEST):
                number += 1
                if not is_whole(line):
                    skip_line(content)
                    yield Reject(number, TOO_LONG, line[:200].decode(errors="replace")), raw.tell()
                elif not line.isspace():
                    try:
                        yield read(line), raw.tell()
                    except ValueError as error:
                        yield Reject(number, str(error), line.decode(errors="replace").rstrip("\r\n")), raw.tell()
        except DAMAGE as error:
            yield damaged(number + 1, error), raw.tell()
