"""`/emailstats save [NAME]`: opens the form with which the last question is saved."""

from bot.grammar import COMMAND as OWN_NAME
from bot.grammar import split
from bot.saved.names import unquoted
from bot.slack.modals.save import open_form
from bot.slack.poster import send
from bot.slack.saved_list import UNAVAILABLE
from bot.slack.services import Asked, Command

USAGE = "`/emailstats save Growth` — keep what you asked last under a name"
_OPEN = (
    "The form is open. Closed it? Type `/emailstats save` again, or press *Save* under an answer;"
    " `/emailstats reports` shows what is saved."
)


async def run(asked: Asked) -> None:
    if asked.services.saving is None:
        await send(asked, UNAVAILABLE)
        return
    _, name = split(asked.text, COMMAND.words, "")
    asks = asked.services.asked_last(asked.user).removeprefix(OWN_NAME).strip()
    await open_form(asked, asks, unquoted(name))
    await send(asked, _OPEN)


COMMAND = Command(words=("save",), run=run, personal=True, opens=True)
