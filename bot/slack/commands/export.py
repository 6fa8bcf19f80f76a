"""`/emailstats export [QUESTION] [FORMAT]`: a file at once when both are said, else the form, filled in as far."""

from bot.exports.words import split_format
from bot.grammar import split
from bot.slack.exporting import UNAVAILABLE, ask, read
from bot.slack.modals import export
from bot.slack.poster import send
from bot.slack.services import Asked, Command

USAGE = (
    "`/emailstats export recipients newsletter-may xlsx` — the whole report as a file: `csv`, `xlsx`, `pdf`, `png`, or"
    " `zip` with everything; alone, `/emailstats export` opens a form"
)
_OPEN = "The form is open. Closed it? Type `/emailstats export` again; `/emailstats exports` shows the files you have."


async def run(asked: Asked) -> None:
    if asked.services.exporting is None:
        await send(asked, UNAVAILABLE)
        return
    _, rest = split(asked.text, COMMAND.words, "")
    text, word = split_format(rest)
    if text and word:
        await ask(asked, await read(asked, text), word)
        return
    await export.open_for(asked, text, word)
    await send(asked, _OPEN)


COMMAND = Command(words=("export",), run=run, personal=True, opens=True)
