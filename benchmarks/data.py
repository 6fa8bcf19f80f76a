"""Sample data for the benchmarks: made once a run, at the size that each asks for."""

from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from bot.demo import generate, write_ndjson
from reports.events import Email, Event

UNTIL = datetime(2026, 6, 1, tzinfo=UTC)


def sample(events: int, emails: int) -> Iterator[Email | Event]:
    """Sample data, and after every hundred events three of them again: providers deliver at least once."""
    told: list[Event] = []
    for item in generate(emails=emails, events=round(events * 0.97), seed=7, until=UNTIL):
        yield item
        if isinstance(item, Event):
            told.append(item)
        if len(told) == 100:
            yield from told[:3]
            told.clear()


def write_sample(path: Path, events: int, emails: int) -> None:
    with path.open("wb") as stream:
        write_ndjson(sample(events, emails), stream)


def in_batches(items: Iterator[Email | Event], size: int) -> Iterator[tuple[list[Event], list[Email]]]:
    while batch := list(islice(items, size)):
        yield (
            [item for item in batch if isinstance(item, Event)],
            [item for item in batch if isinstance(item, Email)],
        )
