"""Many rows of whole numbers at once, given and found by columns; NONE is null. Of each database's module:

insert(connection, table, columns)            rows that are not there
update(connection, table, key, columns)       columns of rows that are there
upsert(connection, table, columns, conflict)  rows; SQL's text says what becomes of a row whose key is there
find(connection, table, key, names)           places in `key`, the first columns of a key, and columns of the rows found
remove(connection, table, key, condition)     takes rows out by their key where SQL's condition holds
"""

from collections.abc import Collection, Iterable, Sequence
from types import ModuleType

import numpy as np
from sqlalchemy import Connection

from store.arrays import Columns, Ints, Mask, chosen
from store.bulk import postgresql, sqlite
from store.bulk.selecting import fetched, selected
from store.tables import metadata


def _module(connection: Connection) -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[connection.dialect.name]


def insert(connection: Connection, table: str, columns: Columns) -> None:
    """Rows that are not there."""
    if len(next(iter(columns.values()))):
        _module(connection).insert(connection, table, columns)


def insert_missing(connection: Connection, table: str, columns: Columns) -> None:
    """Rows, but for those whose key is there."""
    upsert(connection, table, columns, "ON CONFLICT DO NOTHING")


def update(connection: Connection, table: str, key: Collection[str], columns: Columns) -> None:
    """Rows that are there, by their key: their other columns become these."""
    if len(next(iter(columns.values()))):
        _module(connection).update(connection, table, key, columns)


def add(connection: Connection, table: str, key: Columns, more: Columns, also: Mask | None = None) -> None:
    """Adds to the columns of rows.

    A row that comes to nothing is none, for a rebuild would not know that there was one; but with `also` it is: these
    rows are there even if they count nothing.
    """
    wanted = np.logical_or.reduce([column != 0 for column in more.values()])
    if also is not None:
        wanted |= also
    if not wanted.all():
        key, more = chosen(key, wanted), chosen(more, wanted)
    upsert(connection, table, {**key, **more}, f"ON CONFLICT ({', '.join(key)}) DO UPDATE SET {added(table, more)}")
    less = np.logical_or.reduce([column < 0 for column in more.values()])
    if also is None and less.any():
        counts = [name for name in metadata.tables[table].columns.keys() if name not in key]  # noqa: SIM118
        nothing = " AND ".join(f"{table}.{name} = 0" for name in counts)
        _module(connection).remove(connection, table, chosen(key, less), nothing)


def added(table: str, names: Iterable[str]) -> str:
    """SQL's text for adding what is inserted to what is there."""
    return ", ".join(f"{name} = {table}.{name} + excluded.{name}" for name in names)


def find(connection: Connection, table: str, key: Columns, names: Sequence[str]) -> tuple[Ints, dict[str, Ints]]:
    """Rows by the first columns of their key: the place in `key` that each belongs to, and its columns."""
    places, *columns = (
        _module(connection).find(connection, table, key, tuple(names))
        if len(next(iter(key.values())))
        else np.empty((1 + len(names), 0), np.int64)
    )
    return places, dict(zip(names, columns, strict=True))


def select(connection: Connection, table: str, names: Sequence[str], which: str) -> dict[str, Ints]:
    """Columns of the rows that SQL's text says."""
    rows = connection.exec_driver_sql(f"SELECT {', '.join(selected(table, names))} FROM {table} WHERE {which}")
    return dict(zip(names, fetched(rows.cursor, len(names)), strict=True))


def upsert(connection: Connection, table: str, columns: Columns, conflict: str) -> None:
    """Rows; SQL's text says what becomes of a row whose key is there."""
    if len(next(iter(columns.values()))):
        _module(connection).upsert(connection, table, columns, conflict)
