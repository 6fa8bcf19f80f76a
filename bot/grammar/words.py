"""Words with their quotes and keys, as people type them and as Slack sends them."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from html import unescape

COMMAND = "/emailstats"

_OPENING = '"“”„«'
_CLOSING = '"“”»'
_QUOTES = frozenset(_OPENING + _CLOSING)
#: What may stand before a colon; a word like this in a name is quoted.
_KEY = re.compile(r"([a-z-]+):", re.IGNORECASE)
#: <https://example.com|what was typed>, <https://example.com>
_MARKUP = re.compile(r"<(?:[^<>|]*\|)?([^<>|]*)>")
#: <@U012ABC>, <@U012ABC|anna>
_MENTION = re.compile(r"<@[^<>]*>")


class Misread(ValueError):
    """What was typed can't be understood; its text says what to type instead.

    `nearest` is a command that can be, and may have been meant; "" where there is none.
    """

    def __init__(self, told: str, nearest: str = "") -> None:
        super().__init__(told)
        self.nearest = nearest


class Slip(Misread):
    """A Misread that is mended by other words in the place of `length` ones."""

    def __init__(self, told: str, position: int, length: int, instead: str) -> None:
        super().__init__(told)
        self.position, self.length, self.instead = position, length, instead


@dataclass(frozen=True, slots=True)
class Word:
    """`source` is how it was typed."""

    text: str
    quoted: bool = False
    key: str = ""  #: list, or the key of a filter or an option: what stood before a colon
    source: str = ""

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


def words_of(text: str, keys: Collection[str]) -> Iterator[Word]:
    """`keys` are what may stand before a colon. Raises Misread."""
    position = 0
    while position < len(text):
        if text[position].isspace():
            position += 1
            continue
        start = position
        match = _KEY.match(text, position)
        key = match[1].casefold() if match and match[1].casefold() in keys else ""
        if match and key:
            position = match.end()
        if position < len(text) and text[position] in _OPENING:
            word, position = _quotation(text, position + 1)
            yield Word(word, True, key, text[start:position])
        else:
            begun = position
            while position < len(text) and not text[position].isspace():
                position += 1
            yield Word(text[begun:position], False, key, text[start:position])


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
    told = 'A quotation mark is opened and not closed: put the name between two, "like this".'
    raise Slip(told, 0, 0, f'{text}"')


def in_quotes(name: str) -> str:
    return '"' + "".join(f"\\{sign}" if sign in _QUOTES or sign == "\\" else sign for sign in name) + '"'
