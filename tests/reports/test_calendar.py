"""When subscriptions are due: one instant a local period, whatever the clocks of a zone do."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.calendar import Due, Schedule, after_send, due_between, in_words, period_in_words, upcoming
from reports.period import local_midnight

_DAY = timedelta(days=1)


def at(text: str) -> time:
    return time.fromisoformat(text)


def instant(text: str) -> datetime:
    return datetime.fromisoformat(text)


def days_of(schedule: Schedule, first: str, last: str) -> list[tuple[str, str]]:
    """Key and local wall time of what is due on local days, both included."""
    zone = ZoneInfo(schedule.zone)
    start = local_midnight(date.fromisoformat(first), zone) - timedelta(microseconds=1)
    end = local_midnight(date.fromisoformat(last) + _DAY, zone) - timedelta(microseconds=1)
    return [(due.key, f"{due.due.astimezone(zone):%m-%d %H:%M%z}") for due in due_between(schedule, start, end)]


@pytest.mark.parametrize(
    ("zone", "wall", "day", "expected"),
    [
        # Nights in which the clocks go forward: the offset before the gap.
        ("Europe/Amsterdam", "02:30", "2026-03-29", "03-29 03:30+0200"),
        ("Europe/Amsterdam", "02:00", "2026-03-29", "03-29 03:00+0200"),
        ("Europe/Amsterdam", "01:59", "2026-03-29", "03-29 01:59+0100"),
        ("Europe/Amsterdam", "03:00", "2026-03-29", "03-29 03:00+0200"),
        ("America/New_York", "02:30", "2026-03-08", "03-08 03:30-0400"),
        ("Australia/Lord_Howe", "02:15", "2026-10-04", "10-04 02:45+1100"),  # by half an hour
        ("Pacific/Apia", "03:30", "2012-09-30", "09-30 04:30+1400"),
        # Nights in which they go back: the first of the two alone.
        ("Europe/Amsterdam", "02:30", "2026-10-25", "10-25 02:30+0200"),
        ("America/New_York", "01:30", "2026-11-01", "11-01 01:30-0400"),
        ("Australia/Lord_Howe", "01:45", "2026-04-05", "04-05 01:45+1100"),
        ("Pacific/Apia", "03:30", "2013-04-07", "04-07 03:30+1400"),
        ("Africa/Cairo", "23:30", "2026-10-29", "10-29 23:30+0300"),
        # The clocks go forward at midnight: the day keeps its occurrence.
        ("Africa/Cairo", "00:00", "2026-04-24", "04-24 01:00+0300"),
        ("Africa/Cairo", "00:30", "2026-04-24", "04-24 01:30+0300"),
        ("America/Santiago", "00:00", "2026-09-06", "09-06 01:00-0300"),
        ("Atlantic/Azores", "00:30", "2026-03-29", "03-29 01:30+0000"),
        ("America/Havana", "00:00", "2026-03-08", "03-08 01:00-0400"),
        # No change at all, half an hour and three quarters beside the others.
        ("Asia/Kolkata", "09:00", "2026-03-29", "03-29 09:00+0530"),
        ("Asia/Kathmandu", "09:00", "2026-10-25", "10-25 09:00+0545"),
        ("Asia/Kolkata", "00:00", "2026-01-01", "01-01 00:00+0530"),
    ],
)
def test_a_day_is_due_once_whatever_the_clocks_do(zone: str, wall: str, day: str, expected: str) -> None:
    schedule = Schedule("day", at(wall), zone)
    assert days_of(schedule, day, day) == [(day, expected)]


@pytest.mark.parametrize("wall", ["00:00", "09:00", "23:59"])
def test_the_day_that_samoa_skipped_is_no_period_and_the_day_after_it_is_about_the_day_before_it(wall: str) -> None:
    schedule = Schedule("day", at(wall), "Pacific/Apia")
    found = upcoming(schedule, instant("2011-12-28T23:59:59-10:00"), 3)
    assert [due.key for due in found] == ["2011-12-29", "2011-12-31", "2012-01-01"]
    thirty_first = found[1]
    assert (thirty_first.start, thirty_first.end) == (
        instant("2011-12-29T00:00-10:00"),
        instant("2011-12-31T00:00+14:00"),
    )


@pytest.mark.parametrize(
    ("days", "keys"),
    [
        ((5,), [("2011-W51", "12-23"), ("2011-W52", "12-31"), ("2012-W01", "01-06")]),  # Friday was skipped
        ((5, 6), [("2011-12-23", "12-23"), ("2011-12-24", "12-24"), ("2011-12-31", "12-31"), ("2012-01-06", "01-06")]),
        ((1, 5), [("2011-12-23", "12-23"), ("2011-12-26", "12-26"), ("2011-12-30", "12-31"), ("2012-01-02", "01-02"),
                  ("2012-01-06", "01-06")]),
    ],
)  # fmt: skip
def test_a_week_whose_day_was_skipped_keeps_its_occurrence(days: tuple[int, ...], keys: list[tuple[str, str]]) -> None:
    schedule = Schedule("week", at("09:00"), "Pacific/Apia", days)
    assert [(key, when[:5]) for key, when in days_of(schedule, "2011-12-23", "2012-01-06")] == keys


def test_a_month_whose_day_was_skipped_keeps_its_occurrence() -> None:
    schedule = Schedule("month", at("09:00"), "Pacific/Apia", day=30)
    assert days_of(schedule, "2011-12-01", "2012-01-31") == [
        ("2011-12", "12-31 09:00+1400"),
        ("2012-01", "01-30 09:00+1400"),
    ]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (1, ["01-01", "02-01", "03-01", "04-01"]),
        (28, ["01-28", "02-28", "03-28", "04-28"]),
        (30, ["01-30", "02-29", "03-30", "04-30"]),
        (31, ["01-31", "02-29", "03-31", "04-30"]),
    ],
)
def test_a_month_without_the_day_takes_its_last(day: int, expected: list[str]) -> None:
    schedule = Schedule("month", at("07:00"), "Europe/Amsterdam", day=day)
    found = days_of(schedule, "2028-01-01", "2028-04-30")
    assert [key for key, _ in found] == ["2028-01", "2028-02", "2028-03", "2028-04"]
    assert [when[:5] for _, when in found] == expected


@pytest.mark.parametrize(
    ("schedule", "now", "key", "start", "end"),
    [
        (Schedule("day", zone="Europe/Amsterdam"), "2026-03-30T00:00+02:00", "2026-03-30",
         "2026-03-29T00:00+01:00", "2026-03-30T00:00+02:00"),  # a day of 23 hours
        (Schedule("week", zone="Europe/Amsterdam"), "2026-10-26T00:00+01:00", "2026-W44",
         "2026-10-19T00:00+02:00", "2026-10-26T00:00+01:00"),
        (Schedule("week", zone="UTC", days=(1,)), "2026-12-28T00:00Z", "2026-W53",
         "2026-12-21T00:00Z", "2026-12-28T00:00Z"),
        (Schedule("week", zone="UTC", days=(5,)), "2027-01-01T00:00Z", "2026-W53",
         "2026-12-25T00:00Z", "2027-01-01T00:00Z"),
        (Schedule("week", zone="UTC", days=(1, 2, 3, 4, 5)), "2026-05-04T00:00Z", "2026-05-04",
         "2026-05-01T00:00Z", "2026-05-04T00:00Z"),  # Monday is about the weekend as well
        (Schedule("month", zone="America/New_York", day=15), "2026-04-01T00:00-04:00", "2026-04",
         "2026-03-01T00:00-05:00", "2026-04-01T00:00-04:00"),
        (Schedule("month", zone="Africa/Cairo", at=time(0)), "2026-04-30T12:00+03:00", "2026-05",
         "2026-04-01T00:00+02:00", "2026-05-01T00:00+03:00"),
        (Schedule("day", zone="Africa/Cairo", at=time(0)), "2026-04-24T12:00+03:00", "2026-04-25",
         "2026-04-24T01:00+03:00", "2026-04-25T00:00+03:00"),  # its midnight was not
    ],
)  # fmt: skip
def test_a_period_is_the_closed_local_stretch_before_and_its_key_is_nominal(
    schedule: Schedule, now: str, key: str, start: str, end: str
) -> None:
    (due,) = upcoming(schedule, instant(now), 1)
    assert (due.key, due.start, due.end) == (key, instant(start), instant(end))
    assert str(due.start.tzinfo) == str(due.end.tzinfo) == schedule.zone
    assert due.due.tzinfo is UTC and due.end <= due.due


def test_what_is_due_is_after_the_first_instant_and_not_after_the_last() -> None:
    schedule = Schedule("day", at("09:00"), "UTC")
    first, last = instant("2026-05-04T09:00Z"), instant("2026-05-06T09:00Z")
    assert [due.key for due in due_between(schedule, first, last)] == ["2026-05-05", "2026-05-06"]
    assert list(due_between(schedule, last, first)) == []


def test_another_time_of_day_keeps_the_key() -> None:
    now = instant("2026-05-04T00:00Z")
    nine, ten = (upcoming(Schedule("week", at(wall), "UTC"), now, 1)[0] for wall in ("09:00", "10:00"))
    assert nine.key == ten.key and nine.due < ten.due


def test_a_send_is_due_after_elapsed_hours_across_a_change_of_the_clocks() -> None:
    schedule = Schedule("send", zone="Europe/Amsterdam", hours=24)
    due = after_send(schedule, 17, instant("2026-03-28T09:00+01:00"))
    assert due == Due(
        "send:17", instant("2026-03-29T08:00Z"), instant("2026-03-28T08:00Z"), instant("2026-03-29T08:00Z")
    )
    assert (due.start.utcoffset(), due.end.utcoffset()) == (timedelta(hours=1), timedelta(hours=2))
    assert upcoming(schedule, instant("2026-03-28T08:00Z")) == ()


# Over the whole database of time zones


@cache
def days_of_change(zone: str) -> list[date]:
    """Local days, 2025 to 2027, on which the zone's clocks change; in a zone without any, one day."""
    rules = ZoneInfo(zone)
    week, found = timedelta(days=7), []
    start = datetime(2025, 1, 1, tzinfo=UTC)
    for number in range(157):
        low, high = start + number * week, start + (number + 1) * week
        if low.astimezone(rules).utcoffset() != high.astimezone(rules).utcoffset():
            while high - low > timedelta(hours=1):
                middle = low + (high - low) / 2
                same = middle.astimezone(rules).utcoffset() == low.astimezone(rules).utcoffset()
                low, high = (middle, high) if same else (low, middle)
            found.append(high.astimezone(rules).date())
    return found or [date(2026, 5, 4)]


