"""What people type after /emailstats, and the command that asks a query again. Pure.

    [SECTION] NAME [first 24h|7 days] [since DAY] [from DAY to DAY] [by hour|day|week] [list:NAME] [option:VALUE]
    compare NAME vs NAME
    overview [last 30 days|all time] [campaign:NAME] [team:NAME] [type:NAME] [words of a name]

A name of several words needs no quotes unless its words could be read as options.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from datetime import date
from html import unescape
from typing import Any

from reports.metrics import COUNTS, METRICS
from reports.options import MEASURES, OPTIONS
from reports.period import Period
from reports.query import UNITS, Filters, Query
from reports.section import Scope
from reports.views import DEFAULT, VIEWS, all_words, options_of, rates_alone, scope_of, sections_of, word_of

COMMAND = "/emailstats"

#: The period of a question about all e-mail that names none.
RECENT = Period("30d")

_OPENING = '"“”„«'
_CLOSING = '"“”»'
_QUOTES = frozenset(_OPENING + _CLOSING)
#: What is typed before a colon, and the filter that it sets.
_FILTERS = {
    "campaign": "campaign",
    "team": "team",
    "business-unit": "business_unit",
    "type": "type",
    "workflow": "workflow",
    "unassigned": "unassigned",
}
#: What may stand before a colon, beside the sections' own options.
_KEYS = {Scope.EMAIL: frozenset({"list"}), Scope.SEVERAL: frozenset[str](), Scope.ALL: frozenset(_FILTERS)}
_YES_NO = {"yes": True, "no": False}
#: What may stand before a colon; a word like this in a name is quoted.
_KEY = re.compile(r"([a-z-]+):", re.IGNORECASE)
#: A name of such words alone is typed without quotes.
_BARE = re.compile(r"[\w.-]+(?: [\w.-]+)*")
#: Words that begin an option: in a name they are quoted, so that no later option can change what a command means.
_RESERVED = {"first", "last", "from", "to", "by", "since", "all", "vs", "versus"}
_BETWEEN = {"vs", "versus"}
#: Sub-commands that ask for no sections: an e-mail whose name begins with one is quoted.
OTHER_COMMANDS = frozenset(
    {"dashboard", "dashboards", "help", "report", "reports", "save", "subscribe", "subscriptions", "unsubscribe"}
)
#: <https://example.com|what was typed>, <https://example.com>
_MARKUP = re.compile(r"<(?:[^<>|]*\|)?([^<>|]*)>")
#: <@U012ABC>, <@U012ABC|anna>
_MENTION = re.compile(r"<@[^<>]*>")
_STRETCH = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_NOT_UNITS = {"minute", "month", "quarter", "year"}


class Misread(ValueError):
    """What was typed can't be understood; its text says what to type instead."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    quoted: bool = False
    key: str = ""  #: list, or the key of a filter or an option: what stood before a colon

    @property
    def folded(self) -> str:
        """The word as an option is compared; a quoted one is never an option."""
        return "" if self.quoted or self.key else self.text.casefold()


def typed(wire: str) -> str:
    """What a person typed, from the text that Slack sends: links without markup, and `&amp; &lt; &gt;` as signs."""
    return _unescaped(_MARKUP.sub(r"\1", wire))


def spoken(wire: str) -> str:
    """What a person said to the app in a message: without its name, and without the marks of code."""
    return " ".join(typed(_MENTION.sub(" ", wire)).split()).strip("`").strip()


def _unescaped(text: str) -> str:
    """Slack escapes these three signs and no other."""
    return re.sub(r"&(?:amp|lt|gt);", lambda match: unescape(match[0]), text)


def split(text: str, commands: Collection[str], default: str) -> tuple[str, str]:
    """The command that a text begins with and the rest; the default one when it begins with none.

    Nothing at all asks for help.
    """
    text = _without_own_name(text)
    if not text:
        return "help", ""
    first, _, rest = text.partition(" ")
    return (first.casefold(), rest.strip()) if first.casefold() in commands else (default, text)


