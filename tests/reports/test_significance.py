"""Differences that are more than chance, by values from elsewhere."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.significance import Pair, Verdict, compare, holm, needed


def test_two_groups_that_differ_are_called() -> None:
    # The golden vector of two_proportion_z: 8/704 against 20/710, z -2.268, p 0.0233.
    (pair,) = compare([(8, 704), (20, 710)])
    assert (pair.verdict, pair.more) == (Verdict.DIFFERENT, None)
    assert pair.p == pytest.approx(0.0233, abs=5e-5)


def test_two_groups_that_may_be_alike_are_not_called_and_told_how_many_more_it_takes() -> None:
    (pair,) = compare([(50, 1000), (60, 1000)])
    assert pair.verdict is Verdict.OPEN
    assert pair.more == 8158 - 1000


@pytest.mark.parametrize(
    ("p", "q", "trials"),
    # By hand, with z 1.959964 and 0.841621: (1.959964 √(2·0.055·0.945) + 0.841621 √(0.0475 + 0.0564))² / 0.0001
    [(0.05, 0.06, 8158), (0.06, 0.05, 8158), (0.1, 0.2, 199), (0.0, 1.0, 2)],
)
def test_the_number_that_is_needed_is_fleiss(p: float, q: float, trials: int) -> None:
    assert needed(p, q) == pytest.approx(trials, abs=1)


def test_no_number_finds_a_difference_of_nothing() -> None:
    assert needed(0.3, 0.3) is None
    assert compare([(30, 100), (60, 200)])[0] == Pair(0, 1, Verdict.OPEN, 1.0)


@pytest.mark.parametrize("groups", [[(0, 0), (5, 10)], [(0, 10), (0, 10)], [(10, 10), (20, 20)]])
def test_where_the_test_can_say_nothing_it_is_silent(groups: list[tuple[int, int]]) -> None:
    assert compare(groups)[0].verdict is Verdict.SILENT


def test_holm_corrects_the_smallest_most_and_never_falls() -> None:
    assert holm([0.01, 0.04, 0.03]) == pytest.approx([0.03, 0.06, 0.06])
    assert holm([0.5, 0.9]) == [1.0, 1.0]
    assert holm([]) == []


def test_three_groups_need_more_than_two_to_be_called() -> None:
    alone = compare([(8, 704), (20, 710)])[0]
    among = compare([(8, 704), (20, 710), (14, 707)])[0]
    assert alone.verdict is Verdict.DIFFERENT and among.verdict is Verdict.OPEN
    assert among.p == pytest.approx(3 * (alone.p or 0))


counts = st.integers(1, 10**6).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials)))


@given(st.lists(counts, min_size=2, max_size=6))
def test_every_pair_has_one_verdict_whatever_the_counts(groups: list[tuple[int, int]]) -> None:
    pairs = compare(groups)
    assert len(pairs) == len(groups) * (len(groups) - 1) // 2
    for pair in pairs:
        assert (pair.p is None) == (pair.verdict is Verdict.SILENT)
        assert pair.more is None or pair.more > 0
