"""As much sample data as is asked for, the same for the same seed, without keeping it."""

import io
import tracemalloc
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.demo import DEMO, generate, write_ndjson
from providers.own import Reader
from reports.events import Email, Event

UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)


def counted(emails: int, events: int | None, seed: int = 1) -> tuple[int, int]:
    made = [isinstance(item, Email) for item in generate(emails=emails, events=events, seed=seed, until=UNTIL)]
    return sum(made), len(made) - sum(made)


@pytest.mark.parametrize(("emails", "events"), [(1, 500), (1, 40_000), (3, 2_000), (25, 10_000), (200, 20_000)])
@pytest.mark.parametrize("seed", [1, 2])
def test_it_is_within_five_percent_of_what_was_asked(emails: int, events: int, seed: int) -> None:
    made_emails, made_events = counted(emails, events, seed)
    assert made_emails == emails
    assert abs(made_events - events) <= 0.05 * events


def test_without_a_size_an_email_has_as_many_events_as_in_the_demo() -> None:
    assert counted(2, None)[1] == pytest.approx(2 * DEMO["events"] / DEMO["emails"], rel=0.05)


def test_every_email_reaches_somebody_even_when_there_are_more_emails_than_events() -> None:
    items = list(generate(emails=30, events=1, until=UNTIL))
    emails = {item.id for item in items if isinstance(item, Email)}
    assert {item.email for item in items if isinstance(item, Event)} == emails
    assert len(emails) == 30


def test_the_smallest_is_one_recipient_of_newsletter_may() -> None:
    email, *events = generate(emails=1, events=1, until=UNTIL)
    assert isinstance(email, Email) and email.name == "newsletter-may"
    assert len({event.contact for event in events if isinstance(event, Event)}) == 1


def test_equal_arguments_make_equal_data() -> None:
    assert list(generate(emails=9, events=3_000, seed=4, until=UNTIL)) == list(
        generate(emails=9, events=3_000, seed=4, until=UNTIL)
    )


def test_another_seed_makes_other_data_about_the_same_first_email() -> None:
    first, other = (list(generate(emails=1, events=900, seed=seed, until=UNTIL)) for seed in (1, 2))
    assert isinstance(first[0], Email) and isinstance(other[0], Email)
    assert (first[0].id, first[0].name, first[0].html) == (other[0].id, other[0].name, other[0].html)
    assert first[1:] != other[1:]


def test_the_zone_in_which_the_end_is_told_changes_nothing() -> None:
    elsewhere = UNTIL.astimezone(ZoneInfo("Asia/Kathmandu"))
    assert list(generate(emails=4, events=900, until=elsewhere)) == list(generate(emails=4, events=900, until=UNTIL))


def test_memory_does_not_grow_with_size() -> None:
    peaks = []
    for events in (25_000, 75_000):
        tracemalloc.start()
        for _ in generate(emails=1, events=events, until=UNTIL):
            pass
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
    assert peaks[1] < peaks[0] * 1.2
    assert peaks[1] < 40 * 2**20


@pytest.mark.parametrize("wrong", [{"emails": 0}, {"emails": -3}, {"events": 0}, {"until": UNTIL.replace(tzinfo=None)}])
def test_what_makes_no_sense_is_refused_at_once(wrong: dict[str, int | datetime]) -> None:
    with pytest.raises(ValueError, match=r"at least one|time zone"):
        generate(**{"until": UNTIL, **wrong})  # type: ignore[arg-type]


def test_the_file_holds_every_item_on_a_line_of_its_own_as_import_reads_it() -> None:
    reader = Reader(now=UNTIL)
    items = list(generate(emails=6, events=5_000, until=UNTIL))
    stream = io.BytesIO()
    assert write_ndjson(items, stream) == len(items)
    lines = stream.getvalue().splitlines()
    assert stream.getvalue().endswith(b"\n")
    read = [reader.line(line) for line in lines]
    assert read == items


def test_nothing_to_write_writes_nothing() -> None:
    stream = io.BytesIO()
    assert write_ndjson([], stream) == 0
    assert stream.getvalue() == b""
