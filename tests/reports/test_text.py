"""Names from outside can be shown anywhere, and different ones stay different."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.text import plain, shortened, shortened_apart

_TRACKING = "?utm_source=newsletter&utm_medium=email&utm_campaign=spring-2026&utm_content=button"
_PAGES = [f"https://www.example.com/en/articles/2026/{page}/read" for page in ("shoes", "socks", "hats", "hats-two")]


@pytest.mark.parametrize(
    "hidden", ["\x1b[31m", "\x00", "\x9b", "\u202e", "\u2066", "\u200b", "\ufeff", "\ud800", "\u2028", "\r\n"]
)
def test_signs_that_move_hide_or_break_text_are_gone(hidden: str) -> None:
    assert plain(f"a{hidden}b").replace("[31m", "").replace(" ", "") == "ab"


def test_joiners_inside_words_and_emoji_stay() -> None:
    assert plain("👩‍💻 می‌خواهم") == "👩‍💻 می‌خواهم"


@given(st.text(), st.integers(1, 80))
def test_a_shortened_text_is_never_longer_than_asked(value: str, length: int) -> None:
    assert len(shortened(value, length)) <= length


def test_links_that_share_site_and_tracking_show_where_they_differ() -> None:
    links = [page + _TRACKING for page in _PAGES]
    assert len({shortened(link, 60) for link in links}) == 1  # so a cut in the middle does not do
    shown = shortened_apart(links, 60)
    assert len(set(shown)) == len(links)
    for page, text in zip(("shoes", "socks", "hats", "hats-two"), shown, strict=True):
        assert page in text
        assert text.startswith("https://www.example")


def test_texts_that_a_cut_keeps_apart_are_cut_in_the_middle_and_short_ones_not_at_all() -> None:
    texts = ["a" * 100, "b" * 100, "short", "short"]
    assert shortened_apart(texts, 40) == [shortened(text, 40) for text in texts]


@given(
    st.lists(
        st.text("ab", max_size=6).map(lambda middle: "https://example.com/" + "x" * 60 + middle + "y" * 90),
        max_size=8,
    ),
    st.integers(40, 120),
)
def test_different_texts_stay_different_within_the_length(texts: list[str], length: int) -> None:
    shown = shortened_apart(texts, length)
    assert all(len(text) <= length for text in shown)
    assert len(set(shown)) == len(set(texts))
