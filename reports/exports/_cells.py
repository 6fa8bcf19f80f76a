"""Cells of files that other programs read: values in full, and text that no program takes for more than text."""

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from fractions import Fraction

from reports.export import Cell
from reports.orders import exponent
from reports.report import Column, Money, Unit
from reports.text import plain, shortened

#: Characters of a cell that a spreadsheet takes.
MOST = 32_767
#: What a spreadsheet begins a formula with, also in its full-width form; some look through spaces before it.
_FORMULA = frozenset("=+-@\t\r＝＋－＠")
_SUSPECT = _FORMULA | {" "}


def safe_text(text: str) -> str:
    """On one line, without what can't be seen or encoded, and no longer than a cell may be."""
    return shortened(text if text.isprintable() else plain(text), MOST)


def guarded(text: str) -> str:
    """Safe text that no spreadsheet runs: an apostrophe stands before what it would take for a formula."""
    if text[:1] not in _SUSPECT and text.isprintable() and len(text) <= MOST:  # nearly always
        return text
    kept = safe_text(text)
    starts = {kept.lstrip()[:1], text.lstrip(" ")[:1]}
    return shortened(f"'{kept}", MOST) if kept and starts & _FORMULA else kept


def header(column: Column, zone: str) -> str:
    """A column's heading; of instants with the zone, which their cells do not show."""
    return f"{column.label} ({zone})" if column.unit is Unit.INSTANT else column.label


def decimal(cell: Fraction | Money | float) -> str:
    """In digits with a point, whatever the language: money in its major unit, a rate as a fraction of one."""
    if isinstance(cell, Money):
        return str(Decimal(cell.units).scaleb(-exponent(cell.currency)))
    return f"{float(cell):.6f}".rstrip("0").rstrip(".")


def by_value(cell: Cell, write: Callable[[datetime], str]) -> str:
    """Any value as text; None is nothing at all."""
    match cell:
        case None:
            return ""
        case str():
            return guarded(cell)
        case datetime():
            return write(cell)
        case Money():
            return f"{decimal(cell)} {cell.currency}"
        case int():
            return str(cell)
    return decimal(cell)
