"""Subscribing in Slack: the form, the list and its buttons, through the real app and the stand-in for Slack."""

import asyncio
import json
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, time

import pytest
from sqlalchemy import Engine

from bot.access.rights import Access, Right
from bot.answers import UnknownEmail
from bot.sandbox import blocks
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.forms import Form, NotFilled, form_of
from bot.sandbox.state import Conversation, Failure
from bot.slack.subscription_list import PAGE
from bot.subscriptions.addresses import AddressRules
from bot.subscriptions.subscribing import Subscribing
from reports.calendar import Schedule
from reports.period import Period
from reports.query import Filters, Query
from reports.report import Report
from store import subscriptions
from store.subscriptions import Channel, Kind, Place, Promise, State, Subscription, Target, TargetState
from tests.bot.slack.office import NOW, Office, OpenOffice, a_report

BOB, GENERAL, OTHER = "U0BOB000000", "C0GENERAL00", "C0OTHER0000"
ZONE = "Europe/Amsterdam"
WEEKLY = Promise(ANNA, "Growth", Kind.QUERY, Schedule(zone=ZONE), Query(sections=("overview",), period=Period("30d")))


@dataclass
class Desk:
    """An office where people can subscribe; `asked` are addresses that were asked to confirm, `queries` questions."""

    office: Office
    engine: Engine
    anna: Person
    asked: list[str] = field(default_factory=list)
    queries: list[Query] = field(default_factory=list)

    @property
    def bob(self) -> Person:
        return Person(self.office.sandbox, self.anna.wire, BOB)

    async def form(self, text: str = "subscribe", person: Person | None = None) -> Form:
        person = person or self.anna
        await person.type(text)
        return await form_of(person)

    async def said(self, conversation: Conversation) -> str:
        await self.office.services.finish()
        return str(conversation.last.body)

    async def listed(self, person: Person | None = None, text: str = "subscriptions") -> Conversation:
        return await (await (person or self.anna).type(text)).posted(1)

    async def pressed(self, conversation: Conversation, label: str, person: Person | None = None) -> Conversation:
        following = await (person or self.anna).press(conversation, label)
        await self.office.services.finish()
        return following

    def all(self) -> tuple[Subscription, ...]:
        with self.engine.connect() as connection:
            return subscriptions.every(connection)

    def add(self, promise: Promise = WEEKLY, *places: Place) -> Subscription:
        return subscriptions.add(self.engine, promise, places or [Place(Channel.SLACK, GENERAL)], NOW)[0]


OpenDesk = Callable[..., Awaitable[Desk]]


@pytest.fixture
def desk(office: OpenOffice, engine: Engine) -> OpenDesk:
    async def opened(*, mail: bool = True, refuse: bool = False) -> Desk:
        made: Desk

        async def confirm(_: Subscription, target: Target) -> str | None:
            made.asked.append(target.address)
            return "The server is away." if target.address.startswith("gone") else None

        def answer(query: Query, now: datetime, access: Access) -> Report:
            made.queries.append(query)
            assert not access.may(Right.RECIPIENTS), "others read what is sent"
            return replace(a_report(query), as_of=now)

        rules = AddressRules(frozenset({"example.com"}), refuse)
        subscribing = Subscribing(engine, rules, confirm if mail else None)
        there = await office(answer, subscribing=subscribing)
        made = Desk(there, engine, await there.by_http())
        return made

    return opened


# The form


async def test_the_form_begins_with_what_was_said_and_the_place_it_was_said_in(desk: OpenDesk) -> None:
    form = await (await desk()).form("subscribe overview campaign:Spring every friday at 17:30")
    assert form.value("What") == "overview campaign:Spring"
    assert form.value("How often")["value"] == "week"
    assert [day["text"]["text"] for day in form.value("On")] == ["Friday"]
    assert (form.value("At"), form.value("Time zone")["value"]) == ("17:30", ZONE)
    assert (form.value("Channels"), form.value("People")) == ([GENERAL], [])


