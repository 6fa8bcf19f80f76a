"""What has come due: elected once, compiled once, and no period lost or told twice."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine, text

from reports.calendar import Schedule, after_send, due_between, upcoming
from reports.events import Email
from reports.query import Query
from store import ledger, occurrences, subscriptions
from store.merge import merge
from store.notices import Notice, NoticeKind
from store.occurrences import OccurrenceState, Plan
from store.subscriptions import Channel, Kind, Place, Promise, Subscription

NOW = datetime(2024, 5, 6, 12, tzinfo=UTC)
OVERVIEW = Query(sections=("overview",))
DAILY = Promise("U0ANNA00000", "Overview", Kind.QUERY, Schedule("day", zone="Asia/Kolkata"), OVERVIEW)
MINUTE, RUN_OUT = timedelta(minutes=1), timedelta()
FIRST, SECOND, THIRD = upcoming(DAILY.schedule, NOW, 3)


def subscribed(engine: Engine, promise: Promise = DAILY) -> Subscription:
    return subscriptions.add(engine, promise, [Place(Channel.SLACK, "C0GENERAL00")], NOW)[0]


def kept(engine: Engine) -> list[tuple[str, str]]:
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT period_key, state FROM occurrences ORDER BY due_at"))
        return [(row.period_key, row.state) for row in rows]


def next_due(engine: Engine, number: int) -> datetime | None:
    with engine.connect() as connection:
        return subscriptions.get(connection, number).next_due


def test_what_is_due_is_found_and_moves_on_once_it_is_elected(engine: Engine) -> None:
    number = subscribed(engine).id
    with engine.connect() as connection:
        assert occurrences.due(connection, FIRST.due - timedelta(seconds=1), 10) == ()
        assert [one.id for one in occurrences.due(connection, FIRST.due, 10)] == [number]
    plan = Plan(FIRST.due, SECOND.due)
    assert occurrences.elect(engine, number, FIRST, plan)
    assert not occurrences.elect(engine, number, FIRST, plan)
    assert next_due(engine, number) == SECOND.due
    with engine.connect() as connection:
        assert occurrences.due(connection, FIRST.due, 10) == ()


def test_who_looked_before_a_change_elects_nothing(engine: Engine) -> None:
    number = subscribed(engine).id
    later = replace(DAILY, schedule=replace(DAILY.schedule, days=(3,), every="week"))
    subscriptions.change(engine, number, later, [Place(Channel.SLACK, "C0GENERAL00")], NOW)
    assert not occurrences.elect(engine, number, FIRST, Plan(FIRST.due, SECOND.due))
    assert kept(engine) == []


def test_an_hour_later_on_the_same_day_is_the_same_occurrence_and_the_schedule_still_moves_on(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, FIRST, Plan(FIRST.due, SECOND.due))
    moved = replace(DAILY, schedule=replace(DAILY.schedule, at=FIRST.due.time().replace(hour=23)))
    subscriptions.change(engine, number, moved, [Place(Channel.SLACK, "C0GENERAL00")], FIRST.due)
    (again, following) = upcoming(moved.schedule, FIRST.due, 2)
    assert again.key == FIRST.key
    assert not occurrences.elect(engine, number, again, Plan(again.due, following.due))
    assert next_due(engine, number) == following.due


def test_missed_periods_are_kept_as_skipped_and_named_by_the_newest(engine: Engine) -> None:
    number = subscribed(engine).id
    plan = Plan(FIRST.due, None, missed=(FIRST, SECOND))
    occurrences.elect(engine, number, THIRD, plan)
    assert kept(engine) == [(FIRST.key, "skipped"), (SECOND.key, "skipped"), (THIRD.key, "due")]
    (occurrence,) = occurrences.compilable(engine, MINUTE, 10)
    assert (occurrence.due, occurrence.missed) == (THIRD, ((FIRST.start, FIRST.end), (SECOND.start, SECOND.end)))
    assert str(occurrence.due.start.tzinfo) == "Asia/Kolkata"


def test_an_occurrence_is_compiled_by_one_at_a_time_and_again_when_that_one_dies(engine: Engine) -> None:
    occurrences.elect(engine, subscribed(engine).id, FIRST)
    (first,) = occurrences.compilable(engine, RUN_OUT, 10)
    (second,) = occurrences.compilable(engine, MINUTE, 10)
    assert (first.attempt, second.attempt) == (1, 2)
    assert occurrences.compilable(engine, MINUTE, 10) == ()


def test_the_first_digest_of_an_occurrence_is_what_every_retry_sends(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, FIRST)
    assert ledger.claim(engine, "one", Channel.SLACK, MINUTE, 10) == ()
    assert occurrences.freeze(engine, number, FIRST.key, b"first") == b"first"
    assert occurrences.freeze(engine, number, FIRST.key, b"second") == b"first"
    with engine.connect() as connection:
        assert occurrences.frozen(connection, number, FIRST.key) == b"first"
    assert len(ledger.claim(engine, "one", Channel.SLACK, MINUTE, 10)) == 1


def test_a_staggered_one_waits(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, FIRST, Plan(delay=MINUTE))
    occurrences.freeze(engine, number, FIRST.key, b"first")
    assert ledger.claim(engine, "one", Channel.SLACK, MINUTE, 10) == ()


def test_nothing_to_report_settles_the_deliveries_and_sends_nothing(engine: Engine) -> None:
    occurrences.elect(engine, subscribed(engine).id, FIRST)
    (occurrence,) = occurrences.compilable(engine, MINUTE, 10)
    assert occurrences.settle(engine, occurrence, OccurrenceState.EMPTY)
    assert not occurrences.settle(engine, occurrence, OccurrenceState.FAILED)
    assert kept(engine) == [(FIRST.key, "empty")]
    assert ledger.claim(engine, "one", Channel.SLACK, MINUTE, 10) == ()
    assert occurrences.late(engine, RUN_OUT, 10) == ()


def test_what_could_not_be_compiled_waits_and_ends_with_a_notice(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, FIRST)
    (occurrence,) = occurrences.compilable(engine, RUN_OUT, 10)
    occurrences.postpone(engine, occurrence, MINUTE, "the database is away")
    assert occurrences.compilable(engine, MINUTE, 10) == ()
    notice = Notice(DAILY.owner, number, NoticeKind.TELL, "It can't be compiled.")
    assert occurrences.settle(engine, occurrence, OccurrenceState.FAILED, "no such e-mail", notice)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT state, text FROM deliveries")).all() == [("failed", "no such e-mail")]
        assert connection.execute(text("SELECT text FROM notices")).scalars().all() == ["It can't be compiled."]


def test_what_has_no_outcome_for_too_long_is_told_once(engine: Engine) -> None:
    number = subscribed(engine).id
    occurrences.elect(engine, number, FIRST)
    assert occurrences.late(engine, MINUTE, 10) == ()
    (overdue,) = occurrences.late(engine, RUN_OUT, 10)
    assert (overdue.subscription_id, overdue.period_key, overdue.owner) == (number, FIRST.key, DAILY.owner)
    assert occurrences.late(engine, RUN_OUT, 10) == ()


def test_e_mails_that_were_sent_are_found_by_when(engine: Engine) -> None:
    hours = [timedelta(hours=hour) for hour in (1, 2, 3)]
    merge(engine, [], [Email(id=f"mail-{place}", sent_at=NOW + hour) for place, hour in enumerate(hours)])
    with engine.connect() as connection:
        found = occurrences.sent_between(connection, NOW + hours[0], NOW + hours[2])
    assert found == (("mail-1", NOW + hours[1]), ("mail-2", NOW + hours[2]))


def test_a_subscription_to_sends_is_elected_once_an_e_mail(engine: Engine) -> None:
    promise = replace(DAILY, schedule=Schedule("send", hours=4, zone="Asia/Kolkata"), query=Query("latest"))
    number = subscribed(engine, promise).id
    with engine.connect() as connection:
        assert occurrences.following_sends(connection) == (number,)
        assert occurrences.due(connection, NOW + timedelta(days=900), 10) == ()
    due = after_send(promise.schedule, "mail-1", NOW)
    assert occurrences.elect(engine, number, due)
    assert not occurrences.elect(engine, number, due)
    with engine.connect() as connection:
        assert occurrences.known(connection, number, ["send:mail-1", "send:mail-2"]) == {"send:mail-1"}


def test_the_plan_of_a_downtime_moves_past_all_that_was_missed(engine: Engine) -> None:
    number = subscribed(engine).id
    now = NOW + timedelta(days=30)
    *missed, newest = due_between(DAILY.schedule, NOW, now)
    following = upcoming(DAILY.schedule, now, 1)[0].due
    occurrences.elect(engine, number, newest, Plan(FIRST.due, following, tuple(missed)))
    assert len(kept(engine)) == 30
    assert next_due(engine, number) == following
