"""PostgreSQL 15 and later by psycopg 3."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from typing import Any

from sqlalchemy import Connection, Engine, Table, text
from sqlalchemy.dialects.postgresql import insert as insert

#: After a SELECT: its rows are ours until the transaction ends, without those that are another's now.
SKIP_LOCKED = "FOR UPDATE SKIP LOCKED"
WRITES_BESIDE = True
NOW = "CAST(extract(epoch FROM now()) AS BIGINT)"
#: First half of our advisory locks' name; the second half is the e-mail.
_LOCK_SPACE = 0x656D


def known(connection: Connection, table: str, columns: Sequence[str], keys: Sequence[Any]) -> list[tuple[Any, ...]]:
    if len(columns) == 1:
        values: tuple[list[Any], ...] = (list(keys),)
        condition = f"{columns[0]} = ANY(%s)"
    else:
        values = tuple(list(column) for column in zip(*keys, strict=True))
        marks = ", ".join(["%s::text[]"] * len(columns))
        condition = f"({', '.join(columns)}) IN (SELECT * FROM unnest({marks}))"
    found = connection.exec_driver_sql(f"SELECT id, {', '.join(columns)} FROM {table} WHERE {condition}", values)
    return list(found.cursor.fetchall())


def insert_new(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], returning: Sequence[str]
) -> list[tuple[Any, ...]]:
    # A parameter a column: taking a statement of thousands of parameters to pieces costs psycopg most.
    names = list(rows[0])
    arrays = [f"CAST(:{name} AS {table.c[name].type.compile(connection.dialect)}[])" for name in names]
    statement = text(
        f"INSERT INTO {table.name} ({', '.join(names)}) SELECT * FROM unnest({', '.join(arrays)})"
        f" ON CONFLICT DO NOTHING RETURNING {', '.join(returning)}"
    )
    found = connection.execute(statement, {name: [row[name] for row in rows] for name in names})
    return [tuple(row) for row in found]


def configure(engine: Engine) -> None:
    """Nothing to do: the server's settings are its operator's."""


#: A batch's rows are looked up by key, whatever the planner thinks of tables that it has no statistics of: once it
#: took a hash of all events for every batch, which was a third of the whole. Compiling costs more than it gains.
_PLANNING = ("enable_hashjoin = off", "enable_mergejoin = off", "jit = off", "work_mem = '32MB'")


def read_through(_connection: Connection) -> AbstractContextManager[None]:
    """Nothing to do: what is read comes over a socket."""
    return nullcontext()


def relax(connection: Connection) -> None:
    # Who commits later waits for all before it, so nothing that is put down as merged can be there without it.
    connection.exec_driver_sql("SET LOCAL synchronous_commit = off")


def hold(connection: Connection, email_ids: Collection[int]) -> None:
    for setting in _PLANNING:
        connection.exec_driver_sql(f"SET LOCAL {setting}")
    # In one order everywhere, so that two writers never wait for each other in a ring.
    ids = sorted(email_id % 2**31 for email_id in email_ids)
    connection.execute(
        text("SELECT pg_advisory_xact_lock(:space, id) FROM unnest(CAST(:ids AS integer[])) AS id"),
        {"space": _LOCK_SPACE, "ids": ids},
    )
