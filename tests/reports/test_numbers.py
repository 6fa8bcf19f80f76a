"""Values are written as people write them, in their language and on their clock."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.numbers import (
    babel_locale,
    write_counted,
    write_instant,
    write_interval,
    write_number,
    write_rate,
    write_short,
    write_value,
)
from reports.report import Figure, Unit

_AT = datetime(2026, 3, 29, 0, 59, tzinfo=UTC)  # a minute before clocks go forward in Europe


@pytest.mark.parametrize(
    ("rate", "written"),
    [
        (Fraction(443, 704), "62.9 %"),
        (Fraction(8, 704), "1.14 %"),
        (Fraction(1, 705), "0.14 %"),
        (Fraction(1, 2_000), "0.050 %"),
        (Fraction(1, 1_000_000), "0.0001 %"),
        (Fraction(0), "0.0 %"),
        (Fraction(1), "100.0 %"),
        (Fraction(703, 704), "99.9 %"),
        (Fraction(99_999, 100_000), "99.999 %"),
    ],
)
def test_a_rate_has_the_decimals_that_tell_it_from_none_and_all(rate: Fraction, written: str) -> None:
    assert write_rate(rate, "en").replace("\u00a0", " ") == written


@given(st.integers(1, 10**7 - 1))
def test_few_are_never_written_as_none_and_not_quite_all_never_as_all(few: int) -> None:
    written = write_rate(Fraction(few, 10**7), "en").removesuffix("\u00a0%")
    assert 0 < float(written) < 100


def test_numbers_are_written_in_the_readers_language() -> None:
    assert write_value(1_234_567, Unit.COUNT, "nl", "UTC") == "1.234.567"
    assert write_rate(Fraction(1, 8), "nl") == "12,5\u00a0%"


@pytest.mark.parametrize("unit", Unit)
def test_what_is_not_known_is_a_dash_and_zero_is_zero(unit: Unit) -> None:
    assert write_value(None, unit, "en", "UTC") == "—"
    assert write_value(0, Unit.COUNT, "en", "UTC") == "0"


@pytest.mark.parametrize(
    ("zone", "locale", "written"),
    [
        ("UTC", "en", "29 Mar 2026 00:59 UTC"),
        ("Europe/Amsterdam", "nl", "29 mrt 2026 01:59 CET"),
        ("Asia/Kathmandu", "en", "29 Mar 2026 06:44 UTC+05:45"),
        ("America/Sao_Paulo", "en", "28 Mar 2026 21:59 UTC-03:00"),
    ],
)
def test_an_instant_names_its_clock(zone: str, locale: str, written: str) -> None:
    assert write_instant(_AT, locale, zone) == written


def test_a_day_is_written_without_a_time() -> None:
    assert write_value(datetime(2026, 3, 29, tzinfo=UTC), Unit.DAY, "nl", "UTC") == "zo 29 mrt 2026"


def test_one_is_not_many() -> None:
    assert [write_counted(n, "click", "clicks", "nl") for n in (0, 1, 1_234)] == ["0 clicks", "1 click", "1.234 clicks"]


def test_an_interval_needs_both_its_ends() -> None:
    rate = Figure("open_rate", "Open rate", Unit.RATE, Fraction(8, 704), 8, 704, 0.00577, 0.02226)
    assert write_interval(rate, "en") == "0.58–2.23\u00a0%"
    assert write_interval(Figure("open_rate", "Open rate", Unit.RATE, None, 0, 0), "en") is None


@pytest.mark.parametrize(
    ("value", "locale", "shown"),
    [
        (0, "en", "0"),
        (9999, "en", "9,999"),
        (5000, "nl", "5.000"),
        (10_000, "en", "10K"),
        (2_500_000, "en", "2.5M"),
        (2_500_000, "de", "2,5\xa0Mio."),
    ],
)
def test_an_axis_writes_large_numbers_short(value: int, locale: str, shown: str) -> None:
    assert write_short(value, locale) == shown


def test_numbers_are_whole_unless_they_are_not() -> None:
    assert write_number(1234.0, "en") == "1,234"
    assert write_number(0.25, "nl") == "0,25"


def test_a_number_is_grouped_as_the_language_does_whether_it_is_whole_or_not() -> None:
    assert write_number(12_345_678, "en_IN") == "1,23,45,678"
    assert write_number(0.256, "en") == "0.26"


def test_a_locale_is_understood_as_slack_writes_it_and_an_unknown_one_is_refused() -> None:
    assert str(babel_locale("en-GB")) == "en_GB"
    with pytest.raises(ValueError, match="unknown locale 'xx'"):
        babel_locale("xx")
