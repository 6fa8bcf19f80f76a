"""Who sees recipients' addresses in Slack: those whom the settings name, and nobody else."""

import json
from datetime import timedelta
from functools import partial

import pytest
from sqlalchemy import Engine

from bot.access_settings import Access
from bot.answers import answer
from bot.sandbox.doors import ANNA
from bot.saved.saving import Saving
from reports.events import Email, Event, Kind
from reports.query import Query
from store.merge import merge
from store.saved import Draft, Viewer
from store.saving import changing, save
from tests.bot.slack.desk import GENERAL, OpenSavingDesk
from tests.bot.slack.office import NOW, OpenOffice


@pytest.fixture
def store(engine: Engine) -> Engine:
    told = [
        Event(kind=kind, at=NOW, email="may", contact=f"{name}@example.com")
        for name in ("bob.smith", "cy")
        for kind in (Kind.SENT, Kind.DELIVERED)
    ]
    merge(engine, told, [Email(id="may", name="newsletter-may")])
    return engine


async def _told(office: OpenOffice, store: Engine, sees: frozenset[str], text: str) -> str:
    opened = await office(partial(answer, store), policy=Access(see_recipients=tuple(sees)).policy())
    asked = await (await opened.by_http()).type(text)
    await opened.services.finish()
    return json.dumps([asked.last.text, asked.last.blocks], ensure_ascii=False)


async def test_addresses_are_masked_for_whoever_is_not_named(office: OpenOffice, store: Engine) -> None:
    told = await _told(office, store, frozenset({"U0SOMEBODY"}), "recipients newsletter-may")
    assert "b•••@example.com" in told and "bob.smith" not in told


async def test_whoever_is_named_sees_them_alone(office: OpenOffice, store: Engine) -> None:
    told = await _told(office, store, frozenset({ANNA}), "recipients newsletter-may search:smith")
    assert "bob.smith@example.com" in told and "cy@example.com" not in told


@pytest.mark.parametrize("search", ["bob", "smith", "b", "bob.smith@exam"])
async def test_a_search_does_not_spell_a_masked_address(office: OpenOffice, store: Engine, search: str) -> None:
    told = await _told(office, store, frozenset(), f'recipients newsletter-may search:"{search}"')
    assert ("c•••@example.com" in told) == ("b•••@example.com" in told)
    assert "bob.smith" not in told


async def _asked(office: OpenOffice, access: Access, text: str = "newsletter-may", **user: object) -> str:
    """What Anna reads, of whom users.info tells that."""
    opened = await office(policy=access.policy())
    opened.sandbox.workspace.users[ANNA] |= user
    opened.sandbox.workspace.groups = {"S0GROWTH": {ANNA}, "S0BRAND": {"U0SOMEBODY"}}
    asked = await (await opened.by_http()).type(text)
    await opened.services.finish()
    return str(asked.last.text)


@pytest.mark.parametrize(
    "user",
    [{"is_restricted": True}, {"is_ultra_restricted": True}, {"team_id": "T0ELSEWHERE"}, {"deleted": True}],
    ids=["guest", "single-channel guest", "of another workspace", "deactivated"],
)
async def test_whoever_is_no_full_member_is_refused(office: OpenOffice, user: dict[str, object]) -> None:
    for text in ("newsletter-may", "help", "overview"):
        told = await _asked(office, Access(), text, **user)
        assert "You may not see figures here" in told and "access.see_figures" in told


async def test_settings_let_guests_and_other_workspaces_in_and_never_the_deactivated(office: OpenOffice) -> None:
    everybody = Access(see_figures=("members", "guests", "strangers"))
    assert "Open rate" in await _asked(office, everybody, is_restricted=True)
    assert "Open rate" in await _asked(office, everybody, team_id="T0ELSEWHERE")
    assert "You may not" in await _asked(office, everybody, deleted=True)


async def test_people_of_the_same_enterprise_are_no_strangers(office: OpenOffice) -> None:
    opened = await office()
    opened.sandbox.workspace.users[ANNA] |= {"team_id": "T0SISTER", "enterprise_user": {"enterprise_id": "E0OURS"}}
    asked = await (await opened.by_http()).type("newsletter-may")
    await opened.services.finish()
    assert "You may not" in asked.last.text  # ours has no enterprise


@pytest.mark.parametrize(
    ("group", "begins"), [("S0GROWTH", "newsletter-may"), ("S0BRAND", "You may not"), ("S0GONE", "You may not")]
)
async def test_members_of_a_user_group_are_let_in(office: OpenOffice, group: str, begins: str) -> None:
    assert (await _asked(office, Access(see_figures=(group,)))).startswith(begins)


async def test_where_slack_does_not_tell_who_asks_nothing_is_shown(office: OpenOffice) -> None:
    opened = await office()
    del opened.sandbox.workspace.users[ANNA]
    asked = await (await opened.by_http()).type("newsletter-may")
    await opened.services.finish()
    assert "Slack does not tell who you are" in asked.last.text


async def test_a_guests_home_shows_nothing_and_says_why(office: OpenOffice) -> None:
    opened = await office()
    opened.sandbox.workspace.users[ANNA] |= {"is_restricted": True}
    anna = await opened.by_http()
    await anna.open_home()
    await opened.services.finish()
    (section,) = opened.sandbox.workspace.homes[ANNA].blocks
    assert "You may not see figures here" in section["text"]["text"]


async def test_whoever_may_ask_in_a_channel_may_fill_in_forms_there(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk(policy=Access(see_figures=(GENERAL,)).policy())
    form = await there.form("save Growth")
    await form.fill("Dashboard", "A new one")
    await there.office.services.finish()
    await form.fill("What", "overview team:growth")
    await form.fill("Name of the dashboard", "Monday")
    assert await form.submit() == {}
    assert [one.name for one in there.saved()] == ["Growth"]


async def test_a_form_says_why_it_is_refused(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    form = await there.form("save Growth")
    await form.fill("What", "overview team:growth")
    there.office.sandbox.workspace.users[ANNA] |= {"deleted": True}
    there.office.clock.at += timedelta(hours=2)
    assert "You may not see figures here" in (await form.submit())["What"]
    assert there.saved() == ()


async def test_whoever_manages_sees_what_others_saved_for_themselves(office: OpenOffice, store: Engine) -> None:
    saving = Saving(store, {})
    with changing(store) as connection:
        save(connection, Viewer("U0BOB000000"), Draft("Bob's own", Query(sections=("overview",))), NOW)
    for manage, sees in (((), False), ((ANNA,), True)):
        opened = await office(saving=saving, policy=Access(manage=manage).policy())
        asked = await (await opened.by_http()).type("reports")
        await opened.services.finish()
        assert ("Bob's own" in json.dumps(asked.last.blocks)) == sees
