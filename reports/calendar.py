"""When a subscription is due, and which closed period it is then about: a pure function of its rule.

A rule is wall time in a zone, and one line makes an instant of it for every date (`instant_of`): a time that the clocks
skip takes the offset before the gap (02:30 is 03:30 then), of a time that they show twice the first counts. The key of
an occurrence is its nominal local period, so that no change of the clocks or of the time of day makes a second one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import islice
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

from reports.numbers import babel_locale, write_days, write_instant, write_named_weekdays
from reports.period import local_midnight

_DAY = timedelta(days=1)
_MOMENT = timedelta(microseconds=1)
#: No clock was ever put forward by more: Samoa skipped a whole day.
_LONGEST_GAP = timedelta(days=2)
#: A month and more after a send there is nothing new to tell.
MOST_HOURS = 31 * 24


@dataclass(frozen=True, slots=True)
class Schedule:
    """Every day, week or month at a wall time of an IANA zone, or so many hours after each send.

    `days` are ISO weekdays (Monday is 1) of a week; `day` is of a month, where a day beyond its end is its last one;
    `hours` are elapsed hours after a send, which no wall time moves.

    Raises ValueError, with what to mend.
    """

    every: Literal["day", "week", "month", "send"] = "week"
    at: time = time(9)
    zone: str = "UTC"
    days: tuple[int, ...] = (1,)
    day: int = 1
    hours: int = 24

    def __post_init__(self) -> None:
        if self.every not in ("day", "week", "month", "send"):
            raise ValueError(f"unknown schedule {self.every!r}; known: day, week, month, send")
        if self.at.tzinfo is not None or self.at.second or self.at.microsecond:
            raise ValueError("the time of day is hours and minutes, such as 09:00; its zone stands beside it")
        if not self.days or not set(self.days) <= set(range(1, 8)):
            raise ValueError("a weekly schedule needs at least one day, from 1 (Monday) to 7 (Sunday)")
        if self.day not in range(1, 32):
            raise ValueError("a day of the month is from 1 to 31; 31 is always the last one")
        if self.hours not in range(1, MOST_HOURS + 1):
            raise ValueError(f"hours after a send are from 1 to {MOST_HOURS}")
        object.__setattr__(self, "days", tuple(sorted(set(self.days))))
        try:
            ZoneInfo(self.zone)
        except (KeyError, ValueError, OSError):  # the last for a folder of the database: "Europe"
            raise ValueError(f"unknown time zone {self.zone!r}; a zone is written like Europe/Amsterdam") from None

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, data: bytes | str) -> "Schedule":
        """Raises msgspec.ValidationError when it is not a schedule."""
        return msgspec.json.decode(data, type=cls)


@dataclass(frozen=True, slots=True)
class Due:
    """One occurrence: `due` in UTC, and the half-open local period [start, end) that it is about, closed by then.

    `key` is the nominal local period: 2026-05-04, 2026-W19 (a date where a week has several days), 2026-05, send:ID.
    """

    key: str
    due: datetime
    start: datetime
    end: datetime


def due_between(schedule: Schedule, after: datetime, until: datetime) -> Iterator[Due]:
    """What is due in (after, until], oldest first. Of sends nothing is known beforehand: see `after_send`."""
    for due in _from(schedule, after):
        if due.due > until:
            return
        yield due


def upcoming(schedule: Schedule, now: datetime, n: int = 5) -> tuple[Due, ...]:
    """The next `n` that are due after `now`; none for a schedule that follows sends."""
    return tuple(islice(_from(schedule, now), n))


def after_send(schedule: Schedule, email_id: int | str, sent_at: datetime) -> Due:
    """The one occurrence of an e-mail: about its first hours, due when they are over."""
    start = sent_at.astimezone(ZoneInfo(schedule.zone))
    due = sent_at.astimezone(UTC) + timedelta(hours=schedule.hours)
    return Due(f"send:{email_id}", due, start, due.astimezone(start.tzinfo))


def instant_of(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A wall time as an instant in UTC: of a skipped time by the offset before the gap, of a repeated one the first."""
    return datetime.combine(day, at).replace(tzinfo=zone, fold=0).astimezone(UTC)


