"""The figures of the e-mail that was sent last."""

from bot.slack.command import Command, Viewer
from bot.slack.grammar import read_query
from reports.query import Query


def read(words: str, viewer: Viewer) -> Query:
    # With more words it is a name that begins so: "latest offers".
    return read_query(f"latest {words}", viewer.zone, viewer.locale)


COMMAND = Command("latest", "the figures of the e-mail that was sent last", read)
