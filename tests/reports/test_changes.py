"""Changes against the period before, and how they are written."""

from fractions import Fraction

import pytest

from reports.changes import ENOUGH, count_change, rate_change
from reports.facts import Counts
from reports.metrics import Better
from reports.numbers import write_change
from reports.report import Change, Figure, Unit


def opened(people: int, delivered: int) -> Counts:
    return Counts(sent=delivered, delivered=delivered, opened=people, unsubscribed=people)


def test_rates_change_by_points_and_counts_by_percent() -> None:
    assert rate_change("open_rate", opened(40, 100), opened(30, 200)).by == Fraction(25, 100)
    assert count_change(30, 40, Better.UP, 100).by == Fraction(-1, 4)


def test_nothing_before_is_no_growth_of_a_hundred_percent() -> None:
    assert rate_change("open_rate", opened(40, 100), Counts()).by is None
    assert count_change(30, 0, Better.UP, 0) == Change(0, None, Better.UP, quiet=True)


@pytest.mark.parametrize(("before", "quiet"), [(ENOUGH - 1, True), (ENOUGH, False)])
def test_few_people_have_no_direction(before: int, quiet: bool) -> None:
    assert rate_change("open_rate", opened(1, 1000), opened(1, before)).quiet is quiet


def _by(twentieths: int, better: Better, quiet: bool = False) -> Change:
    return Change(Fraction(1, 4), Fraction(twentieths, 20), better, quiet)


@pytest.mark.parametrize(
    ("value", "change", "written"),
    [
        (Fraction(2, 5), _by(3, Better.UP), "▲ +15.00 points, was 25.0\u00a0%: better"),
        (Fraction(1, 5), _by(-1, Better.UP), "▼ −5.00 points, was 25.0\u00a0%: worse"),
        (Fraction(1, 5), _by(-1, Better.DOWN), "▼ −5.00 points, was 25.0\u00a0%: better"),
        (Fraction(1, 5), _by(-1, Better.NEITHER), "▼ −5.00 points, was 25.0\u00a0%"),
        (Fraction(1, 5), _by(-1, Better.UP, True), "−5.00 points, was 25.0\u00a0%: too few to tell"),
        (Fraction(1, 4), Change(Fraction(1, 4), Fraction(0), Better.UP), "unchanged from 25.0\u00a0%"),
        (Fraction(1, 4), Change(Fraction(1, 4), Fraction(1, 10**6), Better.UP), "unchanged from 25.0\u00a0%"),
        (None, Change(Fraction(1, 4), None, Better.UP), "—, was 25.0\u00a0%"),
        (Fraction(1, 4), Change(None, None, Better.UP), "—, was —"),
    ],
)
def test_a_rates_change_is_told_in_words_and_signs(value: Fraction | None, change: Change, written: str) -> None:
    assert write_change(Figure("x", "X", Unit.RATE, value, change=change), "en") == written


def test_a_counts_change_is_told_in_percent_as_the_language_writes_it() -> None:
    figure = Figure("x", "X", Unit.COUNT, 1500, change=Change(1000, Fraction(1, 2), Better.DOWN))
    assert write_change(figure, "en") == "▲ +50.0\u00a0%, was 1,000: worse"
    assert write_change(figure, "nl") == "▲ +50,0\u00a0%, was 1.000: worse"


def test_a_figure_without_a_change_tells_none() -> None:
    assert write_change(Figure("x", "X", Unit.COUNT, 1), "en") is None
