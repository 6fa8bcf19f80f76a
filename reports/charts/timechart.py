"""Lines over time."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise

from babel import Locale

from reports.charts import heading, letters, style, ticks, words
from reports.charts.canvas import Canvas, Point
from reports.numbers import write_short, write_tick
from reports.report import TimeChart, Unit

_INSET = 22  # pixels between the axis and the first point
_BETWEEN_LABELS = 22
_MARKERS_APART = 26  # pixels: closer points get no marker each
_MANY_POINTS = 120  # make a line thinner
_SOME_MARKERS = 7  # a line's markers when its points are too close: enough to tell lines apart


@dataclass(frozen=True, slots=True)
class _Plot:
    """Where instants and counts are on the canvas."""

    left: float
    right: float
    top: float
    bottom: float
    first: float  #: POSIX seconds
    last: float
    highest: float

    def x(self, at: float) -> float:
        if self.last == self.first:
            return (self.left + self.right) / 2
        inner = self.right - self.left - 2 * _INSET
        return self.left + _INSET + inner * (at - self.first) / (self.last - self.first)

    def y(self, value: float) -> float:
        return self.bottom - (self.bottom - self.top) * max(value, 0) / self.highest


def draw(canvas: Canvas, chart: TimeChart, locale: Locale) -> None:
    """The chart on a canvas of its size; raises ValueError when a series has not one value a start."""
    values = [words.numbers(series) for series in chart.series]
    if any(len(column) != len(chart.starts) for column in values):
        raise ValueError("each series of a time chart needs one value a start")
    known = [value for column in values for value in column if value is not None]
    levels, labels = _levels(chart, max(known, default=0), locale)
    top = style.header_height(chart)
    seconds = [at.timestamp() for at in chart.starts]
    plot = _Plot(
        left=style.MARGIN + max(letters.width(label, style.SMALL) for label in labels) + 16,
        right=style.WIDTH - style.MARGIN,
        top=top,
        bottom=top + style.PLOT_HEIGHT,
        first=min(seconds, default=0),
        last=max(seconds, default=0),
        highest=levels[-1],
    )
    zone = words.zone_name(chart.starts[0]) if chart.starts else ""
    heading.heading(canvas, chart, f"Per {chart.unit}" + (f", {zone}" if zone else ""))
    for level, label in zip(levels, labels, strict=True):
        canvas.rule((plot.left, plot.y(level)), (plot.right, plot.y(level)))
        canvas.text((plot.left - 16, plot.y(level) + 9), label, style.SMALL, canvas.theme.muted, align="right")
    _time_axis(canvas, chart, plot, seconds, locale)
    lines = [_runs(plot, seconds, column) for column in values]
    # The first line lies on top, all signs lie above all lines, and only a lone line has a surface.
    for number, runs in reversed(list(enumerate(lines))):
        _line(canvas, plot, heading.color_of(canvas, number), runs, filled=len(lines) == 1)
    for number, runs in reversed(list(enumerate(lines))):
        _markers(canvas, number, runs, some=len(lines) > 1)
    if not any(known):
        note = "Nothing in this period" if known else "No data"
        middle = ((plot.left + plot.right) / 2, (plot.top + plot.bottom) / 2 + 10)
        canvas.text(middle, note, style.LABEL, canvas.theme.muted, align="center")


def _levels(chart: TimeChart, highest: float, locale: Locale) -> tuple[Sequence[float], list[str]]:
    """Where the grid's lines lie, and what is written beside them."""
    if chart.value_unit is Unit.RATE:
        shares = ticks.shares(0, highest)
        return shares, [write_tick(share, shares[1], locale) for share in shares]
    counts = ticks.counts(highest)
    return counts, [write_short(count, locale) for count in counts]


def _time_axis(canvas: Canvas, chart: TimeChart, plot: _Plot, seconds: Sequence[float], locale: Locale) -> None:
    if not chart.starts:
        return

    def centre(tick: ticks.Tick, text: str) -> float:
        """Near its tick, but within the picture."""
        half = letters.width(text, style.SMALL) / 2
        return min(max(plot.x(seconds[tick.position]), 16 + half), style.WIDTH - 16 - half)

    def apart(marks: Sequence[ticks.Tick], words_of: list[str]) -> bool:
        spans = [
            (centre(mark, text), letters.width(text, style.SMALL) / 2)
            for mark, text in zip(marks, words_of, strict=True)
            if text
        ]
        return all(one + half + _BETWEEN_LABELS <= other - its for (one, half), (other, its) in pairwise(spans))

    def fit(marks: Sequence[ticks.Tick]) -> bool:
        return apart(marks, [mark.label for mark in marks])

    marks = ticks.times(chart.starts, chart.unit, locale, fit)
    for mark in marks:
        x = plot.x(seconds[mark.position])
        canvas.rule((x, plot.bottom), (x, plot.bottom + 10))
        at = (centre(mark, mark.label), plot.bottom + 42)
        canvas.text(at, mark.label, style.SMALL, canvas.theme.muted, align="center")
    taken = 0.0
    for mark in marks:
        middle, half = centre(mark, mark.context), letters.width(mark.context, style.SMALL, bold=True) / 2
        if mark.context and middle - half >= taken:
            at = (middle, plot.bottom + 80)
            canvas.text(at, mark.context, style.SMALL, canvas.theme.ink, align="center")
            taken = middle + half + _BETWEEN_LABELS


def _line(canvas: Canvas, plot: _Plot, color: str, runs: Sequence[list[Point]], *, filled: bool) -> None:
    thickness = 5 if sum(map(len, runs)) < _MANY_POINTS else 3.5
    for run in runs:
        if len(run) > 1:
            if filled:
                canvas.area([(run[0][0], plot.bottom), *run, (run[-1][0], plot.bottom)], color)
            canvas.line(run, color, thickness)


def _markers(canvas: Canvas, number: int, runs: Sequence[list[Point]], *, some: bool) -> None:
    """A sign on each point; where points are too close, on every point that no line leads to and on `some` others."""
    points = [point for run in runs for point in run]
    if len(points) > 1 and (points[-1][0] - points[0][0]) / (len(points) - 1) < _MARKERS_APART:
        every = max(1, len(points) // _SOME_MARKERS)
        # Each line's at places of its own.
        others = points[every * (number + 1) // 4 :: every] if some else []
        points = [*others, *(run[0] for run in runs if len(run) == 1)]
    if points:
        canvas.markers(points, heading.color_of(canvas, number), heading.marker_of(number), 15)


def _runs(plot: _Plot, seconds: Sequence[float], values: Sequence[float | None]) -> list[list[Point]]:
    """The line's points between its gaps."""
    pairs = zip(seconds, values, strict=True)
    return [
        [(plot.x(at), plot.y(value)) for at, value in run if value is not None]
        for known, run in groupby(pairs, key=lambda pair: pair[1] is not None)
        if known
    ]
