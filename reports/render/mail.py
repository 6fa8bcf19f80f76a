"""A digest as what the template of mails shows: plain values, every word from outside made safe to stand in a line.

Numbers are written by the same functions as for Slack, from the same Report. Nothing here knows HTML.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from reports.charts import alt_text
from reports.freeze import Digest
from reports.numbers import (
    UNKNOWN,
    is_better,
    write_change,
    write_count,
    write_instant,
    write_interval,
    write_shown,
    write_value,
)
from reports.report import Figure, Report, Result, Table, Unit, Value
from reports.text import plain, shortened, shortened_apart

#: A place of a result in a digest: which report, and which of its results.
Place = tuple[int, int]
#: Rows of a table that are shown; the rest is counted.
ROWS = 15
#: A table of more columns is told a paragraph a row: on a telephone nobody can read it otherwise.
ABREAST = 4
#: So many figures of a report's first part are shown large, if it has as many.
_TILES = 4
#: So many names are in a sentence; the rest is counted.
_NAMED = 10
_NAME = 150
_CELL = 60
_WHOLE = 600
_NOTE = 600
_WORDS = (Unit.TEXT, Unit.ADDRESS)


@dataclass(frozen=True, slots=True)
class Shown:
    """A chart in a mail: where its picture is, and the one for dark readers; or a remark, why there is none."""

    light: str | None = None
    dark: str | None = None
    remark: str = ""


def context(
    digest: Digest,
    commands: Sequence[str],
    pictures: Mapping[Place, Shown],
    rows: int = ROWS,
    left_out: frozenset[Place] = frozenset(),
) -> dict[str, Any]:
    """Everything that is shown of a digest.

    `commands` ask each report again; `pictures` are of charts, by the place of their result; results in `left_out`
    are named alone.
    """
    return {
        "title": line(digest.title, _NAME) or UNKNOWN,
        "period": line(digest.period, _NAME),
        "skipped": _sentence("Missed, and not in this mail", digest.skipped, "; ", _locale(digest)),
        "contents": list(_contents(digest)),
        "finding": finding(digest),
        "reports": [
            _report(report, command, number, pictures, rows, left_out)
            for number, (report, command) in enumerate(zip(digest.reports, commands, strict=True))
        ],
    }


def subject(digest: Digest) -> str:
    """What a mail is called: the period is in it, so that two periods are never one conversation."""
    title = line(digest.title, 90) or UNKNOWN
    period = line(digest.period, 60)
    if not period and len(digest.reports) == 1:  # after a send: the e-mail tells two mails apart
        period = line(digest.reports[0].subject.name, 60)
    return f"{title}: {period}" if period else title


def finding(digest: Digest) -> str:
    """The first figures in a line: what an inbox shows of a mail before it is opened."""
    first = next((result for report in digest.reports for result in report.results if result.figures), None)
    if first is None:
        return ""
    locale, zone = digest.reports[0].query.locale, digest.reports[0].query.zone
    told = (f"{figure.label} {write_value(figure.value, figure.unit, locale, zone)}" for figure in first.figures[:4])
    return line(", ".join(told), 200)


def line(text: str, length: int) -> str:
    return shortened(plain(text), length)


def details(report: Report) -> Iterator[tuple[str, str]]:
    """What a report is about and how fresh it is, in pairs."""
    locale, zone = report.query.locale, report.query.zone
    if report.query.email and not report.query.others:  # several and all have none
        yield "Subject", line(report.subject.subject or "", _NAME) or UNKNOWN
    for label, value in report.subject.details:
        unit = Unit.TEXT if isinstance(value, str) else Unit.INSTANT
        yield line(label, _NAME), _written(value, unit, report)
    state = "provisional until 72 hours after sending" if report.provisional else "settled"
    yield "As of", f"{write_instant(report.as_of, locale, zone)}, {state}"


def figure(found: Figure, report: Report) -> dict[str, Any]:
    """A figure in words; `better` is None where that can't be said, and is said in words as well."""
    locale = report.query.locale
    counts = ""
    if found.numerator is not None and found.denominator is not None:
        counts = f"{write_count(found.numerator, locale)} of {write_count(found.denominator, locale)}"
    return {
        "label": line(found.label, _NAME),
        "value": _written(found.value, found.unit, report),
        "counts": counts,
        "interval": write_interval(found, locale) or "",
        "change": write_change(found, locale) or "",
        "better": is_better(found),
    }