def _from(schedule: Schedule, after: datetime) -> Iterator[Due]:
    """All that is due after an instant, without end."""
    if schedule.every == "send":
        return
    zone = ZoneInfo(schedule.zone)
    day = _chosen(schedule, (after - _LONGEST_GAP).astimezone(zone).date())
    while True:
        following = _chosen(schedule, day + _DAY)
        due = instant_of(day, schedule.at, zone)
        # A day that the zone skipped altogether is no period: the next one's occurrence is at the same instant.
        if due > after and due != instant_of(following, schedule.at, zone):
            start, end = (local_midnight(edge, zone).astimezone(zone) for edge in _period(schedule, day, zone))
            yield Due(_key(schedule, day), due, start, end)
        day = following


def _chosen(schedule: Schedule, day: date, step: timedelta = _DAY) -> date:
    """The first nominal day of the schedule from `day` on, itself included; backwards with a step of -1 day."""
    while not _is_chosen(schedule, day):
        day += step
    return day


def _is_chosen(schedule: Schedule, day: date) -> bool:
    if schedule.every == "week":
        return day.isoweekday() in schedule.days
    if schedule.every == "month":
        return day.day == schedule.day or (day.day < schedule.day and (day + _DAY).day == 1)
    return True


def _key(schedule: Schedule, day: date) -> str:
    if schedule.every == "month":
        return f"{day:%Y-%m}"
    if schedule.every == "week" and len(schedule.days) == 1:
        year, week, _ = day.isocalendar()
        return f"{year}-W{week:02}"
    return day.isoformat()


def _period(schedule: Schedule, day: date, zone: ZoneInfo) -> tuple[date, date]:
    """From which local day to which, the latter excluded: periods of one schedule lie side by side.

    A month is the calendar month before, whatever day it is told on; all else goes back to the occurrence before.
    """
    if schedule.every == "month":
        end = day.replace(day=1)
        return (end - _DAY).replace(day=1), end
    start = _chosen(schedule, day - _DAY, -_DAY)
    while local_midnight(start, zone) == local_midnight(day, zone):  # the zone skipped that day
        start = _chosen(schedule, start - _DAY, -_DAY)
    return start, day


def in_words(schedule: Schedule, locale: str = "en") -> str:
    """weekly on Monday at 09:00 (Europe/Amsterdam)"""
    language = babel_locale(locale).language
    language = language if language in _WORDS else "en"
    kind: str = schedule.every
    if kind == "month" and schedule.day > 28:
        kind = "last" if schedule.day == 31 else "late"
    return _WORDS[language][kind].format(
        days=write_named_weekdays(schedule.days, language),
        day=schedule.day,
        at=f"{schedule.at:%H:%M}",
        zone=schedule.zone,
        hours=schedule.hours,
    )


def period_in_words(due: Due, locale: str = "en") -> str:
    """The local days that an occurrence is about, May 2026 or a day; what begins within a day is told by the clock."""
    zone = ZoneInfo(str(due.start.tzinfo))
    first, last = due.start.date(), (due.end.astimezone(UTC) - _MOMENT).astimezone(zone).date()
    if all(local_midnight(edge.date(), zone) == edge for edge in (due.start, due.end)):
        return write_days(first, last, locale)
    return f"{write_instant(due.start, locale, zone.key)} – {write_instant(due.end, locale, zone.key)}"


#: Words of a schedule, by language; {days} are names of weekdays.
_WORDS = {
    "en": {
        "day": "daily at {at} ({zone})",
        "week": "weekly on {days} at {at} ({zone})",
        "month": "monthly on day {day} at {at} ({zone})",
        "late": "monthly on day {day}, or the last one, at {at} ({zone})",
        "last": "monthly on the last day at {at} ({zone})",
        "send": "{hours} h after each send",
    },
    "nl": {
        "day": "dagelijks om {at} ({zone})",
        "week": "wekelijks op {days} om {at} ({zone})",
        "month": "maandelijks op dag {day} om {at} ({zone})",
        "late": "maandelijks op dag {day}, of de laatste, om {at} ({zone})",
        "last": "maandelijks op de laatste dag om {at} ({zone})",
        "send": "{hours} u na elke verzending",
    },
}
