"""The lists of saved reports and dashboards in Slack, with what may be done to each."""

import asyncio
from typing import Any

import pytest

from bot.access_settings import Access
from bot.sandbox import blocks
from bot.sandbox.doors import ANNA
from bot.sandbox.forms import form_of
from bot.slack.saved_list import PAGE
from reports.query import Query
from store.saved import Viewer, Visibility
from store.saving import changing, rename
from store.subscriptions import Kind
from tests.bot.slack.desk import BOB, CARLA, GROWTH, LINKS, OpenSavingDesk
from tests.bot.slack.office import NOW


def texts(conversation: Any) -> str:
    return "\n".join(block["text"]["text"] for block in conversation.last.of_type("section"))


def options(conversation: Any, place: int = 0) -> list[str]:
    return [option["text"]["text"] for option in conversation.last.menus[place]["options"]]


async def test_everybody_reads_what_is_theirs_or_shown_to_them(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Mine *bold* <!channel>")
    there.save("Team's", LINKS, CARLA, Visibility.TEAM, "growth")
    there.save("Bob's", owner=BOB)
    listed = await there.said("reports")
    assert "2 reports" in texts(listed) and "Bob's" not in texts(listed)
    assert "<!channel>" not in texts(listed) and "only for you" in texts(listed)
    assert f"for the team growth, <@{CARLA}>'s" in texts(listed) and "`/emailstats links newsletter-may`" in texts(
        listed
    )
    assert options(listed) == ["Rename or change …", "Duplicate", "Hand over …", "Delete"]
    assert options(listed, 1) == ["Copy to my own"]
    assert "1 report." in texts(await there.said("reports", there.person(BOB)))


async def test_nothing_saved_yet_tells_how(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    assert "Press *Save* under an answer" in (await there.said("reports")).last.text
    assert "several saved reports in one place" in (await there.said("dashboards")).last.text


async def test_long_lists_have_pages_within_slacks_limits(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    long = Query("é" * 900, ("links",), list_name="<&>" * 200)
    for number in range(PAGE + 1):
        there.save(f"{number}{'𝒳' * 98}", long)
    listed = await there.said("reports")
    assert blocks.faults(listed.last.blocks) == [] and len(listed.last.menus) == PAGE
    later = await there.pressed(listed, "Later")
    assert len(later.last.menus) == 1 and len(later.shown) == 1
    assert len((await there.pressed(later, "Earlier")).last.menus) == PAGE


async def test_a_report_is_shown_in_the_readers_own_zone_and_language(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Growth", GROWTH, CARLA, Visibility.EVERYONE)
    there.office.sandbox.workspace.users[BOB] = {"tz": "Asia/Kolkata", "locale": "en-GB"}
    shown = await there.said('report "growth"', there.person(BOB))
    (query,) = there.queries
    assert (query.zone, query.locale, query.filters) == ("Asia/Kolkata", "en_GB", GROWTH.filters)
    assert "Report: Growth" in str(shown.last.blocks)
    back = await there.pressed(shown, "All reports", there.person(BOB))
    assert "1 report." in texts(back)


async def test_a_name_that_there_is_not_offers_the_nearest(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    assert "Did you mean “Growth”?" in (await there.said("report growht")).last.text


async def test_a_dashboard_is_turned_page_by_page_and_shared_whole(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    first, second = there.save(), there.save("Links", LINKS)
    there.save("Monday", (first.id, second.id))
    shown = await there.said("dashboard monday")
    assert "Dashboard: Monday, report 1 of 2: Growth" in str(shown.last.blocks)
    shown = await there.pressed(shown, "Next: Links")
    assert "report 2 of 2: Links" in str(shown.last.blocks)
    assert blocks.faults(shown.last.blocks) == []
    await there.pressed(shown, "Share all in channel")
    assert len(there.office.sandbox.workspace.messages) == 2
    shown = await there.pressed(shown, "Previous")
    assert "report 1 of 2" in str(shown.last.blocks)


async def test_an_empty_dashboard_says_how_to_fill_it(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Monday", ())
    assert "nothing on the dashboard *Monday*" in (await there.said("dashboard Monday")).last.text


async def test_what_is_deleted_is_put_back_by_the_button(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    gone = await there.anna.choose(await there.said("reports"), "Delete")
    await there.office.services.finish()
    assert "*Growth* is deleted." in texts(gone) and there.saved() == ()
    back = await there.pressed(gone, "Undo")
    assert "is as it was before" in texts(back) and [one.name for one in there.saved()] == ["Growth"]


async def test_a_double_click_copies_once(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Growth", GROWTH, CARLA, Visibility.EVERYONE)
    listed = await there.said("reports")
    await asyncio.gather(*(there.anna.choose(listed, "Copy to my own") for _ in range(3)))
    await there.office.services.finish()
    assert [(one.name, one.owner) for one in there.saved(who=Viewer(ANNA))] == [
        ("Growth (copy)", ANNA),
        ("Growth", CARLA),
    ]


async def test_an_old_list_does_not_undo_what_was_done_since(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    report = there.save()
    listed = await there.said("reports")
    with changing(there.engine) as connection:
        rename(connection, Viewer(ANNA), report.id, 1, "Renamed", NOW)
    told = await there.anna.choose(listed, "Delete")
    await there.office.services.finish()
    assert "has been changed in the meantime" in texts(told) and "*Renamed*" in texts(told)
    assert [one.name for one in there.saved()] == ["Renamed"]


async def test_a_report_is_renamed_asked_anew_and_shown_to_others_at_once(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    following = await there.anna.choose(await there.said("reports"), "Rename or change …")
    form = await form_of(there.anna)
    assert (form.value("Name"), form.value("What")) == ("Growth", "overview team:growth all time")
    await form.fill("Name", "Links")
    await form.fill("What", "links newsletter-may")
    await form.fill("Who sees it", "Everyone")
    assert await form.submit() == {}
    await there.office.services.finish()
    (report,) = there.saved()
    assert (report.name, report.query, report.visibility, report.version) == ("Links", LINKS, Visibility.EVERYONE, 2)
    assert "*Links* is changed; version 1 is kept." in texts(following)
    await there.pressed(following, "Undo")
    assert there.saved()[0].query == GROWTH


async def test_of_two_forms_the_later_one_is_told(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    forms = []
    for name in ("First", "Second"):
        await there.anna.choose(await there.said("reports"), "Rename or change …")
        await there.office.services.finish()
        form = await form_of(there.anna)
        await form.fill("Name", name)
        forms.append(form)
    assert await forms[0].submit() == {}
    assert "changed in the meantime" in (await forms[1].submit())["Name"]
    assert [one.name for one in there.saved()] == ["First"]


async def test_a_dashboards_reports_are_chosen_and_ordered_and_what_is_deleted_stays(
    saving_desk: OpenSavingDesk,
) -> None:
    there = await saving_desk()
    first, second, third = there.save(), there.save("Links", LINKS), there.save("Third")
    there.save("Monday", (first.id, third.id))
    gone = await there.anna.choose(await there.said("reports"), "Delete", 2)
    await there.office.services.finish()
    assert "*Third* is deleted" in texts(gone)
    await there.anna.choose(await there.said("dashboards"), "Rename or change …")
    form = await form_of(there.anna)
    await form.fill("Reports", ["Links", "Growth"])
    assert await form.submit() == {}
    assert there.saved(Kind.DASHBOARD)[0].reports == (second.id, first.id, third.id)


async def test_the_new_owner_is_told_and_has_it(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    following = await there.anna.choose(await there.said("reports"), "Hand over …")
    form = await form_of(there.anna)
    await form.fill("To whom", BOB)
    assert await form.submit() == {}
    await there.office.services.finish()
    assert there.saved()[0].owner == BOB
    (message,) = there.office.sandbox.workspace.messages
    assert message["channel"] == BOB and f"<@{ANNA}> has handed the report *Growth* over to you" in message["text"]
    assert f"is <@{BOB}>'s now" in texts(following)


@pytest.mark.parametrize("owner", [BOB, ANNA])
async def test_handing_over_what_can_not_be_says_why(saving_desk: OpenSavingDesk, owner: str) -> None:
    there = await saving_desk()
    there.save()
    there.save(owner=BOB)
    await there.anna.choose(await there.said("reports"), "Hand over …")
    form = await form_of(there.anna)
    await form.fill("To whom", owner)
    assert "To whom" in await form.submit()
    assert [one.version for one in there.saved()] == [1, 1]


async def test_an_address_in_a_saved_search_is_shown_to_nobody_who_may_not_see_it(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    search = Query("newsletter-may", ("recipients",), options=(("search", "dora@customers.example"),))
    there.save("Dora", search, CARLA, Visibility.EVERYONE)
    assert "dora@" not in texts(await there.said("reports"))


async def test_a_copy_of_anothers_search_tells_no_address_and_is_kept_whole_by_who_renames_it(
    saving_desk: OpenSavingDesk,
) -> None:
    there = await saving_desk()
    search = Query("newsletter-may", ("recipients",), options=(("search", "dora@customers.example"),))
    there.save("Dora", search, CARLA, Visibility.EVERYONE)
    copied = await there.anna.choose(await there.said("reports"), "Copy to my own")
    await there.office.services.finish()
    await there.anna.choose(copied, "Rename or change …")
    form = await form_of(there.anna)
    assert "dora" not in str(form.view.body) and "search" in str(form.value("What"))
    await form.fill("Name", "Mine")
    assert await form.submit() == {}
    assert [one.query for one in there.saved() if one.name == "Mine"] == [search]


async def test_whoever_manages_changes_what_others_saved(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk(policy=Access(manage=(ANNA,)).policy())
    there.save("Bob's", owner=BOB)
    listed = await there.said("reports")
    assert options(listed) == ["Rename or change …", "Copy to my own", "Hand over …", "Delete"]
    await there.anna.choose(listed, "Rename or change …")
    form = await form_of(there.anna)
    await form.fill("Name", "Bob's own")
    assert await form.submit() == {}
    assert [(one.name, one.owner, one.query) for one in there.saved()] == [("Bob's own", BOB, GROWTH)]


async def test_whoever_manages_takes_what_is_anothers_for_their_own(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk(policy=Access(manage=(ANNA,)).policy())
    there.save(owner=BOB)
    await there.anna.choose(await there.said("reports"), "Hand over …")
    form = await form_of(there.anna)
    await form.fill("To whom", BOB)
    assert "theirs already" in (await form.submit())["To whom"]
    await form.fill("To whom", ANNA)
    assert await form.submit() == {}
    await there.office.services.finish()
    assert there.saved()[0].owner == ANNA and there.office.sandbox.workspace.messages == []
