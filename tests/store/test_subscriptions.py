"""Subscriptions: promised once however often it is said, paused, changed and left."""

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy import event as hooks

from reports.calendar import Schedule
from reports.query import Query
from store import subscriptions
from store.engine import writing
from store.subscriptions import (
    AlreadyThere,
    Channel,
    Kind,
    NoSubscription,
    Place,
    Promise,
    State,
    Subscription,
    TargetState,
)

NOW = datetime(2026, 5, 6, 12, tzinfo=UTC)  # a Wednesday
LATER = NOW + timedelta(days=3)
WEEKLY = Promise(
    "U0ANNA00000", "Overview", Kind.QUERY, Schedule(zone="Europe/Amsterdam"), Query(sections=("overview",))
)
GENERAL = Place(Channel.SLACK, "C0GENERAL00")
BOB = Place(Channel.SLACK, "U0BOB000000")
MAIL = Place(Channel.MAIL, "anna@example.com")
OUTSIDE = Place(Channel.MAIL, "eve@elsewhere.example", confirm=True)


def add(engine: Engine, *places: Place, promise: Promise = WEEKLY, now: datetime = NOW) -> Subscription:
    return subscriptions.add(engine, promise, places, now)[0]


def got(engine: Engine, number: int) -> Subscription:
    with engine.connect() as connection:
        return subscriptions.get(connection, number)


def states(subscription: Subscription) -> dict[str, TargetState]:
    return {target.address: target.state for target in subscription.targets}


def test_what_is_promised_comes_back(engine: Engine) -> None:
    made, new = subscriptions.add(engine, replace(WEEKLY, skip_empty=True), [GENERAL, OUTSIDE], NOW)
    assert new and made == got(engine, made.id)
    assert made.promise == replace(WEEKLY, skip_empty=True)
    assert (made.state, made.created_at, made.since) == (State.ACTIVE, NOW, NOW)
    assert made.next_due == datetime(2026, 5, 11, 7, tzinfo=UTC)
    assert states(made) == {GENERAL.address: TargetState.ACTIVE, OUTSIDE.address: TargetState.PENDING}
    assert all(len(target.token) == 22 for target in made.targets)


def test_what_was_saved_is_subscribed_to_by_its_number(engine: Engine) -> None:
    promise = Promise("terminal", "Spring", Kind.DASHBOARD, Schedule("send", hours=4), subject=7)
    made = add(engine, MAIL, promise=promise)
    assert (made.promise, made.next_due) == (promise, None)


def test_a_form_that_is_sent_twice_makes_one_subscription(engine: Engine) -> None:
    first = add(engine, GENERAL)
    again, new = subscriptions.add(engine, replace(WEEKLY, name="Another name"), [GENERAL, BOB], LATER)
    assert not new and again.id == first.id
    assert states(again) == {GENERAL.address: TargetState.ACTIVE, BOB.address: TargetState.ACTIVE}
    assert (again.since, again.targets[0].token) == (NOW, first.targets[0].token)


def test_forms_that_are_sent_at_the_same_time_make_one_subscription(engine: Engine) -> None:
    with ThreadPoolExecutor(8) as threads:
        made = list(threads.map(lambda _: subscriptions.add(engine, WEEKLY, [GENERAL, MAIL], NOW), range(8)))
    assert len({subscription.id for subscription, _ in made}) == 1
    assert [new for _, new in made].count(True) == 1
    assert len(got(engine, made[0][0].id).targets) == 2


@pytest.mark.parametrize(
    "other",
    [
        {"owner": "U0BOB000000"},
        {"schedule": Schedule(at=time(10), zone="Europe/Amsterdam")},
        {"query": Query(sections=("overview",), zone="Asia/Kolkata")},
        {"skip_empty": True},
    ],
)
def test_another_promise_is_another_subscription(engine: Engine, other: dict[str, Any]) -> None:
    assert add(engine, GENERAL).id != add(engine, GENERAL, promise=replace(WEEKLY, **other)).id


