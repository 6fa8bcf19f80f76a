"""“E-mail statistics” in the menu of a message."""

import pytest

from bot.sandbox.state import Conversation
from bot.slack.shortcut import NAME
from reports.events import Email
from store.merge import merge
from tests.bot.slack.desk import OpenSavingDesk, SavingDesk

GENERAL = "C0GENERAL00"
EMAILS = [
    Email(id="1", name="newsletter-may", subject="Spring is here"),
    Email(id="2", name="newsletter-june", subject="Summer sale ☀"),
]


@pytest.fixture
async def desk(saving_desk: OpenSavingDesk) -> SavingDesk:
    opened = await saving_desk()
    merge(opened.engine, [], EMAILS)
    return opened


async def used(desk: SavingDesk, body: dict[str, object]) -> Conversation:
    """On a message that stands in the channel."""
    workspace = desk.office.sandbox.workspace
    ts = workspace.say("U0BOB000000", GENERAL, "")
    workspace.posted[GENERAL, ts] = body
    conversation = await desk.anna.use_shortcut(NAME, GENERAL, ts)
    await desk.office.services.finish()
    return conversation


@pytest.mark.parametrize(
    "said",
    ["How did newsletter-may do?", "I liked *Spring is here*!", "see <https://example.com/x|Newsletter-May> &amp; co"],
)
async def test_the_email_that_a_message_names_is_answered_to_who_asked_alone(desk: SavingDesk, said: str) -> None:
    asked = await used(desk, {"user": "U0BOB000000", "text": said})
    assert [query.email for query in desk.queries] == ["newsletter-may"]
    assert asked.last.of_type("image") and {post.body["response_type"] for post in asked.posts} == {"ephemeral"}


async def test_of_several_one_is_picked(desk: SavingDesk) -> None:
    asked = await used(desk, {"user": "U0BOB000000", "text": "newsletter-may or newsletter-june?"})
    assert {button["text"]["text"] for button in asked.last.buttons} == {"newsletter-may", "newsletter-june"}
    pressed = await desk.pressed(asked, "newsletter-june")
    assert [query.email for query in desk.queries] == ["newsletter-june"] and len(pressed.shown) == 1


async def test_where_none_is_named_it_is_said_how_to_find_one(desk: SavingDesk) -> None:
    asked = await used(desk, {"user": "U0BOB000000", "text": "Good morning"})
    assert "No e-mail that is known here" in asked.last.text and desk.queries == []


async def test_blocks_and_attachments_of_apps_are_read_and_their_message_is_never_replaced(desk: SavingDesk) -> None:
    blocks = [{"type": "header", "text": {"type": "plain_text", "text": "newsletter-may"}}]
    asked = await used(desk, {"bot_id": "B0OTHER000", "user": "U0OTHER0000", "text": "Sent", "blocks": blocks})
    assert asked.posts == [] and [query.email for query in desk.queries] == ["newsletter-may"]
    (message,) = (one for one in desk.office.sandbox.workspace.posted.values() if "bot_id" not in one)
    assert message["channel"] in (desk.anna.user, desk.anna.direct)
