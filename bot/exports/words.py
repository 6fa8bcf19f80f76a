"""What people type for a file: a question as after /emailstats, or something saved, and in which format."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from bot.exports.making import FORMATS
from bot.grammar import parse, to_commands
from bot.saved.names import saved_name
from reports.query import Query
from store.exports import Job
from store.saved import Viewer, named, queries_of


def split_format(text: str) -> tuple[str, str | None]:
    """`links newsletter-may as pdf` → the question, and the format's word where the last word is one."""
    head, _, last = text.strip().rpartition(" ")
    word = last.casefold().removeprefix(".")
    if word not in FORMATS:
        return text.strip(), None
    words = head.split(" ")
    return " ".join(words[:-1] if words[-1].casefold() == "as" else words).strip(), word


@dataclass(frozen=True, slots=True)
class Question:
    """What a file is to hold: one question, or the reports of a dashboard; `name` is what that is called."""

    queries: tuple[Query, ...]
    name: str = ""


def question(text: str, zone: str, locale: str, connection: Connection, who: Viewer, today: date) -> Question:
    """`today` is the asker's. Raises Misread or store.saved.Unsaved."""
    if (saved := saved_name(text)) is None:
        return Question((parse(text, zone, locale, today),))
    kind, name = saved
    found = named(connection, who, kind, name)
    queries = queries_of(connection, kind, found.id, who)
    return Question(tuple(replace(query, zone=zone, locale=locale) for query in queries), found.name)


def asks(queries: Sequence[Query]) -> str:
    """What queries ask, as it is typed."""
    return ", ".join(command.partition(" ")[2] for query in queries for command in to_commands(query))


def kind_of(job: Job) -> str:
    """Its format as people know it."""
    return f"{FORMATS[job.format].name}{' in a ZIP' if job.others else ''}"
