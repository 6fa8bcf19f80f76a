"""The engine: what is due arrives once, whatever becomes of others, of the far end, or of the process."""

import asyncio
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy import event as hooks

from bot.access.rights import NONE, Access, Right
from bot.answers import UnknownValue
from reports.events import Email
from reports.query import Query
from reports.report import Report
from store import ledger, subscriptions
from store.engine import writing
from store.ledger import Outcome, OutcomeKind
from store.merge import merge
from store.notices import NoticeKind
from store.saved import Draft, Viewer
from store.saving import changing, save
from store.subscriptions import Channel, Kind, State, TargetState
from tests.bot.digests.desk import MONDAY, NOW, QUICK, SECOND, WEEKLY, Desk, a_report, daily

WEEK = "Mon, May 4\u2009–\u2009Sun, May 10, 2026"


@pytest.fixture
def desk(engine: Engine) -> Desk:
    return Desk(engine)


async def test_a_digest_arrives_at_its_time_and_not_before_and_once(desk: Desk) -> None:
    desk.subscribe(WEEKLY, "C0GENERAL00", "C0RANDOM000")
    async with desk.running() as digests:
        desk.at = MONDAY - SECOND
        digests.wake()
        await asyncio.sleep(0.1)
        assert desk.far_end.arrived == []
        desk.at = MONDAY
        digests.wake()
        await desk.until(desk.settled("sent", "sent"))
        for _ in range(5):
            digests.wake()
            await asyncio.sleep(0.03)
    assert sorted(address for address, _digest in desk.far_end.arrived) == ["C0GENERAL00", "C0RANDOM000"]
    (first, second) = [digest for _address, digest in desk.far_end.arrived]
    assert first == second
    assert (first.title, first.period, first.skipped) == ("The week", WEEK, ())
    assert first.reports[0].as_of == MONDAY


async def test_several_engines_on_one_store_send_it_once(desk: Desk) -> None:
    for number in range(12):
        desk.subscribe(replace(WEEKLY, name=str(number), query=Query(str(number))), f"C0CHANNEL{number:02}")
    desk.at = MONDAY
    async with AsyncExitStack() as stack:
        for _ in range(3):
            await stack.enter_async_context(desk.running())
        await desk.until(desk.settled(*["sent"] * 12))
    assert len(desk.far_end.arrived) == desk.far_end.tried == 12


async def test_after_a_downtime_the_newest_period_is_sent_and_names_those_that_were_missed(desk: Desk) -> None:
    desk.subscribe(daily())
    desk.at = NOW + timedelta(days=3)
    async with desk.running():
        await desk.until(desk.settled("sent"))
    ((_address, digest),) = desk.far_end.arrived
    assert digest.period == "Tue, May 12, 2026"
    assert digest.skipped == ("Sun, May 10, 2026", "Mon, May 11, 2026")


async def test_many_missed_periods_are_named_by_the_days_that_they_span(desk: Desk) -> None:
    desk.subscribe(daily())
    desk.at = NOW + timedelta(days=30)
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert desk.far_end.arrived[0][1].skipped == ("Sun, May 10\u2009–\u2009Sun, Jun 7, 2026",)


async def test_nothing_is_sent_when_there_is_nothing_and_that_is_what_was_asked_for(desk: Desk) -> None:
    desk.answer = lambda query, now, access: a_report(query, now, access, sent=0)
    desk.subscribe(replace(WEEKLY, skip_empty=True))
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("empty"))
    assert desk.far_end.tried == 0


async def test_a_broken_subscription_is_paused_and_stops_no_other(desk: Desk) -> None:
    broken = desk.subscribe(replace(WEEKLY, name="Broken", query=Query(sections=("trend",))))
    desk.subscribe()
    with writing(desk.engine).begin() as connection:
        wrong = text('UPDATE subscriptions SET schedule = \'{"zone": "Nowhere/Land"}\' WHERE id = :id')
        connection.execute(wrong, {"id": broken.id})
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert "is paused" in desk.owners.told[0].notice.text
    with desk.engine.connect() as connection:
        states = connection.execute(text("SELECT state FROM subscriptions ORDER BY id")).scalars().all()
    assert states == ["paused", "active"]


