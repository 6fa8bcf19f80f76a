"""Charts in words."""

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import alt_text
from reports.report import BarChart, Cell, Chart, HeatMap, IntervalChart, Mark, ScatterChart, Series, TimeChart, Unit

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
START = datetime(2025, 5, 12, 9, tzinfo=AMSTERDAM)
HOURS = tuple(START + timedelta(hours=hour) for hour in range(3))


def test_a_chart_over_time_tells_its_stretch_totals_and_peaks() -> None:
    chart = TimeChart(
        "Engagement", HOURS, "hour", (Series("Opens", (100.0, 1150.0, None)), Series("Clicks", (0.0, 0.0, 0.0)))
    )
    assert alt_text(chart, "en_GB") == (
        "Engagement. Per hour, 12 May 2025 09:00 to 12 May 2025 11:00, Europe/Amsterdam. "
        "Opens: 1,250 in all, most 1,150 at 12 May 2025 10:00. Clicks: none."
    )


def test_numbers_and_dates_follow_the_locale() -> None:
    chart = TimeChart("Opens", HOURS[:1], "day", (Series("Opens", (12345.0,)),))
    assert alt_text(chart, "nl") == (
        "Opens. Per day, 12 mei 2025, Europe/Amsterdam. Opens: 12.345 in all, most 12.345 at 12 mei 2025."
    )


def test_slacks_spelling_of_a_locale_is_understood() -> None:
    chart = TimeChart("Opens", HOURS, "hour", (Series("Opens", (1.0, 2.0, 3.0)),))
    assert alt_text(chart, "de-AT") == alt_text(chart, "de_AT")


@pytest.mark.parametrize("locale", ["xx", "", "not a locale"])
def test_an_unknown_locale_is_a_value_error(locale: str) -> None:
    with pytest.raises(ValueError, match=r"locale|identifier"):
        alt_text(TimeChart("Opens", (), "hour", ()), locale)


def test_bars_tell_their_values_and_details() -> None:
    chart = BarChart("Links", ("shop", "blog"), (Series("Clicks", (1200.0, None)),), ("80 %", ""))
    assert alt_text(chart, "en") == "Links. shop: 1,200 (80 %). blog: unknown."


def test_bars_of_several_series_name_each() -> None:
    chart = BarChart("Links", ("shop",), (Series("HTML", (3.0,)), Series("Text", (2.0,))))
    assert alt_text(chart, "en") == "Links. shop: 3 HTML, 2 Text."


def test_of_many_bars_the_first_are_told_and_how_many_there_are() -> None:
    chart = BarChart("Links", tuple(f"link {n}" for n in range(50)), (Series("Clicks", tuple([1.0] * 50)),))
    text = alt_text(chart, "en")
    assert "The first 10 of 50." in text
    assert "link 9: 1." in text
    assert "link 10" not in text


def test_unknown_is_not_none() -> None:
    chart = TimeChart("Opens", HOURS, "hour", (Series("Opens", (None, None, float("nan"))),))
    assert alt_text(chart, "en").endswith("Opens: unknown.")


@pytest.mark.parametrize("chart", [TimeChart("Opens", (), "hour", ()), BarChart("Opens", (), ())])
def test_no_data_is_said(chart: TimeChart | BarChart) -> None:
    assert alt_text(chart, "en") == "Opens. No data."


@given(st.lists(st.text(max_size=700), min_size=1, max_size=50), st.text(max_size=700))
def test_it_is_one_line_of_at_most_1000_characters_whatever_the_names(labels: list[str], name: str) -> None:
    bars = BarChart(name, tuple(labels), (Series(name, tuple([1.0] * len(labels))), Series(name, (2.0,) * len(labels))))
    lines = TimeChart(name, HOURS, "hour", tuple(Series(label, (1.0, 2.0, 3.0)) for label in labels))
    for chart in (bars, lines):
        text = alt_text(chart, "en")
        assert len(text) <= 1000
        assert not any(character < " " or character in "\x7f\u2028\u202e" for character in text)


def test_a_zone_without_a_name_is_told_by_its_offset() -> None:
    fixed = datetime.fromisoformat("2025-05-12T09:00+02:00")
    assert "UTC+02:00" in alt_text(TimeChart("Opens", (fixed,), "hour", (Series("Opens", (1.0,)),)), "en")
    utc = datetime(2025, 5, 12, tzinfo=UTC)
    assert "UTC." in alt_text(TimeChart("Opens", (utc,), "hour", (Series("Opens", (1.0,)),)), "en")


def test_words_do_not_import_matplotlib() -> None:
    code = (
        "import sys; from reports.charts import alt_text; from reports.report import BarChart;"
        "alt_text(BarChart('Links', (), ()), 'en'); sys.exit('matplotlib' in sys.modules or 'PIL' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


_MARKS = (Mark("may", 0.3, 0.05, 9), Mark("june", 0.2, 0.01, 9))


@pytest.mark.parametrize(
    ("chart", "told"),
    [
        (
            TimeChart("Rates", HOURS, "hour", (Series("Open rate", (0.372, None, 0.05)),), Unit.RATE),
            (
                "Rates. Per hour, 12 May 2025 09:00 to 12 May 2025 11:00, Europe/Amsterdam. "
                "Open rate: most 37.2\u00a0% at 12 May 2025 09:00, least 5.00\u00a0% at 12 May 2025 11:00."
            ),
        ),
        (
            BarChart("Lists", ("NL",), (Series("Open rate", (0.372,)),), value_unit=Unit.RATE),
            "Lists. NL: 37.2\u00a0%.",
        ),
        (
            ScatterChart(
                "All", "Open rate", "Click rate", (Mark("may", 0.3, 0.05, 9), Mark("june", 0.2, 0.01, 9)), 0.25, 0.03
            ),
            (
                "All. 2 e-mails by click rate and open rate, means 3.00\u00a0% and 25.0\u00a0%. "
                "Highest: may (5.00\u00a0%, 30.0\u00a0%), june (1.00\u00a0%, 20.0\u00a0%)."
            ),
        ),
        (
            IntervalChart("Compared", "Click rate", (("may", 0.05, 0.04, 0.06), ("june", None, None, None))),
            "Compared. Click rate. may: 5.00\u00a0% (95 %: 4.00\u00a0% to 6.00\u00a0%). june: unknown.",
        ),
        (
            HeatMap("Best time", ("Mon", "Tue"), ("09:00",), ((Cell(0.4, 1200),), (Cell(0.9, 3, True),)), "Open rate"),
            "Best time. Open rate. Highest: Mon 09:00 40.0\u00a0% (n 1,200). 1 cell has too few to be read.",
        ),
        (HeatMap("Best time", (), (), (), "Open rate"), "Best time. Open rate. No data."),
    ],
    ids=["rates over time", "rates", "scatter", "intervals", "heat", "nothing"],
)
def test_rates_are_told_as_percentages_with_what_stands_out(chart: Chart, told: str) -> None:
    assert alt_text(chart, "en_GB") == told
