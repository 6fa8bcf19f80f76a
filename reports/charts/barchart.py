"""Horizontal bars: each label on a line of its own above its bar, so that links have the whole width."""

from collections.abc import Sequence
from itertools import takewhile

from babel import Locale

from reports.charts import heading, letters, style, words
from reports.charts.canvas import Canvas
from reports.numbers import write_measure, write_number
from reports.report import BarChart

_GAP = 16
_BETWEEN_BARS = 4
_HALF_DIGIT = 0.36  # of the font's size: from a digit's middle to its baseline
_WIDEST_DETAIL = 0.4  # of the picture
_SHORTEST = 4  # pixels of a bar that is not zero


def draw(canvas: Canvas, chart: BarChart, locale: Locale) -> None:
    """The chart on a canvas of its size; raises ValueError when a series or the details have not one value a label."""
    values = [words.numbers(series) for series in chart.series]
    if any(len(column) != len(chart.labels) for column in (*values, *([chart.details] if chart.details else []))):
        raise ValueError("each series of a bar chart, and its details, need one value a label")
    shown = min(len(chart.labels), style.MOST_BARS)
    heading.heading(canvas, chart, _subtitle(chart, shown, locale))
    top = style.header_height(chart)
    scale = style.row_scale(chart)
    small = style.SMALL * scale
    labels = _labels(chart.labels[:shown], style.LABEL * scale)
    details = [letters.fit(text, small, _WIDEST_DETAIL * style.WIDTH) for text in chart.details[:shown]]
    column = max((letters.width(text, small) for text in details), default=0)
    numbers = [
        ["—" if value is None else write_measure(value, chart.value_unit, locale) for value in series]
        for series in values
    ]
    widest = max((letters.width(text, small, bold=True) for series in numbers for text in series), default=0)
    room = style.WIDTH - 2 * style.MARGIN - widest - _GAP - (column + 2 * _GAP if column else 0)
    highest = max((value for series in values for value in series if value is not None), default=0)
    for position in range(shown):
        y = top + position * style.row_height(chart) * scale
        canvas.text((style.MARGIN, y + 30 * scale), labels[position], style.LABEL * scale, canvas.theme.ink)
        y += style.ROW_LABEL * scale
        if details:
            middle = y + (style.ROW_BAR * len(values) - _BETWEEN_BARS) * scale / 2 + small * _HALF_DIGIT
            at = (style.WIDTH - style.MARGIN, middle)
            canvas.text(at, details[position], small, canvas.theme.muted, align="right")
        for number, series in enumerate(values):
            value = series[position]
            length = room * max(value or 0, 0) / highest if highest > 0 else 0
            _bar(canvas, (style.MARGIN, y), length, scale, number, numbers[number][position])
            y += style.ROW_BAR * scale


def _labels(labels: Sequence[str], size: float) -> list[str]:
    """Each within the picture's width. Where that makes labels equal, the ending that all have gives way first.

    Links of one e-mail mostly share their tracking parameters, and would keep nothing else.
    """
    room = style.WIDTH - 2 * style.MARGIN
    fitted = [letters.fit(label, size, room) for label in labels]
    if len(set(fitted)) < len(set(labels)):
        endings = zip(*(reversed(label) for label in labels), strict=False)
        ending = sum(1 for _ in takewhile(lambda letters_of_all: len(set(letters_of_all)) == 1, endings))
        fitted = [letters.fit(label[: len(label) - ending] + words.ELLIPSIS, size, room) for label in labels]
    return fitted


def _bar(canvas: Canvas, corner: tuple[float, float], length: float, scale: float, number: int, written: str) -> None:
    x, y = corner
    thickness = (style.ROW_BAR - _BETWEEN_BARS) * scale
    if length > 0:
        length = max(length, _SHORTEST)
        canvas.bar(corner, length, thickness, heading.color_of(canvas, number), heading.hatch_of(number))
    else:
        canvas.bar(corner, 3, thickness, canvas.theme.grid)  # where a bar would begin
    small = style.SMALL * scale
    canvas.text(
        (x + max(length, 3) + _GAP, y + thickness / 2 + small * _HALF_DIGIT),
        written,
        small,
        canvas.theme.ink,
        bold=True,
    )


def _subtitle(chart: BarChart, shown: int, locale: Locale) -> str:
    if not chart.labels:
        return "No data"
    names = chart.series[0].label if len(chart.series) == 1 else ""
    if shown == len(chart.labels):
        return names
    cut = f"the first {shown} of {write_number(len(chart.labels), locale)}"
    return f"{names}, {cut}" if names else cut.capitalize()
