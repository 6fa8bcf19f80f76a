"""The words after /emailstats → Query, and back. Pure.

A question is a name and then options: `spring sale last 7 days by day list:"Customers NL"`. Options stand at the end, so
that a name may hold words that look like one; a name in quotes may hold anything.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date

from reports.period import Period
from reports.query import UNITS, Query

SLASH = "/emailstats"

#: What Slack's clients make of a typed quotation mark.
_QUOTES = '"“”„«»'
_TOKEN = re.compile(
    rf"""(?P<option>[a-z]+:)?[{_QUOTES}](?P<quoted>(?:[^{_QUOTES}]|(?P<twice>[{_QUOTES}])(?P=twice))*)[{_QUOTES}](?!\S)
    | (?P<word>\S+)""",
    re.VERBOSE | re.IGNORECASE,
)
_PRESETS = {
    "24h": ("24h", "24 h", "24 hours", "1 day", "1d", "day"),
    "48h": ("48h", "48 h", "48 hours", "2 days", "2d"),
    "7d": ("7d", "7 d", "7 days", "1 week", "week"),
    "30d": ("30d", "30 d", "30 days", "1 month", "month"),
}
_PERIODS = {word: preset for preset, words in _PRESETS.items() for word in words}
#: How a preset is printed: it counts from the sending of the e-mail.
_PRINTED = {"24h": "24h", "48h": "48h", "7d": "7 days", "30d": "30 days"}
_STRETCH = re.compile(r"\d+ ?(?:h|hours?|d|days?|w|weeks?|months?|years?)")
_ANGLE = re.compile(r"<([^<>|\s]+)(?:\|([^<>|]*))?>")


class Misunderstood(ValueError):
    """The words are no question; says what to type instead."""


@dataclass(frozen=True, slots=True)
class Token:
    """A word, or what stood between quotes; `option` is "list" in `list:"Customers NL"`."""

    text: str
    quoted: bool = False
    option: str = ""


#: Reads an option from the last tokens: how many tokens it takes and the query with it, or None. May raise Misunderstood.
Option = Callable[[list[Token], Query], tuple[int, Query] | None]


def unwrapped(text: str) -> str:
    """What the person typed, of what Slack sends: `<url|text>` is text, and `&amp;` is `&`."""
    shown = _ANGLE.sub(lambda found: found[2] or found[1].removeprefix("mailto:"), text)
    return shown.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def tokens(text: str) -> list[Token]:
    return [_token(found) for found in _TOKEN.finditer(text)]


def read_query(text: str, zone: str, locale: str) -> Query:
    """The question, for a person's time zone and locale. Raises Misunderstood."""
    found = tokens(text)
    if found and not found[0].quoted and found[0].text.casefold() == SLASH:
        del found[0]
    query, options = Query(email="", zone=zone, locale=locale), list(OPTIONS)
    while taken := _option(found, query, options):
        count, query = taken
        del found[len(found) - count :]
    if not found:
        raise Misunderstood(f"Which e-mail? Type its name, as in {SLASH} newsletter-may, or {SLASH} latest.")
    if len(found) > 1 and any(token.quoted for token in found):
        extra = next(token for token in found[1:] if not found[0].quoted or not token.quoted)
        raise Misunderstood(
            f"I do not understand “{extra.text}”. Put the name between quotes and options after it, "
            f'as in {SLASH} "May newsletter" by day.'
        )
    email = found[0].text if found[0].quoted else " ".join(token.text for token in found)
    if not email.strip():
        raise Misunderstood(f"There is nothing between the quotes. Type a name, as in {SLASH} newsletter-may.")
    return replace(query, email=email)


def to_command(query: Query) -> str:
    """What somebody types to ask this; zone and locale are their own. Reading it gives the query back."""
    options = [text for printed in (_print_period, _print_unit, _print_list) if (text := printed(query))]
    bare = " ".join((SLASH, query.email, *options))
    if query.email.split(" ")[0].casefold() not in _RESERVED and _reads_as(bare, query):
        return bare
    return " ".join((SLASH, _quote(query.email), *options))


