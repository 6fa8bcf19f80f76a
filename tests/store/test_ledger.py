"""The ledger: every occurrence once at every target, however many claim at once and wherever they die."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine, text

from reports.calendar import Due, Schedule, upcoming
from reports.query import Query
from store import entries, ledger, notices, occurrences, subscriptions
from store.entries import Entry
from store.ledger import Delivery, DeliveryState, Outcome, OutcomeKind
from store.notices import Notice, NoticeKind
from store.occurrences import Plan
from store.subscriptions import Channel, Kind, Place, Promise, Subscription

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
WEEKLY = Promise(
    "U0ANNA00000", "Overview", Kind.QUERY, Schedule(zone="Europe/Amsterdam"), Query(sections=("overview",))
)
DUE: Due = upcoming(WEEKLY.schedule, NOW, 1)[0]
SLACK = Channel.SLACK
MINUTE, RUN_OUT = timedelta(minutes=1), timedelta()


def subscribed(engine: Engine, targets: int = 1) -> Subscription:
    places = [Place(Channel.SLACK, f"C0GENERAL{number:02}") for number in range(targets)]
    return subscriptions.add(engine, WEEKLY, places, NOW)[0]


def elected(engine: Engine, number: int) -> None:
    """An occurrence whose digest stands: its deliveries may be claimed."""
    assert occurrences.elect(engine, number, DUE)
    occurrences.freeze(engine, number, DUE.key, b"digest")


def claimed(engine: Engine, lease: timedelta = MINUTE) -> Delivery:
    elected(engine, subscribed(engine).id)
    (delivery,) = ledger.claim(engine, "one", SLACK, lease, 10)
    return delivery


def states(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT state FROM deliveries ORDER BY id")).scalars())


def test_an_occurrence_is_elected_by_one_of_many(engine: Engine) -> None:
    number = subscribed(engine, targets=3).id
    with ThreadPoolExecutor(8) as threads:
        elected = list(threads.map(lambda _: occurrences.elect(engine, number, DUE), range(8)))
    assert elected.count(True) == 1
    assert states(engine) == ["held"] * 3


def test_a_paused_subscription_has_no_occurrences(engine: Engine) -> None:
    number = subscribed(engine).id
    subscriptions.pause(engine, number)
    assert not occurrences.elect(engine, number, DUE)
    assert states(engine) == []


def test_a_claim_tells_all_that_a_sender_needs(engine: Engine) -> None:
    subscription = subscribed(engine)
    elected(engine, subscription.id)
    (delivery,) = ledger.claim(engine, "one", SLACK, MINUTE, 10)
    (target,) = subscription.targets
    assert (delivery.channel, delivery.address, delivery.leave_token) == (target.channel, target.address, target.token)
    assert (delivery.name, delivery.owner, delivery.due_at) == (WEEKLY.name, WEEKLY.owner, DUE.due)
    assert (delivery.subscription_id, delivery.period_key) == (subscription.id, DUE.key)


def test_claimers_at_the_same_time_share_nothing(engine: Engine) -> None:
    elected(engine, subscribed(engine, targets=40).id)
    with ThreadPoolExecutor(8) as threads:
        shares = list(threads.map(lambda name: ledger.claim(engine, str(name), SLACK, MINUTE, 7), range(8)))
    got = [delivery.id for share in shares for delivery in share]
    assert len(got) == len(set(got))
    rest = ledger.claim(engine, "last", SLACK, MINUTE, 100)
    assert len(got) + len(rest) == 40


def test_a_claim_that_runs_out_before_the_mark_is_free_again(engine: Engine) -> None:
    first = claimed(engine, RUN_OUT)
    assert not entries.mark(engine, first, MINUTE)
    assert ledger.reap(engine) == (1, 0, 0)
    (second,) = ledger.claim(engine, "two", SLACK, MINUTE, 10)
    assert (second.fence, second.attempt) == (first.fence + 1, 2)
    assert not entries.mark(engine, first, MINUTE)
    assert not entries.record(engine, first, Outcome(OutcomeKind.SENT))
    assert entries.mark(engine, second, MINUTE)


def test_one_that_runs_out_after_the_mark_is_unknown_and_never_claimed_again(engine: Engine) -> None:
    delivery = claimed(engine)
    assert entries.mark(engine, delivery, RUN_OUT)
    assert ledger.reap(engine) == (0, 1, 0)
    assert states(engine) == ["unknown"]
    assert ledger.claim(engine, "two", SLACK, MINUTE, 10) == ()


def test_an_answer_that_comes_late_settles_an_unknown(engine: Engine) -> None:
    delivery = claimed(engine)
    entries.mark(engine, delivery, RUN_OUT)
    ledger.reap(engine)
    assert entries.record(engine, delivery, Outcome(OutcomeKind.SENT, far_id="1.2"))
    assert states(engine) == ["sent"]
    assert not entries.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT))


@pytest.mark.parametrize(("wait", "again"), [(timedelta(), 1), (timedelta(hours=1), 0)])
def test_what_surely_was_not_sent_is_tried_again_when_the_far_end_allows(
    engine: Engine, wait: timedelta, again: int
) -> None:
    delivery = claimed(engine)
    entries.mark(engine, delivery, MINUTE)
    assert entries.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT, "429", retry_after=wait))
    assert len(ledger.claim(engine, "two", SLACK, MINUTE, 10)) == again


def test_nothing_is_sent_to_who_left_after_the_claim(engine: Engine) -> None:
    subscription = subscribed(engine)
    elected(engine, subscription.id)
    (delivery,) = ledger.claim(engine, "one", SLACK, MINUTE, 10)
    subscriptions.leave(engine, subscription.targets[0].token)
    assert not entries.mark(engine, delivery, MINUTE)
    assert states(engine) == ["suppressed"]
    assert ledger.claim(engine, "two", SLACK, MINUTE, 10) == ()


def test_nothing_is_sent_of_a_subscription_that_was_paused_after_the_claim(engine: Engine) -> None:
    delivery = claimed(engine)
    subscriptions.pause(engine, delivery.subscription_id)
    assert not entries.mark(engine, delivery, MINUTE)
    assert states(engine) == ["suppressed"]


def test_a_heartbeat_keeps_what_its_own_process_has_claimed(engine: Engine) -> None:
    delivery = claimed(engine, RUN_OUT)
    assert (ledger.extend(engine, "another", MINUTE), ledger.extend(engine, "one", MINUTE)) == (0, 1)
    assert ledger.reap(engine) == (0, 0, 0)
    assert entries.mark(engine, delivery, MINUTE)


def test_what_is_tried_past_its_time_expires_and_its_owner_is_told(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, DUE, Plan(keep=timedelta(hours=12)))
    occurrences.freeze(engine, number, DUE.key, b"digest")
    (delivery,) = ledger.claim(engine, "one", SLACK, MINUTE, 10)
    busy = Outcome(OutcomeKind.TRANSIENT, "busy", retry_after=timedelta(hours=13))

    def tell(state: DeliveryState) -> Notice:
        return Notice(WEEKLY.owner, number, NoticeKind.RETRY, f"it is {state}", delivery.id)

    assert entries.record(engine, delivery, busy, tell) is DeliveryState.EXPIRED
    (waiting,) = notices.claim(engine, MINUTE, 10)
    assert waiting.notice.text == "it is expired"
    assert notices.claim(engine, MINUTE, 10) == ()


def test_a_notice_that_could_not_be_told_comes_again_and_one_that_was_told_does_not(engine: Engine) -> None:
    delivery = claimed(engine)
    notice = Notice(WEEKLY.owner, delivery.subscription_id, NoticeKind.TELL, "it is so")
    entries.record(engine, delivery, Outcome(OutcomeKind.PERMANENT), lambda _: notice)
    (waiting,) = notices.claim(engine, MINUTE, 10)
    notices.later(engine, waiting.id, timedelta())
    (again,) = notices.claim(engine, RUN_OUT, 10)
    assert (again.notice, again.attempt) == (notice, 2)
    notices.told(engine, again.id)
    assert notices.claim(engine, MINUTE, 10) == ()


def test_what_waits_past_its_time_expires(engine: Engine) -> None:
    occurrences.elect(engine, subscribed(engine).id, DUE, Plan(keep=RUN_OUT))
    assert ledger.reap(engine) == (0, 0, 1)
    assert states(engine) == ["expired"]


def test_unknown_ones_are_looked_for_so_many_times(engine: Engine) -> None:
    delivery = claimed(engine)
    entries.mark(engine, delivery, RUN_OUT)
    ledger.reap(engine)
    seen = []
    while found := ledger.unknown(engine, SLACK, RUN_OUT, 2, 10):
        (lost,) = found
        seen.append(lost.looks)
        ledger.looked(engine, lost, RUN_OUT, Notice(WEEKLY.owner, lost.subscription_id, NoticeKind.DECIDE, "?"))
    assert seen == [0, 1]
    assert len(notices.claim(engine, MINUTE, 10)) == 2
    assert entries.record(engine, lost, Outcome(OutcomeKind.SENT)) is DeliveryState.SENT


def test_a_look_that_was_cut_off_does_not_count(engine: Engine) -> None:
    delivery = claimed(engine)
    entries.mark(engine, delivery, RUN_OUT)
    ledger.reap(engine)
    assert [ledger.unknown(engine, SLACK, RUN_OUT, 1, 10)[0].looks for _ in range(3)] == [0, 0, 0]
    assert len(ledger.unknown(engine, SLACK, MINUTE, 1, 10)) == 1
    assert ledger.unknown(engine, SLACK, MINUTE, 1, 10) == ()


def test_a_person_decides_what_becomes_of_an_unknown_one(engine: Engine) -> None:
    delivery = claimed(engine)
    assert not ledger.resend(engine, delivery.id, MINUTE)
    entries.record(engine, delivery, Outcome(OutcomeKind.UNKNOWN))
    assert ledger.resend(engine, delivery.id, MINUTE)
    (again,) = ledger.claim(engine, "two", SLACK, MINUTE, 10)
    assert (again.attempt, again.fence) == (1, 2)
    entries.record(engine, again, Outcome(OutcomeKind.UNKNOWN))
    assert ledger.arrived(engine, delivery.id, "Anna")
    assert not ledger.resend(engine, delivery.id, MINUTE)
    assert states(engine) == ["sent"]


def test_several_are_marked_and_recorded_in_one_transaction(engine: Engine) -> None:
    subscription = subscribed(engine, targets=3)
    elected(engine, subscription.id)
    found = ledger.claim(engine, "one", SLACK, MINUTE, 10)
    subscriptions.leave(engine, subscription.targets[1].token)
    assert entries.put_down(engine, [Entry(each) for each in found], MINUTE) == ["inflight", None, "inflight"]
    sent = [Entry(each, Outcome(OutcomeKind.SENT, far_id=str(each.id))) for each in found]
    assert entries.put_down(engine, sent, MINUTE) == ["sent", None, "sent"]


def test_marks_and_outcomes_of_one_moment_are_put_down_together(engine: Engine) -> None:
    elected(engine, subscribed(engine, targets=4).id)
    one, two, three, four = ledger.claim(engine, "one", SLACK, MINUTE, 10)
    busy = Outcome(OutcomeKind.TRANSIENT, "429", retry_after=MINUTE)
    moment = [
        Entry(one, Outcome(OutcomeKind.SENT, far_id="1.2")),
        Entry(two),
        Entry(replace(three, fence=three.fence + 1)),
        Entry(four, busy),
    ]
    assert entries.put_down(engine, moment, MINUTE) == ["sent", "inflight", None, "pending"]
    assert states(engine) == ["sent", "inflight", "claimed", "pending"]


def test_a_mark_and_the_release_of_the_same_claim_leave_it_free(engine: Engine) -> None:
    """Who is stopped while the mark is written sends nothing after it."""
    elected(engine, subscribed(engine).id)
    (delivery,) = ledger.claim(engine, "one", SLACK, MINUTE, 1)
    stopped = Outcome(OutcomeKind.TRANSIENT, "stopped")
    entries.put_down(engine, [Entry(delivery, stopped), Entry(delivery)], MINUTE)
    assert states(engine) == ["pending"]


def test_every_attempt_is_kept_with_its_reason(engine: Engine) -> None:
    delivery = claimed(engine)
    entries.record(engine, delivery, Outcome(OutcomeKind.TRANSIENT, "429", "asked to wait"))
    (again,) = ledger.claim(engine, "two", SLACK, MINUTE, 10)
    entries.record(engine, again, Outcome(OutcomeKind.SENT))
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT fence, worker, outcome, code FROM delivery_attempts ORDER BY id")).all()
    assert [tuple(row) for row in rows] == [(1, "one", "transient", "429"), (2, "two", "sent", None)]
