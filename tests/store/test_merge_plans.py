"""A batch costs what is in it: each statement of a merge finds the rows of big tables by key, on both databases."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from sqlalchemy import Connection, Engine
from sqlalchemy import event as hooks

from reports.events import Event, Kind, Part
from store.codes import LARGE
from store.merge import merge
from tests.store.events import START

#: Tables that grow with the events.
_STATEMENT = re.compile(r"\s*(INSERT|UPDATE|DELETE|SELECT)\b")
_LOOKED_UP = {"events", "recipients", "memberships", "link_people", "client_people"}
_BIG = "events|recipients|memberships|link_people|client_people|contacts"
#: An automatic index is a scan too: it is made anew for each statement.
_SQLITE_SCAN = re.compile(r"SCAN (\w+)|SEARCH (\w+) USING AUTOMATIC")
_POSTGRESQL_SCAN = re.compile(rf"Seq Scan on ({_BIG})\b")


def _story(people: range, minute: int) -> list[Event]:
    """Everybody is sent the e-mail, opens it and clicks a link."""
    told = []
    for number in people:
        for turn, kind in enumerate((Kind.SENT, Kind.DELIVERED, Kind.OPENED, Kind.CLICKED)):
            told.append(
                Event(
                    kind=kind,
                    at=START + timedelta(minutes=minute, seconds=turn),
                    email="may",
                    contact=f"person{number}@example.com",
                    key=f"{minute}-{number}-{turn}",
                    link="https://example.com/a" if kind is Kind.CLICKED else None,
                    part=Part.HTML if kind is Kind.CLICKED else None,
                    client="Gmail" if turn > 1 else None,
                    lists=("NL",) if kind is Kind.SENT else (),
                )
            )
    return told


def test_a_batch_meets_a_large_e_mail_by_key_and_reads_no_big_table_through(engine: Engine) -> None:
    merge(engine, _story(range(4_000), minute=10))
    if engine.dialect.name == "postgresql":
        with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
            connection.exec_driver_sql("ANALYZE")
    # Late events of some who are known, and a few who are not.
    with _explained(engine) as explained:
        merge(engine, _story(range(3_990, 4_010), minute=5))
    assert {table for sql, _plan in explained for table in re.findall(rf" ({_BIG}) AS r", sql)} >= _LOOKED_UP
    read_through = [(sql[:80], plan) for sql, plan in explained if _scans(engine, sql, plan)]
    assert read_through == []


def test_an_e_mail_that_becomes_large_is_gone_through_by_its_key(engine: Engine) -> None:
    merge(engine, _story(range(9), minute=5))
    with _explained(engine) as explained:
        merge(engine, _story(range(LARGE), minute=10))
    read = [(sql, plan) for sql, plan in explained if " FROM events WHERE " in sql]
    assert read
    assert [(sql[:80], plan) for sql, plan in read if _scans(engine, sql, plan) or "TEMP B-TREE" in plan] == []


@contextmanager
def _explained(engine: Engine) -> Iterator[list[tuple[str, str]]]:
    """Statements while it lasts, with their plans."""
    explained: list[tuple[str, str]] = []
    stop = (_explain_sqlite if engine.dialect.name == "sqlite" else _explain_postgresql)(engine, explained)
    try:
        yield explained
    finally:
        stop()


def _explain_sqlite(engine: Engine, explained: list[tuple[str, str]]) -> Callable[[], None]:
    # What the driver runs is listened to: the many rows of a batch go past SQLAlchemy.
    told: list[str] = []
    driver = engine.raw_connection().driver_connection  # of a pool of one, for it is given back here
    driver.set_trace_callback(told.append)

    def stop() -> None:
        driver.set_trace_callback(None)
        for sql in filter(_STATEMENT.match, told):
            plan = driver.execute("EXPLAIN QUERY PLAN " + sql).fetchall()
            explained.append((sql, "\n".join(str(row[-1]) for row in plan)))

    return stop


def _explain_postgresql(engine: Engine, explained: list[tuple[str, str]]) -> Callable[[], None]:
    def explain(connection: Connection, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        if _STATEMENT.match(sql):
            cursor = connection.connection.cursor()
            cursor.execute("EXPLAIN " + sql, values)
            explained.append((sql, "\n".join(str(row[-1]) for row in cursor.fetchall())))
            cursor.close()

    hooks.listen(engine, "before_cursor_execute", explain)
    return lambda: hooks.remove(engine, "before_cursor_execute", explain)


def _scans(engine: Engine, sql: str, plan: str) -> bool:
    if engine.dialect.name == "postgresql":
        return _POSTGRESQL_SCAN.search(plan) is not None
    # SQLite names a table by its alias.
    aliases = {alias or table for table, alias in re.findall(rf"\b({_BIG})\b(?: AS (\w+))?", sql)}
    scanned = {one or other for line in plan.splitlines() for one, other in _SQLITE_SCAN.findall(line)}
    return bool(scanned & aliases)
