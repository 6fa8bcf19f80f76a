"""From an NDJSON file to merged rollups, in a process of its own, against the plainest way to store the same rows.

The floor on SQLite is `executemany` into one table without an index, 50,000 rows a commit; on PostgreSQL a binary COPY
into one table without an index. Both are given rows of whole numbers ready-made: they read no file, intern no string.
"""

import json
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter

import psycopg

from benchmarks.data import in_batches, sample
from store.arrays import Ints
from store.batch import STAGE, to_batch
from store.codes import NONE
from store.engine import migrate, open_engine, writing
from store.interning import Interned
from store.packing import Packer

EVENTS = 2_000_000
EMAILS = 40
_BATCH = 50_000


def import_in_a_process(url: str, path: Path) -> dict[str, float]:
    """Seconds, events and peak resident MiB of importing a file into an empty database, start of Python left out."""
    child = subprocess.run(
        [sys.executable, "-m", "benchmarks.ingest_child", url, str(path)], check=True, capture_output=True, text=True
    )
    measured: dict[str, float] = json.loads(child.stdout.splitlines()[-1])
    return measured


def staged_rows(directory: Path) -> Iterator[list[tuple[int | None, ...]]]:
    """The rows that the import's events become, batch by batch; strings are interned in a store beside it."""
    engine = open_engine(f"sqlite:///{directory / 'strings.db'}")
    migrate(engine)
    packer, interned = Packer(), Interned()
    for events, emails in in_batches(sample(EVENTS, EMAILS), _BATCH):
        packer.describe(emails)
        packer.add(events)
        packed = packer.take()
        with writing(engine).begin() as connection:
            interned.add(connection, packed)
        rows = to_batch(interned, packed).events
        yield list(zip(*(_with_nulls(rows[name]) for name in STAGE), strict=True))
    engine.dispose()


def _with_nulls(column: Ints) -> list[int | None]:
    return [None if value == NONE else value for value in column.tolist()]


def sqlite_floor(directory: Path) -> float:
    """Rows a second by executemany."""
    connection = sqlite3.connect(directory / "floor.db")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute(f"CREATE TABLE plain ({', '.join(STAGE)})")
    insert = f"INSERT INTO plain VALUES ({', '.join('?' * len(STAGE))})"
    rows = seconds = 0.0
    for batch in staged_rows(directory):
        start = perf_counter()
        connection.executemany(insert, batch)
        connection.commit()
        seconds += perf_counter() - start
        rows += len(batch)
    connection.close()
    return rows / seconds


def postgres_floor(url: str, directory: Path) -> float:
    """Rows a second by binary COPY."""
    rows = seconds = 0.0
    with psycopg.connect(url.replace("+psycopg", "")) as connection:
        connection.execute(f"CREATE TABLE plain ({', '.join(f'{column} bigint' for column in STAGE)})")
        connection.commit()
        for batch in staged_rows(directory):
            start = perf_counter()
            with connection.cursor().copy("COPY plain FROM STDIN (FORMAT binary)") as copy:
                copy.set_types(["int8"] * len(STAGE))
                for row in batch:
                    copy.write_row(row)
            connection.commit()
            seconds += perf_counter() - start
            rows += len(batch)
    return rows / seconds