#: Words that mean something when they come first: a name that begins with one is put in quotes.
_RESERVED = frozenset({"help", "show", "?"})


def _reads_as(command: str, query: Query) -> bool:
    try:
        read = read_query(command, query.zone, query.locale)
    except Misunderstood:
        return False
    return replace(read, sections=query.sections) == query


def _quote(text: str) -> str:
    return f'"{re.sub(f"([{_QUOTES}])", r"\1\1", text)}"'


def _token(found: re.Match[str]) -> Token:
    if found["quoted"] is None:
        return Token(found["word"])
    text = re.sub(rf"([{_QUOTES}])\1", r"\1", found["quoted"])
    return Token(text, quoted=True, option=(found["option"] or "").removesuffix(":").lower())


def _option(found: list[Token], query: Query, options: list[Option]) -> tuple[int, Query] | None:
    for option in options:
        if taken := option(found, query):
            options.remove(option)  # each once: what comes before may well be the name
            return taken
    return None


def _tail(found: list[Token], count: int) -> list[str] | None:
    """The last words without case, or None where there are too few or one stands in quotes."""
    last = found[-count:]
    if len(last) < count or any(token.quoted for token in last):
        return None
    return [token.text.casefold() for token in last]


def _read_period(found: list[Token], query: Query) -> tuple[int, Query] | None:
    for count in (3, 2):
        words = _tail(found, count)
        if words is None or words[0] not in ("last", "first"):
            continue
        stretch = " ".join(words[1:])
        if preset := _PERIODS.get(stretch):
            return count, replace(query, period=Period(preset))
        if _STRETCH.fullmatch(stretch):
            raise Misunderstood(
                f"I know the first 24h, 48h, 7 days and 30 days after sending, not “{stretch}”. "
                "Days of the calendar go as: from 2026-05-01 to 2026-05-31."
            )
    return None


def _read_dates(found: list[Token], query: Query) -> tuple[int, Query] | None:
    words = _tail(found, 4)
    if words is None or (words[0], words[2]) != ("from", "to"):
        return None
    try:
        period = Period("dates", date.fromisoformat(words[1]), date.fromisoformat(words[3]))
    except ValueError as error:
        raise Misunderstood(f"Dates go as: from 2026-05-01 to 2026-05-31 ({error}).") from None
    return 4, replace(query, period=period)


def _read_unit(found: list[Token], query: Query) -> tuple[int, Query] | None:
    words = _tail(found, 2)
    if words is None or words[0] != "by" or words[1] not in UNITS[1:]:
        return None
    return 2, replace(query, unit=words[1])


def _read_list(found: list[Token], query: Query) -> tuple[int, Query] | None:
    if not found:
        return None
    last = found[-1]
    if last.quoted and last.option == "list":
        name, count = last.text, 1
    elif not last.quoted and last.text.casefold().startswith("list:"):
        name, count = last.text[5:], 1
    elif last.quoted and not last.option and len(found) > 1 and found[-2] == Token(found[-2].text):
        if found[-2].text.casefold() != "list:":
            return None
        name, count = last.text, 2
    else:
        return None
    if not name.strip():
        raise Misunderstood('Which list? Type its name after the colon, as in list:"Customers NL".')
    return count, replace(query, list_name=name)


def _print_period(query: Query) -> str:
    period = query.period
    if period.preset == "dates":
        return f"from {period.first} to {period.last}"
    return "" if period.preset == "all" else f"first {_PRINTED[period.preset]}"


def _print_unit(query: Query) -> str:
    return "" if query.unit == "auto" else f"by {query.unit}"


def _print_list(query: Query) -> str:
    return "" if query.list_name is None else f"list:{_quote(query.list_name)}"


OPTIONS: tuple[Option, ...] = (_read_period, _read_dates, _read_unit, _read_list)
