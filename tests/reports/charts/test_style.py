"""One style: can everybody read it?"""

from itertools import combinations

import pytest

from reports.charts import style
from reports.charts.style import THEMES, Theme, size
from reports.report import BarChart, Series

# Machado, Oliveira & Fernandes 2009, severity 1.0, on linear RGB.
SIGHT = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
    "deuteranopia": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "tritanopia": (
        (1.255528, -0.076749, -0.178779),
        (-0.078411, 0.930809, 0.147602),
        (0.004733, 0.691367, 0.303900),
    ),
}
Colour = tuple[float, float, float]


def linear(color: str) -> Colour:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return red, green, blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2."""
    low, high = sorted(0.2126 * r + 0.7152 * g + 0.0722 * b for r, g, b in (linear(one), linear(other)))
    return (high + 0.05) / (low + 0.05)


def lab(color: str, sight: str) -> Colour:
    """CIELAB (D65) as that sight sees it."""
    seen = [sum(m * c for m, c in zip(row, linear(color), strict=True)) for row in SIGHT[sight]]
    red, green, blue = (min(max(channel, 0), 1) for channel in seen)
    x = (0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047
    y = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    z = (0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883
    fx, fy, fz = (v ** (1 / 3) if v > 0.008856 else 7.787 * v + 16 / 116 for v in (x, y, z))
    return 116 * fy - 16, 500 * (fx - fy), 200 * (fy - fz)


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_text_and_data_stand_out_from_the_background(theme: Theme) -> None:
    for text in (theme.ink, theme.muted):
        assert contrast(text, theme.background) >= 4.5
    for color in theme.series:
        assert contrast(color, theme.background) >= 3


@pytest.mark.parametrize("sight", SIGHT)
@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_series_differ_for_any_colour_vision(theme: Theme, sight: str) -> None:
    # CIE76; about 2 is just noticeable. The first three are what charts mostly have.
    for number, pair in ((10, combinations(theme.series, 2)), (20, combinations(theme.series[:3], 2))):
        for one, other in pair:
            distance = sum((a - b) ** 2 for a, b in zip(lab(one, sight), lab(other, sight), strict=True)) ** 0.5
            assert distance >= number, (one, other)


def test_each_colour_has_a_marker_and_a_hatch_of_its_own() -> None:
    for theme in THEMES.values():
        assert len(set(theme.series)) == len(set(style.MARKERS)) == len(set(style.HATCHES))


def test_a_bar_chart_grows_with_its_bars_up_to_a_limit() -> None:
    def height(bars: int, series: int = 1) -> int:
        values = (1.0,) * bars
        return size(BarChart("Links", ("link",) * bars, (Series("Clicks", values),) * series))[1]

    heights = [height(bars) for bars in range(1, 51)]
    assert heights == sorted(heights)
    assert heights[1] > heights[0]
    assert max(heights) == height(500) <= 2400
    assert height(50, series=6) <= 2500
