"""Files are made whole or not at all, whoever stops, and their people hear of it."""

import asyncio
import csv
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path

import pytest
from sqlalchemy import Engine, text

from bot.access.rights import Access
from bot.drawing import DrawingError
from bot.export_settings import Exports
from bot.exports.documents import load_document
from bot.exports.storage import Storage, StorageFault
from reports.export import Document, Row
from reports.query import Query
from store import exports
from store.engine import open_engine
from store.exports import Made, State
from tests.bot.exports.bench import NOW, PEOPLE, WEEK, Bench, fill, until

LATER = timedelta(minutes=2)  # than any lease that makes


@pytest.fixture
def bench(engine: Engine, tmp_path: Path) -> Bench:
    fill(engine)
    return Bench(engine, tmp_path / "files")


class Slow:
    """Gives documents whose rows stop in the middle until the test opens the gate; `reached` is set there."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.gate, self.reached = threading.Event(), threading.Event()

    def __call__(self, query: Query, now: datetime, access: Access) -> Document:
        document = load_document(self.engine, query, now, access)
        (sheet,) = document.sheets

        def rows() -> Iterator[Row]:
            for number, row in enumerate(sheet.rows()):
                if number == PEOPLE // 2:
                    self.reached.set()
                    assert self.gate.wait(timeout=30)
                yield row

        return replace(document, sheets=(replace(sheet, rows=rows),))


def _rows(content: bytes) -> list[list[str]]:
    lines = StringIO(content.decode("utf-8-sig"), newline="")
    return [row for row in csv.reader(lines) if row and not row[0].startswith("#")]


async def test_what_is_asked_for_is_made_and_its_person_is_given_a_link(bench: Bench) -> None:
    async with bench.open() as exporter:
        number = bench.ask(name="Everybody: spring.csv")
        exporter.wake()
        await bench.diary.until("made")
        job = await bench.settled(number)
    assert job.state is State.MADE
    assert (job.name, job.media_type) == ("Everybody-spring.csv", "text/csv; charset=utf-8")
    assert job.size == len(bench.content(job))
    assert job.keep_until == NOW + WEEK
    assert len(_rows(bench.content(job))) == PEOPLE + 1
    with bench.engine.connect() as connection:
        found = exports.of_token(connection, bench.diary.tokens[0], NOW)
    assert found is not None and found[1].id == number
    assert bench.files() == {job.file}, "nothing is left of the making"


@pytest.mark.parametrize("kind", ["csv", "xlsx", "pdf", "png", "zip"])
async def test_every_format_is_made_and_named_after_what_was_asked(bench: Bench, kind: str) -> None:
    async with bench.open():
        job = await bench.settled(bench.ask(kind=kind))
    assert (job.state, job.name, job.problem) == (State.MADE, f"may-recipients.{kind}", None)
    assert bench.content(job)


async def test_addresses_stand_in_it_only_where_its_person_may_still_see_them(bench: Bench) -> None:
    async with bench.open():
        seen = await bench.settled(bench.ask())
    bench.seeing = frozenset()
    async with bench.open():
        masked = await bench.settled(bench.ask())
    assert b"person7@example.com" in bench.content(seen)
    assert b"person7@example.com" not in bench.content(masked)


async def test_who_waits_hears_how_far_it_is(bench: Bench) -> None:
    slow = Slow(bench.engine)
    async with bench.open(slow):
        number = bench.ask()
        while True:
            told = await bench.diary.until("progress", len(bench.diary.told) + 1)
            if told.rows_done:
                break
        assert (told.rows_done, told.rows) == (1_000, PEOPLE)
        slow.gate.set()
        await bench.settled(number)
    assert [said for said, _ in bench.diary.told][-1] == "made", "nothing comes after the link"


async def test_a_service_that_ends_leaves_the_file_to_another_with_nothing_of_its_own(bench: Bench) -> None:
    slow = Slow(bench.engine)
    async with bench.open(slow):
        number = bench.ask()
        await asyncio.to_thread(slow.reached.wait)
        asyncio.get_running_loop().call_later(0.1, slow.gate.set)  # when it has begun to end
    job = bench.get(number)
    assert (job.state, job.attempt) == (State.WAITING, 0)
    assert bench.files() == set()
    async with bench.open():
        assert (await bench.settled(number)).state is State.MADE


async def test_what_a_dead_maker_left_is_cleared_away_by_the_next(bench: Bench) -> None:
    number = bench.ask()
    job = exports.claim(bench.engine, "dead", NOW, timedelta(seconds=60))
    assert job is not None
    exports.keeping(bench.engine, job, "dead", "1-1-dead")
    left = bench.storage.workplace() / "left"
    left.write_text("whole, and never finished")
    bench.storage.put("1-1-dead", left)
    bench.at += LATER
    async with bench.open():
        job = await bench.settled(number)
    assert (job.state, job.attempt) == (State.MADE, 2)
    assert bench.files() == {job.file} != {"1-1-dead"}


async def test_a_maker_that_was_thought_dead_throws_its_file_away(bench: Bench) -> None:
    slow = Slow(bench.engine)
    async with bench.open(slow):
        number = bench.ask()
        await asyncio.to_thread(slow.reached.wait)
        with bench.engine.begin() as connection:  # as if it had been stopped for longer than its lease
            connection.execute(
                text("UPDATE exports SET holder = 'other', attempt = 2, leased_until = :far"), {"far": 9**10}
            )
        slow.gate.set()
        await until(lambda: not bench.files())
    assert bench.get(number).state is State.MAKING, "the other is at it"
    assert bench.diary.told == [] or {said for said, _ in bench.diary.told} == {"progress"}


class Committing(Storage):
    """Has a file counted as made as soon as it is kept: the runner's own commit then finds that done."""

    bench: Bench

    def put(self, key: str, path: Path) -> None:
        super().put(key, path)
        with self.bench.engine.connect() as connection:
            holder = str(connection.execute(text("SELECT holder FROM exports")).scalar_one())
        made = Made(key, "may.csv", "text/csv", 3)
        exports.finish(self.bench.engine, self.bench.get(1), holder, made, NOW, WEEK, LATER)


