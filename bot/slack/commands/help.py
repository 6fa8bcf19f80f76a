"""What can be asked."""

from bot.slack.command import Command, Help, Viewer


def read(_words: str, _viewer: Viewer) -> Help:
    return Help()


COMMAND = Command("help", "this list", read)
