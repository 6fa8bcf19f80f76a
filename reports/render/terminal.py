"""A Report for a terminal: what matters in the first lines, all numbers as text."""

from collections.abc import Sequence

from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.measure import Measurement
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from reports.numbers import UNKNOWN, write_change, write_count, write_instant, write_interval, write_shown, write_value
from reports.report import Figure, Report, Result, Table, Unit
from reports.text import plain, shortened, shortened_apart

#: Rows of a table that are shown; the rest is counted.
_ROWS = 15
_NAME = 200
#: What is cut is cut in the middle: names and addresses differ at their ends.
_CELL = 50
_WHOLE = 600  #: of a column that is shown whole
_WORDS = (Unit.TEXT, Unit.ADDRESS)
#: Columns that stay abreast in a narrow terminal, where their cells fold.
_ABREAST = 8


def render(report: Report) -> RenderableType:
    """Something that rich prints, as wide as the console."""
    parts: list[RenderableType] = [_heading(report)]
    for result in report.results:
        title = Text(shortened(plain(result.title), _NAME), style="bold")
        parts += [Text(""), title, *_result(report, result)]
    return Group(*parts)


def _heading(report: Report) -> Text:
    locale, zone = report.query.locale, report.query.zone
    lines = [Text(shortened(plain(report.subject.name), _NAME), style="bold underline")]
    if report.subject.subject:
        lines.append(Text(shortened(plain(report.subject.subject), _NAME), style="italic"))
    for label, value in report.subject.details:
        unit = Unit.TEXT if isinstance(value, str) else Unit.INSTANT
        written = shortened(plain(write_value(value, unit, locale, zone)), _NAME)
        lines.append(Text.assemble((f"{label}: ", "dim"), written))
    state = "provisional until 72 hours after sending" if report.provisional else "settled"
    lines.append(Text(f"As of {write_instant(report.as_of, locale, zone)}, {state}.", style="dim"))
    return Text("\n").join(lines)


def _result(report: Report, result: Result) -> list[RenderableType]:
    parts: list[RenderableType] = []
    if result.figures:
        parts.append(_figures(report, result.figures))
    if result.table is not None and result.table.rows:
        parts.append(_table(report, result.table))
    parts += [Padding(Text(plain(note), style="dim"), (0, 2)) for note in result.notes]
    return parts


def _figures(report: Report, figures: tuple[Figure, ...]) -> Grid:
    locale, zone = report.query.locale, report.query.zone
    grid = Grid.grid(padding=(0, 2), pad_edge=True)
    grid.add_column()
    grid.add_column(justify="right", style="bold")
    grid.add_column(justify="right")
    grid.add_column()
    for figure in figures:
        grid.add_row(
            Text(shortened(plain(figure.label), _CELL)),
            Text(shortened(plain(write_value(figure.value, figure.unit, locale, zone)), _CELL)),
            Text(_counts(figure, locale)),
            _beside(figure, locale),
        )
    return grid


def _counts(figure: Figure, locale: str) -> str:
    if figure.numerator is None or figure.denominator is None:
        return ""
    return f"{write_count(figure.numerator, locale)} of {write_count(figure.denominator, locale)}"


def _beside(figure: Figure, locale: str) -> Text:
    """The interval, and below it the change: beside each other they would be too wide."""
    interval = write_interval(figure, locale)
    lines = [Text(f"95 %: {interval}", style="dim")] if interval else []
    if change := write_change(figure, locale):
        lines.append(Text(change))
    return Text("\n").join(lines)


def _table(report: Report, table: Table) -> RenderableType:
    locale, zone = report.query.locale, report.query.zone
    rows = table.rows[:_ROWS] if table.first is None else table.rows
    grid = Grid(box=None, padding=(0, 1), header_style="dim", pad_edge=True)
    for column in table.columns:
        # In a narrow terminal cells fold: a number that lost its last digits would be another number.
        grid.add_column(column.label, justify="left" if column.unit in _WORDS else "right", overflow="fold")
    columns = [
        shortened_apart(
            [plain(write_value(row[n], column.unit, locale, zone)) for row in rows], _WHOLE if column.whole else _CELL
        )
        for n, column in enumerate(table.columns)
    ]
    for cells in zip(*columns, strict=True):
        grid.add_row(*(Text(cell or UNKNOWN) for cell in cells))
    indented: RenderableType = Padding(grid, (0, 0, 0, 1))
    if len(columns) > _ABREAST:
        indented = _FittingTable(indented, [column.label for column in table.columns], columns)
    shown = write_shown(table, len(rows), locale)
    return Group(indented, Padding(Text(shown, style="dim"), (0, 2))) if shown else indented


class _FittingTable:
    """A table of many columns; where it does not fit, a paragraph a row, for nobody can read a dozen folded columns."""

    def __init__(self, grid: RenderableType, labels: Sequence[str], columns: Sequence[Sequence[str]]) -> None:
        self._grid = grid
        self._labels = labels
        self._columns = columns

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        if Measurement.get(console, options.update(max_width=1_000), self._grid).maximum <= options.max_width:
            yield self._grid
            return
        for name, *cells in zip(*self._columns, strict=True):
            named = zip(self._labels[1:], cells, strict=True)
            told = (f"{label} {cell}" for label, cell in named if cell not in ("", UNKNOWN))
            yield Padding(Text(name or UNKNOWN, style="bold"), (0, 2))
            yield Padding(Text(" · ".join(told)), (0, 2, 0, 4))
