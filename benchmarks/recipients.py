"""One e-mail with a million recipients: any page of them, their bounces, and one contact's timeline."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from time import perf_counter

from sqlalchemy import Connection, Engine

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import import_in_a_process
from reports.facts import Facts
from reports.query import Query
from store.emails import load_email
from store.engine import open_engine
from store.facts import load_facts
from tests.postgres import Cluster

_EVENTS = 3_400_000  # of about a million recipients
_ROUNDS = 15
_SHOWN = ("all", "opened", "spam")  # everybody, many, and few who are far apart


def run() -> Iterator[Measure]:
    cluster = Cluster.reserve()
    cluster.start()
    try:
        with TemporaryDirectory() as name:
            path = Path(name) / "events.ndjson"
            write_sample(path, _EVENTS, 1)
            stores = {"SQLite": f"sqlite:///{Path(name) / 'store.db'}", "PostgreSQL": cluster.url(cluster.create())}
            for database, url in stores.items():
                import_in_a_process(url, path)
                engine = open_engine(url)
                yield from _measured(engine, database)
                engine.dispose()
    finally:
        cluster.stop()


def _measured(engine: Engine, database: str) -> Iterator[Measure]:
    with engine.connect() as connection:
        for shown in _SHOWN:
            total = _asked(connection, "recipients", show=shown).recipients.total
            last = -(-total // 50)
            worst = max(
                _milliseconds(partial(_asked, connection, "recipients", show=shown, rows="50", page=str(page)))
                for page in (1, max(1, last // 2), last)
            )
            yield Measure(f"slowest page of {shown} of a million, {database}", worst, "ms", 20, "at most")
        for need, what, options in (("contact", "one contact", {"contact": "#500000"}), ("bounces", "bounces", {})):
            taken = _milliseconds(partial(_asked, connection, need, **options))
            yield Measure(f"{what} of a million, {database}", taken, "ms", 20, "at most")


def _asked(connection: Connection, need: str, **options: str) -> Facts:
    query = Query("newsletter-may", options=tuple(options.items()))
    return load_facts(connection, load_email(connection, 1), query, frozenset({need}))


def _milliseconds(ask: Callable[[], object]) -> float:
    seconds = []
    for _ in range(_ROUNDS):
        start = perf_counter()
        ask()
        seconds.append(perf_counter() - start)
    return median(seconds) * 1000