async def test_what_is_filled_in_is_promised_and_said(desk: OpenDesk) -> None:
    there = await desk()
    asked = await there.anna.type("subscribe overview weekly on monday at 9")
    form = await form_of(there.anna)
    await form.fill("Name", "Growth <!channel> *now*")
    await form.fill("People", [ANNA, BOB])
    await form.fill("Mail addresses", "carla@example.com\neve@elsewhere.example")
    await form.fill("When it is empty", ["Send nothing when there is nothing to report"])
    assert await form.submit() == {}
    said = await there.said(asked)
    (made,) = there.all()
    assert made.promise == Promise(
        ANNA,
        "Growth <!channel> *now*",
        Kind.QUERY,
        Schedule("week", time(9), ZONE),
        Query(sections=("overview",), period=Period("30d"), zone=ZONE, locale="nl_NL"),
        skip_empty=True,
    )
    assert [(target.address, target.state) for target in made.targets] == [
        (GENERAL, TargetState.ACTIVE),
        (ANNA, TargetState.ACTIVE),
        (BOB, TargetState.ACTIVE),
        ("carla@example.com", TargetState.ACTIVE),
        ("eve@elsewhere.example", TargetState.PENDING),
    ]
    assert there.asked == ["eve@elsewhere.example"]
    assert "You are subscribed." in said and "wekelijks op maandag om 09:00 (Europe/Amsterdam)" in said
    assert "<!channel>" not in said and "*now*" not in said
    assert "eve@elsewhere.example (has to agree first)" in said and "ma 8 jun 2026 09:00 CEST" in said


async def test_who_could_not_be_asked_to_agree_is_named(desk: OpenDesk) -> None:
    there = await desk()
    asked = await there.anna.type("subscribe overview weekly on monday at 9")
    form = await form_of(there.anna)
    await form.fill("Mail addresses", "gone@elsewhere.example, eve@elsewhere.example")
    assert await form.submit() == {}
    warning = await there.said(asked)
    assert "gone@elsewhere.example could not be asked to agree: The server is away." in warning
    assert "eve@" not in warning and sorted(there.asked) == ["eve@elsewhere.example", "gone@elsewhere.example"]


