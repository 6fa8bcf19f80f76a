"""What is said to the app: a mention in a channel, answered in a thread for all, or a direct message."""

from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.grammar import spoken
from bot.slack.dispatch import run_command
from bot.slack.services import Asked, Place, Services

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
        services.start(answer(asked, run_command))

    app.event("app_mention")(on_message)
    app.event("message")(on_message)


def _asks(event: Event) -> bool:
    """Whether a person asks the app something: apps that answer each other would never end."""
    if event.get("bot_id") or not event.get("user") or event.get("subtype") not in _WRITTEN or "edited" in event:
        return False
    return event["type"] == "app_mention" or event.get("channel_type") == "im"
