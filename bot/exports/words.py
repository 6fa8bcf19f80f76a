"""What people type for a file: a question as after /emailstats, or something saved, and in which format."""

from dataclasses import replace

from sqlalchemy import Connection

from bot.exports.making import FORMATS
from bot.grammar import Misread, parse, to_commands
from bot.saved.names import saved_name
from reports.query import Query
from store.saved import Viewer, named, queries_of
from store.subscriptions import Kind


def split_format(text: str) -> tuple[str, str | None]:
    """`links newsletter-may as pdf` → the question, and the format's word where the last word is one."""
    head, _, last = text.strip().rpartition(" ")
    word = last.casefold().removeprefix(".")
    if word not in FORMATS:
        return text.strip(), None
    words = head.split(" ")
    return " ".join(words[:-1] if words[-1].casefold() == "as" else words).strip(), word


def question(text: str, zone: str, locale: str, connection: Connection, who: Viewer) -> Query:
    """Raises Misread or store.saved.Unsaved."""
    if (saved := saved_name(text)) is None:
        return parse(text, zone, locale)
    kind, name = saved
    if kind is Kind.DASHBOARD:
        raise Misread("A file is of one report: name a report of the dashboard, such as “report Growth”.")
    (query,) = queries_of(connection, kind, named(connection, who, kind, name).id, who)
    return replace(query, zone=zone, locale=locale)


def asks(query: Query) -> str:
    """What a query asks, as it is typed."""
    return ", ".join(command.partition(" ")[2] for command in to_commands(query))
