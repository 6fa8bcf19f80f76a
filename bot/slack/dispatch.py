"""From what somebody typed to the sub-command that answers it."""

from collections.abc import Mapping
from functools import cache

from bot.grammar import split
from bot.slack import commands
from bot.slack.services import Asked, Command
from reports.discover import discover
from reports.views import DEFAULT


@cache
def all_commands() -> Mapping[str, Command]:
    """Every sub-command, by each word that calls it."""
    return {word: command for command in discover(commands, "COMMAND").values() for word in command.words}


async def run_command(asked: Asked) -> None:
    """Raises whatever the sub-command raises."""
    word, _ = split(asked.text, all_commands(), DEFAULT)
    await all_commands()[word].run(asked)
