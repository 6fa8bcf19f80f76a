"""Asking for a file from Slack: what is meant is looked up, the file put down, and the person told what follows."""

import asyncio

from bot.answers import UnknownEmail, UnknownValue, check
from bot.exports.exporting import Exporting
from bot.exports.words import Question, asks, question
from bot.grammar import COMMAND
from bot.slack.faults import offer
from bot.slack.poster import send
from bot.slack.services import Asked

#: Where nothing can be asked for.
UNAVAILABLE = (
    "Files can't be given out here yet: their links need the address under which people reach emailstats. Ask your"
    " operator to set `web.public_url`."
)
#: What is said once a file is put down.
BEGUN = "Your file is being made: it comes to you as a message of the app. `/emailstats exports` shows those you have."


def exporting_of(asked: Asked) -> Exporting:
    """What files are asked of, where there is something."""
    assert asked.services.exporting is not None, "it is offered only where files can be given out"
    return asked.services.exporting


async def read(asked: Asked, text: str) -> Question:
    """The question that somebody typed, in their zone and language. Raises Misread or Unsaved."""
    return await asyncio.to_thread(_read, asked, text)


def _read(asked: Asked, text: str) -> Question:
    with exporting_of(asked).engine.connect() as connection:
        who = asked.viewer
        return question(text, asked.reader.zone, asked.reader.locale, connection, who, asked.today)


async def ask(asked: Asked, wanted: Question, word: str) -> None:
    """Has it made, or offers what may have been meant. Raises Denied and what `check` raises."""
    exporting = exporting_of(asked)
    for query in wanted.queries:
        try:
            await asyncio.to_thread(check, exporting.engine, query, asked.access)
        except (UnknownEmail, UnknownValue) as error:
            if len(wanted.queries) > 1:
                raise
            await offer(asked, query, error, lambda meant: f"{COMMAND} export {asks([meant])} {word}")
            return
    await asyncio.to_thread(exporting.ask, asked.user, wanted.queries, word, wanted.name)
    await send(asked, BEGUN)
