"""Reading whole numbers as columns, nulls as NONE."""

from collections.abc import Iterable
from itertools import chain
from typing import Any

import numpy as np

from store.arrays import Ints
from store.codes import NONE
from store.tables import metadata


def selected(table: str, names: Iterable[str], prefix: str = "") -> list[str]:
    """SQL's texts for columns of a table."""
    nullable = metadata.tables[table].c
    return [f"coalesce({prefix}{name}, {NONE})" if nullable[name].nullable else f"{prefix}{name}" for name in names]


def fetched(cursor: Any, width: int) -> Ints:
    """All rows of a driver's cursor, turned to columns; SQLAlchemy's rows would cost more than reading them."""
    rows = cursor.fetchall()
    return np.fromiter(chain.from_iterable(rows), np.int64, len(rows) * width).reshape(-1, width).T
