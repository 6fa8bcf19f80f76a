"""PostgreSQL 15 and later by psycopg 3."""

from collections.abc import Collection, Sequence

from sqlalchemy import Connection, Engine, text
from sqlalchemy.dialects.postgresql import insert as insert

#: After a SELECT: its rows are ours until the transaction ends, without those that are another's now.
SKIP_LOCKED = "FOR UPDATE SKIP LOCKED"
#: First half of our advisory locks' name; the second half is the e-mail.
_LOCK_SPACE = 0x656D


def least(a: str, b: str) -> str:
    return f"least({a}, {b})"


def greatest(a: str, b: str) -> str:
    return f"greatest({a}, {b})"


def configure(engine: Engine) -> None:
    """Nothing to do: the server's settings are its operator's."""


def lock(connection: Connection, email_ids: Collection[int]) -> None:
    # In one order everywhere, so that two writers never wait for each other in a ring.
    for email_id in sorted(email_ids):
        connection.execute(
            text("SELECT pg_advisory_xact_lock(:space, :id)"), {"space": _LOCK_SPACE, "id": email_id % 2**31}
        )


def temporary(connection: Connection, table: str, columns: Sequence[str]) -> None:
    # Nothing vacuums a temporary table: emptied by DELETE, it would grow as long as the connection lives.
    connection.exec_driver_sql(
        f"CREATE TEMPORARY TABLE IF NOT EXISTS {table} ({' BIGINT, '.join(columns)} BIGINT) ON COMMIT DELETE ROWS"
    )
    connection.exec_driver_sql(f"TRUNCATE {table}")


def load(connection: Connection, table: str, columns: Sequence[str], rows: Sequence[tuple[int | None, ...]]) -> None:
    driver = connection.connection.cursor()
    try:
        with driver.copy(f"COPY {table} ({', '.join(columns)}) FROM STDIN (FORMAT binary)") as copy:
            copy.set_types(["int8"] * len(columns))
            for row in rows:
                copy.write_row(row)
    finally:
        driver.close()
