"""What is said under an answer, and goes on from its question: “and by list?”, “last 7 days”, “links”."""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any

from bot.grammar.asking import BETWEEN, build, keys_of, read, split
from bot.grammar.words import Word, words_of
from reports.query import Query
from reports.section import Scope
from reports.views import DEFAULT, VIEWS, all_words, options_of, scope_of, sections_of

#: How people begin; none of it says what they want to know.
_FILLERS = re.compile(
    r"(?:(?:and|also|now|but|what about|how about|show(?: me)?|the|en|ook|nu|maar|toon|de|het|hoe zit het met)\s+)+",
    re.IGNORECASE,
)
_WITH = {"with", "to", "met"}


def follow(last: Query, text: str, zone: str, locale: str, today: date | None = None) -> Query:
    """The last question with what the text changes: another section, e-mail, period, list, filter or option.

    What belongs to the last section alone is left out. Raises Misread.
    """
    text = _bare(text)
    word, rest = split(text, all_words(), "")
    sections = sections_of(word) or last.sections
    words = list(words_of(rest, keys_of(sections)))
    if not sections_of(word) and words and words[0].folded in BETWEEN and scope_of(sections) is Scope.EMAIL:
        sections, words = ("compare",), words[1:]
    told = read(words, sections, today)
    if not sections_of(word) and scope_of(sections) is Scope.ALL and any(told.names):
        sections = VIEWS[DEFAULT]  # an e-mail is named, and all e-mail is told of above
        told = read(list(words_of(rest, keys_of(sections))), sections, today)
    if apart := told.given.pop("apart", None):
        sections = (apart,)
    return build(sections, _names(last, sections, told.names), {**_kept(last, sections), **told.given}, zone, locale)


def turned(text: str) -> str | None:
    """The text with its last word first, where that is one that asks for a section: “newsletter-may links”."""
    head, _, last = text.strip().rpartition(" ")
    return f"{last} {head}" if head and last.casefold() in all_words() else None


def _bare(text: str) -> str:
    text = text.strip()
    opening = _FILLERS.match(f"{text} ")
    return (text[opening.end() :] if opening else text).removesuffix("?").rstrip(" .!").strip()


def _names(last: Query, sections: tuple[str, ...], said: list[list[Word]]) -> Sequence[Sequence[Word]]:
    scope, before = scope_of(sections), [[Word(name)] for name in (last.email, *last.others) if name]
    if scope is Scope.ALL:
        return said
    named = [name for name in said if name]
    if scope is Scope.EMAIL:
        return named or before[:1] or [[]]
    if named and named[0][0].folded in _WITH:
        named[0] = named[0][1:]
    return named if len(named) > 1 else [*before[: 1 if named else None], *named] or [[]]


def _kept(last: Query, sections: tuple[str, ...]) -> dict[str, Any]:
    """Of the last question, what this one can have too."""
    scope, takes = scope_of(sections), options_of(sections) - {"page"}
    kept: dict[str, Any] = {key: value for key, value in last.options if key in takes}
    if (scope is Scope.ALL) == (scope_of(last.sections) is Scope.ALL):
        kept |= {"period": last.period, "unit": last.unit}
    if scope is Scope.ALL:
        kept["filters"] = last.filters
    if scope is Scope.EMAIL:
        kept["list_name"] = last.list_name
    return kept
