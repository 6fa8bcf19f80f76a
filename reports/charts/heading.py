"""What stands above the data of every chart: title, subtitle, legend. The legend is a row of its own and covers no data."""

from collections.abc import Sequence

from reports.charts import letters, style
from reports.charts.canvas import Canvas
from reports.report import Series

_KEY = 54  # pixels of a legend's sign
_GAP = 44


def heading(canvas: Canvas, title: str, subtitle: str) -> None:
    room = style.WIDTH - 2 * style.MARGIN
    title = letters.fit(title, style.TITLE, room, bold=True)
    canvas.text((style.MARGIN, style.TITLE_BASELINE), title, style.TITLE, canvas.theme.ink, bold=True)
    subtitle = letters.fit(subtitle, style.SMALL, room)
    canvas.text((style.MARGIN, style.SUBTITLE_BASELINE), subtitle, style.SMALL, canvas.theme.muted)


def legend(canvas: Canvas, series: Sequence[Series], *, bars: bool) -> None:
    """Each series' sign as the data show it, and its label."""
    room = style.WIDTH - 2 * style.MARGIN + _GAP
    for row in range(0, len(series), style.LEGEND_IN_A_ROW):
        entries = series[row : row + style.LEGEND_IN_A_ROW]
        x: float = style.MARGIN
        y = style.LEGEND_BASELINE + style.LEGEND_PITCH * (row // style.LEGEND_IN_A_ROW)
        for number, entry in enumerate(entries, row):
            _sign(canvas, (x, y), number, bars=bars)
            text = letters.fit(entry.label, style.LABEL, room / len(entries) - _KEY - _GAP)
            canvas.text((x + _KEY, y), text, style.LABEL, canvas.theme.ink)
            x += _KEY + letters.width(text, style.LABEL) + _GAP


def _sign(canvas: Canvas, at: tuple[float, float], number: int, *, bars: bool) -> None:
    x, y = at
    color = color_of(canvas, number)
    if bars:
        canvas.bar((x, y - 23), 40, 26, color, hatch_of(number))
    else:
        canvas.line([(x, y - 10), (x + 40, y - 10)], color, 5)
        canvas.markers([(x + 20, y - 10)], color, marker_of(number), 17)


def color_of(canvas: Canvas, number: int) -> str:
    return canvas.theme.series[number % len(canvas.theme.series)]


def marker_of(number: int) -> str:
    return style.MARKERS[number % len(style.MARKERS)]


def hatch_of(number: int) -> str:
    return style.HATCHES[number % len(style.HATCHES)]
