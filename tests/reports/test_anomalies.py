"""How often chance alone makes a rate as far from its own history."""

from itertools import pairwise
from math import comb, isclose

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.anomalies import ENOUGH, History, chance, history_of, incomplete_beta


@given(st.integers(1, 200).flatmap(lambda n: st.tuples(st.integers(1, n), st.just(n))), st.floats(0.001, 0.999))
def test_the_incomplete_beta_function_is_the_tail_of_the_binomial(pair: tuple[int, int], p: float) -> None:
    k, n = pair
    tail = sum(comb(n, i) * p**i * (1 - p) ** (n - i) for i in range(k, n + 1))
    assert isclose(incomplete_beta(k, n - k + 1, p), tail, rel_tol=1e-8, abs_tol=1e-12)


@pytest.mark.parametrize(("a", "b", "x", "value"), [(2, 3, 0, 0), (2, 3, 1, 1), (1, 1, 0.3, 0.3), (0.5, 0.5, 0.5, 0.5)])
def test_its_values_at_the_ends_and_where_they_are_known(a: float, b: float, x: float, value: float) -> None:
    assert isclose(incomplete_beta(a, b, x), value, abs_tol=1e-12)


def test_it_holds_for_a_million_recipients() -> None:
    assert isclose(incomplete_beta(5e5, 5e5, 0.5), 0.5, rel_tol=1e-9)


def test_equal_rates_of_the_past_have_no_likeness_and_unequal_ones_have() -> None:
    alike = history_of([(50, 1_000)] * 10)
    apart = history_of([(20, 1_000), (80, 1_000)] * 5)
    assert alike is not None and alike.alike == 0 and isclose(alike.mean, 0.05, rel_tol=0.01)
    assert apart is not None and apart.alike > 0.01
    assert chance(80, 1_000, alike) < 0.005 < chance(80, 1_000, apart)


def test_too_few_e_mails_or_recipients_are_no_history() -> None:
    assert history_of([(1, 10)] * (ENOUGH - 1)) is None
    assert history_of([(0, 0)] * 20 + [(1, 10)] * (ENOUGH - 1)) is None
    assert history_of([(0, 10)] * ENOUGH) is not None


groups = st.lists(
    st.integers(0, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), min_size=ENOUGH, max_size=60
)


@given(groups, st.integers(1, 100_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_chance_is_a_chance_whatever_the_past_was(past: list[tuple[int, int]], now: tuple[int, int]) -> None:
    history = history_of(past)
    if history is not None:
        assert 0 < history.mean < 1 and 0 <= history.alike <= 1
        assert 0 <= chance(*now, history) <= 1


@given(st.integers(100, 100_000), st.floats(0.01, 0.9), st.floats(0, 0.1))
def test_the_farther_from_the_mean_the_rarer(n: int, mean: float, alike: float) -> None:
    history = History(mean, alike, 20)
    start = round(n * mean)
    above = [chance(x, n, history) for x in range(start + 1, n + 1, max(1, (n - start) // 20))]
    below = [chance(x, n, history) for x in range(start - 1, -1, -max(1, start // 20))]
    for side in (above, below):
        assert all(one >= other - 1e-9 for one, other in pairwise(side))


@pytest.mark.parametrize(
    ("mean", "alike", "emails"), [(0.03, 0.001, 30), (0.004, 0.0005, 12), (0.3, 0.005, 10), (0.002, 0, 50)]
)
def test_what_is_called_rare_is_about_as_rare_as_that(mean: float, alike: float, emails: int) -> None:
    random = np.random.default_rng(7)

    def sent() -> tuple[int, int]:
        n = int(random.integers(500, 5_000))
        p = random.beta(mean * (1 - alike) / alike, (1 - mean) * (1 - alike) / alike) if alike else mean
        return int(random.binomial(n, p)), n

    rare = 0
    for _ in range(1_000):
        history = history_of([sent() for _ in range(emails)])
        assert history is not None
        rare += chance(*sent(), history) < 0.01
    assert 1_000 * 0.003 < rare < 1_000 * 0.045  # twice a hundredth, for there are two sides, and as much again
