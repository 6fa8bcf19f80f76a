"""Columns of whole numbers, and their rows by groups: what merge works out, it works out on these."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from store.codes import NONE

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
#: Arrays of one length by the names of columns.
Columns = Mapping[str, Ints]


@dataclass(frozen=True, slots=True)
class Groups:
    """Rows with equal keys are one group; groups are in the order of their keys."""

    keys: tuple[Ints, ...]  #: of each group
    index: Ints  #: the group of each row
    _order: Ints
    _starts: Ints

    def __len__(self) -> int:
        return len(self._starts)

    def sums(self, values: NDArray[Any]) -> Ints:
        """Of each group; `values` has a number, or a row of numbers, for each row."""
        if not len(self):
            return np.zeros(values[:0].shape, np.int64)
        return np.add.reduceat(values[self._order], self._starts, axis=0, dtype=np.int64)


def grouped(*keys: Ints) -> Groups:
    """Rows by one or more keys."""
    if len(keys[0]) < 2:
        nothing = np.zeros(len(keys[0]), np.int64)
        return Groups(keys, nothing, nothing, nothing)
    one = _as_one(keys)
    order = np.lexsort(keys[::-1]) if one is None else np.argsort(one)
    first = np.ones(len(order), bool)
    ordered = [key[order] for key in (keys if one is None else (one,))]
    np.logical_or.reduce([key[1:] != key[:-1] for key in ordered], out=first[1:])
    starts = np.flatnonzero(first)
    index = np.empty(len(order), np.int64)
    index[order] = np.cumsum(first) - 1
    return Groups(tuple(key[order[starts]] for key in keys), index, order, starts)


def _as_one(keys: tuple[Ints, ...]) -> Ints | None:
    """One key in the order of several, which is quicker to sort by; None where 62 bits are too few for it."""
    one, spans = keys[0], 1
    for place, key in enumerate(keys):
        low, high = int(key.min()), int(key.max())
        spans *= high - low + 1
        if spans >= 1 << 62:
            return None
        one = key - low if place == 0 else one * (high - low + 1) + (key - low)
    return one


def named(columns: Columns, *names: str) -> dict[str, Ints]:
    """Some of the columns."""
    return {name: columns[name] for name in names}


def chosen(columns: Columns, rows: Mask | Ints) -> dict[str, Ints]:
    return {name: column[rows] for name, column in columns.items()}


def joined(*parts: Columns) -> dict[str, Ints]:
    """Rows of all parts, which have the same columns."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def earlier(one: Ints, other: Ints) -> Ints:
    """The smaller of two where both are something."""
    return np.where(one == NONE, other, np.where(other == NONE, one, np.minimum(one, other)))
