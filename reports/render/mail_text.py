"""What `reports.render.mail` shows as plain text: for whoever reads mail without HTML, and for what reads it aloud."""

from collections.abc import Iterator, Sequence
from typing import Any
from unicodedata import combining, east_asian_width

WIDTH = 76


def text(shown: dict[str, Any]) -> str:
    """All that a mail shows, without what stands at its foot; lines of at most WIDTH cells, but for longer words."""
    return "\n".join(_lines(shown)).strip() + "\n"


def paragraph(words: str, indent: str = "") -> list[str]:
    """Lines of a text that has none yet; not by textwrap, for which every sign is as wide as any other."""
    lines: list[str] = []
    for word in filter(None, words.split(" ")):
        if lines and cells(lines[-1]) + 1 + cells(word) <= WIDTH:
            lines[-1] += f" {word}"
        else:
            lines.append(indent + word)
    return lines


def _lines(shown: dict[str, Any]) -> Iterator[str]:
    yield from _heading(shown["title"], "=")
    yield from paragraph(shown["period"])
    if shown["skipped"]:
        yield from ("", *paragraph(shown["skipped"]))
    if shown["contents"]:
        yield from ("", "In this mail:")
        for name, titles in shown["contents"]:
            yield from paragraph(f"{name}: {', '.join(titles)}", "  ")
    for report in shown["reports"]:
        yield from ("", "", *_heading(report["name"], "="))
        for label, told in report["details"]:
            yield from paragraph(f"{label}: {told}")
        for result in report["results"]:
            yield from ("", *_heading(result["title"], "-"), *_result(result))
        if report["left_out"]:
            yield from ("", *paragraph(report["left_out"]))
        yield from ("", "Ask again in Slack:", f"  {report['command']}")


def _heading(words: str, rule: str) -> list[str]:
    lines = paragraph(words)
    return [*lines, rule * max((cells(line) for line in lines), default=0)]


def _result(result: dict[str, Any]) -> Iterator[str]:
    figures = [*result["tiles"], *result["figures"]]
    parts = [
        list(_figures(figures)) if figures else [],
        list(_table(result["table"])) if result["table"] is not None else [],
        paragraph(f"Chart: {result['alt']}") if result["alt"] else [],
        *(paragraph(note) for note in result["notes"]),
    ]
    yield from (line for place, part in enumerate(filter(None, parts)) for line in ([""] if place else []) + part)


def _figures(figures: Sequence[dict[str, Any]]) -> Iterator[str]:
    """Labels, values and counts under each other; below each what is said of it."""
    rows = [(figure["label"], figure["value"], figure["counts"]) for figure in figures]
    written = _grid(rows, (False, True, True))
    for figure, first in zip(figures, written, strict=True):
        yield first
        interval = f"95 %: {figure['interval']}" if figure["interval"] else ""
        beside = "; ".join(part for part in (interval, figure["change"]) if part)
        yield from paragraph(beside, "    ")


def _table(table: dict[str, Any]) -> Iterator[str]:
    labels = [column["label"] for column in table["columns"]]
    numbers = [column["number"] for column in table["columns"]]
    grid = _grid([labels, *table["rows"]], numbers)
    if max(map(cells, grid)) <= WIDTH:
        yield grid[0]
        yield "-" * max(map(cells, grid))
        yield from grid[1:]
    else:
        for name, *told in table["rows"]:
            yield from paragraph(f"* {name}")
            yield from paragraph(" · ".join(f"{a} {b}" for a, b in zip(labels[1:], told, strict=True)), "    ")
    if table["shown"]:
        yield table["shown"]


def _grid(rows: Sequence[Sequence[str]], numbers: Sequence[bool]) -> list[str]:
    widths = [max(map(cells, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(_padded(*found) for found in zip(row, widths, numbers, strict=True)).rstrip() for row in rows]


def _padded(cell: str, width: int, number: bool) -> str:
    space = " " * (width - cells(cell))
    return space + cell if number else cell + space


def cells(words: str) -> int:
    """The width of a text where every sign stands in one cell, or in two as Chinese ones do."""
    return sum(0 if combining(sign) else 2 if east_asian_width(sign) in "WF" else 1 for sign in words)
