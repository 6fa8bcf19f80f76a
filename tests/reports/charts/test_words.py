"""Foreign text made harmless."""

import pytest
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
