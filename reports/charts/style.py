"""How every chart looks: sizes in pixels, colours, and what tells series apart without colour.

A picture is 1200 pixels wide and Slack shows it at a third to a half of that, so the smallest text is 26 pixels.
Series colours have the hues of Okabe and Ito's palette, and lightnesses that keep them apart for protanopes,
deuteranopes and tritanopes on our backgrounds. Text has at least 4.5:1 (WCAG 2.2, 1.4.3), lines and bars at least 3:1
(1.4.11). The tests compute all of this.
"""

from dataclasses import dataclass
from math import ceil
from typing import Final, Literal

from reports.report import BarChart, DataChart, HeatMap, IntervalChart, ScatterChart, SeriesChart, TimeChart

ThemeName = Literal["light", "dark"]


@dataclass(frozen=True, slots=True)
class Theme:
    background: str
    ink: str  #: title, labels, values
    muted: str  #: subtitle, ticks, details
    grid: str  #: decoration: may be faint
    series: tuple[str, ...]


THEMES: Final[dict[ThemeName, Theme]] = {
    "light": Theme(
        background="#ffffff",
        ink="#1d1c1d",
        muted="#5a5d63",
        grid="#e3e4e6",
        series=("#0072b2", "#d97526", "#004c2f", "#813167", "#868a93", "#665300"),
    ),
    "dark": Theme(
        background="#1a1d21",
        ink="#ececed",
        muted="#abadb2",
        grid="#34383e",
        series=("#56b4e9", "#ffc04d", "#6ff2bd", "#c76b93", "#dcdce0", "#8f7a24"),
    ),
}

#: One for each series colour; a seventh series begins anew.
MARKERS: Final = ("o", "s", "^", "D", "v", "P")
HATCHES: Final = ("", "//", "..", "xx", "--", "\\\\")

WIDTH: Final = 1200
MARGIN: Final = 48
TITLE: Final = 38
LABEL: Final = 29
SMALL: Final = 26

# Lines of text under each other: baselines, from the top edge.
TITLE_BASELINE: Final = 74
SUBTITLE_BASELINE: Final = 120
LEGEND_BASELINE: Final = 172
LEGEND_PITCH: Final = 46
LEGEND_IN_A_ROW: Final = 3

PLOT_HEIGHT: Final = 400  #: of a time chart, between the lowest and the highest grid line
TICKS_HEIGHT: Final = 112  #: two lines of tick labels and the bottom margin

MOST_BARS: Final = 50
MOST_ROWS_HEIGHT: Final = 2200  #: beyond this, rows shrink instead of the picture growing
ROW_LABEL: Final = 44  #: of one bar's row at full scale: its label …
ROW_BAR: Final = 28  #: … one bar a series …
ROW_GAP: Final = 26  #: … and the space to the next row

TITLES_HEIGHT: Final = SUBTITLE_BASELINE + 38  #: of what has no legend
AXIS_HEIGHT: Final = 112  #: tick labels, the axis' name and the bottom margin
SCATTER_HEIGHT: Final = 620
INTERVAL_ROW: Final = 92  #: a label's line and its interval's
MOST_INTERVALS: Final = 20
HEAT_TOP: Final = LEGEND_BASELINE + 76  #: titles, the scale and the columns' names
CELL_HEIGHT: Final = 44


def size(chart: DataChart) -> tuple[int, int]:
    """Width and height of the chart's picture in pixels."""
    match chart:
        case TimeChart():
            return WIDTH, header_height(chart) + PLOT_HEIGHT + TICKS_HEIGHT
        case BarChart():
            rows = max(1, min(len(chart.labels), MOST_BARS)) * row_height(chart) * row_scale(chart)
            return WIDTH, round(header_height(chart) + rows + MARGIN / 2)
        case ScatterChart():
            return WIDTH, TITLES_HEIGHT + SCATTER_HEIGHT + AXIS_HEIGHT
        case IntervalChart():
            rows = max(1, min(len(chart.rows), MOST_INTERVALS)) * INTERVAL_ROW
            return WIDTH, TITLES_HEIGHT + rows + AXIS_HEIGHT
        case HeatMap():
            return WIDTH, HEAT_TOP + CELL_HEIGHT * max(1, len(chart.columns)) + MARGIN // 2


def has_legend(chart: SeriesChart) -> bool:
    """The one series of a bar chart is named in the subtitle instead."""
    return isinstance(chart, TimeChart) or len(chart.series) > 1


def has_subtitle(chart: SeriesChart) -> bool:
    return isinstance(chart, TimeChart) or len(chart.series) <= 1 or not 0 < len(chart.labels) <= MOST_BARS


def legend_baseline(chart: SeriesChart) -> int:
    """Of the legend's first row."""
    return LEGEND_BASELINE if has_subtitle(chart) else SUBTITLE_BASELINE + 10


def header_height(chart: SeriesChart) -> int:
    """Pixels above the data: title, subtitle and the legend's rows."""
    if not has_legend(chart):
        return TITLES_HEIGHT
    return legend_baseline(chart) + LEGEND_PITCH * (ceil(len(chart.series) / LEGEND_IN_A_ROW) - 1) + 44


def row_height(chart: BarChart) -> int:
    """Pixels of one bar with its label, at full scale."""
    return ROW_LABEL + ROW_BAR * max(1, len(chart.series)) + ROW_GAP


def row_scale(chart: BarChart) -> float:
    """At most 1: what rows shrink by so that the picture keeps to its greatest height."""
    return min(1.0, MOST_ROWS_HEIGHT / (row_height(chart) * max(1, min(len(chart.labels), MOST_BARS))))
