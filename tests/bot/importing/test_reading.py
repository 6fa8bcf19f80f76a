"""Reading in a process of its own tells the same as reading here, and leaves no process behind."""

import multiprocessing
import threading
from collections.abc import Generator, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path

import pytest

from bot.demo import generate, write_ndjson
from bot.importing.reading import Portion, Task, ahead, portions, portions_beside
from bot.importing.sources import Unreadable

NOW = datetime(2026, 6, 1, tzinfo=UTC)


@pytest.fixture
def task(tmp_path: Path) -> Task:
    path = tmp_path / "events.ndjson"
    with path.open("wb") as stream:
        write_ndjson(generate(emails=2, events=6_000, until=NOW), stream)
        stream.write(b"nonsense\n")
    return Task([path], {}, NOW, tmp_path / "quarantine.ndjson", batch=2_000)


@pytest.fixture
def beside(task: Task) -> Iterator[Generator[Portion, None, None]]:
    with closing(portions_beside(task)) as told:
        yield told
    assert not multiprocessing.active_children()


def test_a_process_of_its_own_tells_the_same(task: Task, beside: Generator[Portion, None, None]) -> None:
    told = list(portions(task))
    assert list(beside) == told
    assert sum(portion.packed.told for portion in told) > 5_000
    assert told[-1].quarantined == 1


def test_the_first_portion_is_small_so_that_merging_soon_begins(task: Task) -> None:
    sizes = [portion.packed.told for portion in portions(task)]
    assert sizes[0] < sizes[1] < task.batch


def test_how_far_the_reading_has_come_only_grows(task: Task) -> None:
    done = [portion.done for portion in portions(task)]
    assert all(before <= after for before, after in pairwise(done))
    assert done[-1] == task.paths[0].stat().st_size


def test_what_goes_wrong_there_is_raised_here(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_text("kind,at\n")
    with closing(portions_beside(Task([path], {}, NOW, tmp_path / "q", 10))) as told, pytest.raises(Unreadable):
        next(told)


def test_a_reader_that_is_killed_ends_the_import_with_a_reason(beside: Generator[Portion, None, None]) -> None:
    next(beside)
    (process,) = multiprocessing.active_children()
    process.kill()
    with pytest.raises(RuntimeError, match="was killed"):
        list(beside)


def test_who_stops_listening_ends_the_process(beside: Generator[Portion, None, None]) -> None:
    next(beside)
    assert multiprocessing.active_children()


def test_the_next_is_made_while_one_is_worked_on_and_all_come_in_order() -> None:
    made = threading.Semaphore(0)

    def items() -> Iterator[int]:
        for number in (1, 2, 3):
            made.release()
            yield number

    with closing(ahead(items())) as told:
        assert next(told) == 1
        for _ in range(2):  # nobody asked for the second yet, and it is made
            assert made.acquire(timeout=30)
        assert list(told) == [2, 3]


def test_what_goes_wrong_ahead_is_raised_where_it_is_asked_for() -> None:
    def items() -> Iterator[int]:
        yield 1
        raise ValueError("the second")

    told = ahead(items())
    assert next(told) == 1
    with pytest.raises(ValueError, match="the second"):
        next(told)


def test_who_stops_taking_leaves_no_thread() -> None:
    before = threading.active_count()
    with closing(ahead(iter(range(1, 9)))) as told:
        next(told)
    assert threading.active_count() == before
