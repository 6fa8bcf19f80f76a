"""What readers of rows share: words for the person who made the file."""

import re
from collections.abc import Iterable, Mapping, Sequence

import msgspec
from rapidfuzz import process

#: How to write what is no time; a hint for `explained`.
TIME = ("a time", "write 2026-05-12T09:30:00+02:00, or Z for UTC")


def explained(
    line: bytes,
    error: msgspec.MsgspecError,
    known: Sequence[str],
    words: Mapping[str, Iterable[str]],
    hints: Mapping[str, tuple[str, str]],
) -> str:
    """The decoder's message about a line of JSON, with what was meant where that is plain.

    `known` are the fields there are, `words` the values that a field may have, and `hints` say of a field what it has
    to be and how to write it.
    """
    path = re.search(r"`\$\.(\w+)`", str(error))
    if path and (path[1] in words or path[1] in hints):
        try:
            said = str(msgspec.json.decode(line)[path[1]])
        except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError, LookupError, TypeError):
            return _sentence(error)
        if path[1] in words:
            return f"{path[1]}: {nearest(said, [str(word) for word in words[path[1]]])}"
        thing, how = hints[path[1]]
        return f"{path[1]}: {_short(said)!r} is not {thing}; {how}"
    unknown = re.search(r"unknown field `(.*)`", str(error), re.DOTALL)
    if unknown:
        return f"there is no field {nearest(unknown[1], known)}"
    return _sentence(error)


def nearest(said: str, known: Sequence[str]) -> str:
    """What was said, and which of the known was meant, or all of them."""
    shown = _short(said)
    found = process.extractOne(shown, known, score_cutoff=60)
    if found:
        return f"{shown!r}; did you mean {found[0]!r}?"
    return f"{shown!r}; known are {', '.join(known)}"


def header_fault(
    columns: Sequence[str], mapping: Mapping[str, str], fields: Sequence[str], needed: Sequence[str]
) -> str | None:
    """Why a CSV with these columns can't be read, or None: it can.

    It lacks what every row must have or the mapping names, or it tells a field twice.
    """
    absent = [column for column in mapping if column not in columns]
    if absent:
        return f"--map names a column that there is not: {nearest(absent[0], columns)}"
    known = [mapping.get(column, column) for column in columns]
    twice = [name for name in fields if known.count(name) > 1]
    if twice:
        return f"more than one column is the field {twice[0]}"
    missing = [name for name in needed if name not in known]
    if missing:
        return (
            f"no column for {', '.join(missing)}; the columns are {', '.join(columns)}."
            f" Say which is meant: --map COLUMN={missing[0]}"
        )
    return None


def _short(said: str) -> str:
    return said if len(said) <= 40 else f"{said[:39]}…"


def _sentence(error: Exception) -> str:
    """msgspec's words without its signs: `$.at` is the field at."""
    message = re.sub(r"(.*) - at `\$\.?([^`]*)`", r"\2: \1", str(error))
    return message.removeprefix(": ").replace("Object ", "") or "not readable"
