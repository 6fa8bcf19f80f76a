"""Every section of one e-mail costs the same at ten times the events; its facts are near the bare SQL."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Engine, text

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import import_in_a_process
from bot.access.rights import OPERATOR
from bot.answers import answer
from reports.compile import SECTIONS
from reports.query import Query
from reports.section import Scope
from store.emails import find
from store.engine import open_engine
from store.facts import load_facts

SMALL, LARGE = 1_000_000, 10_000_000
_EMAILS = 40
_ROUNDS = 60
_NEEDS = frozenset({"counts", "not_sent_reasons", "list_counts", "moments", "links"})
_ROWS = (
    "SELECT * FROM email_totals WHERE email_id = :email_id",
    "SELECT * FROM list_totals WHERE email_id = :email_id",
    "SELECT * FROM not_sent_totals WHERE email_id = :email_id",
    "SELECT * FROM moments WHERE email_id = :email_id",
    "SELECT * FROM link_totals WHERE email_id = :email_id",
)


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        stores = {size: _filled(Path(name), size) for size in (SMALL, LARGE)}
        small, large, facts, bare = _measured(stores[SMALL], stores[LARGE])
        yield Measure("summary, timeline and links at 10 M events", large, "ms", 1.5, "at most", small)
        yield Measure("facts of one e-mail", facts, "ms", 3.0, "at most", bare)
        yield from _sections(stores[SMALL], stores[LARGE])
        for engine in stores.values():
            engine.dispose()


def _filled(directory: Path, size: int) -> Engine:
    path, store = directory / f"{size}.ndjson", directory / f"{size}.db"
    write_sample(path, size, _EMAILS)
    import_in_a_process(f"sqlite:///{store}", path)
    path.unlink()
    return open_engine(f"sqlite:///{store}")


def _measured(small: Engine, large: Engine) -> tuple[float, float, float, float]:
    """Medians in milliseconds, measured in turn: the report on both stores, then facts and bare SQL on the larger."""
    now = datetime.now(UTC)
    query = Query("newsletter-may", zone="Europe/Amsterdam")
    with large.connect() as connection:
        email = find(connection, query.email).email
    assert email is not None

    def facts() -> object:
        with large.connect() as connection:
            return load_facts(connection, email, query, _NEEDS)

    def bare() -> object:
        with large.connect() as connection:
            return [connection.execute(text(sql), {"email_id": email.id}).all() for sql in _ROWS]

    a, b, c, d = _medians(
        lambda: answer(small, query, now, OPERATOR), lambda: answer(large, query, now, OPERATOR), facts, bare
    )
    return a, b, c, d


def _sections(small: Engine, large: Engine) -> Iterator[Measure]:
    """A line for every section of one e-mail: the whole answer, from the question to the report."""
    now = datetime.now(UTC)
    for name in sorted(name for name, section in SECTIONS.items() if section.scope is Scope.EMAIL):
        options = (("contact", "#1"),) if name == "contact" else ()
        query = Query("newsletter-may", sections=(name,), zone="Europe/Amsterdam", options=options)
        floor, value = _medians(
            partial(answer, small, query, now, OPERATOR), partial(answer, large, query, now, OPERATOR)
        )
        yield Measure(f"section {name} at 10 M events", value, "ms", 1.5, "at most", floor)


def _medians(*asked: Callable[[], object]) -> list[float]:
    """Milliseconds of each, measured in turn, so that what else the machine does costs all of them the same."""
    seconds: list[list[float]] = [[] for _ in asked]
    for _ in range(_ROUNDS):
        for times, ask in zip(seconds, asked, strict=True):
            start = perf_counter()
            ask()
            times.append(perf_counter() - start)
    return [median(times) * 1000 for times in seconds]