def test_nothing_is_due_while_it_is_paused_and_nothing_is_made_up_for(engine: Engine) -> None:
    number = add(engine, GENERAL).id
    subscriptions.pause(engine, number, "the channel is archived")
    paused = got(engine, number)
    assert (paused.state, paused.paused_why, paused.next_due) == (State.PAUSED, "the channel is archived", None)
    at = NOW + timedelta(days=20)
    subscriptions.resume(engine, number, at)
    resumed = got(engine, number)
    assert (resumed.state, resumed.paused_why, resumed.since) == (State.ACTIVE, None, at)
    assert resumed.next_due == datetime(2026, 6, 1, 7, tzinfo=UTC)
    subscriptions.resume(engine, number, at + timedelta(days=9))
    assert got(engine, number) == resumed, "resuming what goes on changes nothing"


def test_promising_what_is_paused_resumes_it(engine: Engine) -> None:
    number = add(engine, GENERAL).id
    subscriptions.pause(engine, number)
    again = add(engine, GENERAL, now=LATER)
    assert (again.id, again.state, again.since) == (number, State.ACTIVE, LATER)


def test_what_has_ended_is_gone_and_may_be_promised_again(engine: Engine) -> None:
    number = add(engine, GENERAL).id
    subscriptions.end(engine, number)
    for act in (
        lambda: got(engine, number),
        lambda: subscriptions.end(engine, number),
        lambda: subscriptions.pause(engine, number),
        lambda: subscriptions.resume(engine, number, NOW),
        lambda: subscriptions.change(engine, number, WEEKLY, [GENERAL], NOW),
    ):
        with pytest.raises(NoSubscription):
            act()
    assert add(engine, GENERAL).id != number


def test_a_change_counts_from_now_and_takes_off_who_is_not_named(engine: Engine) -> None:
    number = add(engine, GENERAL, MAIL).id
    later = replace(WEEKLY, schedule=Schedule("day", zone="UTC"), name="Daily")
    changed = subscriptions.change(engine, number, later, [MAIL, BOB], LATER)
    assert (changed.id, changed.promise, changed.since) == (number, later, LATER)
    assert changed.next_due == datetime(2026, 5, 10, 9, tzinfo=UTC)
    assert states(changed) == {
        GENERAL.address: TargetState.LEFT,
        MAIL.address: TargetState.ACTIVE,
        BOB.address: TargetState.ACTIVE,
    }


def test_a_change_of_what_is_paused_leaves_it_paused(engine: Engine) -> None:
    number = add(engine, GENERAL).id
    subscriptions.pause(engine, number, "holidays")
    changed = subscriptions.change(engine, number, replace(WEEKLY, skip_empty=True), [GENERAL], LATER)
    assert (changed.state, changed.paused_why, changed.next_due) == (State.PAUSED, "holidays", None)


def test_a_change_into_what_there_is_already_is_refused_and_changes_nothing(engine: Engine) -> None:
    add(engine, GENERAL)
    other = add(engine, GENERAL, promise=replace(WEEKLY, skip_empty=True))
    with pytest.raises(AlreadyThere):
        subscriptions.change(engine, other.id, WEEKLY, [BOB], LATER)
    assert got(engine, other.id) == other


# Targets


def test_leaving_is_for_one_target_and_twice_is_once(engine: Engine) -> None:
    made = add(engine, MAIL, GENERAL)
    token = made.targets[0].token
    for _ in range(2):
        left = subscriptions.leave(engine, token)
        assert left is not None and (left.state, left.why, left.address) == (TargetState.LEFT, "left", MAIL.address)
    assert states(got(engine, made.id))[GENERAL.address] is TargetState.ACTIVE
    assert subscriptions.leave(engine, "no-such-token") is None


@pytest.mark.parametrize("state", [TargetState.LEFT, TargetState.SUPPRESSED])
def test_a_mail_address_that_is_off_has_to_agree_before_it_is_on_again(engine: Engine, state: TargetState) -> None:
    made = add(engine, MAIL)
    with writing(engine).begin() as connection:
        connection.execute(text("UPDATE targets SET state = :state"), {"state": state.value})
    assert states(add(engine, MAIL)) == {MAIL.address: TargetState.PENDING}
    confirmed = subscriptions.confirm(engine, made.targets[0].token)
    assert confirmed is not None and confirmed.state is TargetState.ACTIVE


