"""Names from outside made safe to show anywhere."""

import unicodedata

#: Controls, formats (bidirectional overrides, zero-width signs) and lone surrogates: they move, hide or break text.
_UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
#: Joins parts of one emoji or of one Persian or Indic word.
_JOINERS = {"\u200c", "\u200d"}


def plain(value: str) -> str:
    """One line without signs that can't be seen; runs of white space become one space."""
    if value.isprintable():  # nearly always, and many times quicker than looking at every sign
        return " ".join(value.split())
    seen = (" " if c.isspace() else c for c in value if c.isspace() or c in _JOINERS or not _unseen(c))
    return " ".join("".join(seen).split())


def _unseen(character: str) -> bool:
    return unicodedata.category(character) in _UNSEEN


def shortened(value: str, length: int) -> str:
    """At most `length` characters; what is cut is cut in the middle, where names and addresses differ least."""
    if len(value) <= length:
        return value
    head = length // 2
    tail = length - 1 - head
    return f"{value[:head]}…{value[len(value) - tail :] if tail else ''}"
