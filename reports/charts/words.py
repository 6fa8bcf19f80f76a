"""What charts say of foreign text and zones, made harmless. Imports no matplotlib."""

import unicodedata
from datetime import datetime
from math import isfinite

from reports.report import Series

ELLIPSIS = "…"
_NEVER_SHOWN = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # control, format (bidi overrides, joiners), surrogates, unassigned
_MOST_MARKS = 2  # combining marks on one letter; more climb over the lines above
_MOST_CHARACTERS = 600


def plain(text: str) -> str:
    """Foreign text on one line: no control, direction or private characters, no heaps of accents."""
    kept: list[str] = []
    marks = 0
    for character in unicodedata.normalize("NFC", cut(text, _MOST_CHARACTERS)):
        category = unicodedata.category(character)
        marks = marks + 1 if category in ("Mn", "Me") else 0
        if character.isspace():
            kept.append(" ")
        elif category not in _NEVER_SHOWN and marks <= _MOST_MARKS:
            kept.append(character)
    return " ".join("".join(kept).split())


def cut(text: str, most: int) -> str:
    """At most `most` characters: the middle gives way, because links and names often differ at their ends."""
    if len(text) <= most:
        return text
    tail = (most - 1) // 2
    return text[: most - 1 - tail].rstrip() + ELLIPSIS + text[len(text) - tail :].lstrip()


def zone_name(at: datetime) -> str:
    """Europe/Amsterdam; a fixed offset has no such name and gives UTC+02:00."""
    return str(getattr(at.tzinfo, "key", None) or at.tzname() or "")


def numbers(series: Series) -> list[float | None]:
    """The values; what is no finite number is unknown."""
    return [value if value is not None and isfinite(value) else None for value in series.values]
