"""Columns of whole numbers, and their rows by groups: what merge works out, it works out on these."""

from collections.abc import Mapping
from dataclasses import dataclass

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

    def sums(self, values: Ints) -> Ints:
        """Of each group; `values` has a number, or a row of numbers, for each row."""
        return np.add.reduceat(values[self._order], self._starts, axis=0) if len(self) else values[:0]


def grouped(*keys: Ints) -> Groups:
    """Rows by one or more keys."""
    if len(keys[0]) < 2:
        nothing = np.zeros(len(keys[0]), np.int64)
        return Groups(keys, nothing, nothing, nothing)
    order = np.lexsort(keys[::-1])
    ordered = [key[order] for key in keys]
    first = np.ones(len(order), bool)
    np.logical_or.reduce([key[1:] != key[:-1] for key in ordered], out=first[1:])
    starts = np.flatnonzero(first)
    index = np.empty(len(order), np.int64)
    index[order] = np.cumsum(first) - 1
    return Groups(tuple(key[starts] for key in ordered), index, order, starts)


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
