"""What an owner can still do about what went wrong."""

from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import Engine, text, update
from sqlalchemy import event as hooks

from store import entries, ledger, notices, subscriptions
from store.engine import writing
from store.ledger import Outcome, OutcomeKind
from store.notices import Notice, NoticeKind
from store.open_notices import open_of
from store.tables import metadata
from tests.store.test_ledger import MINUTE, NOW, WEEKLY, claimed

OWNER = WEEKLY.owner


def told(engine: Engine, kind: NoticeKind, subscription: int, about: int | None, words: str) -> None:
    notices.add(engine, Notice(OWNER, subscription, kind, words, about))


def open_now(engine: Engine, owner: str = OWNER, lately: timedelta = timedelta(days=7)) -> list[str]:
    now = datetime.now(UTC)
    with engine.connect() as connection:
        return [notice.text for _, notice in open_of(connection, owner, now - timedelta(days=30), now - lately, 5)]


def test_a_failed_delivery_is_there_until_it_is_sent_after_all(engine: Engine) -> None:
    delivery = claimed(engine)
    told(engine, NoticeKind.RETRY, delivery.subscription_id, delivery.id, "failed")
    assert open_now(engine) == [], "it is still being tried"
    entries.record(engine, delivery, Outcome(OutcomeKind.PERMANENT, "no", "no"))
    assert open_now(engine) == ["failed"] and open_now(engine, "U0BOB000000") == []
    ledger.resend(engine, delivery.id, timedelta(days=1))
    assert open_now(engine) == []


def test_an_unknown_delivery_is_there_until_somebody_decides(engine: Engine) -> None:
    delivery = claimed(engine)
    told(engine, NoticeKind.DECIDE, delivery.subscription_id, delivery.id, "arrived?")
    entries.mark(engine, delivery, MINUTE)
    entries.record(engine, delivery, Outcome(OutcomeKind.UNKNOWN, "lost", "the connection was lost"))
    assert open_now(engine) == ["arrived?"]
    ledger.arrived(engine, delivery.id, OWNER)
    assert open_now(engine) == []


def test_a_target_that_was_taken_off_is_there_once_until_it_is_mended(engine: Engine) -> None:
    delivery = claimed(engine)
    for words in ("first", "second"):
        told(engine, NoticeKind.MEND, delivery.subscription_id, delivery.target_id, words)
    assert open_now(engine) == []
    targets = metadata.tables["targets"]
    with writing(engine).begin() as connection:
        connection.execute(update(targets).values(state=subscriptions.TargetState.SUPPRESSED))
    assert open_now(engine) == ["second"]
    subscriptions.take_up(engine, delivery.target_id, NOW)
    assert open_now(engine) == []


def test_what_nobody_can_mend_is_there_for_some_days(engine: Engine) -> None:
    delivery = claimed(engine)
    told(engine, NoticeKind.TELL, delivery.subscription_id, None, "could not be made")
    assert open_now(engine) == ["could not be made"]
    assert open_now(engine, lately=-timedelta(seconds=60)) == []


def test_an_owners_notices_are_found_by_index(engine: Engine) -> None:
    seen: list[tuple[str, Any]] = []
    hooks.listen(engine, "before_cursor_execute", lambda _c, _k, statement, given, *_: seen.append((statement, given)))
    open_now(engine)
    ((statement, given),) = [each for each in seen if "FROM notices" in each[0]]
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(text("SET enable_seqscan = off"))  # the table is empty: any plan would cost the same
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + statement, given))
    assert "notices_by_owner" in plan and "SCAN notices" not in plan, plan