async def test_a_file_that_counts_stays_though_the_answer_to_its_commit_was_lost(bench: Bench) -> None:
    bench.storage = storage = Committing(Exports(storage=str(bench.folder)))
    storage.bench = bench
    async with bench.open():
        bench.ask()
        await until(lambda: bench.get(1).state is State.TELLING)
    job = bench.get(1)
    assert (job.state, {job.file}) == (State.TELLING, bench.files())


@pytest.mark.parametrize("problem", [None, "no room"])
async def test_who_was_not_told_before_a_process_died_is_told_by_another(bench: Bench, problem: str | None) -> None:
    number = bench.ask()
    job = exports.claim(bench.engine, "dead", NOW, LATER)
    assert job is not None
    if problem is None:
        exports.finish(bench.engine, job, "dead", Made("1-1-x", "may.csv", "text/csv", 3), NOW, WEEK, LATER)
    else:
        exports.fail(bench.engine, job, "dead", problem, NOW, LATER)
    bench.at += 2 * LATER
    async with bench.open():
        await bench.diary.until("made" if problem is None else "failed")
        job = await bench.settled(number)
    assert job.state is (State.MADE if problem is None else State.FAILED)
    assert len(bench.diary.told) == 1


async def test_a_person_who_cannot_be_told_now_is_told_later_and_the_file_is_there(bench: Bench) -> None:
    bench.diary.fault = ConnectionError("Slack is down")
    async with bench.open():
        number = bench.ask()
        await bench.diary.until("made")
    assert bench.get(number).state is State.TELLING
    with bench.engine.connect() as connection:
        assert exports.of_token(connection, bench.diary.tokens[0], NOW) is not None
    bench.diary.fault = None
    bench.at += timedelta(minutes=6)
    async with bench.open():
        assert (await bench.settled(number)).state is State.MADE
    assert [said for said, _ in bench.diary.told if said != "progress"] == ["made", "made"]


async def test_a_question_that_has_no_answer_says_so(bench: Bench) -> None:
    async with bench.open():
        job = await bench.settled(bench.ask("recipients june"))
    assert job.state is State.FAILED
    assert job.problem == "No e-mail is called “june”, and no name looks like it."
    assert [said for said, _ in bench.diary.told if said != "progress"] == ["failed"]


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (DrawingError("x"), "Try CSV or Excel"),
        (StorageFault("x"), "look at the storage"),
        (OSError(28, "No space left on device"), "no room left"),
        (RuntimeError("person7@example.com"), "nobody foresaw"),
    ],
)
async def test_what_goes_wrong_is_said_in_words_with_a_reference(bench: Bench, error: Exception, words: str) -> None:
    def load(query: Query, now: datetime, access: Access) -> Document:
        raise error

    async with bench.open(load):
        job = await bench.settled(bench.ask())
    assert job.problem is not None
    assert words in job.problem and "Reference " in job.problem and "person7" not in job.problem
    assert bench.files() == set()


async def test_a_full_disk_is_told_also_where_the_storage_meets_it(bench: Bench) -> None:
    def load(query: Query, now: datetime, access: Access) -> Document:
        raise StorageFault("x") from OSError(28, "No space left on device")

    async with bench.open(load):
        job = await bench.settled(bench.ask())
    assert "no room left" in (job.problem or "")


async def test_files_whose_time_is_up_are_removed_with_their_links(bench: Bench) -> None:
    async with bench.open():
        number = bench.ask()
        await bench.settled(number)
    bench.at += WEEK
    async with bench.open():
        told = await bench.diary.until("gone")
    assert bench.files() == set() and told.id == number
    assert bench.get(number).state is State.REMOVED
    with bench.engine.connect() as connection:
        assert exports.of_token(connection, bench.diary.tokens[0], bench.at) is None


async def test_files_are_kept_in_s3_as_in_a_folder(sqlite_url: str, tmp_path: Path, s3: str) -> None:
    engine = open_engine(sqlite_url)
    fill(engine)
    bench = Bench(engine, tmp_path / "unused")
    bench.storage = Storage(Exports(storage="s3://reports/made", endpoint=s3, access_key="a" * 20, secret_key="b" * 40))
    async with bench.open():
        job = await bench.settled(bench.ask(kind="xlsx"))
        assert job.file is not None and job.size is not None
        content = b"".join([piece async for piece in bench.storage.read(job.file, 0, job.size)])
        assert content.startswith(b"PK") and len(content) == job.size
    bench.at += WEEK
    async with bench.open():
        await bench.diary.until("gone")
    with pytest.raises(StorageFault):
        await anext(bench.storage.read(job.file, 0, 1))
    assert not (tmp_path / "unused").exists()
    engine.dispose()
