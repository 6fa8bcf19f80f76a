"""SQLite in WAL mode: one writer at a time, readers never wait."""

import os
import sqlite3
from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from itertools import chain
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, Table, event
from sqlalchemy.dialects.sqlite import insert as insert

#: Rows are not locked: BEGIN IMMEDIATE has the whole database.
SKIP_LOCKED = ""
WRITES_BESIDE = False
NOW = "CAST(strftime('%s', 'now') AS INTEGER)"
_MAPPED = 1 << 30  # bytes of the file that are read as memory
_OLDEST = (3, 35)  # INSERT ... RETURNING
_ROWS_AT_ONCE = 5_000  # 32,766 parameters are the most


def known(connection: Connection, table: str, columns: Sequence[str], keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    names, marks = ", ".join(columns), ", ".join([f"({', '.join('?' * len(columns))})"] * len(keys))
    values = tuple(keys) if len(columns) == 1 else tuple(chain.from_iterable(keys))
    found = connection.exec_driver_sql(f"SELECT id, {names} FROM {table} WHERE ({names}) IN (VALUES {marks})", values)
    return list(found.cursor.fetchall())


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    names = list(rows[0])
    found: list[tuple[Any, ...]] = []
    for start in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[start : start + _ROWS_AT_ONCE]
        marks = ", ".join([f"({', '.join('?' * len(names))})"] * len(some))
        inserted = connection.exec_driver_sql(
            f"INSERT INTO {table.name} ({', '.join(names)}) VALUES {marks} ON CONFLICT DO NOTHING"
            f" RETURNING {', '.join(returning)}",
            tuple(row[name] for row in some for name in names),
        )
        found += inserted.cursor.fetchall()
    return found


def configure(engine: Engine) -> None:
    if sqlite3.sqlite_version_info < _OLDEST:
        oldest = ".".join(map(str, _OLDEST))
        raise ValueError(f"SQLite {oldest} or newer is needed, and this Python has {sqlite3.sqlite_version}")
    path = engine.url.database
    if path and path != ":memory:":
        _make_private(Path(path))
    event.listen(engine, "connect", _on_connect)
    event.listen(engine, "begin", _on_begin)


def _make_private(path: Path) -> None:
    """Addresses are inside: the file and, by its example, its -wal and -shm are readable by their owner alone."""
    path.parent.mkdir(parents=True, exist_ok=True)
    os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    path.chmod(0o600)


def _on_connect(connection: sqlite3.Connection, _record: Any) -> None:
    connection.isolation_level = None  # we begin transactions ourselves, see _on_begin
    for pragma in (
        "page_size = 8192",  # of a new file: a little quicker to write than 4096
        "journal_mode = WAL",
        "synchronous = NORMAL",
        "busy_timeout = 30000",
        "foreign_keys = ON",
        "temp_store = MEMORY",
        "cache_size = -32768",
        f"mmap_size = {_MAPPED}",
        "journal_size_limit = 67108864",
    ):
        connection.execute(f"PRAGMA {pragma}")


def _on_begin(connection: Connection) -> None:
    # A writer that began as a reader fails at once when another wrote meanwhile; IMMEDIATE waits its turn instead.
    options = connection.get_execution_options()
    if options.get("write"):
        connection.exec_driver_sql(f"PRAGMA synchronous = {'FULL' if options.get('durable') else 'NORMAL'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get("write") else "BEGIN")


@contextmanager
def read_through(connection: Connection) -> Iterator[None]:
    """For reading much once: what is mapped counts as this process's own memory, and all of a table would be."""
    connection.exec_driver_sql("PRAGMA mmap_size = 0")
    try:
        yield
    finally:
        connection.exec_driver_sql(f"PRAGMA mmap_size = {_MAPPED}")


def relax(_connection: Connection) -> None:
    """Nothing to do: store.engine.writing says it."""


def hold(connection: Connection, email_ids: Collection[int]) -> None:
    """Nothing to do: BEGIN IMMEDIATE has the whole database."""
