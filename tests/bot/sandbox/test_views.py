"""Modals of the stand-in: it refuses what Slack refuses, and its people fill in forms as Slack's client lets them."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack
from typing import Any

import aiohttp
import pytest
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox import views
from bot.sandbox.doors import ANNA, SIGNING_SECRET, HttpWire, NotAcknowledged, Person
from bot.sandbox.forms import Form, NotFilled, form_of
from bot.sandbox.methods import BOT_TOKEN
from bot.sandbox.server import Sandbox
from bot.web.app import build_web
from store.engine import open_engine
from tests.bot.slack.office import served

Body = dict[str, Any]


def plain(text: str) -> Body:
    return {"type": "plain_text", "text": text}


def option(text: str, value: str | None = None) -> Body:
    return {"text": plain(text), "value": value or text.casefold()}


def field(label: str, element: Body, **more: Any) -> Body:
    return {"type": "input", "block_id": label, "label": plain(label), "element": {"action_id": "a", **element}, **more}


def modal(*blocks: Body, **more: Any) -> Body:
    return {"type": "modal", "title": plain("Subscribe"), "submit": plain("Save"), "blocks": list(blocks), **more}


NAME = field("Name", {"type": "plain_text_input"})
COLOUR = field("Colour", {"type": "static_select", "options": [option("Red"), option("Blue")]}, dispatch_action=True)
PRESS = {"type": "actions", "elements": [{"type": "button", "action_id": "b", "text": plain("Press")}]}


@pytest.mark.parametrize(
    "body",
    [
        modal(NAME, COLOUR, PRESS),
        modal(field("At", {"type": "timepicker", "initial_time": "09:00", "timezone": "Europe/Amsterdam"})),
        modal(field("Days", {"type": "checkboxes", "options": [option("Mon")], "initial_options": [option("Mon")]})),
        modal(field("Hours", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1"})),
        modal(field("People", {"type": "multi_users_select", "initial_users": [ANNA]}, optional=True)),
        modal(field("Where", {"type": "multi_conversations_select", "filter": {"include": ["public", "private"]}})),
        modal(field("Zone", {"type": "external_select", "initial_option": option("UTC"), "min_query_length": 2})),
        {"type": "modal", "title": plain("x" * 24), "blocks": [PRESS], "private_metadata": "x" * 3000},
    ],
)
def test_a_modal_that_slack_takes_is_taken(body: Body) -> None:
    assert views.faults(body) == []


@pytest.mark.parametrize(
    ("body", "fault"),
    [
        ({}, "type is not modal"),
        ({"type": "modal", "blocks": []}, "title is missing"),
        (modal(title=plain("x" * 25)), "25 characters; at most 24"),
        (modal(submit=plain("")), "empty"),
        (modal(color="red"), "color is not allowed"),
        (modal(private_metadata="x" * 3001), "at most 3000"),
        ({"type": "modal", "title": plain("x"), "blocks": [NAME]}, "submit is missing"),
        (modal(*[{"type": "divider"}] * 101), "101 blocks; at most 100"),
        (modal(NAME, NAME), "block_id is there twice"),
        (modal(field("x", {"type": "button", "text": plain("x")})), "no button may stand here"),
        (modal(field("x", {"type": "marquee"})), "no marquee may stand here"),
        (modal(field("x", {"type": "plain_text_input", "initial_value": None})), "initial_value is no text"),
        (modal(field("x", {"type": "plain_text_input", "max_length": 3001})), "up to 3000"),
        (modal(field("x", {"type": "timepicker", "initial_time": "9:00"})), "HH:mm"),
        (modal(field("x", {"type": "timepicker", "timezone": "Mars/Base"})), "not IANA"),
        (modal(field("x", {"type": "static_select", "options": []})), "options takes 1 to 100"),
        (modal(field("x", {"type": "checkboxes", "options": [option(str(n)) for n in range(11)]})), "1 to 10"),
        (modal(field("x", {"type": "static_select", "options": [option("A"), option("A")]})), "a value is there twice"),
        (modal(field("x", {"type": "static_select", "options": [option("A", "v" * 151)]})), "at most 150"),
        (modal(field("x", {"type": "static_select", "options": [option("A" * 76)]})), "at most 75"),
        (
            modal(field("x", {"type": "static_select", "options": [option("A")], "initial_option": option("B")})),
            "none of the options",
        ),
        (modal(field("x", {"type": "checkboxes", "options": [option("A")], "initial_options": []})), "is empty"),
        (modal(field("x", {"type": "multi_users_select", "initial_users": ["anna"]})), "no identifier"),
        (modal(field("x", {"type": "conversations_select", "filter": {}})), "include takes"),
        (modal(field("x" * 2001, {"type": "plain_text_input"})), "at most 2000"),
        (
            modal(*(field(n, {"type": "plain_text_input", "focus_on_load": True}) for n in "ab")),
            "focus_on_load is there twice",
        ),
    ],
)
def test_a_modal_that_slack_refuses_is_refused(body: Body, fault: str) -> None:
    assert any(fault in found for found in views.faults(body)), views.faults(body)


# A small app whose modal a person fills in

Handlers = Callable[[AsyncApp], None]


@pytest.fixture
async def person() -> AsyncIterator[Callable[[Handlers], Awaitable[Person]]]:
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox(clock=lambda: 0.0))
        engine = open_engine("sqlite://")
        stack.callback(engine.dispose)
        session = await stack.enter_async_context(aiohttp.ClientSession())

        async def opened(handlers: Handlers) -> Person:
            app = AsyncApp(client=AsyncWebClient(BOT_TOKEN, base_url=sandbox.api_url), signing_secret=SIGNING_SECRET)
            handlers(app)
            address = await stack.enter_async_context(served(build_web(engine, app)))
            return Person(sandbox, HttpWire(session, f"{address}/slack/events"))

        yield opened


def opening(body: Body) -> Handlers:
    def handlers(app: AsyncApp) -> None:
        @app.command("/emailstats")
        async def _(ack: Any, command: Body, client: AsyncWebClient) -> None:
            await ack()
            await client.views_open(trigger_id=command["trigger_id"], view=body)

    return handlers


async def form(person: Person) -> Form:
    await person.type("subscribe")
    return await form_of(person)


async def test_what_is_filled_in_arrives_and_errors_come_back_beside_their_field(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    told: list[Body] = []

    def handlers(app: AsyncApp) -> None:
        opening(modal(NAME, COLOUR, callback_id="it"))(app)

        @app.action("a")
        async def _(ack: Any) -> None:
            await ack()

        @app.view("it")
        async def _(ack: Any, view: Body) -> None:
            told.append(view["state"]["values"])
            name = view["state"]["values"]["Name"]["a"]["value"]
            await ack(**({} if name == "Anna" else {"response_action": "errors", "errors": {"Name": "Another."}}))

    filled = await form(await person(handlers))
    assert filled.labels == ["Name", "Colour"]
    with pytest.raises(NotFilled, match="Name, Colour"):
        await filled.submit()
    await filled.fill("Name", "Bob")
    await filled.fill("Colour", "Blue")
    assert await filled.submit() == {"Name": "Another."} and filled.view.open
    await filled.fill("Name", "Anna")
    assert await filled.submit() == {} and not filled.view.open
    assert told[-1] == {
        "Name": {"a": {"type": "plain_text_input", "value": "Anna"}},
        "Colour": {"a": {"type": "static_select", "selected_option": option("Blue")}},
    }


async def test_the_app_hears_of_a_choice_and_an_update_keeps_what_was_filled_in(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    def handlers(app: AsyncApp) -> None:
        opening(modal(NAME, COLOUR))(app)

        @app.action("a")
        async def _(ack: Any, body: Body, client: AsyncWebClient) -> None:
            await ack()
            view = body["view"]
            more = field("More", {"type": "plain_text_input", "initial_value": "new"})
            await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(NAME, COLOUR, more))

    filled = await form(await person(handlers))
    await filled.fill("Name", "Anna")
    await filled.fill("Colour", "Red")
    await filled.person.sandbox.until(lambda _: "More" in filled.labels)
    assert (filled.value("Name"), filled.value("Colour"), filled.value("More")) == ("Anna", option("Red"), "new")


async def test_a_menu_that_the_app_fills_offers_what_it_says(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    def handlers(app: AsyncApp) -> None:
        opening(modal(field("Zone", {"type": "external_select"})))(app)

        @app.options("a")
        async def _(ack: Any, payload: Body) -> None:
            await ack(options=[option(f"{payload['value']}/{place}") for place in ("Amsterdam", "Paris")])

    filled = await form(await person(handlers))
    await filled.fill("Zone", "Europe")
    assert filled.value("Zone") == option("Europe/Amsterdam")


async def test_errors_beside_a_field_that_there_is_not_are_refused(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    def handlers(app: AsyncApp) -> None:
        opening(modal(NAME, callback_id="it"))(app)

        @app.view("it")
        async def _(ack: Any) -> None:
            await ack(response_action="errors", errors={"Nowhere": "No."})

    filled = await form(await person(handlers))
    await filled.fill("Name", "Anna")
    with pytest.raises(NotAcknowledged, match="Nowhere"):
        await filled.submit()


# What the methods refuse


class Seconds:
    """A clock that only the test moves."""

    at = 0.0

    def __call__(self) -> float:
        return self.at


async def refused(call: Awaitable[Any]) -> str:
    with pytest.raises(SlackApiError) as caught:
        await call
    return str(caught.value.response["error"])


async def test_a_trigger_opens_one_view_and_not_for_long() -> None:
    clock = Seconds()
    async with Sandbox(clock=clock) as sandbox:
        client = AsyncWebClient(BOT_TOKEN, base_url=sandbox.api_url)
        trigger, late = sandbox.workspace.trigger(ANNA), sandbox.workspace.trigger(ANNA)
        assert await refused(client.views_open(trigger_id="1.x", view=modal())) == "invalid_trigger_id"
        assert await refused(client.views_open(trigger_id=trigger, view={})) == "invalid_arguments"
        assert (await client.views_open(trigger_id=trigger, view=modal(NAME)))["view"]["state"]["values"] == {
            "Name": {"a": {"type": "plain_text_input", "value": None}}
        }
        assert await refused(client.views_open(trigger_id=trigger, view=modal())) == "exchanged_trigger_id"
        clock.at = 3.5
        assert await refused(client.views_open(trigger_id=late, view=modal())) == "expired_trigger_id"


async def test_an_update_of_what_has_changed_or_is_closed_is_refused() -> None:
    async with Sandbox(clock=Seconds()) as sandbox:
        client = AsyncWebClient(BOT_TOKEN, base_url=sandbox.api_url)
        view = (await client.views_open(trigger_id=sandbox.workspace.trigger(ANNA), view=modal()))["view"]
        await client.views_update(view_id=view["id"], hash=view["hash"], view=modal(NAME))
        assert (
            await refused(client.views_update(view_id=view["id"], hash=view["hash"], view=modal())) == "hash_conflict"
        )
        sandbox.workspace.views[view["id"]].open = False
        assert await refused(client.views_update(view_id=view["id"], view=modal())) == "not_found"
        assert await refused(client.views_update(view_id="V0", view=modal())) == "not_found"


async def test_waiting_for_a_view_that_nobody_opens_ends() -> None:
    async with Sandbox(clock=Seconds()) as sandbox:
        waiting = asyncio.create_task(sandbox.until(lambda workspace: bool(workspace.views)))
        client = AsyncWebClient(BOT_TOKEN, base_url=sandbox.api_url)
        await client.auth_test()
        assert not waiting.done()
        await client.views_open(trigger_id=sandbox.workspace.trigger(ANNA), view=modal())
        await waiting


async def test_three_modals_stand_on_each_other_and_a_fourth_is_refused(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    refused: asyncio.Future[str] = asyncio.get_running_loop().create_future()

    def handlers(app: AsyncApp) -> None:
        opening(modal(PRESS))(app)

        @app.action("b")
        async def _(ack: Any, body: Body, client: AsyncWebClient) -> None:
            await ack()
            try:
                await client.views_push(trigger_id=body["trigger_id"], view=modal(PRESS))
            except SlackApiError as error:
                refused.set_result(error.response["error"])

    anna = await person(handlers)
    lowest = await form(anna)
    for deep in (2, 3):
        await (await form_of(anna)).press("Press")
        await anna.sandbox.until(lambda workspace, deep=deep: len(workspace.stack(ANNA)) == deep)
    top = await form_of(anna)
    assert top.view.payload["root_view_id"] == lowest.view.id
    await top.press("Press")
    assert await asyncio.wait_for(refused, 10) == "push_limit_reached"
    top.view.open = False
    assert (await form_of(anna)).view.id == top.view.previous


async def test_a_submission_may_push_another_modal_or_clear_them_all(
    person: Callable[[Handlers], Awaitable[Person]],
) -> None:
    def handlers(app: AsyncApp) -> None:
        opening(modal(NAME, callback_id="first"))(app)

        @app.view("first")
        async def _(ack: Any) -> None:
            await ack(response_action="push", view=modal(NAME, callback_id="second"))

        @app.view("second")
        async def _(ack: Any) -> None:
            await ack(response_action="clear")

    anna = await person(handlers)
    for _ in range(2):
        filled = await form_of(anna) if anna.sandbox.workspace.stack(ANNA) else await form(anna)
        await filled.fill("Name", "Anna")
        assert await filled.submit() == {}
    assert anna.sandbox.workspace.stack(ANNA) == []
