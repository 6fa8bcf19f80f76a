"""`/emailstats reports` and `dashboards` list what is saved; `report NAME` and `dashboard NAME` show one."""

import asyncio

from bot.grammar import split
from bot.saved.names import unquoted
from bot.slack import showing
from bot.slack.poster import send
from bot.slack.saved_list import UNAVAILABLE, show
from bot.slack.services import Asked, Command
from store.saved import Saved, named
from store.subscriptions import Kind

USAGE = (
    "`/emailstats reports` — what is saved, with buttons to show, change, copy and delete it\n"
    "`/emailstats report Growth` — one of them as it is now\n"
    "`/emailstats dashboards`, `/emailstats dashboard Monday` — the same for dashboards"
)


async def run(asked: Asked) -> None:
    if asked.services.saving is None:
        await send(asked, UNAVAILABLE)
        return
    word, name = split(asked.text, COMMAND.words, "")
    kind = Kind(word.removesuffix("s"))
    if name := unquoted(name):
        await showing.show(asked, await asyncio.to_thread(_named, asked, kind, name))
    else:
        await show(asked, kind)


def _named(asked: Asked, kind: Kind, name: str) -> Saved:
    assert asked.services.saving is not None
    with asked.services.saving.engine.connect() as connection:
        return named(connection, asked.viewer, kind, name)


COMMAND = Command(words=("reports", "report", "dashboards", "dashboard"), run=run, personal=True)
