"""Who pulls, how far it has come, and how quickly all may ask together."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from store import sync
from store.engine import writing
from store.sync import LeaseLost, Pace

NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)


def test_a_source_is_one_holder_s_until_the_lease_ends(engine: Engine) -> None:
    assert sync.claim(engine, "hubspot", "a", NOW, LEASE)
    assert not sync.claim(engine, "hubspot", "b", NOW + LEASE, LEASE)
    assert sync.claim(engine, "mailchimp", "b", NOW, LEASE)
    assert sync.claim(engine, "hubspot", "b", NOW + LEASE + 2 * SECOND, LEASE)


def test_a_lease_that_is_renewed_goes_on_and_one_that_was_lost_does_not(engine: Engine) -> None:
    sync.claim(engine, "hubspot", "a", NOW, LEASE)
    sync.renew(engine, "hubspot", "a", NOW + LEASE, LEASE)
    assert not sync.claim(engine, "hubspot", "b", NOW + LEASE + 2 * SECOND, LEASE)
    assert sync.claim(engine, "hubspot", "b", NOW + 3 * LEASE, LEASE)
    for attempt in (
        lambda: sync.renew(engine, "hubspot", "a", NOW + 3 * LEASE, LEASE),
        lambda: sync.save(engine, "hubspot", "a", {"until": 1}),
        lambda: sync.release(engine, "hubspot", "a"),
        lambda: sync.finish(engine, "hubspot", "a", NOW),
    ):
        with pytest.raises(LeaseLost):
            attempt()


def test_progress_stays_through_runs_and_their_ends(engine: Engine) -> None:
    with engine.connect() as connection:
        assert sync.state_of(connection, "hubspot") == sync.SyncState({})
    sync.claim(engine, "hubspot", "a", NOW, LEASE)
    sync.save(engine, "hubspot", "a", {"until": 5, "name": "é"})
    sync.finish(engine, "hubspot", "a", NOW, "it was away")
    assert sync.claim(engine, "hubspot", "b", NOW, LEASE)
    sync.release(engine, "hubspot", "b")
    with engine.connect() as connection:
        state = sync.state_of(connection, "hubspot")
    assert state == sync.SyncState({"until": 5, "name": "é"}, None, NOW, "it was away")


def granted(engine: Engine, pace: Pace, tries: list[timedelta]) -> Iterator[datetime]:
    now = NOW
    for gap in tries:
        now += gap
        if not sync.take(engine, pace, now):
            yield now


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.integers(10, 40), st.lists(st.integers(0, 900), min_size=1, max_size=90))
def test_no_stretch_of_time_has_more_requests_than_are_allowed(
    engine: Engine, requests: int, milliseconds: list[int]
) -> None:
    with writing(engine).begin() as connection:
        connection.execute(text("DELETE FROM paces"))
    pace = Pace("hubspot", requests, 10 * SECOND)
    times = list(granted(engine, pace, [timedelta(milliseconds=gap) for gap in milliseconds]))
    assert times
    for first in times:
        assert sum(first <= at < first + pace.per for at in times) <= requests


def test_whoever_waits_as_long_as_told_gets_a_turn_and_uses_all_that_is_allowed(engine: Engine) -> None:
    pace, now = Pace("hubspot", 100, 10 * SECOND), NOW
    for _ in range(300):
        while wait := sync.take(engine, pace, now):
            now += wait
    assert 20 * SECOND < now - NOW < 35 * SECOND


def test_threads_never_get_more_together(engine: Engine) -> None:
    pace = Pace("hubspot", 30, 10 * SECOND)
    with ThreadPoolExecutor(8) as threads:
        waits = list(threads.map(lambda _: sync.take(engine, pace, NOW), range(40)))
    assert sum(not wait for wait in waits) == 3  # the burst; what is left comes step by step


def test_paces_of_other_names_are_others(engine: Engine) -> None:
    pace = Pace("a", 10, 10 * SECOND)
    assert [bool(sync.take(engine, pace, NOW)) for _ in range(2)] == [False, True]
    assert not sync.take(engine, Pace("b", 10, 10 * SECOND), NOW)


def test_nobody_asks_before_the_provider_lets_them(engine: Engine) -> None:
    pace = Pace("hubspot", 100, 10 * SECOND)
    sync.take(engine, pace, NOW)
    sync.hold_off(engine, pace, NOW + 60 * SECOND)
    sync.hold_off(engine, pace, NOW + 30 * SECOND)  # the longer one stands
    wait = sync.take(engine, pace, NOW)
    assert 59 * SECOND < wait <= 61 * SECOND
    assert not sync.take(engine, pace, NOW + wait)
