"""“E-mail statistics” on a message: the figures of the e-mail that it names, for whoever asked alone."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from dataclasses import replace
from typing import Any

from slack_bolt.async_app import AsyncAck, AsyncApp

from bot.answers import numbers_within
from bot.grammar import to_command, typed
from bot.slack.answering import show_answer
from bot.slack.faults import name_button
from bot.slack.poster import send
from bot.slack.services import Asked, Place, Services
from reports.query import Query
from reports.render.slack import escaped, notice
from reports.text import plain, shortened
from store.emails import named_in

NAME = "email_statistics"

_LONGEST = 20_000  # signs of a message that are read
_MOST = 5
_NONE = (
    "No e-mail that is known here is named in that message. `/emailstats` and what you remember of its name or subject"
    " finds one."
)


def register(
    app: AsyncApp,
    asked_by: Callable[[dict[str, Any], str], Asked],
    services: Services,
    answer: Callable[[Asked, Callable[[Asked], Awaitable[None]]], Coroutine[Any, Any, None]],
) -> None:
    """Tells Bolt of it; `answer` as in bot.slack.conversation."""

    async def on_message(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        message = body["message"]
        asked = asked_by(body, "\n".join(_texts(message))[:_LONGEST])
        if message.get("bot_id"):  # through the response URL, an answer could take the place of a message of ours
            asked = _directly(asked)
        key = f"{asked.user} {NAME} {asked.channel} {message['ts']}"
        services.start_once(key, answer(asked, _show))

    app.message_shortcut(NAME)(on_message)


def _directly(asked: Asked) -> Asked:
    return replace(asked, place=Place(asked.user), response_url="")


async def _show(asked: Asked) -> None:
    found = await asyncio.to_thread(_named, asked) if asked.services.saving is not None else []
    queries = [Query(name, zone=asked.reader.zone, locale=asked.reader.locale) for name in found]
    if not queries:
        await send(asked, _NONE)
    elif len(queries) == 1:
        await show_answer(asked, queries[0])
    else:
        await _pick(asked, queries)


async def _pick(asked: Asked, queries: list[Query]) -> None:
    told = "That message names several e-mails. Which one?"
    names = ", ".join(f"“{escaped(shortened(plain(query.email), 100))}”" for query in queries)
    buttons = [name_button(place, query.email, to_command(query)) for place, query in enumerate(queries)]
    fitting = [button for button in buttons if button is not None]
    blocks = [*notice(told), {"type": "actions", "elements": fitting}] if fitting else None
    await send(asked, f"{told} {names}", blocks)


def _named(asked: Asked) -> list[str]:
    assert asked.services.saving is not None, "asked before"
    with asked.services.saving.engine.connect() as connection:
        within = numbers_within(connection, asked.access.reach)
        return named_in(connection, asked.text, within, _MOST)


def _texts(held: Any) -> Iterator[str]:
    """Every text of a message: also of its blocks and attachments, where apps say most."""
    if isinstance(held, list):
        for each in held:
            yield from _texts(each)
    elif isinstance(held, dict):
        for key, value in held.items():
            if key in ("text", "title", "fallback", "pretext", "value") and isinstance(value, str):
                yield typed(value)
            elif isinstance(value, dict | list):
                yield from _texts(value)
