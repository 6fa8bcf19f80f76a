"""CSV: lines with "#" say what it is, then each table with a row of headings.

UTF-8 with a byte order mark, so that Excel reads names right; commas; instants as ISO 8601 with their distance from
UTC; rates as fractions of one; nothing where nothing is known. No row of a table begins with "#".
"""

import csv
from collections.abc import Callable
from datetime import datetime
from functools import lru_cache
from io import TextIOWrapper
from typing import IO, Any
from zoneinfo import ZoneInfo

from reports.export import Cell, Document, Export, Sheet, Tools
from reports.exports._about import definitions, lines
from reports.exports._cells import by_value, guarded, safe_text
from reports.report import Column, Unit

Convert = Callable[[Any], Any]


def write(document: Document, _tools: Tools, out: IO[bytes]) -> None:
    text = TextIOWrapper(out, "utf-8-sig", newline="")
    for label, told in (*lines(document), *definitions(document.report)):
        text.write(f"# {safe_text(label)}: {safe_text(told)}\r\n")
    for sheet in document.sheets:
        if len(document.sheets) > 1:
            text.write(f"\r\n# {safe_text(sheet.title)}\r\n")
        _write_rows(sheet, document.report.query.zone, text)
    text.detach()


def write_sheet(sheet: Sheet, zone: str, out: IO[bytes]) -> None:
    """A table alone: the first row is its headings."""
    text = TextIOWrapper(out, "utf-8-sig", newline="")
    _write_rows(sheet, zone, text)
    text.detach()


def _write_rows(sheet: Sheet, zone: str, text: TextIOWrapper) -> None:
    first, *others = (_converter(column, ZoneInfo(zone)) for column in sheet.columns)
    converters = [_unlike_a_comment(first), *others]
    writer = csv.writer(text)
    writer.writerow([guarded(column.label) for column in sheet.columns])
    writer.writerows([convert(cell) for convert, cell in zip(converters, row, strict=True)] for row in sheet.rows())


def _converter(column: Column, zone: ZoneInfo) -> Convert:
    write = _instant_writer(zone) if column.unit is Unit.INSTANT else _day
    match column.unit:
        case Unit.COUNT:
            return lambda cell: cell
        case Unit.INSTANT:
            return lambda cell: "" if cell is None else write(cell)
    return lambda cell: guarded(cell) if type(cell) is str else by_value(cell, write)


def _unlike_a_comment(convert: Convert) -> Convert:
    def converted(cell: Cell) -> Any:
        written = convert(cell)
        return f"'{written}" if isinstance(written, str) and written.startswith("#") else written

    return converted


def _instant_writer(zone: ZoneInfo) -> Callable[[datetime], str]:
    @lru_cache(maxsize=16_384)
    def written(at: datetime) -> str:
        return at.astimezone(zone).isoformat(timespec="seconds")

    return written


def _day(at: datetime) -> str:
    return at.date().isoformat()


EXPORT = Export("CSV", ".csv", "text/csv; charset=utf-8", write)
