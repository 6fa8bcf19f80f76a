"""Saving what was asked, in Slack: from the button under an answer, and by command."""

import pytest

from bot.sandbox import blocks
from bot.sandbox.doors import ANNA
from bot.sandbox.forms import Form, form_of
from reports.period import Period
from reports.query import Filters, Query
from store.saved import Visibility
from store.subscriptions import Kind
from tests.bot.slack.desk import BOB, GROWTH, LINKS, OpenSavingDesk, SavingDesk

ZONE = "Europe/Amsterdam"


async def pressed_save(there: SavingDesk, text: str = "links newsletter-may") -> Form:
    answered = await there.said(text)
    await there.anna.press(answered, "Save")
    await there.office.services.finish()
    return await form_of(there.anna)


async def test_an_answer_is_saved_with_its_filters_by_the_button_under_it(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    answered = await there.said("overview team:growth last 90 days")
    await there.anna.press(answered, "Save")
    form = await form_of(there.anna)
    assert form.value("What") == "overview team:growth last 90 days"
    await form.fill("Name", "Growth <!channel>")
    assert await form.submit() == {}
    await there.office.services.finish()
    (report,) = there.saved()
    filters = Filters(team="growth")
    period = Period("90d")
    assert report.query == Query(sections=("overview",), filters=filters, period=period, zone=ZONE, locale="nl_NL")
    assert (report.owner, report.name, report.visibility) == (ANNA, "Growth <!channel>", Visibility.PRIVATE)


async def test_what_became_of_it_is_said_beside_the_answer_which_stays(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    answered = await there.said("links newsletter-may")
    following = await there.anna.press(answered, "Save")
    form = await form_of(there.anna)
    await form.fill("Name", "Growth <!channel>")
    assert await form.submit() == {}
    await there.office.services.finish()
    kept, said = following.shown
    assert kept is answered.last
    assert "Saved: *Growth &lt;!channel&gt;*" in said.text and "`/emailstats links newsletter-may`" in said.text


async def test_the_command_saves_what_was_asked_last(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    await there.said("links newsletter-may")
    await there.said("help")
    form = await there.form("save “My links”")
    assert (form.value("What"), form.value("Name")) == ("links newsletter-may", "My links")
    assert await form.submit() == {}
    assert [(one.name, one.query) for one in there.saved()] == [("My links", LINKS)]


async def test_with_nothing_asked_yet_the_form_asks_what(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    form = await there.form("save")
    assert not form.value("What")
    await form.fill("What", "links newsletter-may by month")
    await form.fill("Name", "Links")
    assert "by month" in (await form.submit())["What"]
    await form.fill("What", "links newsletter-may")
    assert await form.submit() == {}
    assert len(there.saved()) == 1


async def test_a_report_goes_onto_a_dashboard_that_there_is(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    monday = there.save("Monday", ())
    there.save("Another's", (), BOB, Visibility.EVERYONE)
    form = await pressed_save(there)
    await form.fill("Name", "Links")
    with pytest.raises(KeyError):
        await form.fill("Dashboard", "Another's")
    await form.fill("Dashboard", "Monday")
    assert await form.submit() == {}
    (report,) = there.saved()
    assert [one.reports for one in there.saved(Kind.DASHBOARD) if one.id == monday.id] == [(report.id,)]


async def test_a_new_dashboard_is_made_with_viewers_of_its_own(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    form = await pressed_save(there)
    assert "Name of the dashboard" not in form.labels
    await form.fill("Name", "Links")
    await form.fill("Dashboard", "A new one")
    await there.office.services.finish()
    assert form.value("Name") == "Links", "what was typed stays"
    await form.fill("Name of the dashboard", "Monday")
    await form.fill("Who sees the dashboard", "The team growth")
    assert await form.submit() == {}
    (report,), (dashboard,) = there.saved(), there.saved(Kind.DASHBOARD)
    assert (dashboard.name, dashboard.reports, dashboard.team) == ("Monday", (report.id,), "growth")
    assert report.visibility is Visibility.PRIVATE


async def test_what_is_wrong_with_the_dashboard_saves_no_report_either(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Monday", ())
    form = await pressed_save(there)
    await form.fill("Name", "Links")
    await form.fill("Dashboard", "A new one")
    await there.office.services.finish()
    await form.fill("Name of the dashboard", "monday")
    assert "choose another name" in (await form.submit())["Name of the dashboard"]
    assert there.saved() == ()


async def test_a_name_that_is_taken_is_said_and_can_be_given_to_this_one(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save("Growth", GROWTH)
    form = await pressed_save(there)
    await form.fill("Name", "GROWTH")
    assert "tick below" in (await form.submit())["Name"]
    await form.fill("If I have one of that name", ["Put this in its place; the earlier one is kept as a version"])
    assert await form.submit() == {}
    assert [(one.version, one.query) for one in there.saved()] == [(2, LINKS)]


async def test_somebody_of_no_team_is_offered_none(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    form = await there.form("save", there.person(BOB))
    with pytest.raises(KeyError):
        await form.fill("Who sees it", "The team growth")


async def test_the_form_holds_for_a_hundred_dashboards_of_long_names(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    for number in range(110):
        there.save(f"{number} {'long ' * 18}", ())
    form = await pressed_save(there, "links newsletter-may")
    await form.fill("Dashboard", "A new one")
    await there.office.services.finish()
    assert "Name of the dashboard" in form.labels


async def test_the_buttons_of_an_answer_hold_whatever_it_asks(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    answered = await there.said(f'links newsletter-may list:"{"é" * 380}"')
    assert blocks.faults(answered.last.blocks) == []
    assert answered.last.buttons == [], "what is cut would ask something else"
