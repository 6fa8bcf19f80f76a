"""A file is made by one process at a time, whoever dies; its links end when they should and are never guessed."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from secrets import token_urlsafe

import pytest
from sqlalchemy import Engine, insert, text

from reports.query import Query
from store import exports
from store.exports import Job, LeaseLost, Limit, Made, State, TooMany, Wanted
from store.tables import metadata

NOW = datetime(2026, 5, 12, 9, tzinfo=UTC)
LEASE = timedelta(seconds=30)
SECOND = timedelta(seconds=1)
WEEK = timedelta(days=7)
WANTED = Wanted("U1", Query("may", zone="Europe/Amsterdam"), "xlsx", reveal=True, told="{}")
MADE = Made("1-1", "may.xlsx", "application/x", 12)


def _get(engine: Engine, number: int) -> Job:
    with engine.connect() as connection:
        job = exports.get(connection, number)
    assert job is not None
    return job


def _made(engine: Engine, now: datetime = NOW) -> Job:
    exports.ask(engine, WANTED, now)
    job = exports.claim(engine, "a", now, LEASE)
    assert job is not None
    return exports.settle(engine, exports.finish(engine, job, "a", MADE, now, WEEK, LEASE), "a")


def _good(engine: Engine, token: str, now: datetime) -> bool:
    with engine.connect() as connection:
        return exports.of_token(connection, token, now) is not None


def test_what_was_asked_for_comes_back_as_it_was(engine: Engine) -> None:
    number = exports.ask(engine, WANTED, NOW)
    job = exports.claim(engine, "a", NOW, LEASE)
    assert job is not None
    assert (job.id, job.owner, job.query, job.format, job.reveal) == (number, "U1", WANTED.query, "xlsx", True)
    assert (job.state, job.attempt, job.created_at, job.told) == (State.MAKING, 1, NOW, "{}")


def test_several_questions_come_back_in_their_order(engine: Engine) -> None:
    others = (Query("a\nb"), Query(sections=("overview",)))
    exports.ask(engine, Wanted("U1", Query("may"), "zip", others=others), NOW)
    job = exports.claim(engine, "a", NOW, LEASE)
    assert job is not None and job.queries == (Query("may"), *others)


def test_each_file_is_claimed_once_however_many_ask(engine: Engine) -> None:
    numbers = {exports.ask(engine, WANTED, NOW) for _ in range(20)}
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda n: exports.claim(engine, f"h{n}", NOW, LEASE), range(24)))
    claimed = [job.id for job in found if job]
    assert sorted(claimed) == sorted(set(claimed))
    while job := exports.claim(engine, "late", NOW, LEASE):  # who lost a race may have gone away with nothing
        claimed.append(job.id)
    assert sorted(claimed) == sorted(numbers)


def test_a_file_whose_maker_died_is_made_by_another_and_the_dead_one_is_heard_no_more(engine: Engine) -> None:
    exports.ask(engine, WANTED, NOW)
    first = exports.claim(engine, "a", NOW, LEASE)
    assert first is not None
    exports.renew(engine, first, "a", NOW + LEASE, LEASE, 5, 10)
    assert (_get(engine, first.id).rows_done, _get(engine, first.id).rows) == (5, 10)
    assert exports.claim(engine, "b", NOW + LEASE + 2 * SECOND, LEASE) is None
    second = exports.claim(engine, "b", NOW + 3 * LEASE, LEASE)
    assert second is not None and second.attempt == 2
    for attempt in (
        lambda: exports.renew(engine, first, "a", NOW, LEASE, 6, 10),
        lambda: exports.release(engine, first, "a"),
        lambda: exports.finish(engine, first, "a", MADE, NOW, WEEK, LEASE),
        lambda: exports.fail(engine, first, "a", "x", NOW, LEASE),
    ):
        with pytest.raises(LeaseLost):
            attempt()
    made = exports.finish(engine, second, "b", MADE, NOW, WEEK, LEASE)
    assert exports.settle(engine, made, "b").state is State.MADE


def test_a_holder_that_comes_again_is_not_mistaken_for_its_earlier_attempt(engine: Engine) -> None:
    exports.ask(engine, WANTED, NOW)
    first = exports.claim(engine, "a", NOW, LEASE)
    second = exports.claim(engine, "a", NOW + 3 * LEASE, LEASE)
    assert first is not None and second is not None
    with pytest.raises(LeaseLost):
        exports.finish(engine, first, "a", MADE, NOW, WEEK, LEASE)


def test_a_file_that_kills_its_makers_is_given_up_and_told_of(engine: Engine) -> None:
    exports.ask(engine, WANTED, NOW)
    for n in range(3):
        job = exports.claim(engine, f"h{n}", NOW + n * 3 * LEASE, LEASE)
        assert job is not None and job.state is State.MAKING
    job = exports.claim(engine, "h4", NOW + 12 * LEASE, LEASE)
    assert job is not None and (job.state, job.problem) == (State.TELLING, "making it was cut off 3 times")
    assert exports.settle(engine, job, "h4").state is State.FAILED
    assert exports.claim(engine, "h5", NOW + 24 * LEASE, LEASE) is None


@pytest.mark.parametrize("problem", [None, "no room"])
def test_whoever_asked_is_told_by_another_when_the_maker_dies_over_it_but_not_for_ever(
    engine: Engine, problem: str | None
) -> None:
    exports.ask(engine, WANTED, NOW)
    job = exports.claim(engine, "a", NOW, LEASE)
    assert job is not None
    if problem is None:
        exports.finish(engine, job, "a", MADE, NOW, WEEK, LEASE)
    else:
        exports.fail(engine, job, "a", problem, NOW, LEASE)
    assert exports.claim(engine, "b", NOW, LEASE) is None
    claims = [exports.claim(engine, f"h{n}", NOW + n * 3 * LEASE, LEASE) for n in range(1, 9)]
    told = [(job.state, job.problem, job.file) for job in claims if job is not None]
    settled = State.MADE if problem is None else State.FAILED
    assert {state for state, *_ in told[:-1]} == {State.TELLING} and told[-1][0] is settled
    assert {(why, file) for _, why, file in told} == {(problem, "1-1" if problem is None else None)}
    assert len(told) < 8


def test_where_a_dead_maker_may_have_left_something_is_known_to_the_next(engine: Engine) -> None:
    exports.ask(engine, WANTED, NOW)
    job = exports.claim(engine, "a", NOW, LEASE)
    assert job is not None and job.file is None
    exports.keeping(engine, job, "a", "1-1-x")
    job = exports.claim(engine, "b", NOW + 3 * LEASE, LEASE)
    assert job is not None and job.file == "1-1-x"
    exports.keeping(engine, job, "b", None)
    assert _get(engine, job.id).file is None


def test_nobody_asks_for_more_than_they_may(engine: Engine) -> None:
    hourly = Limit(2, timedelta(hours=1))
    for _ in range(2):
        exports.ask(engine, WANTED, NOW, hourly)
    with pytest.raises(TooMany):
        exports.ask(engine, WANTED, NOW + timedelta(minutes=59), hourly)
    exports.ask(engine, Wanted("U2", Query("may"), "csv"), NOW, hourly)
    exports.ask(engine, WANTED, NOW + timedelta(hours=1), hourly)


def test_what_is_to_be_done_next_is_found_without_a_look_at_all_files(engine: Engine) -> None:
    row = {"owner": "U1", "query": "{}", "format": "csv", "reveal": False, "state": State.MADE, "created_at": 0}
    with engine.begin() as connection:
        connection.execute(insert(metadata.tables["exports"]), [row] * 3_000)
        if engine.dialect.name == "postgresql":  # which gathers statistics by itself; nobody does for SQLite
            connection.execute(text("ANALYZE exports"))
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = " ".join(map(str, connection.execute(text(explain + exports.free(engine)), {"now": 0})))
    assert "exports_by_state" in plan


def test_a_file_that_is_released_waits_again_and_loses_no_attempt(engine: Engine) -> None:
    exports.ask(engine, WANTED, NOW)
    for _ in range(9):
        job = exports.claim(engine, "a", NOW, LEASE)
        assert job is not None and job.attempt == 1
        exports.release(engine, job, "a")


def test_a_link_is_good_until_it_ends(engine: Engine) -> None:
    job = _made(engine)
    token = token_urlsafe(16)
    assert exports.link(engine, job.id, token, NOW, WEEK) == NOW + WEEK
    assert _good(engine, token, NOW + WEEK - SECOND)
    assert not _good(engine, token, NOW + WEEK)
    assert not _good(engine, token[:-1], NOW)
    assert not _good(engine, "", NOW)


def test_links_are_revoked_all_at_once_and_a_later_one_is_good(engine: Engine) -> None:
    job = _made(engine)
    tokens = [token_urlsafe(16) for _ in range(3)]
    for token in tokens[:2]:
        exports.link(engine, job.id, token, NOW, WEEK)
    assert exports.revoke(engine, job.id, NOW) == 2
    assert exports.revoke(engine, job.id, NOW) == 0
    exports.link(engine, job.id, tokens[2], NOW, WEEK)
    assert [_good(engine, token, NOW) for token in tokens] == [False, False, True]


def test_a_link_is_of_one_file(engine: Engine) -> None:
    first, second = _made(engine), _made(engine)
    token = token_urlsafe(16)
    exports.link(engine, second.id, token, NOW, WEEK)
    exports.revoke(engine, first.id, NOW)
    with engine.connect() as connection:
        found = exports.of_token(connection, token, NOW)
    assert found is not None and found[1].id == second.id


def test_no_token_is_in_the_database(engine: Engine) -> None:
    job = _made(engine)
    token = token_urlsafe(16)
    exports.link(engine, job.id, token, NOW, WEEK)
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT token_hash FROM export_links")).scalar_one()
    assert len(bytes(kept)) == 32 and token.encode() not in bytes(kept)


def test_each_use_of_a_link_is_put_down(engine: Engine) -> None:
    job = _made(engine)
    exports.link(engine, job.id, "t", NOW, WEEK)
    with engine.connect() as connection:
        found = exports.of_token(connection, "t", NOW)
    assert found is not None
    exports.log_access(engine, found[0], NOW, "HEAD", "")
    exports.log_access(engine, found[0], NOW + SECOND, "GET", "bytes=0-9" + "x" * 500)
    with engine.connect() as connection:
        told = exports.accesses(connection, job.id)
    assert [(at, method) for at, method, _asked in told] == [(NOW, "HEAD"), (NOW + SECOND, "GET")]
    assert told[1][2].startswith("bytes=0-9") and len(told[1][2]) == 100


def test_files_are_removed_when_their_time_is_up_and_a_renewed_link_makes_it_longer(engine: Engine) -> None:
    job = _made(engine)
    exports.link(engine, job.id, "a", NOW, WEEK)
    exports.link(engine, job.id, "b", NOW + 2 * SECOND, WEEK)
    with engine.connect() as connection:
        assert exports.over(connection, NOW + WEEK, 10) == []
        assert exports.over(connection, NOW + WEEK + 2 * SECOND, 10) == [(job.id, "1-1")]
    assert exports.removed(engine, job.id, NOW + WEEK) is None
    gone = exports.removed(engine, job.id, NOW + 2 * WEEK)
    assert gone is not None and gone.file is None
    assert _get(engine, job.id).state is State.REMOVED
    assert not _good(engine, "b", NOW)


def test_a_removed_or_failed_file_is_made_anew_and_a_made_one_is_not(engine: Engine) -> None:
    job = _made(engine)
    masked = Wanted("U1", WANTED.query, "xlsx", reveal=False, told="new")
    assert not exports.again(engine, job.id, masked, NOW)
    exports.removed(engine, job.id, NOW + WEEK)
    with pytest.raises(TooMany):
        exports.again(engine, job.id, masked, NOW + WEEK, Limit(0, WEEK))
    assert exports.again(engine, job.id, masked, NOW + WEEK)
    again = exports.claim(engine, "b", NOW + WEEK, LEASE)
    assert again is not None and (again.id, again.reveal, again.told) == (job.id, False, "new")
    assert again.created_at == NOW + WEEK, "it counts as asked for"


def test_files_are_listed_with_how_often_they_were_fetched_and_when_their_links_end(engine: Engine) -> None:
    first, second = _made(engine), _made(engine)
    for job, token in ((first, "a"), (first, "b"), (second, "c")):
        exports.link(engine, job.id, token, NOW, WEEK)
    exports.revoke(engine, second.id, NOW)
    for token, method in (("a", "GET"), ("b", "GET"), ("b", "HEAD")):
        with engine.connect() as connection:
            found = exports.of_token(connection, token, NOW)
        assert found is not None
        exports.log_access(engine, found[0], NOW + SECOND, method, "")
    both = (first.id, second.id)
    with engine.connect() as connection:
        assert exports.fetched(connection, both) == {first.id: (2, NOW + SECOND)}
        assert exports.ends(connection, both, NOW) == {first.id: NOW + WEEK}
        assert exports.ends(connection, both, NOW + WEEK) == {}


def test_files_are_listed_by_owner_newest_first(engine: Engine) -> None:
    first = exports.ask(engine, WANTED, NOW)
    second = exports.ask(engine, WANTED, NOW + SECOND)
    other = exports.ask(engine, Wanted("U2", Query("x"), "csv"), NOW)
    with engine.connect() as connection:
        assert [job.id for job in exports.of_owner(connection, "U1", 9)] == [second, first]
        assert {job.id for job in exports.of_owner(connection, None, 9)} == {first, second, other}
        assert exports.asked_since(connection, "U1", NOW) == 1
