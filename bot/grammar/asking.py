"""From what people type to the query that it asks."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from rapidfuzz import process

from bot.grammar.periods import period_of, unit_of
from bot.grammar.words import COMMAND, Misread, Slip, Word, words_of
from reports.metrics import COUNTS, METRICS
from reports.options import MEASURES, OPTIONS
from reports.period import Period
from reports.query import Filters, Query
from reports.section import Scope
from reports.views import DEFAULT, VIEWS, all_words, options_of, rates_alone, scope_of, sections_of

#: The period of a question about all e-mail that names none.
RECENT = Period("30d")
#: What is typed before a colon, and the filter that it sets.
FILTERS = {
    "campaign": "campaign",
    "team": "team",
    "business-unit": "business_unit",
    "type": "type",
    "workflow": "workflow",
    "unassigned": "unassigned",
}
#: Sub-commands that ask for no sections: an e-mail whose name begins with one is quoted.
OTHER_COMMANDS = frozenset(
    {
        "dashboard",
        "dashboards",
        "export",
        "exports",
        "health",
        "help",
        "report",
        "reports",
        "save",
        "subscribe",
        "subscriptions",
        "unsubscribe",
    }
)
BETWEEN = frozenset({"vs", "versus", "vs.", "tegen"})
_BY = {"by", "per"}
#: “by list” asks for the section that tells them apart.
_APART = {
    "list": "lists",
    "lists": "lists",
    "lijst": "lists",
    "lijsten": "lists",
    "client": "clients",
    "clients": "clients",
    "link": "links",
    "links": "links",
    "workflow": "workflows",
}
_YES_NO = {"yes": True, "no": False, "ja": True, "nee": False}
_NOT_UNITS = {"minute", "month", "quarter", "year", "minuut", "maand", "kwartaal", "jaar"}
_MEND = 3  # slips of one text that are mended for the nearest command
_LIKE = 75.0


@dataclass
class Read:
    """What the words of a question say: the words of each name, and the options by the fields of a query."""

    names: list[list[Word]] = field(default_factory=lambda: [[]])
    given: dict[str, Any] = field(default_factory=dict)


def split(text: str, commands: Collection[str], default: str) -> tuple[str, str]:
    """The command that a text begins with and the rest; the default one when it begins with none.

    Nothing at all asks for help.
    """
    text = _without_own_name(text)
    if not text:
        return "help", ""
    first, _, rest = text.partition(" ")
    return (first.casefold(), rest.strip()) if first.casefold() in commands else (default, text)


def parse(text: str, zone: str, locale: str, today: date | None = None) -> Query:
    """The query that a command's text asks, in the asker's zone and locale.

    `today` is the asker's; without it, what is counted from today can't be read, as is right for what is asked again
    and again. Raises Misread, with the nearest command that could be read.
    """
    try:
        return _parsed(text, zone, locale, today)
    except Slip as slip:
        raise Misread(str(slip), _nearest(text, slip, (zone, locale, today))) from None


def _parsed(text: str, zone: str, locale: str, today: date | None) -> Query:
    word, text = split(text, all_words(), DEFAULT)
    sections = sections_of(word) or VIEWS[DEFAULT]
    words = list(words_of(text, keys_of(sections)))
    told = read(words, sections, today)
    if apart := told.given.pop("apart", None):
        sections = (apart,)
    return build(sections, told.names, told.given, zone, locale)


def _nearest(text: str, slip: Slip, reader: tuple[str, str, date | None]) -> str:
    for _ in range(_MEND):
        word, rest = split(text, all_words(), DEFAULT)
        text = f"{word} {_mended(rest, sections_of(word) or VIEWS[DEFAULT], slip)}".removeprefix(f"{DEFAULT} ")
        try:
            _parsed(text, *reader)
        except Slip as another:
            slip = another
        except Misread:
            return ""
        else:
            return f"{COMMAND} {text}"
    return ""


def _mended(text: str, sections: tuple[str, ...], slip: Slip) -> str:
    try:
        words = [word.source for word in words_of(text, keys_of(sections))]
    except Slip as unclosed:
        return unclosed.instead
    words[slip.position : slip.position + slip.length] = [slip.instead] if slip.instead else []
    return " ".join(words)


def keys_of(sections: tuple[str, ...]) -> frozenset[str]:
    """What may stand before a colon."""
    scope = scope_of(sections)
    more = {"list"} if scope is Scope.EMAIL else FILTERS.keys() if scope is Scope.ALL else set()
    return options_of(sections) | more


def read(words: Sequence[Word], sections: tuple[str, ...], today: date | None) -> Read:
    """Raises Misread."""
    scope, keys, told, position = scope_of(sections), keys_of(sections), Read(), 0
    while position < len(words):
        key, value, length = _option(words, position, scope, keys, today)
        if key is None and scope is Scope.SEVERAL and words[position].folded in BETWEEN:
            told.names.append([])
        elif key is None:
            told.names[-1].append(words[position])
        elif key in told.given:
            again = f"“{words[position].text}” is there twice: a question has one of each kind."
            raise Slip(again, position, length, "")
        else:
            told.given[key] = value
        position += length
    if scope is Scope.SEVERAL and len(told.names) == 1 and all(name.quoted for name in told.names[0]):
        told.names = [[name] for name in told.names[0]] or [[]]  # compare "A" "B"
    return told


def build(
    sections: tuple[str, ...], names: Iterable[Sequence[Word]], given: dict[str, Any], zone: str, locale: str
) -> Query:
    """The query of what was read; `given` also takes filters and options by their keys. Raises Misread."""
    scope, word = scope_of(sections), next((word for word, named in VIEWS.items() if named == sections), sections[0])
    emails = [" ".join(part.text for part in name) for name in names]
    given = dict(given)
    filters = replace(
        given.pop("filters", Filters()), **{FILTERS[key]: given.pop(key) for key in FILTERS.keys() & given}
    )
    options = tuple((key, given.pop(key)) for key in OPTIONS.keys() & given)
    if scope is Scope.ALL:
        filters, emails = replace(filters, name=emails[0] if emails[0].strip() else filters.name), [""]
        given.setdefault("period", RECENT)
    elif not all(email.strip() for email in emails):
        example = f"{word} newsletter-may".removeprefix(f"{DEFAULT} ")
        told = f"Which e-mail? Put its name after the command: {COMMAND} {example}, or {COMMAND} latest."
        raise Slip(told, 0, 0, "latest")
    elif scope is Scope.SEVERAL and len(emails) < 2:
        told = f"With which e-mail? Put “vs” between two names: {COMMAND} {word} newsletter-may vs newsletter-june."
        raise Slip(told, 0, 0, "latest vs")
    try:
        query = Query(
            email=emails[0],
            others=tuple(emails[1:]),
            sections=sections,
            filters=filters,
            options=options,
            zone=zone,
            locale=locale,
            **given,
        )
    except ValueError as error:
        raise Misread(f"{str(error)[:1].upper()}{str(error)[1:]}") from None
    if rates_alone(sections) and (metric := query.option("metric", "")) in COUNTS:
        raise Misread(f"{word} shows a rate, and “{metric}” is a count; there are {', '.join(METRICS)}.")
    return query


def like_a_word(text: str, words: Collection[str]) -> str | None:
    """The text with its first word put right, where that is almost one of the words."""
    first, _, rest = _without_own_name(text).partition(" ")
    found = process.extractOne(first.casefold(), words, score_cutoff=_LIKE)
    return f"{found[0]} {rest}".strip() if found and found[0] != first.casefold() else None


def _without_own_name(text: str) -> str:
    """People paste whole commands."""
    text = text.strip()
    first, _, rest = text.partition(" ")
    return rest.strip() if first.casefold() == COMMAND else text


def _option(
    words: Sequence[Word], position: int, scope: Scope, keys: Collection[str], today: date | None
) -> tuple[str | None, object, int]:
    """The option that begins here: its key, its value and its number of words; no key: part of a name."""
    word = words[position]
    if word.key:
        return ("list_name" if word.key == "list" else word.key), _keyed(word, position), 1
    folded = [each.folded for each in words[position : position + 12]]
    try:
        if found := period_of(folded, today, whole=scope is Scope.ALL):
            return "period", *found
    except Slip as slip:
        slip.position += position
        raise
    if folded[0] not in _BY or len(folded) < 2:
        return None, None, 1
    if unit := unit_of(folded[1]):
        return "unit", unit, 2
    if "by" in keys and folded[1] in MEASURES:
        return "by", folded[1], 2
    if scope is Scope.EMAIL and folded[1] in _APART:
        return "apart", _APART[folded[1]], 2
    if folded[1] in _NOT_UNITS:
        told = f"“{folded[0]} {folded[1]}” is not known; there are by hour, by day and by week."
        raise Slip(told, position, 2, "by week")
    return None, None, 1


def _keyed(word: Word, position: int) -> object:
    """The value after a colon."""
    if not word.text.strip():
        example = "Customers NL" if word.key == "list" else "name"
        told = f'Which {word.key}? Put it after the colon: {word.key}:"{example}".'
        raise Slip(told, position, 1, "")
    if word.key != "unassigned":
        return word.text
    if word.text.casefold() not in _YES_NO:
        raise Slip("unassigned takes yes or no: unassigned:yes.", position, 1, "unassigned:yes")
    return _YES_NO[word.text.casefold()]
