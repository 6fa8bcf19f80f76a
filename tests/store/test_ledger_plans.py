"""How the databases claim: by the index of what is pending, never by a walk over all that was ever delivered."""

from datetime import timedelta
from typing import Any

from sqlalchemy import Engine, text
from sqlalchemy import event as hooks

from store import ledger
from store.subscriptions import Channel


def test_a_claim_looks_at_what_is_pending_alone(engine: Engine) -> None:
    told: list[tuple[str, Any]] = []
    hooks.listen(engine, "before_cursor_execute", lambda _c, _k, statement, given, *_: told.append((statement, given)))
    ledger.claim(engine, "one", Channel.SLACK, timedelta(minutes=1), 10)
    ((statement, given),) = [each for each in told if each[0].startswith(("UPDATE deliveries", "WITH"))]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))  # the table is empty: any plan would cost the same
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given))
    assert "deliveries_by_state" in plan
    assert "SCAN deliveries" not in plan and "Seq Scan" not in plan
