"""`/emailstats subscribe [QUESTION] [SCHEDULE]`: opens the form, filled in as far as was said."""

from bot.grammar import split
from bot.slack.modals.subscribe import open_form
from bot.slack.poster import send
from bot.slack.services import Asked, Command

USAGE = (
    "`/emailstats subscribe overview weekly on Monday at 09:00` — have it sent to a channel, people or mail addresses"
)
_OPEN = (
    "The form is open. Closed it? Type `/emailstats subscribe` again; `/emailstats subscriptions` shows those you have."
)


async def run(asked: Asked) -> None:
    if asked.services.subscribing is None:
        await send(asked, "Subscriptions are not available here.")
        return
    _, text = split(asked.text, COMMAND.words, "")
    await open_form(asked, text)
    await send(asked, _OPEN)


COMMAND = Command(words=("subscribe",), run=run, personal=True, opens=True)
