"""Two million events from NDJSON into PostgreSQL, in a throw-away cluster with a server's usual guarantees."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import EMAILS, EVENTS, import_in_a_process, postgres_floor
from tests.postgres import Cluster


def run() -> Iterator[Measure]:
    cluster = Cluster.reserve(options="")
    cluster.start()
    try:
        with TemporaryDirectory() as name:
            directory = Path(name)
            path = directory / "events.ndjson"
            write_sample(path, EVENTS, EMAILS)
            measured = import_in_a_process(cluster.url(cluster.create()), path)
            floor = postgres_floor(cluster.url(cluster.create()), directory)
    finally:
        cluster.stop()
    rate = measured["events"] / measured["seconds"]
    yield Measure("ingest, PostgreSQL", rate, "events/s", 0.12, "at least", floor)
