"""Subscribing to a saved report or dashboard, in Slack."""

import pytest

from bot.access_settings import Access
from bot.sandbox.doors import ANNA
from store.saved import Viewer, Visibility
from store.saving import changing, delete
from store.subscriptions import Kind
from tests.bot.slack.desk import BOB, LINKS, OpenSavingDesk
from tests.bot.slack.office import NOW


async def test_a_saved_report_is_subscribed_to_by_its_name(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    report = there.save()
    form = await there.form("subscribe report growth weekly on monday at 9")
    assert form.value("What") == "report growth"
    assert await form.submit() == {}
    await there.office.services.finish()
    (made,) = there.subscriptions()
    assert (made.promise.kind, made.promise.subject, made.promise.query) == (Kind.REPORT, report.id, None)
    assert made.promise.name == "Growth"


async def test_a_dashboard_is_shown_as_it_will_come_and_changed(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    first, second = there.save(), there.save("Links", LINKS)
    there.save("Monday", (first.id, second.id))
    form = await there.form('subscribe dashboard "Monday" weekly on monday at 9')
    assert await form.submit() == {}
    listed = await there.said("subscriptions")
    await there.pressed(listed, "Preview")
    assert [query.sections for query in there.queries] == [("overview",), ("links",)]
    preview = there.office.sandbox.workspace.views
    assert any("newsletter-may" in str(view.body) for view in preview.values())
    await there.anna.press(await there.said("subscriptions"), "Change")
    await there.office.services.finish()
    assert any("dashboard Monday" in str(view.values) for view in preview.values())


@pytest.mark.parametrize(
    ("asks", "wrong"),
    [
        ("report grwth", "Did you mean “Growth”?"),
        ("report Secret", "There is no report called “Secret”"),
        ("dashboard Empty", "no reports on the dashboard “Empty”"),
    ],
)
async def test_what_can_not_be_subscribed_to_is_said_beside_the_field(
    saving_desk: OpenSavingDesk, asks: str, wrong: str
) -> None:
    there = await saving_desk()
    there.save()
    there.save("Secret", owner=BOB)
    there.save("Empty", ())
    form = await there.form("subscribe overview")
    await form.fill("What", asks)
    assert wrong in (await form.submit())["What"]
    assert there.subscriptions() == ()


async def test_after_each_send_a_saved_report_has_to_be_about_the_latest(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    there.save()
    form = await there.form("subscribe report Growth 4 hours after each send")
    assert "ask about latest" in (await form.submit())["What"]


async def test_a_subscription_to_what_was_deleted_says_so(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    report = there.save(visibility=Visibility.EVERYONE)
    form = await there.form("subscribe report Growth", there.person(BOB))
    assert await form.submit() == {}
    with changing(there.engine) as connection:
        delete(connection, Viewer(ANNA), report.id, 1, NOW)
    listed = await there.said("subscriptions", there.person(BOB))
    await there.pressed(listed, "Preview", there.person(BOB))
    views = there.office.sandbox.workspace.views.values()
    assert any("deleted, or not shown to you any more" in str(view.body) for view in views)


async def test_what_is_sent_is_not_called_by_the_address_that_it_asks_for(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk(policy=Access(see_recipients=(ANNA,)).policy())
    form = await there.form("subscribe weekly on monday at 9")
    await form.fill("What", "recipients newsletter-may search:dora@customers.example")
    assert await form.submit() == {}
    (made,) = there.subscriptions()
    assert "dora" not in made.promise.name and made.promise.query is not None
    assert made.promise.query.option("search", "") == "dora@customers.example"
