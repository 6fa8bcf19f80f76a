"""From the text of a slash command or a button to what is asked."""

from bot.slack import commands
from bot.slack.command import Asked, Command, Help, Viewer
from bot.slack.grammar import SLASH, unwrapped
from reports.discover import discover

COMMANDS: dict[str, Command] = discover(commands, "COMMAND")


def understand(text: str, viewer: Viewer) -> Asked:
    """The words as Slack sends them; none at all ask for help. Raises bot.slack.grammar.Misunderstood."""
    words = unwrapped(text).strip()
    if words.casefold().startswith(f"{SLASH} ") or words.casefold() == SLASH:
        words = words[len(SLASH) :].strip()
    first, _, rest = words.partition(" ")
    if first.casefold() in ("", "?"):
        return Help()
    command = COMMANDS.get(first.casefold())
    return command.read(rest, viewer) if command else COMMANDS["show"].read(words, viewer)
