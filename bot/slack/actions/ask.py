"""Buttons that ask what a command asks: a nearest name, or the next section. The command is the button's value."""

import re

from bot.slack.dispatch import run_command
from bot.slack.interactions import Action

# One pattern for the names: the answer takes their place, so that a second click was meant for the first button.
ACTION = Action({re.compile(r"ask_\d+"): run_command, "ask_next": run_command})
