"""Where ticks stand."""

from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import ticks

AMSTERDAM = ZoneInfo("Europe/Amsterdam")
ENGLISH = Locale("en", "GB")


def hours(first: datetime, count: int) -> tuple[datetime, ...]:
    """Real hours, told in the first one's zone."""
    return tuple((first.astimezone(UTC) + timedelta(hours=n)).astimezone(first.tzinfo) for n in range(count))


def days(first: date, count: int, zone: ZoneInfo = AMSTERDAM) -> tuple[datetime, ...]:
    return tuple(datetime.combine(first + timedelta(days=n), time(), zone) for n in range(count))


def at_most(count: int) -> Callable[[Sequence[ticks.Tick]], bool]:
    return lambda found: len(found) <= count


@pytest.mark.parametrize(
    ("highest", "expected"),
    [
        (0, [0, 1]),
        (0.3, [0, 1]),
        (1, [0, 1]),
        (5, [0, 1, 2, 3, 4, 5]),
        (6, [0, 2, 4, 6]),
        (21, [0, 5, 10, 15, 20, 25]),
        (740, [0, 200, 400, 600, 800]),
        (2_000_000, [0, 500_000, 1_000_000, 1_500_000, 2_000_000]),
    ],
)
def test_counts_stand_at_round_whole_numbers(highest: float, expected: list[int]) -> None:
    assert ticks.counts(highest) == expected


@given(st.floats(0, 1e18))
def test_counts_begin_at_zero_reach_the_highest_and_are_few(highest: float) -> None:
    found = ticks.counts(highest)
    assert found[0] == 0
    assert found[-1] >= highest
    assert 2 <= len(found) <= 7


def test_hours_are_marked_at_round_local_hours_and_days_named_once() -> None:
    found = ticks.times(hours(datetime(2025, 5, 12, 9, tzinfo=AMSTERDAM), 48), "hour", ENGLISH, at_most(8))
    assert [tick.label for tick in found] == ["12:00", "18:00", "00:00", "06:00", "12:00", "18:00", "00:00", "06:00"]
    assert [tick.context for tick in found] == ["12 May", "", "13 May", "", "", "", "14 May", ""]


def test_ticks_stay_at_local_midnight_when_clocks_change() -> None:
    for first in (date(2025, 3, 28), date(2025, 10, 24)):
        starts = hours(datetime.combine(first, time(), AMSTERDAM), 90)
        found = ticks.times(starts, "hour", ENGLISH, at_most(4))
        assert [starts[tick.position].hour for tick in found] == [0, 0, 0, 0]


def test_the_hour_that_comes_twice_is_marked_once() -> None:
    starts = hours(datetime(2025, 10, 26, 0, tzinfo=AMSTERDAM), 6)
    found = ticks.times(starts, "hour", ENGLISH, at_most(10))
    assert [tick.label for tick in found] == ["00:00", "01:00", "02:00", "03:00", "04:00"]
    assert [tick.position for tick in found] == [0, 1, 2, 4, 5]


def test_the_hour_that_is_missing_is_not_marked() -> None:
    starts = hours(datetime(2025, 3, 30, 0, tzinfo=AMSTERDAM), 5)
    found = ticks.times(starts, "hour", ENGLISH, at_most(10))
    assert [tick.label for tick in found] == ["00:00", "01:00", "03:00", "04:00", "05:00"]


def test_a_day_without_midnight_is_marked_at_its_first_hour() -> None:
    starts = hours(datetime(2018, 11, 3, 0, tzinfo=ZoneInfo("America/Sao_Paulo")), 60)
    found = ticks.times(starts, "hour", ENGLISH, at_most(3))
    assert [starts[tick.position].hour for tick in found] == [0, 1, 0]


@pytest.mark.parametrize(("locale", "weekday"), [("en_GB", 0), ("en_US", 6)])
def test_weeks_begin_as_the_locale_says(locale: str, weekday: int) -> None:
    starts = days(date(2025, 3, 5), 40)
    found = ticks.times(starts, "day", Locale.parse(locale), at_most(6))
    assert {starts[tick.position].weekday() for tick in found} == {weekday}


def test_long_stretches_are_marked_by_months_and_years_named_once() -> None:
    starts = days(date(2024, 9, 10), 300)
    found = ticks.times(starts, "day", ENGLISH, at_most(4))
    assert [(tick.label, tick.context) for tick in found] == [
        ("Oct", "2024"),
        ("Jan", "2025"),
        ("Apr", ""),
        ("Jul", ""),
    ]
    assert all(starts[tick.position].day == 1 for tick in found)


def test_units_longer_than_a_tick_are_not_divided() -> None:
    found = ticks.times(days(date(2025, 5, 5), 1), "week", ENGLISH, at_most(10))
    assert [tick.label for tick in found] == ["5 May"]


@given(
    st.sampled_from(["hour", "day", "week"]),
    st.integers(631_152_000 // 3600, 2_840_140_800 // 3600),  # hours since 1970: from 1990 to 2060
    st.integers(1, 600),
    st.sampled_from(["Europe/Amsterdam", "Asia/Kolkata", "Australia/Lord_Howe", "Pacific/Apia", "UTC"]),
    st.integers(0, 12),
)
def test_any_stretch_has_ticks_in_order_within_it(unit: str, first: int, count: int, zone: str, most: int) -> None:
    step = {"hour": 1, "day": 24, "week": 168}[unit]
    begin = datetime.fromtimestamp(3600 * first, UTC)
    starts = tuple((begin + timedelta(hours=step * n)).astimezone(ZoneInfo(zone)) for n in range(count))
    found = ticks.times(starts, unit, ENGLISH, at_most(most))
    positions = [tick.position for tick in found]
    assert positions
    assert positions == sorted(set(positions))
    assert positions[0] >= 0 and positions[-1] < count
    assert found[0].context or found[0].label.isdigit()


@given(st.floats(0, 1), st.floats(0, 1))
def test_shares_are_few_and_enclose_what_they_measure(one: float, other: float) -> None:
    lowest, highest = sorted((one, other))
    shares = ticks.shares(lowest, highest)
    assert 2 <= len(shares) <= 8
    assert shares == sorted(set(shares))
    assert 0 <= shares[0] <= lowest + 1e-9 and highest <= shares[-1] + 1e-9


@pytest.mark.parametrize(
    ("lowest", "highest", "found"),
    [
        (0, 0.4, [0, 0.1, 0.2, 0.3, 0.4]),
        (0, 1, [0, 0.2, 0.4, 0.6, 0.8, 1]),
        (0.047, 0.058, [0.045, 0.05, 0.055, 0.06]),
        (0, 0, [0, 0.002]),
    ],
)
def test_shares_stand_at_round_numbers(lowest: float, highest: float, found: list[float]) -> None:
    assert ticks.shares(lowest, highest) == found