def parse(text: str, zone: str, locale: str) -> Query:
    """The query that a command's text asks, in the asker's zone and locale. Raises Misread."""
    word, text = split(text, all_words(), DEFAULT)
    sections = sections_of(word) or VIEWS[DEFAULT]
    scope = scope_of(sections)
    keys = options_of(sections) | (
        {"list"} if scope is Scope.EMAIL else _FILTERS.keys() if scope is Scope.ALL else set()
    )
    words = list(_words(text, keys))
    names: list[list[_Word]] = [[]]
    given: dict[str, Any] = {}
    position = 0
    while position < len(words):
        key, value, length = _option(words, position, scope, keys)
        if key is None and scope is Scope.SEVERAL and words[position].folded in _BETWEEN:
            names.append([])
        elif key is None:
            names[-1].append(words[position])
        elif key in given:
            raise Misread(f"“{words[position].text}” is there twice: a question has one of each kind.")
        else:
            given[key] = value
        position += length
    return _query(word, sections, scope, names, given, zone, locale)


def _query(
    word: str,
    sections: tuple[str, ...],
    scope: Scope,
    names: list[list[_Word]],
    given: dict[str, Any],
    zone: str,
    locale: str,
) -> Query:
    if scope is Scope.SEVERAL and len(names) == 1 and all(name.quoted for name in names[0]):
        names = [[name] for name in names[0]]  # compare "A" "B"
    emails = [" ".join(part.text for part in name) for name in names]
    filters = Filters(**{_FILTERS[key]: given.pop(key) for key in list(given) if key in _FILTERS})
    options = tuple((key, given.pop(key)) for key in list(given) if key in OPTIONS)
    if scope is Scope.ALL:
        filters, emails = replace(filters, name=emails[0] if emails[0].strip() else None), [""]
        given.setdefault("period", RECENT)
    elif not all(email.strip() for email in emails):
        example = f"{word} newsletter-may".removeprefix(f"{DEFAULT} ")
        raise Misread(f"Which e-mail? Put its name after the command: {COMMAND} {example}, or {COMMAND} latest.")
    elif scope is Scope.SEVERAL and len(emails) < 2:
        raise Misread(
            f"With which e-mail? Put “vs” between two names: {COMMAND} {word} newsletter-may vs newsletter-june."
        )
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


def to_command(query: Query) -> str:
    """The command that asks a query; zone and locale come from who asks it."""
    word, scope = word_of(query.sections), scope_of(query.sections)
    parts = [COMMAND] if word == DEFAULT else [COMMAND, word]
    if scope is Scope.ALL:
        parts += [_quoted(query.filters.name)] if query.filters.name else []
        parts += [f"{key}:{_value(text)}" for key, text in _filters(query.filters)]
    else:
        parts.append(" vs ".join(_quoted(name) for name in (query.email, *query.others)))
    parts += _period(query.period, scope)
    if query.unit != "auto":
        parts.append(f"by {query.unit}")
    if query.list_name is not None:
        parts.append(f"list:{_in_quotes(query.list_name)}")
    parts += [f"{key}:{_value(value)}" for key, value in query.options]
    return " ".join(parts)


def to_commands(query: Query) -> tuple[str, ...]:
    """The commands that ask a query: one for each of its sections where no word asks for all of them together."""
    if sections_of(word_of(query.sections)) == query.sections:
        return (to_command(query),)
    alone = ((name, options_of((name,))) for name in query.sections)
    return tuple(
        to_command(replace(query, sections=(name,), options=tuple(pair for pair in query.options if pair[0] in takes)))
        for name, takes in alone
    )


def _filters(filters: Filters) -> Iterator[tuple[str, str]]:
    for key, field in _FILTERS.items():
        value = getattr(filters, field)
        if value is not None and value is not False:
            yield key, "yes" if value is True else value


def _period(period: Period, scope: Scope) -> list[str]:
    if period.preset == "dates":
        return [f"since {period.first}" if period.last is None else f"from {period.first} to {period.last}"]
    usual = RECENT if scope is Scope.ALL else Period()
    if period == usual:
        return []
    return ["all time"] if period.preset == "all" else [f"last {period.preset.replace('d', ' days')}"]


def _without_own_name(text: str) -> str:
    """People paste whole commands."""
    text = text.strip()
    first, _, rest = text.partition(" ")
    return rest.strip() if first.casefold() == COMMAND else text


