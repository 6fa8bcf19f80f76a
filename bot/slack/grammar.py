"""What people type after /emailstats, and the command that asks a query again. Pure.

    NAME [last 24h|48h|7 days|30 days] [from DAY to DAY] [by hour|day|week] [list:NAME]

A name of several words needs no quotes unless its words could be read as options.
"""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from html import unescape

from reports.period import SINCE_SENT, Period
from reports.query import UNITS, Query

COMMAND = "/emailstats"

_OPENING = '"“”„«'
_CLOSING = '"“”»'
_QUOTES = frozenset(_OPENING + _CLOSING)
_LIST = "list:"
#: A name of such words alone is typed without quotes.
_BARE = re.compile(r"[\w.-]+(?: [\w.-]+)*")
#: Words that begin an option: in a name they are quoted, so that no later option can change what a command means.
_RESERVED = {"last", "from", "to", "by"}
#: A name that begins like a command is quoted.
_FIRST_WORDS = {"help", "show"}
#: <https://example.com|what was typed>, <https://example.com>
_MARKUP = re.compile(r"<(?:[^<>|]*\|)?([^<>|]*)>")
_STRETCH = re.compile(r"(\d{1,4})\s*(h|hours?|d|days?|w|weeks?)", re.IGNORECASE)
_HOURS = {"h": 1, "d": 24, "w": 168}
_PRESETS = {length: preset for preset, length in SINCE_SENT.items()}
_NOT_UNITS = {"minute", "month", "quarter", "year"}


class Misread(ValueError):
    """What was typed can't be understood; its text says what to type instead."""


@dataclass(frozen=True, slots=True)
class _Word:
    text: str
    quoted: bool = False
    is_list: bool = False

    @property
    def folded(self) -> str:
        """The word as an option is compared; a quoted one is never an option."""
        return "" if self.quoted or self.is_list else self.text.casefold()


def typed(wire: str) -> str:
    """What a person typed, from the text that Slack sends: links without markup, and `&amp; &lt; &gt;` as signs."""
    return _unescaped(_MARKUP.sub(r"\1", wire))


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
    words = list(_words(_without_own_name(text)))
    name: list[str] = []
    options: dict[str, object] = {}
    position = 0
    while position < len(words):
        key, value, length = _option(words, position)
        if key is None:
            name.append(words[position].text)
        elif key in options:
            raise Misread(f"“{words[position].text}” is there twice: a question has one period, one unit and one list.")
        else:
            options[key] = value
        position += length
    email = " ".join(name)
    if not email.strip():
        raise Misread(f"Which e-mail? Put its name after the command: {COMMAND} newsletter-may, or {COMMAND} latest.")
    return Query(email=email, zone=zone, locale=locale, **options)  # type: ignore[arg-type]


def to_command(query: Query) -> str:
    """The command that asks a query; zone, locale and sections come from who asks it."""
    parts = [COMMAND, _quoted(query.email)]
    period = query.period
    if period.preset == "dates":
        parts.append(f"from {period.first} to {period.last}")
    elif period.preset != "all":
        parts.append(f"last {period.preset.replace('d', ' days')}")
    if query.unit != "auto":
        parts.append(f"by {query.unit}")
    if query.list_name is not None:
        parts.append(f"{_LIST}{_in_quotes(query.list_name)}")
    return " ".join(parts)


def _without_own_name(text: str) -> str:
    """People paste whole commands."""
    text = text.strip()
    first, _, rest = text.partition(" ")
    return rest.strip() if first.casefold() == COMMAND else text


def _words(text: str) -> Iterator[_Word]:
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        is_list = text[position : position + len(_LIST)].casefold() == _LIST
        if is_list:
            position += len(_LIST)
        if position < len(text) and text[position] in _OPENING:
            word, position = _quotation(text, position + 1)
            yield _Word(word, True, is_list)
        else:
            start = position
            while position < len(text) and not text[position].isspace():
                position += 1
            yield _Word(text[start:position], False, is_list)


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


def _option(words: list[_Word], position: int) -> tuple[str | None, object, int]:
    """The option that begins here: its field of Query, its value and its number of words; no field: part of a name."""
    word = words[position]
    following = [after.folded for after in words[position + 1 : position + 4]]
    if word.is_list:
        if not word.text.strip():
            raise Misread('Which list? Put its name after it: list:"Customers NL".')
        return "list_name", word.text, 1
    match word.folded, following:
        case "last", [amount, unit, *_] if _STRETCH.fullmatch(f"{amount} {unit}"):
            return "period", _stretch(f"{amount} {unit}"), 3
        case "last", [amount, *_] if _STRETCH.fullmatch(amount):
            return "period", _stretch(amount), 2
        case "from", [first, "to", last] if _is_day(first) and _is_day(last):
            return "period", _dates(first, last), 4
        case "by", [unit, *_] if unit in UNITS:
            return "unit", unit, 2
        case "by", [unit, *_] if unit in _NOT_UNITS:
            raise Misread(f"“by {unit}” is not known; there are by hour, by day and by week.")
    return None, None, 1


def _stretch(text: str) -> Period:
    match = _STRETCH.fullmatch(text)
    assert match is not None
    length = timedelta(hours=int(match[1]) * _HOURS[match[2][0].lower()])
    if length not in _PRESETS:
        raise Misread(f"“last {text}” is not known; there are last 24h, last 48h, last 7 days and last 30 days.")
    return Period(_PRESETS[length])


def _is_day(text: str) -> bool:
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None


def _dates(first: str, last: str) -> Period:
    try:
        return Period("dates", date.fromisoformat(first), date.fromisoformat(last))
    except ValueError as error:
        raise Misread(f"From {first} to {last} is no period: {error}.") from None


def _quoted(name: str) -> str:
    words = name.casefold().split(" ")
    bare = _BARE.fullmatch(name) and _RESERVED.isdisjoint(words) and words[0] not in _FIRST_WORDS
    return name if bare else _in_quotes(name)


def _in_quotes(name: str) -> str:
    return '"' + "".join(f"\\{sign}" if sign in _QUOTES or sign == "\\" else sign for sign in name) + '"'
