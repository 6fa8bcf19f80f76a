"""Foreign text made harmless; numbers and dates."""

import pytest
from babel import Locale
from hypothesis import given
from hypothesis import strategies as st

from reports.charts import words


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("two\nlines\r\n\tand a tab", "two lines and a tab"),
        ("bell\x07 escape\x1b[31m null\x00", "bell escape[31m null"),
        ("right\u202eto left\u2066", "rightto left"),
        ("lone \ud800 surrogate", "lone surrogate"),
        ("private \ue000 use", "private use"),
        ("e" + "\u0301" * 50, "é" + "\u0301" * 2),
        ("  ", ""),
    ],
)
def test_foreign_text_becomes_one_plain_line(text: str, shown: str) -> None:
    assert words.plain(text) == shown


@given(st.text(), st.integers(1, 40))
def test_a_cut_keeps_to_its_length_and_both_ends(text: str, most: int) -> None:
    cut = words.cut(text, most)
    assert len(cut) <= most
    if len(text) > most:
        head, tail = cut.split(words.ELLIPSIS, 1) if words.ELLIPSIS not in text else ("", "")
        assert text.startswith(head)
        assert text.endswith(tail)
    else:
        assert cut == text


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
    assert words.short_number(value, Locale(locale)) == shown


def test_numbers_are_whole_unless_they_are_not() -> None:
    assert words.number(1234.0, Locale("en")) == "1,234"
    assert words.number(0.25, Locale("nl")) == "0,25"
