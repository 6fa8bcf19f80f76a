"""A rate with its 95 % interval, one a row: what overlaps much can't be told apart."""

from babel import Locale

from reports.charts import heading, letters, style, ticks
from reports.charts.canvas import Canvas
from reports.numbers import write_measure, write_tick
from reports.report import IntervalChart, Unit

_LABEL = 34  # pixels from a row's top to its label's baseline
_LINE = 64  # … and to its interval
_CAP = 11  # half the height of an interval's ends
_GAP = 28


def draw(canvas: Canvas, chart: IntervalChart, locale: Locale) -> None:
    """The chart on a canvas of its size."""
    shown = chart.rows[: style.MOST_INTERVALS]
    known = [share for row in shown for share in row[1:] if share is not None]
    levels = ticks.shares(min(known, default=0), max(known, default=1))
    written = [write_measure(value, Unit.RATE, locale) if value is not None else "—" for _, value, _, _ in shown]
    widest = max((letters.width(text, style.LABEL, bold=True) for text in written), default=0)
    left, right = style.MARGIN + 14.0, style.WIDTH - style.MARGIN - widest - _GAP
    top = style.TITLES_HEIGHT
    bottom = style.size(chart)[1] - style.AXIS_HEIGHT
    more = f", the first {len(shown)} of {len(chart.rows)}" if len(shown) < len(chart.rows) else ""
    heading.titles(canvas, chart.title, f"{chart.x_label} with its 95 % interval{more}" if shown else "No data")

    def x(share: float) -> float:
        return left + (right - left) * (share - levels[0]) / (levels[-1] - levels[0])

    for level in levels:
        canvas.rule((x(level), top), (x(level), bottom + 10))
        label = write_tick(level, levels[1] - levels[0], locale)
        canvas.text((x(level), bottom + 42), label, style.SMALL, canvas.theme.muted, align="center")
    color = canvas.theme.series[0]
    for number, ((name, value, low, high), text) in enumerate(zip(shown, written, strict=True)):
        y = top + number * style.INTERVAL_ROW
        label = letters.fit(name, style.LABEL, right - style.MARGIN)
        # Grid lines would run through the name.
        canvas.bar((left - 14, y + 4), letters.width(label, style.LABEL) + 20, 38, canvas.theme.background)
        canvas.text((style.MARGIN, y + _LABEL), label, style.LABEL, canvas.theme.ink)
        y += _LINE
        if low is not None and high is not None:
            canvas.line([(x(low), y), (x(high), y)], color, 5)
            for end in (low, high):
                canvas.line([(x(end), y - _CAP), (x(end), y + _CAP)], color, 5)
        if value is not None:
            canvas.markers([(x(value), y)], color, "D", 20)
        at = (style.WIDTH - style.MARGIN, y + 9)
        canvas.text(at, text, style.LABEL, canvas.theme.ink, align="right", bold=True)
    if not known:
        canvas.text(
            ((left + right) / 2, bottom - 20), "Nothing is known yet", style.LABEL, canvas.theme.muted, align="center"
        )
