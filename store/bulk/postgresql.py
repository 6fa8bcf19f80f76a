"""Many rows by binary COPY, or as arrays: both are made of columns without looking at a single number."""

import struct
from collections.abc import Collection, Iterable
from typing import Any, cast

import numpy as np
import psycopg
from psycopg.adapt import Dumper
from psycopg.pq import Format
from sqlalchemy import BigInteger, Connection, CursorResult, SmallInteger

from store.arrays import Columns, Ints
from store.bulk.selecting import fetched, selected
from store.codes import NONE
from store.tables import metadata

_HEAD, _END = b"PGCOPY\n\xff\r\n\0" + bytes(8), b"\xff\xff"
_INT8, _INT8_ARRAY = 20, 1016  # types' numbers


class ArrayDumper(Dumper):
    """A column as PostgreSQL's bigint[], in binary."""

    format = Format.BINARY
    oid = _INT8_ARRAY

    def dump(self, obj: Ints) -> bytes:
        values = np.empty(len(obj), [("size", ">i4"), ("value", ">i8")])
        values["size"], values["value"] = 8, obj
        return struct.pack(">iiiii", 1, 0, _INT8, len(obj), 1) + values.tobytes()


def insert(connection: Connection, table: str, columns: Columns) -> None:
    cursor = connection.connection.cursor()
    try:
        with cursor.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)") as copy:
            copy.write(_HEAD + _rows(table, columns) + _END)
    finally:
        cursor.close()


def update(connection: Connection, table: str, key: Collection[str], columns: Columns) -> None:
    nullable = metadata.tables[table].c
    change = ", ".join(
        f"{name} = nullif(told.{name}, {NONE})" if nullable[name].nullable else f"{name} = told.{name}"
        for name in columns
        if name not in key
    )
    same = " AND ".join(f"{table}.{name} = told.{name}" for name in key)
    _execute(connection, f"UPDATE {table} SET {change} FROM {_told(columns)} WHERE {same}", columns.values())


def upsert(connection: Connection, table: str, columns: Columns, conflict: str) -> None:
    nullable = metadata.tables[table].c
    select = (f"nullif({name}, {NONE})" if nullable[name].nullable else name for name in columns)
    _execute(
        connection,
        f"INSERT INTO {table} ({', '.join(columns)}) SELECT {', '.join(select)} FROM {_told(columns)} {conflict}",
        columns.values(),
    )


def find(connection: Connection, table: str, key: Columns, names: tuple[str, ...]) -> Ints:
    same = " AND ".join(f"r.{name} = told.{name}" for name in key)
    told = {"place": np.arange(len(next(iter(key.values())))), **key}
    rows = _execute(
        connection,
        f"SELECT {', '.join(['place', *selected(table, names, 'r.')])} FROM {_told(told)} JOIN {table} AS r ON {same}",
        told.values(),
    )
    return fetched(rows.cursor, 1 + len(names))


def remove(connection: Connection, table: str, key: Columns, condition: str) -> None:
    same = " AND ".join(f"{table}.{name} = told.{name}" for name in key)
    _execute(connection, f"DELETE FROM {table} USING {_told(key)} WHERE {same} AND {condition}", key.values())


def _execute(connection: Connection, sql: str, columns: Iterable[Ints]) -> CursorResult[Any]:
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    driver.adapters.register_dumper(np.ndarray, ArrayDumper)
    return connection.exec_driver_sql(sql, tuple(columns))


def _told(columns: Columns) -> str:
    return f"unnest({', '.join(['%s'] * len(columns))}) AS told ({', '.join(columns)})"


def _rows(table: str, columns: Columns) -> bytes:
    """As COPY reads them: the number of columns, then the length of each value and the value; a null's length is -1."""
    described = metadata.tables[table].c
    sizes = {
        name: 8
        if isinstance(described[name].type, BigInteger)
        else 2
        if isinstance(described[name].type, SmallInteger)
        else 4
        for name in columns
    }
    fields = [("fields", ">i2")]
    for name, size in sizes.items():
        fields += [(f"size_{name}", ">i4"), (name, f">i{size}")]
    rows = np.empty(len(next(iter(columns.values()))), fields)
    rows["fields"] = len(columns)
    written = np.ones((len(rows), rows.itemsize), bool)
    for name, column in columns.items():
        rows[name], rows[f"size_{name}"] = column, sizes[name]
        if described[name].nullable and (null := column == NONE).any():
            rows[f"size_{name}"][null] = -1
            start = rows.dtype.fields[name][1]  # type: ignore[index]
            written[null, start : start + sizes[name]] = False
    return rows.view(np.uint8).reshape(len(rows), -1)[written].tobytes()
