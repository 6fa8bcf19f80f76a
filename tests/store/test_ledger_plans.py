"""How the databases find what is due, open, lost or late: by an index, never by a walk over all that was ever sent."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import event as hooks

from reports.calendar import Due
from reports.query import Query
from store import entries, health, ledger, notices, occurrences, subscriptions
from store.engine import writing
from store.ledger import Delivery, Outcome, OutcomeKind
from store.subscriptions import Channel, Kind, Place, Promise, Schedule

NOW = datetime(2026, 5, 11, 7, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
DUE = Due("2026-W20", NOW, NOW, NOW)
DELIVERY = Delivery(1, 1, "2026-W20", 1, Channel.SLACK, "C0GENERAL00", 1, 1, "token", "name", "U0", NOW)
#: Tables that grow with everything that is ever sent, and those of what is promised.
TABLES = ("deliveries", "occurrences", "delivery_attempts", "notices", "subscriptions", "targets", "emails")


def filled(engine: Engine) -> None:
    """One that is there for every question: without a row found, later statements would not be made."""
    query = Query(sections=("overview",))
    promise = Promise("U0", "name", Kind.QUERY, Schedule(), query)
    subscriptions.add(engine, promise, [Place(Channel.SLACK, "C0GENERAL00")], NOW)
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE subscriptions SET next_due = :due"), {"due": int(NOW.timestamp())})
    occurrences.elect(engine, 1, DUE)


def due(engine: Engine) -> None:
    with engine.connect() as connection:
        occurrences.due(connection, NOW, 10)
        occurrences.following_sends(connection)
        occurrences.known(connection, 1, ["2026-W20"])


def elect(engine: Engine) -> None:
    occurrences.elect(engine, 1, Due("2026-W21", NOW, NOW, NOW), occurrences.Plan(NOW, NOW + MINUTE))


def compile_and_freeze(engine: Engine) -> None:
    (one,) = occurrences.compilable(engine, MINUTE, 10)
    occurrences.postpone(engine, one, MINUTE, "later")
    occurrences.freeze(engine, 1, "2026-W20", b"digest")


def send(engine: Engine) -> None:
    occurrences.freeze(engine, 1, "2026-W20", b"digest")
    (delivery,) = ledger.claim(engine, "one", Channel.SLACK, MINUTE, 10)
    ledger.extend(engine, "one", MINUTE)
    assert entries.mark(engine, delivery, MINUTE)
    entries.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT))


def look_and_resend(engine: Engine) -> None:
    ledger.unknown(engine, Channel.SLACK, MINUTE, 3, 10)
    ledger.looked(engine, DELIVERY, MINUTE)
    ledger.resend(engine, 1, MINUTE)
    ledger.arrived(engine, 1, "Anna")


def tell(engine: Engine) -> None:
    notices.claim(engine, MINUTE, 10)


def late_and_reap(engine: Engine) -> None:
    occurrences.late(engine, timedelta(), 10)
    ledger.reap(engine)


def measure(engine: Engine) -> None:
    with engine.connect() as connection:
        health.health(connection, NOW + MINUTE, 10)


@pytest.mark.parametrize("work", [due, elect, compile_and_freeze, send, look_and_resend, tell, late_and_reap, measure])
def test_no_question_of_the_engine_walks_over_a_table(engine: Engine, work: Callable[[Engine], None]) -> None:
    filled(engine)
    told: list[tuple[str, Any]] = []
    hooks.listen(engine, "before_cursor_execute", lambda _c, _k, statement, given, *_: told.append((statement, given)))
    work(engine)
    asked = [(statement, given) for statement, given in told if statement.startswith(("SELECT", "UPDATE", "WITH"))]
    assert asked
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":  # the tables are empty: any plan would cost the same
            connection.execute(text("SET enable_seqscan = off"))
        for statement, given in asked:
            explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
            plan = "\n".join(str(tuple(row)) for row in connection.exec_driver_sql(explain + statement, given))
            for table in TABLES:
                assert f"SCAN {table}'" not in plan, plan
                assert f"Seq Scan on {table}" not in plan, plan
