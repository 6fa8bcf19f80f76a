"""`/emailstats help`, and `/emailstats` alone: what can be asked."""

from bot.slack.commands import show
from bot.slack.poster import send
from bot.slack.services import Asked, Command


async def run(asked: Asked) -> None:
    usage = f"*What you can ask*\n{show.USAGE}\n`/emailstats help` — this list"
    await send(asked, f"{usage}\nAnswers are private: only you see them.")


COMMAND = Command(words=("help",), run=run)
