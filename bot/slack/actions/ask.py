"""Buttons that ask what a command asks: a nearest name, or the next section. The command is the button's value."""

import re
from dataclasses import replace

from bot.slack.dispatch import run_command
from bot.slack.interactions import Action
from bot.slack.services import Asked, Place


async def _instead(asked: Asked) -> None:
    """The answer takes the place of what was offered."""
    if asked.place is not None:
        asked = replace(asked, place=replace(asked.place, ts=asked.place.pressed))
    await run_command(asked)


async def _privately(asked: Asked) -> None:
    """Where others read, as a direct message; the response URL would put it before everybody."""
    if asked.public:
        asked = replace(asked, place=Place(asked.user), response_url="")
    await run_command(asked)


# One pattern for the names: the answer takes their place, so that a second click was meant for the first button.
ACTION = Action({re.compile(r"ask_\d+"): _instead, "ask_next": run_command, "ask_privately": _privately})