async def test_what_can_not_be_compiled_is_told_to_its_owner_and_stops_no_other(desk: Desk) -> None:
    def answer(query: Query, now: datetime, access: Access) -> Report:
        if query.filters.campaign:
            raise UnknownValue("campaign", "Gone", ())
        return a_report(query, now)

    desk.answer = answer
    filters = replace(WEEKLY.query.filters if WEEKLY.query else Query().filters, campaign="Gone")
    desk.subscribe(replace(WEEKLY, name="<Gone>", query=Query(sections=("overview",), filters=filters)))
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("failed", "sent"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    told = desk.owners.told[0].notice
    assert told.owner == WEEKLY.owner
    assert f"*&lt;Gone&gt;* about {WEEK} could not be made" in told.text
    assert "No e-mail has the campaign “Gone”" in told.text


async def test_a_fault_while_compiling_is_tried_again(desk: Desk) -> None:
    faults = [RuntimeError("away"), RuntimeError("still away")]

    def answer(query: Query, now: datetime, access: Access) -> Report:
        if faults:
            raise faults.pop()
        return a_report(query, now)

    desk.answer = answer
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert desk.owners.told == []


async def test_a_fault_that_stays_while_compiling_is_given_up_and_told(desk: Desk) -> None:
    def answer(query: Query, now: datetime, access: Access) -> Report:
        raise RuntimeError("secret of the database")

    desk.answer = answer
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("failed"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert "RuntimeError (reference" in desk.owners.told[0].notice.text
    assert "secret" not in desk.owners.told[0].notice.text


async def test_an_owner_who_may_not_see_figures_any_more_gets_none_sent_and_is_told(desk: Desk) -> None:
    desk.access = NONE
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("failed"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert desk.far_end.tried == 0
    assert "may not see figures here any more" in desk.owners.told[0].notice.text


@pytest.mark.parametrize(("manages", "state"), [(True, "sent"), (False, "failed")])
async def test_whoever_manages_gets_what_another_saved_as_long_as_they_do(
    desk: Desk, manages: bool, state: str
) -> None:
    with changing(desk.engine) as connection:
        private = save(connection, Viewer("U0BOB000000"), Draft("Bob's", Query(sections=("overview",))), NOW)[0]
    desk.access = Access(frozenset({Right.FIGURES, Right.MANAGE} if manages else {Right.FIGURES}))
    desk.subscribe(replace(WEEKLY, kind=Kind.REPORT, query=None, subject=private.id))
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled(state))


async def test_recipients_addresses_are_never_asked_for_whoever_owns_it(desk: Desk) -> None:
    asked: list[Access] = []

    def answer(query: Query, now: datetime, access: Access) -> Report:
        asked.append(access)
        return a_report(query, now)

    desk.answer = answer
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert [access.may(Right.RECIPIENTS) for access in asked] == [False]


async def test_what_surely_was_not_sent_is_tried_until_it_is(desk: Desk) -> None:
    desk.far_end.answers = [Outcome(OutcomeKind.TRANSIENT, "429")] * 3
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert (desk.far_end.tried, len(desk.far_end.arrived)) == (4, 1)


async def test_attempts_have_an_end_and_the_owner_may_have_it_tried_again(desk: Desk) -> None:
    desk.pace = replace(QUICK, attempts=3)
    desk.far_end.answers = [Outcome(OutcomeKind.TRANSIENT, "busy", "the far end is busy")] * 9
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("failed"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert desk.far_end.tried == 3
    notice = desk.owners.told[0].notice
    assert notice.kind is NoticeKind.RETRY
    assert "did not reach <#C0GENERAL00> after 3 attempts" in notice.text


async def test_where_nothing_can_arrive_the_target_is_taken_off_and_its_owner_told(desk: Desk) -> None:
    gone = Outcome(OutcomeKind.PERMANENT, "is_archived", "the channel is archived", suppress=True)
    desk.far_end.answers = [gone]
    subscription = desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("failed"))
        await desk.until(lambda: len(desk.owners.told) == 1)
    with desk.engine.connect() as connection:
        after = subscriptions.get(connection, subscription.id)
    assert (after.state, after.paused_why) == (State.PAUSED, "the channel is archived")
    assert after.targets[0].state is TargetState.SUPPRESSED
    notice = desk.owners.told[0].notice
    assert (notice.kind, notice.about) == (NoticeKind.MEND, after.targets[0].id)


async def test_one_target_that_is_gone_costs_the_others_nothing(desk: Desk) -> None:
    gone = Outcome(OutcomeKind.PERMANENT, "is_archived", "the channel is archived", suppress=True)
    desk.far_end.answers = [gone]
    subscription = desk.subscribe(WEEKLY, "C0ARCHIVED0", "C0GENERAL00")
    desk.at = MONDAY
    async with desk.running():
        await desk.until(lambda: sorted(desk.states()) == ["failed", "sent"])
    with desk.engine.connect() as connection:
        assert subscriptions.get(connection, subscription.id).state is State.ACTIVE


async def test_a_fault_of_the_sender_after_the_mark_is_unknown_and_never_sent_blindly(desk: Desk) -> None:
    desk.far_end.answers = [RuntimeError("a bug")]
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert desk.states() == ["unknown"]
    assert desk.far_end.tried == 1
    assert desk.owners.told[0].notice.kind is NoticeKind.DECIDE


async def test_an_unknown_one_that_is_found_counts_as_sent(desk: Desk) -> None:
    desk.far_end.answers = [Outcome(OutcomeKind.UNKNOWN, "timeout")]
    desk.far_end.found = [Outcome(OutcomeKind.SENT, far_id="7")]
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert desk.far_end.tried == 1


async def test_an_unknown_one_that_is_not_there_at_the_second_look_is_sent_again(desk: Desk) -> None:
    absent = Outcome(OutcomeKind.TRANSIENT, "absent")
    desk.far_end.answers = [Outcome(OutcomeKind.UNKNOWN, "timeout")]
    desk.far_end.found = [absent, absent]
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("sent"))
    assert (desk.far_end.tried, desk.far_end.found) == (2, [])


async def test_hours_after_each_send_one_is_due_for_each_e_mail_and_none_for_history(desk: Desk) -> None:
    schedule = replace(WEEKLY.schedule, every="send", hours=4)
    desk.subscribe(replace(WEEKLY, schedule=schedule, query=Query("latest")))
    at = NOW + timedelta(hours=1)
    history = Email(id="history", sent_at=NOW - timedelta(days=9))
    merge(desk.engine, [], [history, Email(id="may-1", sent_at=at), Email(id="may-2", sent_at=at + SECOND)])
    desk.at = at + timedelta(hours=4) - SECOND
    async with desk.running() as digests:
        await asyncio.sleep(0.1)
        assert desk.states() == []
        desk.at += 2 * SECOND
        digests.wake()
        await desk.until(desk.settled("sent", "sent"))
    asked = sorted(digest.reports[0].query.email for _address, digest in desk.far_end.arrived)
    assert asked == ["may-1", "may-2"]


async def test_what_has_no_outcome_for_too_long_is_told_to_its_owner(desk: Desk) -> None:
    desk.pace = replace(QUICK, patience=timedelta(), waits=(timedelta(hours=1),))
    desk.far_end.answers = [Outcome(OutcomeKind.TRANSIENT, "busy", "Slack asked for a pause")]
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(lambda: len(desk.owners.told) == 1)
    assert "is late" in desk.owners.told[0].notice.text


async def test_a_channel_without_a_sender_waits(desk: Desk) -> None:
    places = [subscriptions.Place(Channel.MAIL, "ann@example.com"), subscriptions.Place(Channel.SLACK, "C0GENERAL00")]
    subscriptions.add(desk.engine, WEEKLY, places, desk.at)
    desk.at = MONDAY
    async with desk.running() as digests:
        await desk.until(lambda: "sent" in desk.states())
        assert await digests.alive()
    assert sorted(desk.states()) == ["pending", "sent"]


async def test_what_is_due_together_begins_apart_within_the_window() -> None:
    delays = [QUICK.delay(place / 500, 500) for place in range(500)]
    assert max(delays) == timedelta()
    apart = replace(QUICK, apart=timedelta(seconds=0.25), window=timedelta(minutes=5))
    assert apart.delay(0.999, 1) == timedelta()
    assert apart.delay(0.999, 500) < timedelta(seconds=125)
    assert apart.delay(0.999, 100_000) < timedelta(minutes=4)


async def test_a_service_that_ends_leaves_what_it_has_not_sent_to_the_next_at_once(desk: Desk) -> None:
    desk.far_end.hangs = "before the mark"
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("claimed"))
    assert desk.states() == ["pending"]
    desk.far_end.hangs = ""
    async with desk.running():
        await desk.until(desk.settled("sent"))


async def test_a_service_that_ends_while_it_sends_does_not_say_that_it_has_not(desk: Desk) -> None:
    desk.far_end.hangs = "after the mark"
    desk.subscribe()
    desk.at = MONDAY
    async with desk.running():
        await desk.until(desk.settled("inflight"))
    assert desk.states() == ["inflight"]
    assert ledger.claim(desk.engine, "next", Channel.SLACK, QUICK.lease, 10) == ()


async def test_an_engine_that_has_nothing_to_do_writes_nothing(desk: Desk) -> None:
    desk.subscribe()
    asked: list[str] = []
    hooks.listen(desk.engine, "before_cursor_execute", lambda _c, _k, statement, *_: asked.append(statement))
    async with desk.running():
        await desk.until(lambda: len(asked) > 100)
    assert [statement for statement in asked if not statement.startswith(("SELECT", "BEGIN"))] == []
