"""From what somebody typed to the sub-command that answers it."""

from collections.abc import Mapping
from functools import cache

from bot.grammar import Misread, split
from bot.slack import commands
from bot.slack.poster import send
from bot.slack.services import Asked, Command
from reports.discover import discover
from reports.render.slack import notice
from reports.views import DEFAULT

_VALUE = 2_000


@cache
def all_commands() -> Mapping[str, Command]:
    """Every sub-command, by each word that calls it."""
    return {word: command for command in discover(commands, "COMMAND").values() for word in command.words}


async def run_command(asked: Asked) -> None:
    """Raises whatever the sub-command raises. What can't be done where it is said is offered as a button."""
    word, _ = split(asked.text, all_commands(), DEFAULT)
    command = all_commands()[word]
    if command.opens and not asked.trigger_id:
        await _offer(asked, "A form opens when somebody presses something.", "Open the form")
    elif command.personal and asked.public:
        await _offer(asked, "This is about what you have yourself, and others read here.", "Show me privately")
    else:
        await command.run(asked)


async def _offer(asked: Asked, told: str, label: str) -> None:
    """A button that does it; bot/slack/actions/ask.py says how."""
    value = asked.text
    if len(value) > _VALUE:
        raise Misread(f"That is too long: there is room for {_VALUE} characters.")
    text = {"type": "plain_text", "text": label, "emoji": False}
    button = {"type": "button", "action_id": "ask_privately", "text": text, "value": value}
    blocks = [*notice(told), {"type": "actions", "elements": [button]}]
    await send(asked, f"{told} Press “{label}”.", blocks)
