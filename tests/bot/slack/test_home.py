"""The app's home: what stands on it, what is pressed on it, and what it says when there is nothing yet."""

import asyncio
from datetime import UTC, datetime, timedelta

import pytest

from bot.sandbox.doors import ANNA, Person
from bot.sandbox.forms import form_of
from bot.sandbox.state import Failure
from bot.sandbox.views import home_faults
from reports.calendar import Schedule
from reports.query import Query
from store import notices, subscriptions
from store.notices import Notice, NoticeKind
from store.saved import Visibility
from store.subscriptions import Channel, Place, Promise
from store.subscriptions import Kind as SubscriptionKind
from tests.bot.slack.desk import BOB, CARLA, GROWTH, LINKS, OpenSavingDesk, SavingDesk
from tests.bot.slack.office import NOW, OpenOffice


async def opened(there: SavingDesk, person: Person | None = None) -> str:
    """The words on somebody's home, just opened."""
    person = person or there.anna
    await person.open_home()
    await there.office.services.finish()
    return words(there, person.user)


def words(there: SavingDesk, user: str = ANNA) -> str:
    view = there.office.sandbox.workspace.homes[user]
    assert home_faults({key: view.body[key] for key in ("type", "blocks")}) == []
    return "\n".join(block["text"]["text"] for block in view.blocks if block["type"] in ("header", "section"))


async def press(there: SavingDesk, label: str, place: int = 0, option: str = "") -> str:
    await there.anna.press_home(label, place, option)
    await there.office.services.finish()
    return words(there)


def subscribe(there: SavingDesk, name: str, schedule: Schedule) -> None:
    query = Query(sections=("overview",))
    promise = Promise(ANNA, name, SubscriptionKind.QUERY, schedule, query)
    subscriptions.add(there.engine, promise, [Place(Channel.SLACK, ANNA)], NOW)


async def test_with_nothing_yet_it_teaches_how_to_begin(saving_desk: OpenSavingDesk) -> None:
    said = await opened(await saving_desk())
    for hint in ("A dashboard is several reports", "press *Save* under the answer", "/emailstats subscribe overview"):
        assert hint in said
    assert said.rstrip().endswith("shows all that can be asked.")


async def test_everybody_finds_their_own_with_the_next_digest_first(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    report = there.save()
    there.save("Links", LINKS, CARLA, Visibility.TEAM, "growth")
    there.save("Monday", (report.id,))
    there.save("Bob's", owner=BOB)
    subscribe(there, "Later", Schedule("month", day=31))
    subscribe(there, "Sooner", Schedule("day"))
    subscribe(there, "After sends", Schedule("send"))
    said = await opened(there)
    places = [said.index(word) for word in ("Monday", "Growth", "Links", "Sooner", "Later", "After sends")]
    assert places == sorted(places)
    assert "Bob's" not in said and "1 report" in said
    assert "Bob's" in await opened(there, there.person(BOB))


async def test_what_is_deleted_there_is_put_back_there(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    await opened(there)
    said = await press(there, "", 0, "Delete")
    assert said.startswith("*Growth* is deleted.") and there.saved() == ()
    said = await press(there, "Undo")
    assert "is as it was before" in said and len(there.saved()) == 1
    assert there.office.sandbox.workspace.messages == [], "no message comes beside it"


async def test_a_report_is_shown_as_a_message_of_the_app(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    await opened(there)
    said = await press(there, "Show")
    (message,) = there.office.sandbox.workspace.messages
    assert message["channel"] == ANNA and "Report: Growth" in str(message["blocks"])
    assert "*Growth* is in your messages" in said
    assert there.queries[0].filters == GROWTH.filters


async def test_a_form_opened_there_ends_there(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    await opened(there)
    await press(there, "", 0, "Rename or change …")
    form = await form_of(there.anna)
    await form.fill("Name", "Renamed")
    assert await form.submit() == {}
    await there.office.services.finish()
    assert "*Renamed* is changed; version 1 is kept." in words(there)
    await press(there, "Subscribe")
    form = await form_of(there.anna)
    assert form.value("What") == "report Renamed"
    assert await form.submit() == {}
    await there.office.services.finish()
    assert "You are subscribed." in words(there) and "Next:" in words(there)
    assert "is paused" in await press(there, "Pause")


async def test_a_double_click_there_copies_once(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    await opened(there)
    await asyncio.gather(*(there.anna.press_home("", 0, "Duplicate") for _ in range(3)))
    await there.office.services.finish()
    assert len(there.saved()) == 2


async def test_it_stays_within_slacks_limits_and_says_what_it_leaves_out(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    long = Query("é" * 900, ("links",), list_name="<&>" * 200)
    reports = [there.save(f"{number} {'𝒳' * 90}", long) for number in range(14)]
    for number in range(9):
        there.save(f"{number} {'𝒳' * 90}", tuple(report.id for report in reports))
        subscribe(there, "<!channel> *bold* " * 20, Schedule("day", zone="Europe/Amsterdam", hours=number + 1))
    said = await opened(there)
    for more in ("… and 5 more: `/emailstats reports`", "… and 3 more: `/emailstats dashboards`", "… and 2 more"):
        assert more in said
    assert "<!channel>" not in said


async def test_the_same_event_sent_again_publishes_once(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    for number, tab in (("Ev1", "home"), ("Ev1", "home"), ("Ev2", "messages")):
        event = {"type": "app_home_opened", "user": ANNA, "tab": tab}
        told = {"type": "event_callback", "team_id": "T", "event_id": number, "event": event}
        await there.anna.wire.send("events_api", told)
    await there.office.services.finish()
    assert there.office.sandbox.calls.count("views.publish") == 1


async def test_a_home_that_can_not_be_shown_costs_nobody_a_message(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.office.sandbox.fail("views.publish", Failure("internal_error", 500))
    await there.anna.open_home()
    await there.office.services.finish()
    assert there.office.sandbox.workspace.messages == []
    there.office.clock.at += timedelta(minutes=1)
    assert "Dashboards" in await opened(there)


@pytest.mark.parametrize("wire", ["by_http", "by_socket"])
async def test_without_a_store_for_them_it_says_what_can_be_asked(office: OpenOffice, wire: str) -> None:
    there = await office()
    anna = await getattr(there, wire)()
    await anna.open_home()
    await there.services.finish()
    (block,) = there.sandbox.workspace.homes[ANNA].blocks
    assert "/emailstats help" in block["text"]["text"]


async def test_what_went_wrong_stands_first_with_the_button_that_mends_it(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    subscribe(there, "Weekly", Schedule("day"))
    (made,) = there.subscriptions()
    (target,) = made.targets
    with there.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE targets SET state = 'suppressed'")
    notices.add(there.engine, Notice(ANNA, made.id, NoticeKind.MEND, "*Weekly* can't be sent to you.", target.id))
    there.office.clock.at = datetime.now(UTC)  # notices are told on the database's clock
    said = await opened(there)
    assert said.startswith("What needs you\n*Weekly* can't be sent to you.")
    said = await press(there, "It is mended: go on")
    assert said.startswith("*Weekly* goes on.") and "What needs you" not in said
    assert there.subscriptions()[0].targets[0].state == "active"
