"""Many rows in few statements: SQLite's own work is small beside what each statement and each null costs Python."""

import sqlite3
from collections.abc import Collection, Iterable
from functools import lru_cache
from typing import cast

import numpy as np
from sqlalchemy import Connection

from store.arrays import Columns, Ints
from store.bulk.selecting import fetched, selected
from store.codes import NONE
from store.tables import metadata

#: Rows of one statement: few different numbers, so that statements stay prepared. 32,766 parameters are the most.
_SIZES = (512, 64)
_SOUGHT = (512, 64, 8, 1)


def insert(connection: Connection, table: str, columns: Columns) -> None:
    upsert(connection, table, columns, "")


def update(connection: Connection, table: str, key: Collection[str], columns: Columns) -> None:
    change = ", ".join(f"{name} = excluded.{name}" for name in columns if name not in key)
    upsert(connection, table, columns, f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {change}")


def upsert(connection: Connection, table: str, columns: Columns, conflict: str) -> None:
    names, rows, cursor = tuple(columns), _rows(columns.values()), _cursor(connection)
    start = 0
    for size in _SIZES:
        while len(rows) - start >= size:
            cursor.execute(_insert(table, names, conflict, size), rows[start : start + size].ravel().tolist())
            start += size
    if start < len(rows):
        cursor.executemany(_insert(table, names, conflict, 1), rows[start:].tolist())


def find(connection: Connection, table: str, key: Columns, names: tuple[str, ...]) -> Ints:
    rows = _rows([np.arange(len(next(iter(key.values())))), *key.values()])
    found, cursor = [], _cursor(connection)
    start = 0
    while start < len(rows):
        size = min((size for size in _SOUGHT if size >= len(rows) - start), default=_SOUGHT[0])
        values = rows[start : start + size].ravel().tolist()
        values += [NONE] * (size * rows.shape[1] - len(values))  # keys that there are not
        cursor.execute(_find(table, tuple(key), names, size), values)
        found.append(fetched(cursor, 1 + len(names)))
        start += size
    return np.concatenate(found, axis=1)


def remove(connection: Connection, table: str, key: Columns, condition: str) -> None:
    same = " AND ".join(f"{name} = ?" for name in key)
    rows = _rows(key.values()).tolist()
    _cursor(connection).executemany(f"DELETE FROM {table} WHERE {same} AND {condition}", rows)


def _cursor(connection: Connection) -> sqlite3.Cursor:
    # A merge of few events is many small statements, and SQLAlchemy would double what each costs.
    return cast("sqlite3.Connection", connection.connection.driver_connection).cursor()


def _rows(columns: Iterable[Ints]) -> Ints:
    return np.stack(tuple(columns), axis=1)


@lru_cache(maxsize=256)
def _insert(table: str, names: tuple[str, ...], conflict: str, count: int) -> str:
    # Python's adapter takes ten times as long for a null as for a number.
    nullable = metadata.tables[table].c
    select = (
        f"nullif(column{n}, {NONE})" if nullable[name].nullable else f"column{n}" for n, name in enumerate(names, 1)
    )
    told = f"SELECT {', '.join(select)} FROM (VALUES {_marks(len(names), count)}) WHERE true"
    return f"INSERT INTO {table} ({', '.join(names)}) {told} {conflict}"


@lru_cache(maxsize=256)
def _find(table: str, key: tuple[str, ...], names: tuple[str, ...], count: int) -> str:
    same = " AND ".join(f"r.{name} = wanted.column{n}" for n, name in enumerate(key, 2))
    select = ", ".join(["column1", *selected(table, names, "r.")])
    wanted = f"(VALUES {_marks(1 + len(key), count)}) AS wanted"
    return f"SELECT {select} FROM {wanted} CROSS JOIN {table} AS r WHERE {same}"


def _marks(width: int, count: int) -> str:
    return ", ".join([f"({', '.join('?' * width)})"] * count)
