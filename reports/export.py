"""What a file of a report is made of, and what a format is: found by its name in reports/exports/.

Rows come one by one, so that a file of a million recipients needs no more memory than one of ten.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import IO

from reports.report import Chart, Column, Figure, Report, Result, Unit, Value

#: The ends of a figure's interval are no fractions.
Cell = Value | float
Row = tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table whose rows are made as they are asked for, anew at each call of `rows`; there are `total` of them.

    `result` is the place in the report of the result whose table, or whose figures, it has.
    """

    result: int
    title: str
    columns: tuple[Column, ...]
    rows: Callable[[], Iterator[Row]]
    total: int
    figures: bool = False


@dataclass(frozen=True, slots=True)
class Tools:
    """What makes a chart into a PNG, and HTML into a PDF and into a PNG: pictures are made where the caller likes."""

    chart: Callable[[Chart], bytes]
    pdf: Callable[[str], bytes]
    picture: Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class Document:
    """A report with all the rows of its tables; `command` asks the same again."""

    report: Report
    sheets: tuple[Sheet, ...]
    command: str

    @property
    def has_addresses(self) -> bool:
        """Whether a table tells of people, masked or not."""
        return any(column.unit is Unit.ADDRESS for sheet in self.sheets for column in sheet.columns)


@dataclass(frozen=True, slots=True)
class Export:
    """A format. `write` puts a document into a stream, in which it never moves; what a tool raises ends it."""

    name: str  #: as people know it
    suffix: str  #: of the file's name, with its point
    media_type: str
    write: Callable[[Document, Tools, IO[bytes]], None]


_FIGURES = (
    Column("figure", "Figure", Unit.TEXT),
    Column("value", "Value", Unit.TEXT),
    Column("counted", "Counted", Unit.COUNT),
    Column("of", "Of", Unit.COUNT),
    Column("low", "95 % from", Unit.RATE),
    Column("high", "95 % to", Unit.RATE),
    Column("before", "Before", Unit.TEXT),
)


def sheets_of(report: Report) -> tuple[Sheet, ...]:
    """The figures and tables that stand in a report, in its order; of a table that was cut, the rows that are there."""
    found = []
    for place, result in enumerate(report.results):
        if result.figures:
            found.append(_figures(place, result))
        if result.table is not None and result.table.rows:
            rows = result.table.rows
            found.append(Sheet(place, result.title, result.table.columns, rows.__iter__, len(rows)))
    return tuple(found)


def _figures(place: int, result: Result) -> Sheet:
    title = f"{result.title}: figures" if result.table is not None and result.table.rows else result.title
    rows = [_figure(figure) for figure in result.figures]
    return Sheet(place, title, _FIGURES, rows.__iter__, len(rows), figures=True)


def _figure(figure: Figure) -> Row:
    before = None if figure.change is None else figure.change.before
    return (
        figure.label,
        figure.value,
        figure.numerator,
        figure.denominator,
        figure.low,
        figure.high,
        before,
    )