async def test_the_next_five_follow_what_is_chosen(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("subscribe overview daily at 9")
    assert form.text.count("•") == 5 and "di 2 jun 2026 09:00 CEST, about ma 1 jun 2026" in form.text
    await form.fill("What", "overview team:growth")
    await form.fill("How often", "Monthly")
    await shown(there, form, "wo 1 jul 2026 09:00 CEST, about juni 2026")
    assert "On" in form.labels and form.value("What") == "overview team:growth", "what was typed stays"
    await form.fill("On", "The last day")
    await shown(there, form, "di 30 jun 2026 09:00 CEST, about mei 2026")
    await form.fill("At", "07:15")
    await shown(there, form, "di 30 jun 2026 07:15 CEST")
    await form.fill("Time zone", "Kolkata")
    await shown(there, form, "di 30 jun 2026 07:15 IST")
    await form.fill("How often", "Weekly")
    await shown(there, form, "ma 8 jun 2026 07:15 IST")
    await form.fill("On", ["Tuesday", "Friday"])
    await shown(there, form, "vr 5 jun 2026 07:15 IST, about di 2 – do 4 jun 2026")
    await form.fill("How often", "After each send")
    await shown(there, form, "24 u na elke verzending")
    await form.fill("Hours after each send", "4")
    await shown(there, form, "4 u na elke verzending")
    await form.fill("How often", "Weekly")
    await shown(there, form, "about di 2")
    assert [day["text"]["text"] for day in form.value("On")] == ["Tuesday", "Friday"], "the days are remembered"


async def shown(there: Desk, form: Form, words: str) -> None:
    await there.office.services.finish()
    assert words in form.text.replace("\u2009", " ").replace("\u00a0", " "), form.text


@pytest.mark.parametrize(
    ("fill", "wrong"),
    [
        ({"What": "overview by month"}, {"What": "by month"}),
        ({"What": "links newsletter-may", "How often": "After each send"}, {"What": "put latest"}),
        ({"How often": "After each send"}, {"What": "ask about latest"}),
        ({"Channels": []}, {"Channels": "Choose a channel, a person, or a mail address"}),
        ({"Mail addresses": "carla"}, {"Mail addresses": "“carla” is no mail address"}),
        ({"Mail addresses": "eve@elsewhere.example"}, {"Mail addresses": "these domains alone: example.com"}),
        (
            {"What": "overview by month", "Mail addresses": "@", "Channels": []},
            {"What": "by month", "Mail addresses": "no mail address"},
        ),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_promised(
    desk: OpenDesk, fill: dict[str, object], wrong: dict[str, str]
) -> None:
    there = await desk(refuse=True)
    form = await there.form("subscribe overview")
    for label, value in fill.items():
        await form.fill(label, value)
        await there.office.services.finish()
    errors = await form.submit()
    assert errors.keys() == wrong.keys()
    assert all(words in errors[label] for label, words in wrong.items()), errors
    assert there.all() == ()


async def test_a_week_without_a_day_is_kept_back(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("subscribe overview weekly")
    await form.fill("On", [])
    await there.office.services.finish()
    assert form.text.count("•") == 5, "the last choice that makes sense is shown on"
    with pytest.raises(NotFilled, match="On"):
        await form.submit()


async def test_without_mail_set_up_addresses_are_refused(desk: OpenDesk) -> None:
    form = await (await desk(mail=False)).form()
    await form.fill("Mail addresses", "carla@example.com")
    assert "Mail is not set up here yet" in (await form.submit())["Mail addresses"]


async def test_a_form_that_is_sent_twice_makes_one_subscription(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("subscribe overview")
    await asyncio.gather(form.submit(), form.submit())
    await there.form("subscribe overview")
    again = await form_of(there.anna)
    assert await again.submit() == {}
    await there.office.services.finish()
    assert len(there.all()) == 1


async def test_zones_are_found_by_parts_of_their_names(desk: OpenDesk) -> None:
    form = await (await desk()).form()

    async def first(typed: str) -> str:
        return str((await form.offered("Time zone", typed))[0]["value"])

    assert [await first(typed) for typed in ("new york", "amster", "utc", "Amsterdan", "São Paulo")] == [
        "America/New_York",
        "Europe/Amsterdam",
        "UTC",
        "Europe/Amsterdam",
        "America/Sao_Paulo",
    ]
    assert await form.offered("Time zone", "qqqqqqq") == []


async def test_a_modal_that_slack_does_not_open_is_said(desk: OpenDesk) -> None:
    there = await desk()
    there.office.sandbox.fail("views.open", Failure("expired_trigger_id"))
    asked = await there.anna.type("subscribe overview")
    assert "took too long to open" in await there.said(asked)


async def test_a_store_that_fails_keeps_what_was_filled_in(desk: OpenDesk) -> None:
    there = await desk()
    form = await there.form("subscribe overview")
    with there.engine.begin() as connection:
        connection.exec_driver_sql("ALTER TABLE targets RENAME TO elsewhere")
    errors = await form.submit()
    assert "could not be saved" in errors["What"] and form.view.open


# The list


async def test_nobody_has_anything_at_first_and_is_told_how_to_begin(desk: OpenDesk) -> None:
    there = await desk()
    assert "begins one" in await there.said(await there.listed())


async def test_the_list_has_what_one_owns_and_what_comes_to_one_here(desk: OpenDesk) -> None:
    there = await desk()
    there.add(WEEKLY, Place(Channel.SLACK, OTHER), Place(Channel.MAIL, "carla_b@example.com"))
    dora = Place(Channel.MAIL, "dora@example.com")
    there.add(replace(WEEKLY, owner=BOB, name="Bob's"), Place(Channel.SLACK, GENERAL), dora)
    there.add(replace(WEEKLY, owner=BOB, name="Elsewhere", skip_empty=True), Place(Channel.SLACK, OTHER))
    listed = await there.listed()
    words = json.dumps(listed.last.body, ensure_ascii=False)
    assert "Growth" in words and "Bob's" in words and "Elsewhere" not in words
    assert "@example.com" in words and "dora@example.com" not in words, "addresses are the owner's business"
    labels = [button["text"]["text"] for button in listed.last.buttons]
    assert labels == [
        "Preview", "Send to me", "Change", "Pause", "End",
        "Preview", "Send to me", "Leave with this channel",
    ]  # fmt: skip


async def test_a_long_list_has_pages(desk: OpenDesk) -> None:
    there = await desk()
    for number in range(2 * PAGE + 1):
        there.add(replace(WEEKLY, name=f"n{number} {'x' * 200}", schedule=Schedule(zone=ZONE, day=number + 1)))
    first = await there.listed()
    assert blocks.faults(first.last.blocks) == []
    assert f"{2 * PAGE + 1} subscriptions" in str(first.last.body) and "n0 " in str(first.last.body)
    last = await there.pressed(await there.pressed(first, "Later"), "Later")
    assert f"n{2 * PAGE} " in str(last.last.body) and "n0 " not in str(last.last.body)
    assert [b["text"]["text"] for b in last.last.buttons][-1] == "Earlier"


async def test_pausing_resuming_and_ending(desk: OpenDesk) -> None:
    there = await desk()
    number = there.add().id
    paused = await there.pressed(await there.listed(), "Pause")
    assert "“Growth” is paused" in str(paused.last.body) and there.all()[0].state is State.PAUSED
    resumed = await there.pressed(paused, "Resume")
    assert "goes on" in str(resumed.last.body) and there.all()[0].state is State.ACTIVE
    (end,) = [button for button in resumed.last.buttons if button["text"]["text"] == "End"]
    assert end["confirm"]["text"]["text"] == "It stops for everybody it goes to." and end["value"] == str(number)
    ended = await there.pressed(resumed, "End")
    assert "has ended" in str(ended.last.body) and there.all() == ()


async def test_what_has_ended_in_the_meantime_is_said(desk: OpenDesk) -> None:
    there = await desk()
    listed, number = (None, there.add().id)
    listed = await there.listed()
    subscriptions.end(there.engine, number)
    assert "ended already" in str((await there.pressed(listed, "Pause")).last.body)


async def test_anothers_is_not_changed_by_an_old_list(desk: OpenDesk) -> None:
    there = await desk()
    there.add(replace(WEEKLY, owner=BOB), Place(Channel.SLACK, ANNA))
    bobs = await there.listed(there.bob)
    pressed = await there.pressed(bobs, "Pause", there.anna)
    assert "its owner alone" in str(pressed.last.body) and there.all()[0].state is State.ACTIVE
    there.add(replace(WEEKLY, owner=BOB, skip_empty=True), Place(Channel.SLACK, OTHER))
    secret = await there.listed(there.bob)
    following = await there.anna.press(secret, "Preview", 1)
    await there.office.services.finish()
    assert "its owner alone" in str(following.last.body) and there.queries == []


async def test_leaving_is_for_oneself_alone(desk: OpenDesk) -> None:
    there = await desk()
    there.add(replace(WEEKLY, owner=BOB), Place(Channel.SLACK, ANNA), Place(Channel.SLACK, OTHER))
    left = await there.pressed(await there.listed(text="unsubscribe"), "Leave")
    assert "does not come to you any more" in str(left.last.body)
    (one,) = there.all()
    assert [target.state for target in one.targets] == [TargetState.LEFT, TargetState.ACTIVE]
    assert there.office.sandbox.workspace.messages == []


async def test_the_owner_hears_that_a_channel_was_taken_off(desk: OpenDesk) -> None:
    there = await desk()
    there.add(replace(WEEKLY, owner=BOB))
    left = await there.pressed(await there.listed(), "Leave with this channel")
    assert "does not come here any more" in str(left.last.body)
    (message,) = there.office.sandbox.workspace.messages
    assert message["channel"] == BOB and f"<@{ANNA}> has taken <#{GENERAL}> off" in message["text"]


async def test_a_change_begins_with_what_there_is_and_takes_its_place(desk: OpenDesk) -> None:
    there = await desk()
    before = there.add(
        replace(WEEKLY, query=Query(sections=("overview",), filters=Filters(team="growth"), period=Period("30d"))),
        Place(Channel.SLACK, GENERAL),
        Place(Channel.SLACK, BOB),
        Place(Channel.MAIL, "carla@example.com"),
    )
    listed = await there.listed()
    following = await there.pressed(listed, "Change")
    form = await form_of(there.anna)
    assert (form.value("What"), form.value("Name")) == ("overview team:growth", "Growth")
    assert (form.value("Channels"), form.value("People")) == ([GENERAL], [BOB])
    assert form.value("Mail addresses") == "carla@example.com"
    await form.fill("At", "08:00")
    await form.fill("People", [])
    assert await form.submit() == {}
    assert "The subscription is changed." in await there.said(following)
    (after,) = there.all()
    assert (after.id, after.promise.schedule.at) == (before.id, time(8))
    assert [target.address for target in after.targets if target.state is TargetState.LEFT] == [BOB]


async def test_a_change_into_another_of_ones_own_is_refused(desk: OpenDesk) -> None:
    there = await desk()
    query = Query(sections=("overview",), period=Period("30d"), zone=ZONE, locale="nl_NL")
    there.add(replace(WEEKLY, query=query, skip_empty=True))
    there.add(replace(WEEKLY, query=query))
    await there.pressed(await there.listed(), "Change")
    form = await form_of(there.anna)
    await form.fill("When it is empty", [])
    assert "just this already" in (await form.submit())["What"]


# Looking first


async def test_a_preview_is_of_the_period_that_has_just_ended(desk: OpenDesk) -> None:
    there = await desk()
    there.add()
    await there.pressed(await there.listed(), "Preview")
    (query,) = there.queries
    assert (query.period, query.zone) == (
        Period("dates", datetime(2026, 5, 25, tzinfo=UTC).date(), datetime(2026, 5, 31, tzinfo=UTC).date()),
        ZONE,
    )
    form = await form_of(there.anna)
    assert form.view.body["title"]["text"] == "Preview"
    assert "Growth" in form.text and "newsletter-may" in form.text and "400" in form.text
    assert "actions" not in {block["type"] for block in form.view.blocks}


async def test_sent_to_me_is_sent_to_me_alone(desk: OpenDesk) -> None:
    there = await desk()
    there.add(WEEKLY, Place(Channel.SLACK, GENERAL), Place(Channel.SLACK, BOB))
    pressed = await there.pressed(await there.listed(), "Send to me")
    (message,) = there.office.sandbox.workspace.messages
    assert message["channel"] == ANNA and "newsletter-may" in message["text"]
    assert [block for block in message["blocks"] if block["type"] == "image"], "with its chart"
    assert "Growth, Mon, May 25 – Sun, May 31, 2026" in str(message["blocks"]).replace("\u2009", " ")
    assert "in your messages" in str(pressed.last.body)


@pytest.mark.parametrize("door", ["upload", "files.info", "chat.update"])
async def test_a_chart_that_fails_leaves_the_text_of_what_is_sent_to_me(desk: OpenDesk, door: str) -> None:
    there = await desk()
    there.add()
    listed = await there.listed()
    there.office.sandbox.fail(door, Failure("internal_error", 500))
    pressed = await there.pressed(listed, "Send to me")
    (message,) = there.office.sandbox.workspace.messages
    assert "newsletter-may" in message["text"] and "The chart could not be shown" in str(message["blocks"])
    assert "in your messages" in str(pressed.last.body)


async def test_what_can_not_be_compiled_is_said(office: OpenOffice, engine: Engine) -> None:
    def gone(query: Query, now: datetime, access: Access) -> Report:
        raise UnknownEmail("newsletter-may", ())

    opened = await office(gone, subscribing=Subscribing(engine, AddressRules()))
    subscriptions.add(engine, WEEKLY, [Place(Channel.SLACK, GENERAL)], NOW)
    anna = await opened.by_http()
    listed = await (await anna.type("subscriptions")).posted(1)
    await anna.press(listed, "Preview")
    pressed = await anna.press(listed, "Send to me")
    await opened.services.finish()
    assert "No e-mail is called “newsletter-may”" in str(pressed.last.body)
    assert "No e-mail is called “newsletter-may”" in (await form_of(anna)).text


async def test_somebody_whose_zone_is_not_known_here_gets_the_one_of_the_settings(desk: OpenDesk) -> None:
    there = await desk()
    there.office.sandbox.workspace.users[ANNA] = {"tz": "Mars/Base", "locale": "en-US"}
    form = await there.form("subscribe overview daily at 9")
    assert form.value("Time zone")["value"] == "UTC"
