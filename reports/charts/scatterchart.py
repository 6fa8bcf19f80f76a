"""One point an e-mail by two rates, its area by its recipients, with dashed means."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import hypot, sqrt

from babel import Locale

from reports.charts import heading, letters, style, ticks
from reports.charts.canvas import Canvas, Point
from reports.numbers import write_measure, write_tick
from reports.report import Mark, ScatterChart, Unit

_LEAST, _MOST = 9.0, 30.0  # pixels: a point's diameter
_LABELLED = 10  # points that may have a name beside them: those furthest from the means
_NAME = 300  # pixels of a name
_GAP = 10

_Box = tuple[float, float, float, float]  # left, top, right, bottom


@dataclass(frozen=True, slots=True)
class _Plot:
    left: float
    right: float
    top: float
    bottom: float
    x_levels: Sequence[float]
    y_levels: Sequence[float]

    def at(self, x: float, y: float) -> Point:
        return (
            self.left + (self.right - self.left) * _place(x, self.x_levels),
            self.bottom - (self.bottom - self.top) * _place(y, self.y_levels),
        )


def _place(value: float, levels: Sequence[float]) -> float:
    return (value - levels[0]) / (levels[-1] - levels[0])


def draw(canvas: Canvas, chart: ScatterChart, locale: Locale) -> None:
    """The chart on a canvas of its size."""
    x_levels = ticks.shares(0, max((mark.x for mark in chart.marks), default=1))
    y_levels = ticks.shares(0, max((mark.y for mark in chart.marks), default=1))
    y_labels = [write_tick(level, y_levels[1], locale) for level in y_levels]
    plot = _Plot(
        left=style.MARGIN + max(letters.width(label, style.SMALL) for label in y_labels) + 16,
        right=style.WIDTH - style.MARGIN,
        top=style.TITLES_HEIGHT + 24,
        bottom=style.TITLES_HEIGHT + style.SCATTER_HEIGHT,
        x_levels=x_levels,
        y_levels=y_levels,
    )
    heading.titles(canvas, chart.title, f"{chart.y_label} (up) by {chart.x_label.lower()} (right), a point an e-mail")
    _grid(canvas, chart, plot, y_labels, locale)
    kept_clear = _means(canvas, chart, plot, locale)
    if not chart.marks:
        middle = ((plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2)
        canvas.text(middle, "No data", style.LABEL, canvas.theme.muted, align="center")
        return
    largest = max(mark.size for mark in chart.marks)
    # The large ones first, so that small ones lie on top of them.
    for mark in sorted(chart.marks, key=lambda mark: -mark.size):
        canvas.markers([plot.at(mark.x, mark.y)], canvas.theme.series[0], "o", _diameter(mark, largest))
    _names(canvas, chart, plot, largest, kept_clear)


def _diameter(mark: Mark, largest: int) -> float:
    return _LEAST + (_MOST - _LEAST) * sqrt(mark.size / largest) if largest else _LEAST


def _grid(canvas: Canvas, chart: ScatterChart, plot: _Plot, y_labels: Sequence[str], locale: Locale) -> None:
    for level, label in zip(plot.y_levels, y_labels, strict=True):
        left, y = plot.at(plot.x_levels[0], level)
        canvas.rule((left, y), (plot.right, y))
        canvas.text((left - 16, y + 9), label, style.SMALL, canvas.theme.muted, align="right")
    for level in plot.x_levels:
        x, bottom = plot.at(level, plot.y_levels[0])
        canvas.rule((x, plot.top), (x, bottom + 10))
        label = write_tick(level, plot.x_levels[1], locale)
        half = letters.width(label, style.SMALL) / 2
        at = (min(x, style.WIDTH - style.MARGIN / 2 - half), bottom + 42)
        canvas.text(at, label, style.SMALL, canvas.theme.muted, align="center")
    name = letters.fit(chart.x_label, style.SMALL, plot.right - plot.left)
    canvas.text((plot.right, plot.bottom + 84), name, style.SMALL, canvas.theme.ink, align="right")


def _means(canvas: Canvas, chart: ScatterChart, plot: _Plot, locale: Locale) -> list[_Box]:
    """The dashed lines and what is written on them; gives the places that names have to keep clear of."""
    if chart.x_mean is None or chart.y_mean is None or len(chart.marks) < 2:  # the mean of one is that one
        return []
    x, y = plot.at(chart.x_mean, chart.y_mean)
    for line in ([(x, plot.top), (x, plot.bottom)], [(plot.left, y), (plot.right, y)]):
        canvas.line(line, canvas.theme.muted, 2.5, dashed=True)
    x_mean, y_mean = (f"mean {write_measure(mean, Unit.RATE, locale)}" for mean in (chart.x_mean, chart.y_mean))
    half = letters.width(x_mean, style.SMALL) / 2
    at = (min(max(x, plot.left + half), plot.right - half), plot.top - 8)
    canvas.text(at, x_mean, style.SMALL, canvas.theme.muted, align="center")
    canvas.text((plot.right, y - 10), y_mean, style.SMALL, canvas.theme.muted, align="right")
    written = (plot.right - letters.width(y_mean, style.SMALL), y - 34, plot.right, y)
    return [written, (x - 3, plot.top, x + 3, plot.bottom), (plot.left, y - 3, plot.right, y + 3)]


def _names(canvas: Canvas, chart: ScatterChart, plot: _Plot, largest: int, kept_clear: Sequence[_Box]) -> None:
    """The names of the points furthest from the means, where they cover neither each other nor anything else."""
    points = [(plot.at(mark.x, mark.y), _diameter(mark, largest) / 2) for mark in chart.marks]
    taken = [*kept_clear, *((x - r, y - r, x + r, y + r) for (x, y), r in points)]
    middle = plot.at(chart.x_mean or 0, chart.y_mean or 0)
    order = sorted(range(len(points)), key=lambda n: -hypot(points[n][0][0] - middle[0], points[n][0][1] - middle[1]))
    for number in order[:_LABELLED]:
        (x, y), radius = points[number]
        name = letters.fit(chart.marks[number].label, style.SMALL, _NAME)
        width = letters.width(name, style.SMALL)
        for left in (x + radius + _GAP, x - radius - _GAP - width):
            box = (left, y - 16, left + width, y + 16)
            if plot.left <= left and box[2] <= plot.right and not any(_overlap(box, other) for other in taken):
                canvas.text((left, y + 9), name, style.SMALL, canvas.theme.ink)
                taken.append(box)
                break


def _overlap(one: _Box, other: _Box) -> bool:
    return one[0] < other[2] and other[0] < one[2] and one[1] < other[3] and other[1] < one[3]
