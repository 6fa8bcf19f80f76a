"""What charts say: foreign text made harmless, and numbers and dates as a locale writes them. Imports no matplotlib."""

import unicodedata
from datetime import datetime
from functools import lru_cache
from math import floor, isfinite, log10

from babel import Locale
from babel.core import UnknownLocaleError
from babel.dates import format_date, format_skeleton, format_time
from babel.numbers import format_compact_decimal, format_decimal, format_percent

from reports.numbers import write_rate
from reports.report import Series, Unit

ELLIPSIS = "…"
_NEVER_SHOWN = frozenset(
    {"Cc", "Cf", "Cs", "Co", "Cn"}
)  # control, format (bidi overrides, joiners), surrogates, unassigned
_MOST_MARKS = 2  # combining marks on one letter; more climb over the lines above
_MOST_CHARACTERS = 600


@lru_cache(maxsize=64)
def babel_locale(locale: str) -> Locale:
    """Slack says "en-GB" where Babel says "en_GB": both are understood. Raises ValueError when it is unknown."""
    try:
        return Locale.parse(locale.replace("-", "_"))
    except UnknownLocaleError as error:
        raise ValueError(f"unknown locale {locale!r}") from error


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


def number(value: float, locale: Locale) -> str:
    """In full: 12,345."""
    return format_decimal(value, format="#,##0.##" if value % 1 else "#,##0", locale=locale)


def measure(value: float, unit: Unit, locale: Locale) -> str:
    """A value of a chart: a count in full, or a fraction of one as a percentage."""
    return write_rate(value, str(locale)) if unit is Unit.RATE else number(value, locale)


def share(value: float, step: float, locale: Locale) -> str:
    """A tick of an axis of fractions of one, with no more decimals than the distance between ticks needs."""
    decimals = max(0, -floor(log10(step * 100) + 1e-9))
    return str(format_percent(value, format=f"#,##0.{'0' * decimals}\u00a0%", locale=locale))


def short_number(value: int, locale: Locale) -> str:
    """For an axis: in full up to 9,999, then 10K, 2.5M."""
    return number(value, locale) if abs(value) < 10_000 else compact_number(value, locale)


def compact_number(value: int, locale: Locale) -> str:
    """In as few signs as can be: 999, then 1.5K."""
    return format_compact_decimal(value, locale=locale, fraction_digits=1)


def day(at: datetime, locale: Locale) -> str:
    """May 12"""
    return format_skeleton("MMMd", at, tzinfo=at.tzinfo, locale=locale)


def month(at: datetime, locale: Locale) -> str:
    """May"""
    return format_date(at, "LLL", locale=locale)


def full_day(at: datetime, locale: Locale) -> str:
    """May 12, 2025"""
    return format_date(at, "medium", locale=locale)


def clock(at: datetime, locale: Locale) -> str:
    """2:00 PM or 14:00"""
    return format_time(at, "short", tzinfo=at.tzinfo, locale=locale)


def moment(at: datetime, unit: str, locale: Locale) -> str:
    """A unit's start: its day, and its time when units are hours."""
    return f"{full_day(at, locale)} {clock(at, locale)}" if unit == "hour" else full_day(at, locale)


def zone_name(at: datetime) -> str:
    """Europe/Amsterdam; a fixed offset has no such name and gives UTC+02:00."""
    return str(getattr(at.tzinfo, "key", None) or at.tzname() or "")


def numbers(series: Series) -> list[float | None]:
    """The values; what is no finite number is unknown."""
    return [value if value is not None and isfinite(value) else None for value in series.values]
