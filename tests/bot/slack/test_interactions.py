"""What is pressed and filled in: once however often it is clicked, and answered whatever version it is from."""

import asyncio
from datetime import timedelta
from typing import Any

from bot.sandbox.doors import Person
from bot.sandbox.forms import Form
from bot.sandbox.views import View, beginnings
from bot.slack.interactions import _refuse
from reports.query import Query
from tests.bot.slack.desk import OpenSavingDesk
from tests.bot.slack.office import OpenOffice, answer

OLD = {"type": "button", "action_id": "fax_1", "text": {"type": "plain_text", "text": "Fax it"}, "value": "1"}


async def test_a_double_click_on_a_button_asks_once_and_a_later_one_asks_again(office: OpenOffice) -> None:
    asked: list[Query] = []

    def noting(query: Query, *rest: object, **more: object) -> Any:
        asked.append(query)
        return answer(query, *rest, **more)  # type: ignore[arg-type]

    there = await office(noting)
    anna = await there.by_http()
    offered = await (await anna.type("newsletter-mai")).posted(1)
    await there.services.finish()
    await asyncio.gather(anna.press(offered, "newsletter-may"), anna.press(offered, "newsletter-march"))
    await there.services.finish()
    assert [query.email for query in asked[1:]] == ["newsletter-may"], "the second click was meant for the first button"
    there.clock.at += timedelta(minutes=1)
    await anna.press(offered, "newsletter-may")
    await there.services.finish()
    assert len(asked) == 3


async def test_buttons_of_several_rows_are_different_things(saving_desk: OpenSavingDesk) -> None:
    there = await saving_desk()
    for schedule in ("daily at 9", "weekly on monday at 9"):
        await (await there.form(f"subscribe overview {schedule}")).submit()
    listed = await there.said("subscriptions")
    await asyncio.gather(*(there.anna.press(listed, "Pause", place) for place in (0, 1, 0)))
    await there.office.services.finish()
    assert [one.state for one in there.subscriptions()] == ["paused", "paused"]


async def test_a_button_of_another_version_is_answered_beside_the_message(office: OpenOffice) -> None:
    there = await office()
    anna = await there.by_http()
    shown = await anna.type("newsletter-may")
    await there.services.finish()
    following = await anna.press_in(shown, shown.last, {**OLD, "block_id": "b"})
    await there.services.finish()
    kept, said = following.shown
    assert kept is shown.last, "what stands there stays"
    assert "from another version of the app" in said.text and "/emailstats help" in said.text


async def test_a_button_that_opens_an_address_is_acknowledged_and_no_more(office: OpenOffice) -> None:
    there = await office()
    anna = await there.by_http()
    shown = await anna.type("help")
    await there.services.finish()
    following = await anna.press_in(shown, shown.last, {**OLD, "action_id": "link_terms", "block_id": "b"})
    await there.services.finish()
    assert following.posts == []


async def test_a_form_of_another_version_says_so_in_its_place(office: OpenOffice) -> None:
    there = await office()
    form = opened(await there.by_http(), {"type": "divider"})
    assert await form.submit() == {}
    assert "from another version of the app" in form.text


def opened(person: Person, *blocks: dict[str, Any]) -> Form:
    """A form that this version does not know, before somebody's eyes."""
    body = {"type": "modal", "callback_id": "fax", "title": {"type": "plain_text", "text": "Fax"}, "blocks": [*blocks]}
    named = [{"block_id": str(place), **block} for place, block in enumerate(blocks)]
    view = View("V000000001", person.user, {**body, "blocks": named}, "1.0", beginnings(named))
    person.sandbox.workspace.views[view.id] = view
    return Form(person, view)


async def test_what_is_wrong_is_said_even_where_there_is_no_field_to_say_it_beside() -> None:
    told: list[dict[str, Any]] = []

    async def ack(**response: Any) -> None:
        told.append(response)

    fields = [{"type": "divider", "block_id": "a"}, {"type": "input", "block_id": "b"}]
    await _refuse(ack, {"blocks": fields}, {"": "It failed.", "gone": "And so did this."})  # type: ignore[arg-type]
    await _refuse(ack, {"blocks": fields[:1]}, {"": "It failed."})  # type: ignore[arg-type]
    assert told[0] == {"response_action": "errors", "errors": {"b": "It failed. And so did this."}}
    assert told[1]["response_action"] == "update" and "It failed." in str(told[1]["view"])
