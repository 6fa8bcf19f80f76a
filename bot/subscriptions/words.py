"""Schedules as people type them, at the end of what they ask for. Pure.

daily [at 9]
weekly on Monday and Thursday at 09:00 | every monday at 9am | on weekdays at 8:30
monthly on day 15 | monthly on the last day at 17.00
4 hours after each send
… (Europe/Amsterdam)
"""

import re
from dataclasses import replace
from datetime import time

from bot.grammar import Misread
from reports.calendar import Schedule

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_WORKING_DAYS = (1, 2, 3, 4, 5)
_DAY = r"(?:mon|tues?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:days?)?"
_DAYS_OF_WEEK = rf"(?P<days>weekdays?|{_DAY}(?:(?:\s*,\s*(?:and\s+)?|\s+and\s+){_DAY})*)"
_NUMBERED = r"(?:day\s+)?(?P<day>\d{1,2})(?:st|nd|rd|th)?(?:,\s+or\s+the\s+last\s+one,?)?"
_DAY_OF_MONTH = rf"(?:the\s+)?(?:(?P<last>last(?:\s+day)?)|{_NUMBERED})"
_AT = r"(?:\s+at\s+(?P<hour>\d{1,2})(?:[:.](?P<minute>\d\d))?\s*(?P<half>am|pm)?)?"
_ZONE = r"(?:\s+(?:\(\s*(?P<bracketed>[\w+/-]+)\s*\)|in\s+(?P<named>[A-Za-z_]+/[\w+/-]+|utc)))?"
_RULES = (
    rf"(?P<daily>daily|every\s+day){_AT}",
    rf"(?P<weekly>weekly|every\s+week)(?:\s+on\s+{_DAYS_OF_WEEK})?{_AT}",
    rf"(?P<every>every|on)\s+{_DAYS_OF_WEEK}{_AT}",
    rf"(?P<monthly>monthly|every\s+month)(?:\s+on\s+{_DAY_OF_MONTH})?{_AT}",
    r"(?P<hours>\d{1,4})\s*h(?:ours?)?\s+after\s+(?:each|every)\s+send(?:ing)?",
)
_ENDS = tuple(re.compile(rf"(?:^|\s+){rule}{_ZONE}\s*$", re.IGNORECASE) for rule in _RULES)

#: For refusals.
EXAMPLES = "daily at 9, weekly on Monday at 09:00, monthly on the last day at 17:00, 4 hours after each send"


def split_schedule(text: str, default: Schedule) -> tuple[str, Schedule | None]:
    """What stands before a schedule, and the schedule; None: the text ends in none.

    What is not said is the default's: the time of day, the zone. Raises Misread for a time or zone that there is not.
    """
    for pattern in _ENDS:
        if match := pattern.search(text):
            return text[: match.start()].strip(), _schedule(match.groupdict(), default)
    return text.strip(), None


def parse_schedule(text: str, default: Schedule) -> Schedule:
    """Raises Misread for anything else than a schedule."""
    before, schedule = split_schedule(text, default)
    if before or schedule is None:
        raise Misread(f"“{text}” is no schedule; there are: {EXAMPLES}.")
    return schedule


def _schedule(said: dict[str, str | None], default: Schedule) -> Schedule:
    try:
        zone = said.get("bracketed") or said.get("named")
        base = replace(default, zone=_zone(zone)) if zone else default
        if said.get("hours"):
            return replace(base, every="send", hours=int(said["hours"] or 0))
        base = replace(base, at=_time(said, default.at))
        if said.get("daily"):
            return replace(base, every="day")
        if said.get("monthly"):
            day = 31 if said["last"] else int(said["day"]) if said["day"] else default.day
            return replace(base, every="month", day=day)
        return replace(base, every="week", days=_weekdays(said["days"]) if said["days"] else default.days)
    except ValueError as error:
        raise Misread(f"{str(error)[:1].upper()}{str(error)[1:]}.") from None


def _zone(name: str) -> str:
    return "UTC" if name.casefold() == "utc" else name


def _time(said: dict[str, str | None], default: time) -> time:
    if said["hour"] is None:
        return default
    hour, minute = int(said["hour"]), int(said["minute"] or 0)
    if said["half"]:
        if not 1 <= hour <= 12:
            raise ValueError(f"there is no {hour} {said['half']}; write 9am or 17:00")
        hour = hour % 12 + (12 if said["half"].casefold() == "pm" else 0)
    if hour > 23 or minute > 59:
        raise ValueError(f"there is no time {hour}:{minute:02}; write 9am or 17:00")
    return time(hour, minute)


def _weekdays(text: str) -> tuple[int, ...]:
    text = text.casefold()
    if text.startswith("weekday"):
        return _WORKING_DAYS
    shorts = re.findall(_DAY, text)
    return tuple(number for number, name in enumerate(_DAYS, 1) if any(name[:3] == said[:3] for said in shorts))
