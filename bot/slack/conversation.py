"""What is said to the app: a mention in a channel, answered in a thread for all, or a direct message.

In a thread, what is said goes on from the question that was answered there last. Nothing of it is kept here: every
answer shows its command, and so do digests and what was shared, whichever process sent them.
"""

from collections.abc import Awaitable, Callable, Coroutine, Iterator
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.grammar import COMMAND, Misread, follow, parse, split, spoken
from bot.slack.answering import show_answer
from bot.slack.dispatch import all_commands, run_command
from bot.slack.services import Asked, Place, Services
from reports.query import Query
from reports.views import all_words

_LOG = structlog.get_logger(__name__)
#: So much of a thread is looked through: Slack gives it from its beginning.
_PAGES, _PAGE = 5, 200

#: Kinds of messages that a person wrote; of the others, most tell that a message was changed or removed.
_WRITTEN = {None, "file_share", "thread_broadcast"}

Event = dict[str, Any]


def register(
    app: AsyncApp,
    client: AsyncWebClient,
    services: Services,
    answer: Callable[[Asked, Callable[[Asked], Awaitable[None]]], Coroutine[Any, Any, None]],
) -> None:
    """Tells Bolt of it. `answer` finds out who asks, has it answered, and makes whatever goes wrong a sentence."""

    async def on_message(body: dict[str, Any]) -> None:
        event = body["event"]
        if not _asks(event) or not services.first_time(f"message {event['channel']} {event['ts']}"):
            return  # the time tells a message from all others: a retry has it too, and so has a mention sent as both
        place = Place(event["channel"], event.get("thread_ts") or event["ts"])
        text, user = spoken(event.get("text") or ""), event["user"]
        asked = Asked(text, user, services.defaults, "", client, services, channel=event["channel"], place=place)
        services.start(answer(asked, _go_on if "thread_ts" in event else run_command))

    app.event("app_mention")(on_message)
    app.event("message")(on_message)


async def _go_on(asked: Asked) -> None:
    """In a thread. Raises whatever the sub-command raises."""
    word, _ = split(asked.text, all_commands(), "")
    last = await _last_question(asked) if asked.text and (not word or word in all_words()) else None
    if last is None:
        await run_command(asked)
    else:
        await show_answer(asked, follow(last, asked.text, asked.reader.zone, asked.reader.locale, asked.today))


async def _last_question(asked: Asked) -> Query | None:
    """The last one that was answered in the thread; None where there is none, or Slack does not let the app look."""
    assert asked.place is not None, "what is said is answered where it was"
    found, cursor = "", ""
    try:
        for _ in range(_PAGES):
            page = await asked.client.conversations_replies(
                channel=asked.place.channel, ts=asked.place.thread, limit=_PAGE, cursor=cursor or None
            )
            shown = [command for message in page["messages"] for command in _commands(message.get("blocks"))]
            found = shown[-1] if shown else found
            cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                break
        return parse(found, asked.reader.zone, asked.reader.locale) if found else None
    except (SlackClientError, ClientError, OSError, TimeoutError) as error:
        _LOG.warning("a thread can't be read", cause=type(error).__name__)
    except Misread:  # of another version, or longer than there was room for
        _LOG.warning("a command in a thread can't be read")
    return None


def _commands(block: Any) -> Iterator[str]:
    """Commands that stand as code in blocks, as under every answer."""
    if isinstance(block, list):
        for each in block:
            yield from _commands(each)
    elif isinstance(block, dict):
        text, style = block.get("text"), block.get("style")
        is_code = isinstance(style, dict) and style.get("code")
        if is_code and isinstance(text, str) and text.startswith(f"{COMMAND} "):
            yield text
        yield from _commands(block.get("elements"))


def _asks(event: Event) -> bool:
    """Whether a person asks the app something: apps that answer each other would never end."""
    if event.get("bot_id") or not event.get("user") or event.get("subtype") not in _WRITTEN or "edited" in event:
        return False
    return event["type"] == "app_mention" or event.get("channel_type") == "im"
