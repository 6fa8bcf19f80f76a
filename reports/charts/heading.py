"""What stands above the data of every chart: title, subtitle, legend. The legend's rows cover no data."""

from reports.charts import letters, style
from reports.charts.canvas import Canvas
from reports.report import BarChart, SeriesChart

_KEY = 54  # pixels of a legend's sign
_GAP = 44


def heading(canvas: Canvas, chart: SeriesChart, subtitle: str) -> None:
    titles(canvas, chart.title, subtitle)
    if style.has_legend(chart):
        _legend(canvas, chart)


def titles(canvas: Canvas, title: str, subtitle: str) -> None:
    """Two lines, each cut to the picture's width."""
    room = style.WIDTH - 2 * style.MARGIN
    title = letters.fit(title, style.TITLE, room, bold=True)
    canvas.text((style.MARGIN, style.TITLE_BASELINE), title, style.TITLE, canvas.theme.ink, bold=True)
    subtitle = letters.fit(subtitle, style.SMALL, room)
    canvas.text((style.MARGIN, style.SUBTITLE_BASELINE), subtitle, style.SMALL, canvas.theme.muted)


def _legend(canvas: Canvas, chart: SeriesChart) -> None:
    """Each series' sign as the data show it, and its label."""
    room = style.WIDTH - 2 * style.MARGIN + _GAP
    for row in range(0, len(chart.series), style.LEGEND_IN_A_ROW):
        entries = chart.series[row : row + style.LEGEND_IN_A_ROW]
        x: float = style.MARGIN
        y = style.legend_baseline(chart) + style.LEGEND_PITCH * (row // style.LEGEND_IN_A_ROW)
        widest = _widest(
            [letters.width(entry.label, style.LABEL) for entry in entries], room - len(entries) * (_KEY + _GAP)
        )
        for number, entry in enumerate(entries, row):
            _sign(canvas, (x, y), number, bars=isinstance(chart, BarChart))
            text = letters.fit(entry.label, style.LABEL, widest)
            canvas.text((x + _KEY, y), text, style.LABEL, canvas.theme.ink)
            x += _KEY + letters.width(text, style.LABEL) + _GAP


def _widest(widths: list[float], room: float) -> float:
    """How wide a label may be so that all have room: short ones leave theirs to the long."""
    left = len(widths)
    for width in sorted(widths):
        if width > room / left:
            return room / left
        room -= width
        left -= 1
    return max(widths)


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
