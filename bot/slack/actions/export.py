"""Buttons of files: in the message of one, in the list of all, and under answers. Each looks anew at its file."""

import asyncio
from collections.abc import Awaitable, Callable

from bot.exports.exporting import Denied
from bot.grammar import split
from bot.slack import export_text
from bot.slack.export_list import show
from bot.slack.export_message import ExportMessages
from bot.slack.exporting import UNAVAILABLE, exporting_of
from bot.slack.interactions import Action
from bot.slack.modals import export
from bot.slack.poster import add
from bot.slack.services import Asked
from reports.render.slack import Message, escaped

#: What was done, in Slack's markup, and the message of the file after it; None leaves the message as it is.
Done = tuple[str, Message | None]


def _renewed(asked: Asked, number: int) -> Done:
    exporting = exporting_of(asked)
    link = exporting.renew(number, asked.user)
    job = exporting.find(number, asked.user)
    return export_text.fetch(job, link), export_text.made(job, link)


def _revoked(asked: Asked, number: int) -> Done:
    exporting = exporting_of(asked)
    ended = exporting.revoke(number, asked.user)
    job = exporting.find(number, asked.user)
    words = "The links are ended." if ended else "No link was good any more."
    return f"*{escaped(job.name or '')}*: {words}", export_text.ended(job)


def _again(asked: Asked, number: int) -> Done:
    exporting_of(asked).again(number, asked.user)
    return "The file is made again: it comes to you as a message of the app.", None


def _in_message(act: Callable[[Asked, int], Done]) -> Callable[[Asked], Awaitable[None]]:
    """Pressed in the message of the file, which then shows what has become of it."""

    async def run(asked: Asked) -> None:
        try:
            words, message = await asyncio.to_thread(act, asked, int(asked.text))
        except Denied as denied:
            await add(asked, escaped(str(denied)))
            return
        if message is None:
            await add(asked, words)
            return
        exporting = exporting_of(asked)
        job = await asyncio.to_thread(exporting.find, int(asked.text), asked.user)
        await ExportMessages(exporting.engine, asked.client).show(job, message)

    return _where_there_are(run)


def _in_list(act: Callable[[Asked, int], Done]) -> Callable[[Asked], Awaitable[None]]:
    async def run(asked: Asked) -> None:
        try:
            words, _ = await asyncio.to_thread(act, asked, int(asked.text))
        except Denied as denied:
            words = escaped(str(denied))
        await show(asked, words)

    return _where_there_are(run)


def _where_there_are(run: Callable[[Asked], Awaitable[None]]) -> Callable[[Asked], Awaitable[None]]:
    """A button may be older than a change of the settings."""

    async def checked(asked: Asked) -> None:
        if asked.services.exporting is None:
            await add(asked, UNAVAILABLE)
        else:
            await run(asked)

    return checked


async def _page(asked: Asked) -> None:
    await show(asked, first=int(asked.text))


async def _ask(asked: Asked) -> None:
    """Under an answer: the form for the same question, which is the button's value."""
    _, question = split(asked.text, (), "")
    await export.open_for(asked, question, None, beside=True)


ACTION = Action(
    {
        "export_renew": _in_message(_renewed),
        "export_revoke": _in_message(_revoked),
        "export_again": _in_message(_again),
        "exports_renew": _in_list(_renewed),
        "exports_revoke": _in_list(_revoked),
        "exports_again": _in_list(_again),
        "exports_page_back": _where_there_are(_page),
        "exports_page_on": _where_there_are(_page),
        "answer_export": _where_there_are(_ask),
    }
)
