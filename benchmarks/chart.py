"""A chart drawn by this project against the same data drawn plainly.

The floor is how a competent person draws such a chart with matplotlib and nothing else: a Figure of the same pixels,
one Axes placed by hand, the same lines, bars, texts, ticks and legend at the same sizes, and `savefig` to PNG. It gets
its labels ready-made. Both are warm, run in turn in one process, and each figure is a median; below 1 is faster.
"""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from io import BytesIO
from math import exp
from statistics import median
from time import perf_counter
from zoneinfo import ZoneInfo

from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

from benchmarks import Measure
from reports import charts
from reports.charts import style
from reports.report import BarChart, Chart, Series, TimeChart

BAR = 1.2
PAIRS = 21
WARM_UP = 4
THEME = style.THEMES["light"]

_ZONE = ZoneInfo("Europe/Amsterdam")
_START = datetime(2025, 5, 12, 9, tzinfo=_ZONE)
_HOURS = 7 * 24


def _curve(peak: float) -> tuple[float, ...]:
    return tuple(
        float(round(peak * exp(-hour / 40) * (1.2 if 8 <= hour % 24 <= 20 else 0.4))) for hour in range(_HOURS)
    )


WEEK = TimeChart(
    "Engagement over time",
    tuple(_START + timedelta(hours=hour) for hour in range(_HOURS)),
    "hour",
    (Series("Opens", _curve(800)), Series("Clicks", _curve(220))),
)
LINKS = BarChart(
    "Top links",
    tuple(f"https://www.example.com/spring/collection/item-{number}" for number in range(10)),
    (Series("People who clicked", tuple(float(1520 // (number + 1)) for number in range(10))),),
    tuple(f"{100 / (number + 1):.1f} % of clickers" for number in range(10)),
)


def run() -> Iterator[Measure]:
    """One line a kind of chart; `value` and `floor` are milliseconds a chart."""
    yield _measured("chart over time, warm", WEEK, plain_lines)
    yield _measured("chart of bars, warm", LINKS, plain_bars)


def _measured(name: str, chart: Chart, plain: Callable[[], bytes]) -> Measure:
    ours: list[float] = []
    floor: list[float] = []
    for _ in range(WARM_UP):
        charts.draw(chart, "light", "en")
        plain()
    for _ in range(PAIRS):
        ours.append(_seconds(lambda: charts.draw(chart, "light", "en")))
        floor.append(_seconds(plain))
    return Measure(name, 1000 * median(ours), "ms", BAR, "at most", 1000 * median(floor))


def _seconds(work: Callable[[], bytes]) -> float:
    before = perf_counter()
    work()
    return perf_counter() - before


def plain_lines() -> bytes:
    """Two lines over a week, plainly."""
    figure, size = _figure(WEEK)
    axes = figure.add_axes((0.09, 0.15, 0.87, 0.55))
    for series, color, marker in zip(WEEK.series, THEME.series, style.MARKERS, strict=False):
        axes.plot(
            range(_HOURS),
            [value or 0 for value in series.values],
            color=color,
            linewidth=3.5,
            label=series.label,
            marker=marker,
            markersize=15,
            markevery=24,
            markeredgecolor=THEME.background,
            markeredgewidth=2,
        )
    days = range(15, _HOURS, 24)
    labels = [f"May {13 + number}\n2025" if number == 0 else f"May {13 + number}" for number in range(len(days))]
    axes.set_xticks(days, labels, fontsize=style.SMALL, color=THEME.muted)
    axes.set_yticks(range(0, 801, 200), [f"{count:,}" for count in range(0, 801, 200)])
    axes.tick_params("y", labelsize=style.SMALL, labelcolor=THEME.muted, length=0)
    axes.set_ylim(0, 800)
    axes.grid(axis="y", color=THEME.grid, linewidth=2)
    axes.spines[:].set_visible(False)
    _words(figure, size[1], WEEK.title, "Per hour, Europe/Amsterdam")
    figure.legend(loc=(0.03, 0.75), ncols=2, frameon=False, fontsize=style.LABEL)
    return _png(figure)


def plain_bars() -> bytes:
    """Ten bars with their labels, values and details, plainly."""
    figure, size = _figure(LINKS)
    axes = figure.add_axes((0.04, 0.04, 0.92, 0.82))
    values = LINKS.series[0].values
    axes.barh(range(10), [value or 0 for value in values], height=0.25, color=THEME.series[0])
    for row, (label, value, detail) in enumerate(zip(LINKS.labels, values, LINKS.details, strict=True)):
        axes.text(0, row - 0.35, label, fontsize=style.LABEL, color=THEME.ink)
        axes.text((value or 0) + 15, row, f"{value:,.0f}", va="center", fontsize=style.SMALL, fontweight="bold")
        axes.text(2200, row, detail, ha="right", va="center", fontsize=style.SMALL, color=THEME.muted)
    axes.set_xlim(0, 2200)
    axes.set_ylim(9.5, -0.8)
    axes.set_axis_off()
    _words(figure, size[1], LINKS.title, LINKS.series[0].label)
    return _png(figure)


def _figure(chart: Chart) -> tuple[Figure, tuple[int, int]]:
    size = charts.size(chart)
    figure = Figure(figsize=(size[0] / 72, size[1] / 72), dpi=72, facecolor=THEME.background)
    FigureCanvasAgg(figure)
    return figure, size


def _words(figure: Figure, height: int, title: str, subtitle: str) -> None:
    for text, baseline, size, color, weight in (
        (title, style.TITLE_BASELINE, style.TITLE, THEME.ink, "bold"),
        (subtitle, style.SUBTITLE_BASELINE, style.SMALL, THEME.muted, "normal"),
    ):
        figure.text(0.04, 1 - baseline / height, text, fontsize=size, color=color, fontweight=weight)


def _png(figure: Figure) -> bytes:
    file = BytesIO()
    figure.savefig(file, format="png", dpi=72)
    return file.getvalue()
