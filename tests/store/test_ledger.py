"""The ledger: every occurrence once at every target, however many claim at once and wherever they die."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from reports.calendar import Due, Schedule, upcoming
from reports.query import Query
from store import ledger, subscriptions
from store.ledger import Delivery, Outcome, OutcomeKind
from store.subscriptions import Channel, Kind, Place, Promise, Subscription

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
WEEKLY = Promise(
    "U0ANNA00000", "Overview", Kind.QUERY, Schedule(zone="Europe/Amsterdam"), Query(sections=("overview",))
)
DUE: Due = upcoming(WEEKLY.schedule, NOW, 1)[0]
MINUTE, RUN_OUT = timedelta(minutes=1), timedelta()


def subscribed(engine: Engine, targets: int = 1) -> Subscription:
    places = [Place(Channel.SLACK, f"C0GENERAL{number:02}") for number in range(targets)]
    return subscriptions.add(engine, WEEKLY, places, NOW)[0]


def claimed(engine: Engine, lease: timedelta = MINUTE) -> Delivery:
    assert ledger.elect(engine, subscribed(engine).id, DUE)
    (delivery,) = ledger.claim(engine, "one", lease, 10)
    return delivery


def states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT state FROM deliveries ORDER BY id")).scalars())


def test_an_occurrence_is_elected_by_one_of_many(engine: Engine) -> None:
    number = subscribed(engine, targets=3).id
    with ThreadPoolExecutor(8) as threads:
        elected = list(threads.map(lambda _: ledger.elect(engine, number, DUE), range(8)))
    assert elected.count(True) == 1
    assert states(engine) == ["pending"] * 3


def test_a_paused_subscription_has_no_occurrences(engine: Engine) -> None:
    number = subscribed(engine).id
    subscriptions.pause(engine, number)
    assert not ledger.elect(engine, number, DUE)
    assert states(engine) == []


def test_a_claim_tells_all_that_a_sender_needs(engine: Engine) -> None:
    subscription = subscribed(engine)
    ledger.elect(engine, subscription.id, DUE)
    (delivery,) = ledger.claim(engine, "one", MINUTE, 10)
    (target,) = subscription.targets
    assert (delivery.channel, delivery.address, delivery.leave_token) == (target.channel, target.address, target.token)
    assert (delivery.name, delivery.owner, delivery.due_at) == (WEEKLY.name, WEEKLY.owner, DUE.due)
    assert (delivery.subscription_id, delivery.period_key) == (subscription.id, DUE.key)


def test_claimers_at_the_same_time_share_nothing(engine: Engine) -> None:
    ledger.elect(engine, subscribed(engine, targets=40).id, DUE)
    with ThreadPoolExecutor(8) as threads:
        shares = list(threads.map(lambda name: ledger.claim(engine, str(name), MINUTE, 7), range(8)))
    got = [delivery.id for share in shares for delivery in share]
    assert len(got) == len(set(got))
    rest = ledger.claim(engine, "last", MINUTE, 100)
    assert len(got) + len(rest) == 40


def test_a_claim_that_runs_out_before_the_mark_is_free_again(engine: Engine) -> None:
    first = claimed(engine, RUN_OUT)
    assert not ledger.mark(engine, first, MINUTE)
    assert ledger.reap(engine) == (1, 0)
    (second,) = ledger.claim(engine, "two", MINUTE, 10)
    assert (second.fence, second.attempt) == (first.fence + 1, 2)
    assert not ledger.mark(engine, first, MINUTE)
    assert not ledger.record(engine, first, Outcome(OutcomeKind.SENT))
    assert ledger.mark(engine, second, MINUTE)


def test_one_that_runs_out_after_the_mark_is_unknown_and_never_claimed_again(engine: Engine) -> None:
    delivery = claimed(engine)
    assert ledger.mark(engine, delivery, RUN_OUT)
    assert ledger.reap(engine) == (0, 1)
    assert states(engine) == ["unknown"]
    assert ledger.claim(engine, "two", MINUTE, 10) == ()


def test_an_answer_that_comes_late_settles_an_unknown(engine: Engine) -> None:
    delivery = claimed(engine)
    ledger.mark(engine, delivery, RUN_OUT)
    ledger.reap(engine)
    assert ledger.record(engine, delivery, Outcome(OutcomeKind.SENT, far_id="1.2"))
    assert states(engine) == ["sent"]
    assert not ledger.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT))


@pytest.mark.parametrize(("wait", "again"), [(timedelta(), 1), (timedelta(hours=1), 0)])
def test_what_surely_was_not_sent_is_tried_again_when_the_far_end_allows(
    engine: Engine, wait: timedelta, again: int
) -> None:
    delivery = claimed(engine)
    ledger.mark(engine, delivery, MINUTE)
    assert ledger.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT, "429", retry_after=wait))
    assert len(ledger.claim(engine, "two", MINUTE, 10)) == again


def test_nothing_is_sent_to_who_left_after_the_claim(engine: Engine) -> None:
    subscription = subscribed(engine)
    ledger.elect(engine, subscription.id, DUE)
    (delivery,) = ledger.claim(engine, "one", MINUTE, 10)
    subscriptions.leave(engine, subscription.targets[0].token)
    assert not ledger.mark(engine, delivery, MINUTE)
    assert states(engine) == ["suppressed"]
    assert ledger.claim(engine, "two", MINUTE, 10) == ()


def test_nothing_is_sent_of_a_subscription_that_was_paused_after_the_claim(engine: Engine) -> None:
    delivery = claimed(engine)
    subscriptions.pause(engine, delivery.subscription_id)
    assert not ledger.mark(engine, delivery, MINUTE)
    assert states(engine) == ["suppressed"]


def test_the_first_digest_of_an_occurrence_is_what_every_retry_sends(engine: Engine) -> None:
    number = subscribed(engine).id
    ledger.elect(engine, number, DUE)
    assert ledger.freeze(engine, number, DUE.key, b"first") == b"first"
    assert ledger.freeze(engine, number, DUE.key, b"second") == b"first"