_TIMES = tuple(at(text) for text in ("00:00", "00:30", "01:30", "02:15", "02:30", "03:30", "09:00", "23:30"))


def dues_around(schedule: Schedule, day: date) -> Iterator[tuple[date, Due]]:
    """What stands for the nominal days from two before to two after a day, however far it was shifted."""
    noon = datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(schedule.zone))
    found = {due.key: due for due in due_between(schedule, noon - 5 * _DAY, noon + 5 * _DAY)}
    for nominal in (day + number * _DAY for number in range(-2, 3)):
        yield nominal, found[nominal.isoformat()]


def expected(wall: datetime, zone: ZoneInfo) -> datetime:
    """By looking at what the clocks show: the first instant at which they show it, else the offset before the gap."""
    around = [wall.replace(tzinfo=UTC) + number * _DAY for number in (-1, 1)]
    before, after = (moment.astimezone(zone).utcoffset() or timedelta() for moment in around)
    tried = sorted(wall.replace(tzinfo=UTC) - offset for offset in {before, after})
    shown = [moment for moment in tried if moment.astimezone(zone).replace(tzinfo=None) == wall]
    return shown[0] if shown else wall.replace(tzinfo=UTC) - before


@pytest.mark.parametrize("part", range(4))
def test_every_zone_gives_exactly_one_instant_a_local_day_around_every_change_of_its_clocks(part: int) -> None:
    for zone in sorted(available_timezones() - {"localtime"})[part::4]:
        rules = ZoneInfo(zone)
        for day in days_of_change(zone):
            for wall in _TIMES:
                dues = list(dues_around(Schedule("day", wall, zone), day))
                for nominal, due in dues:
                    assert due.due == expected(datetime.combine(nominal, wall), rules), (zone, nominal, wall)
                    assert due.start < due.end <= due.due
                for (_, before), (_, after) in pairwise(dues):
                    assert before.due < after.due and before.end == after.start, (zone, day, wall)


