"""`/emailstats subscriptions` and `unsubscribe`: what somebody has, and what comes to where they are, with buttons."""

from bot.slack.services import Asked, Command
from bot.slack.subscription_list import show

USAGE = (
    "`/emailstats subscriptions` — what you have, with buttons to see, change, pause and end it\n"
    "`/emailstats unsubscribe` — leave what comes to you or to this channel"
)


async def run(asked: Asked) -> None:
    await show(asked)


COMMAND = Command(words=("subscriptions", "unsubscribe"), run=run, personal=True)
