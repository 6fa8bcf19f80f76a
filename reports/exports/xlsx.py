"""A workbook, written row by row: a first sheet that says what it is, then a sheet a table.

Cells are typed: numbers are numbers, instants are dates in the report's zone, and text is inline and never a formula
(ECMA-376, part 1, 18.3). That takes a row of memory, and a fraction of the time of the libraries that were tried.
"""

import re
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from fractions import Fraction
from functools import lru_cache
from itertools import islice
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo
from zoneinfo import ZoneInfo

from reports.export import Cell, Document, Export, Sheet, Tools
from reports.exports._about import definitions, lines
from reports.exports._cells import MOST, decimal, header, safe_text
from reports.exports._workbook import (
    BOLD,
    COUNT,
    DAY,
    INSTANT,
    RATE,
    WRAPPED,
    Styles,
    parts,
    sheet_head,
    sheet_name,
    sheet_tail,
    xml_text,
)
from reports.orders import exponent
from reports.report import Column, Money, Unit

_MOST_ROWS = 1_048_575  #: of a sheet, beside its heading
_AT_ONCE = 200  #: rows of one write
_COMPRESSION = 1  #: half the time of the usual 6, for a tenth more bytes
_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - day 0 of Excel's calendar, on whatever clock the cells are
_DAY = timedelta(days=1)
_WIDTHS = {Unit.TEXT: 28, Unit.ADDRESS: 34, Unit.INSTANT: 24, Unit.DAY: 16}
_NARROW = 14
_COVER = (18, 100)
_SPECIAL = re.compile(r"[&<>]|_x")


def write(document: Document, _tools: Tools, out: IO[bytes]) -> None:
    styles, names, taken = Styles(), [], set[str]()
    with ZipFile(out, "w", ZIP_DEFLATED, compresslevel=_COMPRESSION) as archive:

        def add(title: str, xml: Iterator[str]) -> None:
            names.append(sheet_name(safe_text(title), taken))
            with archive.open(_part(f"xl/worksheets/sheet{len(names)}.xml"), "w") as part:
                for piece in xml:
                    part.write(piece.encode())

        add("About", _cover(document))
        for sheet in document.sheets:
            rows = _rows(sheet, document.report.query.zone, styles)
            for _ in range(max(1, -(-sheet.total // _MOST_ROWS))):
                add(sheet.title, _table(sheet, document.report.query.zone, islice(rows, _MOST_ROWS)))
        for path, xml in parts(names, styles).items():
            archive.writestr(_part(path), xml)


def _part(path: str) -> ZipInfo:
    info = ZipInfo(path)  # without the time of day, so that equal reports are equal files
    info.compress_type = ZIP_DEFLATED
    return info


def _cover(document: Document) -> Iterator[str]:
    yield sheet_head(_COVER, frozen=False)
    for label, told in (*lines(document), *definitions(document.report)):
        yield f"<row>{_text(label, BOLD)}{_text(told, WRAPPED)}</row>"
    for result in document.report.results:
        for note in result.notes:
            yield f"<row>{_text(result.title, BOLD)}{_text(note, WRAPPED)}</row>"
    yield sheet_tail(0, 0)


def _table(sheet: Sheet, zone: str, rows: Iterator[str]) -> Iterator[str]:
    yield sheet_head([_WIDTHS.get(column.unit, _NARROW) for column in sheet.columns], frozen=True)
    yield f"<row>{''.join(_text(header(column, zone), BOLD) for column in sheet.columns)}</row>"
    written = 0
    while some := list(islice(rows, _AT_ONCE)):
        written += len(some)
        yield "".join(some)
    yield sheet_tail(len(sheet.columns), written)


def _rows(sheet: Sheet, zone: str, styles: Styles) -> Iterator[str]:
    cells = [_converter(column, ZoneInfo(zone), styles) for column in sheet.columns]
    for row in sheet.rows():
        yield f"<row>{''.join([cell(value) for cell, value in zip(cells, row, strict=True)])}</row>"


def _converter(column: Column, zone: ZoneInfo, styles: Styles) -> Callable[[Any], str]:
    instant = _instants(zone)

    def day(at: datetime) -> str:
        return f'<c s="{DAY}"><v>{(at.replace(tzinfo=None) - _ZERO) // _DAY}</v></c>'

    def any_cell(cell: Cell) -> str:
        match cell:
            case None:
                return "<c/>"
            case str():
                return _text(cell)
            case datetime():
                return day(cell) if column.unit is Unit.DAY else instant(cell)
            case Money():
                return f'<c s="{styles.money(cell.currency, exponent(cell.currency))}"><v>{decimal(cell)}</v></c>'
            case int():
                return _count(cell)
        return f'<c s="{RATE}"><v>{float(cell)!r}</v></c>' if isinstance(cell, Fraction | float) else _text(str(cell))

    match column.unit:
        case Unit.COUNT:
            return lambda cell: _count(cell) if type(cell) is int else any_cell(cell)
        case Unit.INSTANT:
            return lambda cell: "<c/>" if cell is None else instant(cell)
    return lambda cell: _text(cell) if type(cell) is str else any_cell(cell)


def _count(cell: int) -> str:
    return f'<c s="{COUNT}"><v>{cell}</v></c>'


def _text(text: str, style: int = 0) -> str:
    if not text.isprintable() or len(text) > MOST:
        text = safe_text(text)
    if _SPECIAL.search(text):
        text = xml_text(text)
    styled = f' s="{style}"' if style else ""
    return f'<c t="inlineStr"{styled}><is><t>{text}</t></is></c>'


def _instants(zone: ZoneInfo) -> Callable[[datetime], str]:
    @lru_cache(maxsize=16_384)
    def cell(at: datetime) -> str:
        days = (at.astimezone(zone).replace(tzinfo=None) - _ZERO) / _DAY
        return f'<c s="{INSTANT}"><v>{days:.6f}</v></c>'

    return cell


EXPORT = Export("Excel", ".xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", write)
