"""The figures of an e-mail: also what a name without a command asks for."""

from bot.slack.command import Command, Viewer
from bot.slack.grammar import read_query
from reports.query import Query


def read(words: str, viewer: Viewer) -> Query:
    return read_query(words, viewer.zone, viewer.locale)


COMMAND = Command("newsletter-may", "the figures of an e-mail, by its name or subject", read)
