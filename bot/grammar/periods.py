"""Periods as people say them, in English and in Dutch: "last 30 days", "sinds 1 mei", "vorige week".

What is counted from today is answered as dates: the same words mean another period tomorrow, and what is asked again by
the printed command is the same one. Without a `today`, as in what is kept to be asked again and again, such words can't
be read.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta

from bot.grammar.words import Misread, Slip
from reports.period import Period

_BACK = {"last", "past", "laatste", "afgelopen"}
_FIRST = {"first", "eerste"}
_PREVIOUS = {"last", "previous", "vorige", "vorig"}
_THIS = {"this", "deze", "dit"}
_SINCE = {"since", "sinds", "vanaf"}
_FROM = {"from", "van"}
_TO = {"to", "until", "till", "through", "tot", "t/m", "tm"}
_ALL = {"all": {"time"}, "alle": {"tijd"}, "hele": {"periode"}}
_DAYS = {"today": 0, "vandaag": 0, "yesterday": 1, "gisteren": 1}
#: Words that may begin a period.
OPENING = frozenset().union(_BACK, _FIRST, _PREVIOUS, _THIS, _SINCE, _FROM, _ALL, _DAYS)

_UNITS = {
    "h": ("h", "hr", "hrs", "hour", "hours", "u", "uur", "uren"),
    "d": ("d", "day", "days", "dag", "dagen"),
    "w": ("w", "week", "weeks", "weken"),
    "m": ("month", "months", "maand", "maanden"),
    "y": ("year", "years", "jaar", "jaren"),
}
_UNIT = {word: unit for unit, words in _UNITS.items() for word in words}
_STRETCH = re.compile(r"(\d{1,4}) ?([a-z]+)", re.ASCII)
_CALLED = {"h": "hour", "d": "day", "w": "week"}
_MONTHS = (
    ("january", "januari", "jan"),
    ("february", "februari", "feb"),
    ("march", "maart", "mar", "mrt"),
    ("april", "apr"),
    ("may", "mei"),
    ("june", "juni", "jun"),
    ("july", "juli", "jul"),
    ("august", "augustus", "aug"),
    ("september", "sep", "sept"),
    ("october", "oktober", "oct", "okt"),
    ("november", "nov"),
    ("december", "dec"),
)
_MONTH = {name: number for number, names in enumerate(_MONTHS, 1) for name in names}
_ISO = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_DAY = re.compile(r"(\d{1,2})(?:st|nd|rd|th|e)?", re.ASCII)
_YEAR = re.compile(r"\d{4}", re.ASCII)

#: A period, and of how many words it is.
Read = tuple[Period, int]


def period_of(words: Sequence[str], today: date | None, *, whole: bool) -> Read | None:
    """The period that the words begin with, if any; they are in lower case.

    `whole`: of all e-mail. Of one e-mail the first days are those after its sending, and calendar words such as “last
    week” are read as part of its name. Raises Misread.
    """
    first, rest = words[0], words[1:]
    if first in _BACK | (set() if whole else _FIRST) and (read := _stretch(rest, today)):
        return read[0], read[1] + 1
    if first in _SINCE and (day := _date(rest)):
        return _dates(first, (day[0], None), today), day[1] + 1
    if first in _FROM and (read := _between(first, rest, today)):
        return read
    if whole and rest and rest[0] in _ALL.get(first, ()):
        return Period(), 2
    if whole and first in _DAYS:
        day_itself = _needed(today, first) - timedelta(days=_DAYS[first])
        return Period("dates", day_itself, day_itself), 1
    if rest and whole:
        return _calendar(first, rest[0], today)
    return None


def unit_of(word: str) -> str | None:
    """hour, day or week, by what it is called."""
    return _CALLED.get(_UNIT.get(word, ""))


def _stretch(words: Sequence[str], today: date | None) -> Read | None:
    """7 days, 24h, 3 months."""
    for length in (1, 2):
        match = _STRETCH.fullmatch(" ".join(words[:length]))
        if match and match[2] in _UNIT and len(words) >= length:
            return _back(int(match[1]), _UNIT[match[2]], match[0], today), length
    return None


def _back(number: int, unit: str, said: str, today: date | None) -> Period:
    if unit in "my":
        now = _needed(today, f"last {said}")
        months = now.year * 12 + now.month - 1 - number * (12 if unit == "y" else 1)
        if months > 12 and number:
            return Period("dates", _same_day(now, months) + timedelta(days=1), now)
    try:
        return Period(f"{number * 7}d" if unit == "w" else f"{number}{unit}")
    except ValueError:
        told = f"“last {said}” is too long or too short; there are last 24h, last 7 days and the like."
        raise Slip(told, 0, len(said.split(" ")) + 1, "last 30 days") from None


def _same_day(day: date, months: int) -> date:
    """The day of that number in a month since year 0; its last one where it has no such day."""
    first = date(months // 12, months % 12 + 1, 1)
    return min(first + timedelta(days=day.day - 1), _month_end(first))


def _month_end(day: date) -> date:
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def _calendar(first: str, word: str, today: date | None) -> Read | None:
    """last month, deze week: weeks begin on Monday. “afgelopen week” is the last seven days."""
    unit = _UNIT.get(word)
    if unit is None or unit == "h" or first not in _PREVIOUS | _THIS | _BACK:
        return None
    if first in _BACK - _PREVIOUS:
        return _back(1, unit, f"1 {word}", today), 2
    now = _needed(today, f"{first} {word}")
    start = {
        "d": now,
        "w": now - timedelta(days=now.weekday()),
        "m": now.replace(day=1),
        "y": now.replace(month=1, day=1),
    }[unit]
    if first in _THIS:
        return Period("dates", start, now), 2
    end = start - timedelta(days=1)
    begins = {"d": end, "w": start - timedelta(days=7), "m": end.replace(day=1), "y": end.replace(month=1, day=1)}
    return Period("dates", begins[unit], end), 2


#: A day as it was said: year, month and day of the month; None for a year that was not.
_Said = tuple[int | None, int, int]


def _date(words: Sequence[str]) -> tuple[_Said, int] | None:
    """2026-05-01, 1 may, 1st of May 2026, may 1, 1 mei."""
    if words and _ISO.fullmatch(words[0]):
        year, month, day = map(int, words[0].split("-"))
        return (year, month, day), 1
    for day_at, month_at in ((0, 1), (1, 0)):
        if len(words) > 1 and (match := _DAY.fullmatch(words[day_at].rstrip(","))) and words[month_at] in _MONTH:
            dated = len(words) > 2 and _YEAR.fullmatch(words[2])
            return (int(words[2]) if dated else None, _MONTH[words[month_at]], int(match[1])), 3 if dated else 2
    return None


def _between(first: str, words: Sequence[str], today: date | None) -> Read | None:
    begin = _date(words)
    if begin is None or len(words) <= begin[1] or words[begin[1]] not in _TO:
        return None
    at = begin[1] + 1
    if tuple(words[at : at + 2]) == ("en", "met"):
        at += 2
    end = _date(words[at:])
    if end is None:
        return None
    return _dates(first, (begin[0], end[0]), today), 1 + at + end[1]


def _dates(word: str, said: tuple[_Said, _Said | None], today: date | None) -> Period:
    """Where a year was not said: the last such day up to today, and up to the end of the period."""
    begin, end = said
    written = f"{word} {_written(begin)}" + (f" to {_written(end)}" if end else "")
    try:
        last = None if end is None else _dated(end, None if end[0] else _needed(today, written))
        first = _dated(begin, last or (None if begin[0] else _needed(today, written)))
        return Period("dates", first, last)
    except Misread:
        raise
    except ValueError as error:
        raise Misread(f"{written[:1].upper()}{written[1:]} is no period: {error}.") from None


def _dated(said: _Said, until: date | None) -> date:
    """Raises ValueError for a day that there is not."""
    year, month, day = said
    if year is not None:
        return date(year, month, day)
    assert until is not None, "asked for before"
    if not 1 <= day <= _month_end(date(2024, month, 1)).day:
        raise ValueError("there is no such day")
    years = (until.year - back for back in range(9) if until.year > back)
    days = (date(one, month, day) for one in years if day <= _month_end(date(one, month, 1)).day)
    return next(found for found in days if found <= until)


def _written(said: _Said) -> str:
    year, month, day = said
    name = _MONTHS[month - 1][0].capitalize() if 1 <= month <= 12 else str(month)
    return f"{day} {name}" if year is None else f"{year:04}-{month:02}-{day:02}"


def _needed(today: date | None, said: str) -> date:
    if today is None:
        raise Misread(
            f"“{said}” is another period every day. What is kept is asked again and again: write last 30 days, or the"
            " days as from 2026-05-01 to 2026-05-31."
        )
    return today