def test_somebody_in_slack_who_left_may_come_back(engine: Engine) -> None:
    subscriptions.leave(engine, add(engine, BOB).targets[0].token)
    assert states(add(engine, BOB)) == {BOB.address: TargetState.ACTIVE}


def test_an_address_agrees_once_for_all_subscriptions(engine: Engine) -> None:
    first = add(engine, OUTSIDE)
    subscriptions.confirm(engine, first.targets[0].token)
    other = add(engine, OUTSIDE, promise=replace(WEEKLY, skip_empty=True))
    assert states(other) == {OUTSIDE.address: TargetState.ACTIVE}


def test_who_has_left_is_not_brought_back_by_an_old_link(engine: Engine) -> None:
    token = add(engine, OUTSIDE).targets[0].token
    subscriptions.leave(engine, token)
    stayed = subscriptions.confirm(engine, token)
    assert stayed is not None and stayed.state is TargetState.LEFT
    assert subscriptions.confirm(engine, "no-such-token") is None


def test_a_link_leads_to_its_subscription(engine: Engine) -> None:
    made = add(engine, MAIL, OUTSIDE)
    with engine.connect() as connection:
        assert subscriptions.of_token(connection, made.targets[1].token) == (made, made.targets[1])
        assert subscriptions.of_token(connection, "no-such-token") is None
    subscriptions.end(engine, made.id)
    with engine.connect() as connection:
        assert subscriptions.of_token(connection, made.targets[1].token) is None


# Lists


def test_people_find_what_they_own_and_what_comes_to_them(engine: Engine) -> None:
    mine, other = add(engine, GENERAL), add(engine, BOB, promise=replace(WEEKLY, owner="U0CARLA0000"))
    ended = add(engine, BOB, promise=replace(WEEKLY, skip_empty=True))
    subscriptions.end(engine, ended.id)
    with engine.connect() as connection:
        assert subscriptions.of_people(connection, "U0ANNA00000") == (mine,)
        assert subscriptions.of_people(connection, "U0BOB000000", [BOB.address, GENERAL.address]) == (mine, other)
        assert subscriptions.of_people(connection, "U0NOBODY000") == ()
        assert subscriptions.every(connection) == (mine, other)
    subscriptions.leave(engine, other.targets[0].token)
    with engine.connect() as connection:
        assert subscriptions.of_people(connection, "U0BOB000000", [BOB.address]) == ()


def test_what_somebody_has_is_found_by_key(engine: Engine) -> None:
    """However many others there are: neither table is read through."""
    rows = [
        {"n": number, "owner": f"U{number:09}", "j": '{"every":"day"}', "token": f"t{number}", "a": f"C{number:09}"}
        for number in range(3_000)
    ]
    with writing(engine).begin() as connection:
        connection.execute(
            text(
                "INSERT INTO subscriptions (id, owner, name, kind, schedule, skip_empty, state, created_at, since)"
                " VALUES (:n + 10, :owner, 'x', 'query', :j, false, 'active', 0, 0)"
            ),
            rows,
        )
        connection.execute(
            text(
                "INSERT INTO targets (subscription_id, channel, address, token, state)"
                " VALUES (:n + 10, 'slack', :a, :token, 'active')"
            ),
            rows,
        )
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.exec_driver_sql("ANALYZE")
    plans: list[str] = []

    def explain(connection: Connection, _cursor: Any, sql: str, values: Any, *_rest: Any) -> None:
        cursor = connection.connection.cursor()
        cursor.execute(("EXPLAIN " if engine.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN ") + sql, values)
        plans.extend(str(row[-1]) for row in cursor.fetchall())
        cursor.close()

    hooks.listen(engine, "before_cursor_execute", explain)
    with engine.connect() as connection:
        found = subscriptions.of_people(connection, "U000000007", ["C000000009"])
    assert [subscription.id for subscription in found] == [17, 19]
    assert len(plans) > 4
    assert not [line for line in plans if re.search(r"Seq Scan|SCAN (subscriptions|targets)\b", line)], plans
    keyed = [place for place, line in enumerate(plans) if "Index Scan" in line or "Index Only Scan" in line]
    assert all("Index Cond" in plans[place + 1] for place in keyed), plans
