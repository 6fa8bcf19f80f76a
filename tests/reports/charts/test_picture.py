"""Charts as pictures: drawn, decoded and looked at pixel by pixel."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from babel import Locale
from hypothesis import given, settings
from hypothesis import strategies as st
from matplotlib.colors import to_rgb
from PIL import Image

from reports.charts import ThemeName, draw, letters, size
from reports.charts.style import MARGIN, THEMES, WIDTH, Theme
from reports.report import BarChart, Cell, Chart, HeatMap, IntervalChart, Mark, ScatterChart, Series, TimeChart, Unit

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
Pixels = np.ndarray[tuple[int, int, int], np.dtype[np.int16]]


def hours(count: int) -> tuple[datetime, ...]:
    start = datetime(2025, 10, 25, 7, tzinfo=UTC)  # a day before clocks go back
    return tuple((start + timedelta(hours=n)).astimezone(AMSTERDAM) for n in range(count))


def over_time(*values: tuple[float | None, ...], unit: str = "hour") -> TimeChart:
    return TimeChart("Opens", hours(len(values[0])), unit, tuple(Series(f"Line {n}", v) for n, v in enumerate(values)))


def bars(*labels: str, values: tuple[float | None, ...] = (), details: tuple[str, ...] = ()) -> BarChart:
    return BarChart("Links", labels, (Series("Clicks", values or (1.0,) * len(labels)),), details)


def pixels(chart: Chart, theme: ThemeName = "light", locale: str = "en") -> Pixels:
    with Image.open(BytesIO(draw(chart, theme, locale))) as image:
        assert image.format == "PNG"
        assert image.size == size(chart)
        return np.asarray(image.convert("RGB"), dtype=np.int16)


def of_color(picture: Pixels, color: str) -> np.ndarray[tuple[int, int], np.dtype[np.bool_]]:
    """Where the picture has that colour, but for rounding."""
    wanted = np.array([round(255 * channel) for channel in to_rgb(color)])
    return np.abs(picture - wanted).max(axis=2) <= 4  # type: ignore[no-any-return]


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize(
    "chart",
    [
        over_time((12.0,), (3.0,)),
        over_time((12.0, 7.0), (3.0, None)),
        over_time(tuple(float(n * 37 % 190) for n in range(500)), tuple(float(n % 90) for n in range(500))),
        over_time((0.0,) * 48),
        over_time((None,) * 48),
        over_time((1e15, float("nan"), float("inf"), 2.0)),
        TimeChart("Nothing", (), "day", ()),
        TimeChart("No lines", hours(3), "week", ()),
        bars("one"),
        bars(*[f"link {n}" for n in range(50)]),
        bars("a", "b", values=(0.0, 0.0), details=("0 %", "0 %")),
        BarChart("Nothing", (), ()),
        BarChart("Parts", ("a", "b"), tuple(Series(f"Part {n}", (float(n), None)) for n in range(9)), ("x", "y")),
        BarChart("Rates", ("a", "b"), (Series("Open rate", (0.372, None)),), value_unit=Unit.RATE),
        TimeChart("Rates", hours(3), "hour", (Series("Open rate", (0.0, None, 1.0)),), Unit.RATE),
        ScatterChart("None", "Open rate", "Click rate", (), None, None),
        ScatterChart("One", "Open rate", "Click rate", (Mark("may", 0.3, 0.05, 10),), 0.3, 0.05),
        ScatterChart("Same", "x", "y", tuple(Mark("مرحبا" * 40, 0.0, 1.0, 0) for _ in range(500)), 0.0, 1.0),
        IntervalChart("None", "Open rate", ()),
        IntervalChart("Unknown", "Open rate", (("x" * 3_000, None, None, None), ("may", 0.5, 0.5, 0.5))),
        IntervalChart("Many", "Open rate", tuple((f"{n}", n / 100, 0.0, 1.0) for n in range(60))),
        HeatMap("None", (), (), (), ""),
        HeatMap("One", ("Mon",), ("09:00",), ((Cell(0.5, 10),),), "x"),
        HeatMap("Thin", ("Mon", "x" * 99), ("09:00",), ((Cell(0.5, 1, True),), (Cell(None, 0),)), "y" * 999),
    ],
    ids=[
        "1 point", "2 points", "500 points", "zeros", "gaps only", "no numbers", "no time", "no lines",
        "1 bar", "50 bars", "zero bars", "no bars", "9 series", "rate bars", "rates", "no points", "one point",
        "equal points", "no intervals", "unknown interval", "60 intervals", "no cells", "1 cell", "thin",
    ],
)  # fmt: skip
def test_every_chart_is_drawn_in_every_theme(chart: Chart, theme: ThemeName) -> None:
    picture = pixels(chart, theme, "nl")
    assert of_color(picture, THEMES[theme].background).mean() > 0.5
    assert of_color(picture, THEMES[theme].ink).sum() > 100


@pytest.mark.parametrize("locale", ["en", "en-US", "fr_FR", "de", "ja", "ar", "hi", "th", "zh_Hant_TW", "pt_BR"])
def test_charts_are_drawn_in_every_locale(locale: str) -> None:
    pixels(over_time((12345678.0, 2.0, 3.0)), locale=locale)
    pixels(bars("shop", values=(12345678.0,)), locale=locale)


@pytest.mark.parametrize("theme", THEMES)
def test_nothing_touches_the_pictures_edge(theme: ThemeName) -> None:
    long = "A very long name of a thing " * 20
    charts: list[Chart] = [
        TimeChart(long, hours(500), "hour", tuple(Series(long, (5e9,) * 500) for _ in range(7))),
        BarChart(long, (long,) * 9, tuple(Series(long, (5e9,) * 9) for _ in range(2)), (long,) * 9),
    ]
    for chart in charts:
        background = of_color(pixels(chart, theme, "de"), THEMES[theme].background)
        for edge in (background[:12], background[-12:], background[:, :12], background[:, -12:]):
            assert edge.all()


def test_a_point_between_gaps_is_seen() -> None:
    blue = THEMES["light"].series[0]
    lone: tuple[float | None, ...] = (None,) * 100 + (5.0,) + (None,) * 100
    legend_only = of_color(pixels(over_time((None,) * 201)), blue).sum()
    assert of_color(pixels(over_time(lone)), blue).sum() > legend_only + 50


def test_a_line_has_gaps_where_nothing_is_known() -> None:
    known = of_color(pixels(over_time((5.0,) * 100)), THEMES["light"].series[0])
    gaps: tuple[float | None, ...] = (5.0,) * 30 + (None,) * 40 + (5.0,) * 30
    broken = of_color(pixels(over_time(gaps)), THEMES["light"].series[0])
    middle = slice(WIDTH // 2 - 50, WIDTH // 2 + 50)
    below_legend = slice(200, None)
    assert known[below_legend, middle].any()
    assert not broken[below_legend, middle].any()


def test_no_line_reaches_the_legend() -> None:
    blue = THEMES["light"].series[0]
    with_peaks = of_color(pixels(over_time((100.0,) * 50, (100.0,) * 50)), blue)
    without = of_color(pixels(over_time((None,) * 50, (None,) * 50)), blue)
    legend = slice(0, 190)
    assert (with_peaks[legend] == without[legend]).all()


def test_bars_with_one_label_stay_apart_and_are_as_long_as_their_values() -> None:
    blue = of_color(pixels(bars("same", "same", "same", values=(100.0, 50.0, 25.0))), THEMES["light"].series[0])
    lengths = blue.sum(axis=1)
    starts = np.flatnonzero((lengths[1:] > 0) & (lengths[:-1] == 0)) + 1
    first, second, third = (int(lengths[start + 5]) for start in starts)
    assert second == pytest.approx(first / 2, abs=2)
    assert third == pytest.approx(first / 4, abs=2)


def test_series_are_told_apart_without_colour() -> None:
    chart = BarChart("Parts", ("a",), (Series("HTML", (10.0,)), Series("Text", (10.0,))))
    picture = pixels(chart)
    plain, hatched = (of_color(picture, color) for color in THEMES["light"].series[:2])
    assert hatched.sum() < 0.95 * plain.sum()


def test_dollars_and_backslashes_are_letters() -> None:
    ink = of_color(pixels(bars(r"$\frac{1}{2}$")), THEMES["light"].ink).sum()
    assert ink > of_color(pixels(bars("1 2")), THEMES["light"].ink).sum() + 300
    pixels(bars(r"$\unknown{", "$", "$$", r"\$ 5 and $6$"))


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text(max_size=80), min_size=1, max_size=6))
def test_any_text_is_drawn_without_a_warning(labels: list[str]) -> None:
    pixels(BarChart(labels[0], tuple(labels), (Series(labels[-1], (1.0,) * len(labels)),), tuple(labels)))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Spring 🎉🎊 sale 👩‍👩‍👧", "Spring sale"),
        ("日本語 news", "□□□ news"),
        ("שלום", "שלום"),
        ("Ωmega Ünïcode Привет", "Ωmega Ünïcode Привет"),
        ("🎉", "□"),
        ("", ""),
    ],
)
def test_letters_that_the_font_lacks_become_boxes_and_signs_go(text: str, shown: str) -> None:
    assert letters.drawable(text) == shown


@given(st.text(max_size=300), st.floats(60, 1200), st.booleans())
def test_a_fitted_text_keeps_to_its_width(text: str, most: float, bold: bool) -> None:
    assert letters.width(letters.fit(text, 29, most, bold=bold), 29, bold=bold) <= most


def test_links_that_differ_before_a_common_ending_stay_different() -> None:
    links = (f"https://example.com/{'path/' * 12}{name}?utm_source={'newsletter' * 20}" for name in ("shop", "blog"))
    rows = of_color(pixels(bars(*links)), THEMES["light"].ink)
    size_of_row = 98
    first, second = (rows[150 + size_of_row * n : 194 + size_of_row * n] for n in range(2))
    assert first.any()
    assert (first != second).any()


def test_dates_that_cannot_be_drawn_are_english() -> None:
    assert letters.drawable_locale(Locale("ja")) == Locale("en")
    assert letters.drawable_locale(Locale("nl")) == Locale("nl")
    assert letters.drawable_locale(Locale("ru")) == Locale("ru")


def test_the_locale_writes_dates_and_numbers() -> None:
    chart = over_time((12345.0,) * 300)
    assert (pixels(chart, locale="en") != pixels(chart, locale="nl")).any()


def test_a_column_of_the_wrong_length_is_a_value_error() -> None:
    with pytest.raises(ValueError, match="one value a start"):
        draw(TimeChart("Opens", hours(2), "hour", (Series("Opens", (1.0,)),)), "light", "en")
    with pytest.raises(ValueError, match="one value a label"):
        draw(BarChart("Links", ("a",), (Series("Clicks", (1.0,)),), ("one", "two")), "light", "en")


def test_the_same_chart_gives_the_same_bytes() -> None:
    chart = over_time((1.0, 2.0, 3.0))
    assert draw(chart, "dark", "nl") == draw(chart, "dark", "nl")


def test_text_begins_at_the_margin() -> None:
    ink = of_color(pixels(bars("HHHH")), THEMES["light"].ink)
    assert MARGIN <= int(np.flatnonzero(ink.any(axis=0))[0]) <= MARGIN + 6


@pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)
def test_colours_keep_to_the_theme_though_the_picture_has_few(theme: Theme) -> None:
    name: ThemeName = "light" if theme is THEMES["light"] else "dark"
    picture = pixels(over_time(*((float(n),) * 9 for n in range(6))), name, "en")
    for color in (theme.background, theme.ink, theme.muted, theme.grid, *theme.series):
        exact = [round(255 * channel) for channel in to_rgb(color)]
        assert (picture == exact).all(axis=2).any(), color


def test_a_higher_rate_has_more_of_the_colour() -> None:
    chart = HeatMap("Best time", ("Mon", "Tue"), ("09:00",), ((Cell(0.1, 99),), (Cell(0.5, 99),)), "")
    picture = pixels(chart)
    low, high = (picture[-50, x].sum() for x in (420, 1000))
    assert high < low < 3 * 255  # darker, and none is the background's white


def test_a_whole_week_of_huge_numbers_fits_its_cells() -> None:
    chart = HeatMap("Huge", ("Mon",) * 7, ("09:00",) * 24, ((Cell(1.0, 10**12),) * 24,) * 7, "")
    picture = pixels(chart)
    assert of_color(picture[240:, 200:], THEMES["light"].background).mean() < 0.5
    assert of_color(picture[:, -40:], THEMES["light"].background).all()


def test_a_thin_cell_is_hatched_and_not_coloured() -> None:
    chart = HeatMap("Best time", ("Mon", "Tue"), ("09:00",), ((Cell(0.9, 3, True),), (Cell(0.5, 99),)), "")
    left = pixels(chart)[-60:-30, 380:440]
    assert not of_color(left, THEMES["light"].series[0]).any()
    assert of_color(left, THEMES["light"].grid).any()


def test_an_interval_reaches_from_its_low_to_its_high_end() -> None:
    def span(low: float, high: float) -> int:
        rows = (("a", 0.5, low, high), ("all", 0.5, 0.0, 1.0))
        blue = of_color(pixels(IntervalChart("x", "Rate", rows)), THEMES["light"].series[0])
        columns = np.flatnonzero(blue[158 : 158 + 92].any(axis=0))
        return int(columns[-1] - columns[0])

    assert span(0.2, 0.8) == pytest.approx(2 * span(0.35, 0.65), rel=0.05)


def test_a_scatter_has_a_point_where_its_rates_are_and_dashed_means() -> None:
    marks = (Mark("a", 0.0, 0.0, 5), Mark("b", 1.0, 1.0, 5))
    picture = pixels(ScatterChart("x", "Open rate", "Click rate", marks, 0.5, 0.5))
    rows, columns = np.nonzero(of_color(picture, THEMES["light"].series[0]))
    assert rows[columns < 300].min() > rows[columns > 900].max()  # from the lower left to the upper right
    muted = of_color(picture, THEMES["light"].muted)
    across = muted[200:760].sum(axis=1).max()
    assert 300 < across < 900  # dashed: neither whole nor none
