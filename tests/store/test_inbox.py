"""Webhooks as they came: none lost, none read twice at once, none in the way."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from store import inbox
from store.inbox import FAILED, LEASE, READ, WAITING, Arrival, Outcome

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
ALL_BYTES = bytes(range(256))


def arrival(body: bytes = b"{}", token: str | None = None, at: datetime = NOW) -> Arrival:
    return Arrival("mailgun", at, body, {"content-type": "application/json"}, token)


def counts(engine: Engine) -> tuple[int, int, int]:
    with engine.connect() as connection:
        found = inbox.count(connection)
    return found[WAITING], found[READ], found[FAILED]


def test_what_was_put_is_taken_as_it_came_oldest_first(engine: Engine) -> None:
    assert (
        inbox.put(engine, [arrival(ALL_BYTES), arrival(b""), arrival(b"old", at=NOW - LEASE)]) == [Outcome.STORED] * 3
    )
    taken = inbox.take(engine, NOW, 500)
    assert [message.body for message in taken] == [b"old", ALL_BYTES, b""]
    assert {(message.provider, message.headers["content-type"]) for message in taken} == {
        ("mailgun", "application/json")
    }
    assert {message.received_at for message in taken} == {NOW, NOW - LEASE}


def test_what_one_has_taken_no_other_takes_until_the_lease_ends(engine: Engine) -> None:
    inbox.put(engine, [arrival()])
    assert len(inbox.take(engine, NOW, 500)) == 1
    assert inbox.take(engine, NOW + LEASE - timedelta(seconds=1), 500) == []
    assert len(inbox.take(engine, NOW + LEASE, 500)) == 1


def test_what_is_given_back_is_taken_again_at_once(engine: Engine) -> None:
    inbox.put(engine, [arrival()])
    inbox.release(engine, [message.id for message in inbox.take(engine, NOW, 500)])
    assert len(inbox.take(engine, NOW, 500)) == 1


def test_readers_at_the_same_moment_share_the_messages_and_read_none_twice(engine: Engine) -> None:
    inbox.put(engine, [arrival(b"%d" % number) for number in range(2_000)])

    def read(_worker: int) -> list[int]:
        found: list[int] = []
        while taken := inbox.take(engine, NOW, 500):
            found += [message.id for message in taken]
        return found

    with ThreadPoolExecutor(4) as pool:
        shares = list(pool.map(read, range(4)))
    read_ids = [number for share in shares for number in share]
    assert len(read_ids) == len(set(read_ids)) == 2_000


def test_a_batch_of_large_bodies_is_smaller(engine: Engine) -> None:
    inbox.put(engine, [arrival(bytes(1_500_000)) for _ in range(5)])
    assert [len(inbox.take(engine, NOW, 500)) for _ in range(3)] == [2, 2, 1]
    inbox.put(engine, [arrival(bytes(9_000_000))])
    assert len(inbox.take(engine, NOW, 500)) == 1  # one at least, whatever its size


def test_read_and_failed_messages_wait_no_longer(engine: Engine) -> None:
    inbox.put(engine, [arrival() for _ in range(3)])
    first, second, third = (message.id for message in inbox.take(engine, NOW, 500))
    inbox.settle(engine, [first], {second: "makes no sense", third: "nor this"})
    assert counts(engine) == (0, 1, 2)
    assert inbox.take(engine, NOW + 2 * LEASE, 500) == []
    with engine.connect() as connection:
        told = inbox.failures(connection, 10)
        assert [(line.id, line.problem, line.size) for line in told] == [
            (third, "nor this", 2),
            (second, "makes no sense", 2),
        ]
        assert inbox.failed(connection) == [second, third]
        assert [message.problem for message in inbox.kept(connection, [first, second, 999])] == [None, "makes no sense"]


def test_a_message_that_is_dropped_is_gone(engine: Engine) -> None:
    inbox.put(engine, [arrival()])
    (message,) = inbox.take(engine, NOW, 500)
    assert inbox.drop(engine, message.id)
    assert not inbox.drop(engine, message.id)
    assert counts(engine) == (0, 0, 0)


def test_old_messages_go_once_they_are_read_and_what_failed_stays(engine: Engine) -> None:
    old = NOW - timedelta(days=9)
    inbox.put(engine, [arrival(at=old) for _ in range(3)] + [arrival()])
    first, second, _third, new = (message.id for message in inbox.take(engine, NOW, 500))
    inbox.settle(engine, [first, new], {second: "no"})
    assert inbox.prune(engine, read_before=NOW - timedelta(days=3), tokens_before=NOW) == 1
    assert counts(engine) == (1, 1, 1)


def test_counting_what_waits_goes_no_further_than_asked(engine: Engine) -> None:
    inbox.put(engine, [arrival() for _ in range(5)])
    with engine.connect() as connection:
        assert (inbox.waiting(connection, 3), inbox.waiting(connection, 10)) == (3, 5)


def test_a_token_comes_once_and_a_repeated_body_is_known(engine: Engine) -> None:
    assert inbox.put(engine, [arrival(b"a", "t1"), arrival(b"b", "t2"), arrival(b"a", "t1")]) == [
        Outcome.STORED,
        Outcome.STORED,
        Outcome.KNOWN,
    ]
    assert inbox.put(engine, [arrival(b"a", "t1"), arrival(b"forged", "t2")]) == [Outcome.KNOWN, Outcome.REPLAYED]
    assert counts(engine)[0] == 2


def test_tokens_too_old_to_be_replayed_are_forgotten(engine: Engine) -> None:
    inbox.put(engine, [arrival(b"a", "t1", NOW - timedelta(days=9)), arrival(b"b", "t2")])
    inbox.prune(engine, read_before=NOW, tokens_before=NOW - timedelta(days=2))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM webhook_tokens")).scalar_one() == 1


@pytest.mark.parametrize("header", ["naïve", "\udcff", "\0", '"', "\\"])
def test_headers_may_be_anything(engine: Engine, header: str) -> None:
    inbox.put(engine, [Arrival("brevo", NOW, b"", {"x": header})])
    assert inbox.take(engine, NOW, 500)[0].headers == {"x": header}