# Properties

_ZONES = st.sampled_from(
    [
        "Europe/Amsterdam",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Asia/Kolkata",
        "Africa/Cairo",
        "America/Santiago",
        "Pacific/Kiritimati",
        "America/Nuuk",
        "Antarctica/Troll",
        "UTC",
    ]
)
_SCHEDULES = st.builds(
    Schedule,
    every=st.sampled_from(["day", "week", "month"]),
    at=st.builds(time, st.integers(0, 23), st.integers(0, 59)),
    zone=_ZONES,
    days=st.sets(st.integers(1, 7), min_size=1).map(tuple),
    day=st.integers(1, 31),
    hours=st.integers(1, 744),
)
_INSTANTS = st.datetimes(datetime(1990, 1, 1), datetime(2037, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(_SCHEDULES, _INSTANTS)
def test_occurrences_follow_each_other_with_periods_that_lie_side_by_side(schedule: Schedule, now: datetime) -> None:
    found = upcoming(schedule, now, 8)
    assert len({due.key for due in found}) == 8
    for before, after in pairwise(found):
        assert now < before.due < after.due
        assert before.end == after.start
    for due in found:
        assert due.start < due.end <= due.due


@given(_SCHEDULES, _INSTANTS, st.integers(0, 40), st.integers(0, 40))
def test_looking_in_two_steps_finds_what_looking_once_finds(
    schedule: Schedule, start: datetime, first: int, second: int
) -> None:
    middle, end = start + first * _DAY, start + (first + second) * _DAY
    once = list(due_between(schedule, start, end))
    assert [*due_between(schedule, start, middle), *due_between(schedule, middle, end)] == once


@given(_SCHEDULES)
def test_a_schedule_comes_back_from_json(schedule: Schedule) -> None:
    assert Schedule.from_json(schedule.to_json()) == schedule


# Words and refusals


@pytest.mark.parametrize(
    ("schedule", "english", "dutch"),
    [
        (Schedule(zone="Europe/Amsterdam"), "weekly on Monday at 09:00 (Europe/Amsterdam)",
         "wekelijks op maandag om 09:00 (Europe/Amsterdam)"),
        (Schedule("day", time(17, 5)), "daily at 17:05 (UTC)", "dagelijks om 17:05 (UTC)"),
        (Schedule(days=(5, 3, 1, 3)), "weekly on Monday, Wednesday, and Friday at 09:00 (UTC)",
         "wekelijks op maandag, woensdag en vrijdag om 09:00 (UTC)"),
        (Schedule("month", day=15), "monthly on day 15 at 09:00 (UTC)", "maandelijks op dag 15 om 09:00 (UTC)"),
        (Schedule("month", day=30), "monthly on day 30, or the last one, at 09:00 (UTC)",
         "maandelijks op dag 30, of de laatste, om 09:00 (UTC)"),
        (Schedule("month", day=31), "monthly on the last day at 09:00 (UTC)",
         "maandelijks op de laatste dag om 09:00 (UTC)"),
        (Schedule("send", hours=48), "48 h after each send", "48 u na elke verzending"),
    ],
)  # fmt: skip
def test_a_schedule_reads_as_words(schedule: Schedule, english: str, dutch: str) -> None:
    assert in_words(schedule) == in_words(schedule, "fr_FR") == english
    assert in_words(schedule, "nl_NL") == in_words(schedule, "nl-NL") == dutch


@pytest.mark.parametrize(
    ("schedule", "now", "english", "dutch"),
    [
        (Schedule("day"), "2026-05-05T00:00Z", "Mon, May 4, 2026", "ma 4 mei 2026"),
        (Schedule(), "2026-05-11T00:00Z", "Mon, May 4 – Sun, May 10, 2026", "ma 4 – zo 10 mei 2026"),
        (Schedule("month"), "2026-06-01T00:00Z", "May 2026", "mei 2026"),
        (Schedule("day", zone="Africa/Cairo"), "2026-04-25T00:00Z", "Fri, Apr 24, 2026", "vr 24 apr 2026"),
        (Schedule("day", zone="Pacific/Apia"), "2011-12-30T12:00Z", "Thu, Dec 29, 2011", "do 29 dec 2011"),
    ],
)
def test_a_period_reads_as_its_days(schedule: Schedule, now: str, english: str, dutch: str) -> None:
    (due,) = upcoming(schedule, instant(now), 1)
    assert (period_in_words(due).replace("\u2009", " "), period_in_words(due, "nl").replace("\u2009", " ")) == (
        english,
        dutch,
    )


def test_the_hours_after_a_send_read_by_the_clock() -> None:
    due = after_send(Schedule("send", zone="Europe/Amsterdam", hours=3), "x", instant("2026-05-04T07:30Z"))
    assert period_in_words(due) == "4 May 2026 09:30 CEST – 4 May 2026 12:30 CEST"


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"every": "hour"}, "known: day, week, month, send"),
        ({"at": time(9, 0, 30)}, "hours and minutes"),
        ({"at": time(9, tzinfo=UTC)}, "its zone stands beside it"),
        ({"days": ()}, "at least one day"),
        ({"days": (0, 1)}, "from 1 .* to 7"),
        ({"day": 32}, "1 to 31"),
        ({"day": 0}, "1 to 31"),
        ({"hours": 0}, "1 to 744"),
        ({"hours": 745}, "1 to 744"),
        ({"zone": "Europe/Amsterdan"}, "'Europe/Amsterdan'; a zone is written like Europe/Amsterdam"),
        ({"zone": "Europe"}, "unknown time zone"),
        ({"zone": "../etc/passwd"}, "unknown time zone"),
        ({"zone": ""}, "unknown time zone"),
        ({"zone": "a\0b"}, "unknown time zone"),
        ({"zone": "A" * 5000}, "unknown time zone"),
    ],
)
def test_a_schedule_that_makes_no_sense_is_refused_with_what_to_mend(wrong: dict[str, Any], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Schedule(**wrong)


@pytest.mark.parametrize("text", ["{}x", '{"every":"year"}', '{"zone":"Mars/Base"}', '{"days":[9]}', '{"at":"25:00"}'])
def test_json_that_is_no_schedule_is_refused(text: str) -> None:
    with pytest.raises(msgspec.MsgspecError):
        Schedule.from_json(text)