def table(found: Table | None, report: Report, rows: int) -> dict[str, Any] | None:
    """At most so many rows, unless they are a page that was asked for; None where there is nothing to show.

    Rows over time are what the chart shows.
    """
    if found is None or not found.rows or found.columns[0].unit not in _WORDS:
        return None
    shown = found.rows[:rows] if found.first is None else found.rows
    columns = [
        shortened_apart(
            [_written(row[n], column.unit, report, _WHOLE) for row in shown], _WHOLE if column.whole else _CELL
        )
        for n, column in enumerate(found.columns)
    ]
    return {
        "columns": [
            {"label": line(column.label, _NAME), "number": column.unit not in _WORDS} for column in found.columns
        ],
        "rows": list(zip(*columns, strict=True)),
        "abreast": len(found.columns) <= ABREAST,
        "shown": write_shown(found, len(shown), report.query.locale) or "",
    }


def _locale(digest: Digest) -> str:
    return digest.reports[0].query.locale if digest.reports else "en"


def _contents(digest: Digest) -> Iterator[tuple[str, list[str]]]:
    """What there is, where there are several reports: a reader who gets less than that knows that it is not all."""
    if len(digest.reports) > 1:
        for report in digest.reports:
            titles = [line(result.title, _CELL) or UNKNOWN for result in report.results]
            yield line(report.subject.name, _CELL) or UNKNOWN, titles


def _sentence(head: str, names: Sequence[str], between: str, locale: str) -> str:
    if not names:
        return ""
    told = [line(name, _CELL) or UNKNOWN for name in names[:_NAMED]]
    more = len(names) - len(told)
    return f"{head}: {between.join(told)}{f' and {write_count(more, locale)} more' if more else ''}."


def _written(value: Value, unit: Unit, report: Report, length: int = _NAME) -> str:
    """Numbers keep the no-break spaces that they are written with; words are made safe."""
    written = write_value(value, unit, report.query.locale, report.query.zone)
    return line(written, length) or UNKNOWN if isinstance(value, str) else written


def _report(
    report: Report,
    command: str,
    number: int,
    pictures: Mapping[Place, Shown],
    rows: int,
    left_out: frozenset[Place],
) -> dict[str, Any]:
    places = [(number, place) for place in range(len(report.results))]
    placed = list(zip(places, report.results, strict=True))
    return {
        "name": line(report.subject.name, _NAME) or UNKNOWN,
        "details": list(details(report)),
        "command": line(command, 1_000),
        "results": [
            _result(report, place, result, pictures.get(place, Shown()), rows)
            for place, result in placed
            if place not in left_out
        ],
        "left_out": _sentence(
            "Left out, for this mail would be too long",
            [result.title for place, result in placed if place in left_out],
            ", ",
            report.query.locale,
        ),
    }


def _result(report: Report, place: Place, result: Result, picture: Shown, rows: int) -> dict[str, Any]:
    figures = [figure(found, report) for found in result.figures]
    tiles = _TILES if place[1] == 0 and len(figures) >= _TILES else 0
    return {
        "title": line(result.title, _NAME) or UNKNOWN,
        # A picture that begins with the same words is title enough.
        "titled": bool(picture.light and result.chart and result.chart.title == result.title and not figures),
        "tiles": figures[:tiles],
        "figures": figures[tiles:],
        "table": table(result.table, report, rows),
        "picture": picture if picture.light else None,
        "remark": picture.remark,
        "alt": None if result.chart is None else line(alt_text(result.chart, report.query.locale), 1_000),
        "notes": [line(note, _NOTE) for note in result.notes],
    }
