"""What a command is: a first word after /emailstats, found by its module's name in bot/slack/commands/."""

from collections.abc import Callable
from dataclasses import dataclass

from reports.query import Query


@dataclass(frozen=True, slots=True)
class Viewer:
    """Whose question it is: an IANA time zone and a Babel locale."""

    zone: str
    locale: str


@dataclass(frozen=True, slots=True)
class Help:
    """Somebody wants to know what can be asked."""


#: What a command understands: a question about the figures, or one about itself.
Asked = Query | Help


@dataclass(frozen=True, slots=True)
class Command:
    """`read` gets the words after the command's own; it may raise bot.slack.grammar.Misunderstood."""

    example: str  #: words to type after /emailstats; with `does`, a line of the help
    does: str
    read: Callable[[str, Viewer], Asked]