def _words(text: str, keys: Collection[str]) -> Iterator[_Word]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        match = _KEY.match(text, position)
        key = match[1].casefold() if match and match[1].casefold() in keys else ""
        if match and key:
            position = match.end()
        if position < len(text) and text[position] in _OPENING:
            word, position = _quotation(text, position + 1)
            yield _Word(word, True, key)
        else:
            start = position
            while position < len(text) and not text[position].isspace():
                position += 1
            yield _Word(text[start:position], False, key)


def _quotation(text: str, position: int) -> tuple[str, int]:
    """The text up to the closing quotation mark, and the position after it; a backslash keeps a mark as it is."""
    found: list[str] = []
    while position < len(text):
        sign = text[position]
        following = text[position + 1 : position + 2]
        if sign == "\\" and following and (following in _QUOTES or following == "\\"):
            found.append(following)
            position += 2
        elif sign in _CLOSING:
            return "".join(found), position + 1
        else:
            found.append(sign)
            position += 1
    raise Misread('A quotation mark is opened and not closed: put the name between two, "like this".')


def _option(words: list[_Word], position: int, scope: Scope, keys: Collection[str]) -> tuple[str | None, object, int]:
    """The option that begins here: its key, its value and its number of words; no key: part of a name."""
    word = words[position]
    following = [after.folded for after in words[position + 1 : position + 4]]
    if word.key:
        return ("list_name" if word.key == "list" else word.key), _keyed(word), 1
    match word.folded, following:
        case ("first", _) if scope is not Scope.EMAIL:
            pass  # the first days are those after one e-mail's sending
        case "last" | "first", [amount, unit, *_] if _STRETCH.fullmatch(f"{amount} {unit}"):
            return "period", _stretch(f"{amount} {unit}"), 3
        case "last" | "first", [amount, *_] if _STRETCH.fullmatch(amount):
            return "period", _stretch(amount), 2
        case "from", [first, "to", last] if _is_day(first) and _is_day(last):
            return "period", _dates(first, last), 4
        case "since", [first, *_] if _is_day(first):
            return "period", _dates(first, None), 2
        case "all", ["time", *_] if scope is Scope.ALL:
            return "period", Period(), 2
        case "by", [unit, *_] if unit in UNITS:
            return "unit", unit, 2
        case "by", [measure, *_] if "by" in keys and measure in MEASURES:
            return "by", measure, 2
        case "by", [unit, *_] if unit in _NOT_UNITS:
            raise Misread(f"“by {unit}” is not known; there are by hour, by day and by week.")
    return None, None, 1


def _keyed(word: _Word) -> object:
    """The value after a colon."""
    if not word.text.strip():
        example = "Customers NL" if word.key == "list" else "name"
        raise Misread(f'Which {word.key}? Put it after the colon: {word.key}:"{example}".')
    if word.key != "unassigned":
        return word.text
    if word.text.casefold() not in _YES_NO:
        raise Misread("unassigned takes yes or no: unassigned:yes.")
    return _YES_NO[word.text.casefold()]


def _stretch(text: str) -> Period:
    match = _STRETCH.fullmatch(text)
    assert match is not None
    number, unit = int(match[1]), match[2][0].lower()
    try:
        return Period(f"{number * 7}d" if unit == "w" else f"{number}{unit}")
    except ValueError:
        raise Misread(
            f"“last {text}” is too long or too short; there are last 24h, last 7 days and the like."
        ) from None


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None


def _dates(first: str, last: str | None) -> Period:
    try:
        return Period("dates", date.fromisoformat(first), None if last is None else date.fromisoformat(last))
    except ValueError as error:
        written = f"Since {first}" if last is None else f"From {first} to {last}"
        raise Misread(f"{written} is no period: {error}.") from None


def _quoted(name: str) -> str:
    words = name.casefold().split(" ")
    bare = _BARE.fullmatch(name) and _RESERVED.isdisjoint(words) and words[0] not in {*OTHER_COMMANDS, *all_words()}
    return name if bare else _in_quotes(name)


def _value(value: str) -> str:
    return value if re.fullmatch(r"#?[\w.-]+", value) else _in_quotes(value)


def _in_quotes(name: str) -> str:
    return '"' + "".join(f"\\{sign}" if sign in _QUOTES or sign == "\\" else sign for sign in name) + '"'
