"""Raw events that are old enough go, and no figure changes: neither then nor by what is told again or comes late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from reports.events import Event, Kind
from reports.verdicts import DEFAULT_RULES, Rules
from store.engine import writing
from store.forgetting import audits
from store.merge import merge, rebuild, withdraw
from store.retention import RawGone, months_before, old, retain
from store.tables import metadata
from store.upkeep import judged_otherwise, rescore
from tests.store.events import START, events
from tests.store.model import expected
from tests.store.snapshot import Rows, everything, rollups

NOW = datetime(2026, 6, 1, tzinfo=UTC)
_OFF = Rules(burst_links=0, early_links=0, leaving_seconds=0)


def _event(kind: Kind, seconds: int = 0, **rest: Any) -> Event:
    at = START + timedelta(seconds=seconds)
    return Event(kind=kind, at=at, email="may", contact="ann@example.com", **rest)


def _some(rows: Rows) -> Rows:
    return {name: {key: row for key, row in table.items() if row} for name, table in rows.items()}


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(events(), min_size=1, max_size=30), st.sampled_from([1, 121, 1000, 100_000]), st.data())
def test_figures_stay_and_what_is_told_again_or_late_counts_at_most_once(
    engine: Engine, told: list[Event], seconds: int, data: st.DataObject
) -> None:
    with writing(engine).begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    first, before = told[: data.draw(st.integers(0, len(told)))], START + timedelta(seconds=seconds)
    merge(engine, first, rules=_OFF)
    figures = rollups(engine)
    retain(engine, before, NOW)
    assert rollups(engine) == figures
    assert old(engine, before) == (0, 0)
    merge(engine, told, rules=_OFF)
    lost = {event.email for event in first if event.at < before}
    counted = [event for event in told if event in first or event.email not in lost or event.at >= before]
    found, wanted = _some(rollups(engine)), _some(expected(counted, _OFF))
    for name in ("email", "machine", "moment", "link", "client", "not_sent", "cohort", "domain"):
        assert found[name] == wanted[name]
    again = everything(engine)
    merge(engine, told, rules=_OFF)
    assert everything(engine) == again


def test_many_events_go_some_at_a_time_and_leave_a_line(engine: Engine) -> None:
    merge(engine, [_event(Kind.OPENED, n, key=str(n)) for n in range(25_000)])
    retain(engine, START + timedelta(seconds=24_999), NOW)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 1
        assert audits(connection) == [(int(NOW.timestamp()), "retain", {"events": 24_999, "emails": 1})]
    assert rollups(engine)["email"]["may"]["open_events"] == 25_000


def test_cut_off_between_two_steps_it_goes_on_where_it_was(engine: Engine) -> None:
    merge(engine, [_event(Kind.OPENED, n, key=str(n)) for n in range(10)])
    merge(engine, [Event(kind=Kind.SENT, at=START, email="june", contact="ann@example.com")])
    figures = everything(engine)

    def die(done: int, _all: int) -> None:
        if done == 1:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        retain(engine, START + timedelta(days=1), NOW, die)
    assert old(engine, START + timedelta(days=1)) == (1, 1)
    assert retain(engine, START + timedelta(days=1), NOW).events == 1
    assert everything(engine) == figures


def test_what_would_compute_anew_says_why_it_can_not(engine: Engine) -> None:
    merge(engine, [_event(Kind.SENT), _event(Kind.OPENED, 900, key="1"), _event(Kind.OPENED, 950, key="2")])
    merge(engine, [Event(kind=Kind.OPENED, at=START, email="june", contact="ann@example.com", key="3")])
    retain(engine, START + timedelta(seconds=10), NOW)
    rebuilt = everything(engine)
    for refused in (lambda: rebuild(engine, [1]), lambda: rescore(engine, 1, DEFAULT_RULES)):
        with pytest.raises(RawGone, match=r"raw events before 2026-05-04 were dropped, as privacy\.keep_months says"):
            refused()
    assert everything(engine) == rebuilt
    with engine.connect() as connection:
        assert judged_otherwise(connection, _OFF) == []


def test_what_is_taken_back_of_another_e_mail_is_taken_back_all_the_same(engine: Engine) -> None:
    kept = Event(kind=Kind.OPENED, at=START + timedelta(days=9), email="june", contact="ann@example.com", key="3")
    merge(engine, [_event(Kind.OPENED, key="1"), kept])
    retain(engine, START + timedelta(days=1), NOW)
    with pytest.raises(RawGone) as refused:
        withdraw(engine, [_event(Kind.OPENED, key="1"), kept])
    assert refused.value.done == 1
    assert rollups(engine)["email"]["may"]["open_events"] == 1
    assert "open_events" not in rollups(engine)["email"].get("june", {})


@pytest.mark.parametrize(
    ("now", "months", "before"),
    [
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2024, 3, 31), 1, (2024, 2, 29)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2026, 12, 1), 24, (2024, 12, 1)),
        ((2026, 5, 31), 3, (2026, 2, 28)),
    ],
)
def test_months_are_those_of_the_calendar(now: tuple[int, int, int], months: int, before: tuple[int, int, int]) -> None:
    assert months_before(datetime(*now, tzinfo=UTC), months) == datetime(*before, tzinfo=UTC)
