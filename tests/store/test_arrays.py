"""Rows by groups, and what null is among whole numbers."""

from collections import defaultdict

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from store.arrays import earlier, grouped
from store.codes import NONE

_rows = st.lists(st.tuples(st.integers(-2, 2), st.integers(0, 2), st.integers(-9, 9)))


@given(_rows)
def test_sums_are_those_of_each_key_in_the_order_of_keys(rows: list[tuple[int, int, int]]) -> None:
    one, other, values = (np.array([row[place] for row in rows], np.int64) for place in range(3))
    expected: dict[tuple[int, int], int] = defaultdict(int)
    for first, second, value in rows:
        expected[first, second] += value
    groups = grouped(one, other)
    keys = list(zip(*(key.tolist() for key in groups.keys), strict=True))
    assert keys == sorted(expected)
    assert groups.sums(values).tolist() == [expected[key] for key in keys]
    assert groups.sums(np.stack([values, -values], axis=1)).tolist() == [[expected[k], -expected[k]] for k in keys]


@given(_rows)
def test_every_row_is_in_the_group_of_its_key(rows: list[tuple[int, int, int]]) -> None:
    one, other = (np.array([row[place] for row in rows], np.int64) for place in range(2))
    groups = grouped(one, other)
    assert groups.keys[0][groups.index].tolist() == one.tolist()
    assert groups.keys[1][groups.index].tolist() == other.tolist()


def test_sums_are_exact_beyond_what_floats_can_tell() -> None:
    large = 2**53
    assert grouped(np.array([7, 7])).sums(np.array([large, 1])).tolist() == [large + 1]


def test_the_earlier_of_something_and_nothing_is_the_something() -> None:
    one, other = np.array([NONE, 5, NONE, 3]), np.array([NONE, NONE, 4, 9])
    assert earlier(one, other).tolist() == [NONE, 5, 4, 3]
