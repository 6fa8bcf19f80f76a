"""`/emailstats exports`: the files somebody has asked for, with buttons."""

from bot.slack.export_list import show
from bot.slack.services import Asked, Command

USAGE = "`/emailstats exports` — the files you asked for: a new link, an end to the links, or the file made again"


async def run(asked: Asked) -> None:
    await show(asked)


COMMAND = Command(words=("exports",), run=run, personal=True)
