"""Schedules as people type them."""

from datetime import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import Misread
from bot.subscriptions.words import parse_schedule, split_schedule
from reports.calendar import Schedule, in_words

ZONE = "Europe/Amsterdam"
DEFAULT = Schedule("week", time(9), ZONE)


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("daily", Schedule("day", time(9), ZONE)),
        ("every day at 7", Schedule("day", time(7), ZONE)),
        ("Daily at 5pm", Schedule("day", time(17), ZONE)),
        ("daily at 12 am", Schedule("day", time(0), ZONE)),
        ("daily at 12:30pm", Schedule("day", time(12, 30), ZONE)),
        ("weekly", Schedule("week", time(9), ZONE)),
        ("weekly on thursday", Schedule("week", time(9), ZONE, (4,))),
        ("every monday at 9am", Schedule("week", time(9), ZONE)),
        ("every Mon, Wed and Fri at 08:30", Schedule("week", time(8, 30), ZONE, (1, 3, 5))),
        ("on weekdays at 8.15", Schedule("week", time(8, 15), ZONE, (1, 2, 3, 4, 5))),
        ("every weekday", Schedule("week", time(9), ZONE, (1, 2, 3, 4, 5))),
        ("every sunday", Schedule("week", time(9), ZONE, (7,))),
        ("on Saturdays at 10", Schedule("week", time(10), ZONE, (6,))),
        ("monthly", Schedule("month", time(9), ZONE)),
        ("every month on the 15th at 6", Schedule("month", time(6), ZONE, day=15)),
        ("monthly on day 3", Schedule("month", time(9), ZONE, day=3)),
        ("monthly on the last day at 17:00", Schedule("month", time(17), ZONE, day=31)),
        ("4 hours after each send", Schedule("send", time(9), ZONE, hours=4)),
        ("24h after every sending", Schedule("send", time(9), ZONE, hours=24)),
        ("daily at 9 (Asia/Kolkata)", Schedule("day", time(9), "Asia/Kolkata")),
        ("every friday in America/New_York", Schedule("week", time(9), "America/New_York", (5,))),
        ("daily at 9 in UTC", Schedule("day", time(9), "UTC")),
    ],
)
def test_words_are_a_schedule(said: str, meant: Schedule) -> None:
    assert parse_schedule(said, DEFAULT) == meant
    assert split_schedule(f"overview campaign:spring {said}", DEFAULT) == ("overview campaign:spring", meant)


@given(
    st.builds(
        Schedule,
        st.sampled_from(["day", "week", "month", "send"]),
        st.builds(time, st.integers(0, 23), st.integers(0, 59)),
        st.sampled_from(["UTC", ZONE, "America/Port-au-Prince", "Etc/GMT+5"]),
        st.sets(st.integers(1, 7), min_size=1).map(tuple),
        st.integers(1, 31),
        st.integers(1, 744),
    )
)
def test_what_a_schedule_reads_as_is_understood(schedule: Schedule) -> None:
    assert in_words(parse_schedule(in_words(schedule), DEFAULT)) == in_words(schedule)


@pytest.mark.parametrize("text", ["", "newsletter-may", "my daily news", "links latest last 7 days", "the monthly one"])
def test_what_ends_in_no_schedule_is_a_question_alone(text: str) -> None:
    assert split_schedule(text, DEFAULT) == (text, None)


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("daily at 25", "no time 25:00"),
        ("daily at 9:75", "no time 9:75"),
        ("daily at 13pm", "no 13 pm"),
        ("daily (Mars/Base)", "Unknown time zone 'Mars/Base'"),
        ("monthly on day 32", "from 1 to 31"),
        ("0h after each send", "from 1 to 744"),
        ("fortnightly", "is no schedule; there are: daily at 9"),
        ("overview daily", "is no schedule"),
    ],
)
def test_what_is_no_schedule_is_refused_with_what_to_write(said: str, problem: str) -> None:
    with pytest.raises(Misread, match=problem):
        parse_schedule(said, DEFAULT)
