"""A document as a page of HTML, which the PDF and the picture are made of."""

from base64 import b64encode
from functools import lru_cache
from itertools import islice
from typing import Any

from jinja2 import Environment, PackageLoader, StrictUndefined

from reports.charts import alt_text
from reports.export import Document, Row, Sheet, Tools
from reports.exports._about import as_of, definitions, lines
from reports.numbers import UNKNOWN, write_change, write_count, write_interval, write_rate, write_shown, write_value
from reports.report import Figure, Report, Table, Unit
from reports.text import plain, shortened

_TEXT = 600  #: characters of a cell
_NUMBERS = (Unit.COUNT, Unit.RATE, Unit.MONEY)
#: The heading says it, or a dash in the table.
_SAID = ("About", "Subject", "Unknown")
#: A table of more columns is put on a page that lies; an instant, which is kept on one line, takes two.
_ABREAST = 7


@lru_cache(maxsize=1)
def _templates() -> Environment:
    return Environment(
        loader=PackageLoader("templates", "pdf"), autoescape=True, undefined=StrictUndefined, trim_blocks=True
    )


def html(document: Document, tools: Tools, rows: int) -> str:
    """The page, with at most so many `rows` of each table and the number of those that are left out."""
    report = document.report
    results = [_result(document, place, tools, rows) for place in range(len(report.results))]
    about = [(label, _cell(told)) for label, told in lines(document) if label not in _SAID]
    return (
        _templates()
        .get_template("report.html.j2")
        .render(
            name=_cell(report.subject.name),
            subject=_cell(report.subject.subject or ""),
            as_of=as_of(report),
            about=about,
            definitions=list(definitions(report)),
            results=results,
            language=report.query.locale.partition("_")[0],
            lying=any(sum(column["wide"] for column in result["columns"]) > _ABREAST for result in results),
        )
    )


def _cell(text: str) -> str:
    return shortened(plain(text), _TEXT)


def _result(document: Document, place: int, tools: Tools, rows: int) -> dict[str, Any]:
    report = document.report
    result = report.results[place]
    table = next((sheet for sheet in document.sheets if sheet.result == place and not sheet.figures), None)
    return {
        "title": _cell(result.title),
        "figures": [_figure(figure, report) for figure in result.figures],
        "chart": None if result.chart is None else _data_uri(tools.chart(result.chart)),
        "alt": None if result.chart is None else alt_text(result.chart, report.query.locale),
        "columns": [] if table is None else _columns(table),
        "rows": [] if table is None else [_row(row, table, report) for row in islice(table.rows(), rows)],
        "shown": None if table is None else _shown(table, rows, report.query.locale),
        "notes": [_cell(note) for note in result.notes],
    }


def _columns(table: Sheet) -> list[dict[str, Any]]:
    return [
        {"label": _cell(column.label), "kind": _kind(column.unit), "wide": 2 if column.unit is Unit.INSTANT else 1}
        for column in table.columns
    ]


def _kind(unit: Unit) -> str:
    """The class of a column's cells."""
    if unit is Unit.INSTANT:
        return "instant"
    return "number" if unit in _NUMBERS else ""


def _row(row: Row, table: Sheet, report: Report) -> list[str]:
    locale, zone = report.query.locale, report.query.zone
    written = (
        write_rate(cell, locale) if isinstance(cell, float) else write_value(cell, column.unit, locale, zone)
        for cell, column in zip(row, table.columns, strict=True)
    )
    return [_cell(text) or UNKNOWN for text in written]


def _shown(table: Sheet, rows: int, locale: str) -> str | None:
    shown = write_shown(Table(table.columns, (), table.total), min(rows, table.total), locale)
    return f"{shown} CSV and Excel have all of them." if shown else None


def _figure(figure: Figure, report: Report) -> dict[str, str]:
    locale, zone = report.query.locale, report.query.zone
    counts = ""
    if figure.numerator is not None and figure.denominator is not None:
        counts = f"{write_count(figure.numerator, locale)} of {write_count(figure.denominator, locale)}"
    return {
        "label": _cell(figure.label),
        "value": _cell(write_value(figure.value, figure.unit, locale, zone)),
        "counts": counts,
        "interval": write_interval(figure, locale) or "",
        "change": write_change(figure, locale) or "",
    }


def _data_uri(png: bytes) -> str:
    return f"data:image/png;base64,{b64encode(png).decode()}"
