"""Names from outside made safe to show anywhere."""

import re
import unicodedata
from collections.abc import Sequence
from itertools import takewhile

#: Controls, formats (bidirectional overrides, zero-width signs) and lone surrogates: they move, hide or break text.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
#: Joins parts of one emoji or of one Persian or Indic word.
_JOINERS = {"\u200c", "\u200d"}
_MAILBOX = 3  # characters of a mailbox's name from which it is looked for in words about it


def plain(value: str) -> str:
    """One line without signs that can't be seen; runs of white space become one space."""
    value = " ".join(value.split())  # first, for a no-break space is not "printable"
    if value.isprintable():  # nearly always, and many times quicker than looking at every sign
        return value
    seen = (c for c in value if c in _JOINERS or not _unseen(c))
    return " ".join("".join(seen).split())


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN


def without_mailbox(value: str, address: str, instead: str) -> str:
    """The text without the name before the “@” of an address, which a server's reply may tell by itself.

    Names of fewer than 3 signs could be any word, and stay.
    """
    name = address.rpartition("@")[0]
    if len(name) < _MAILBOX:
        return value
    if value.isascii() and name.isascii() and name.lower() not in value.lower():
        return value  # nearly always, and ten times as fast as a pattern of its own for every row
    return re.sub(rf"(?<![\w.-]){re.escape(name)}(?![\w-])", lambda _: instead, value, flags=re.IGNORECASE)


def shortened(value: str, length: int) -> str:
    """At most `length` characters; what is cut is cut in the middle, where names and addresses differ least."""
    if len(value) <= length:
        return value
    head = length // 2
    tail = length - 1 - head
    return f"{value[:head]}…{value[len(value) - tail :] if tail else ''}"


def shortened_apart(values: Sequence[str], length: int) -> list[str]:
    """Each in at most `length` characters, and different ones kept different; `length` is 40 or more.

    Links of one e-mail begin with the same site and end with the same tracking parameters: where a cut in the middle
    makes them equal, the part from where they differ is shown instead.
    """
    shown = {value: shortened(value, length) for value in values}
    groups = [list(shown)]
    while groups:
        group = groups.pop()
        alike: dict[str, list[str]] = {}
        for value in group:
            alike.setdefault(shown[value], []).append(value)
        for same in alike.values():
            if len(same) > 1:
                shown.update(_from_difference(same, length))
                groups.append(same)
    return [shown[value] for value in values]


def _from_difference(values: Sequence[str], length: int) -> dict[str, str]:
    head = length // 3
    context = 4  # characters before the difference, so that the eye finds its way
    common = sum(1 for _ in takewhile(lambda signs: len(set(signs)) == 1, zip(*values, strict=False)))
    begin = max(head, common - context)
    return {value: f"{value[:head]}…{shortened(value[begin:], length - head - 1)}" for value in values}
