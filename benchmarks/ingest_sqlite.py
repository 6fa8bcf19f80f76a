"""Two million events from NDJSON into SQLite: speed, size, memory, and everything delivered again."""

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import EMAILS, EVENTS, import_in_a_process, sqlite_floor


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        directory = Path(name)
        path, store = directory / "events.ndjson", directory / "store.db"
        write_sample(path, EVENTS, EMAILS)
        url = f"sqlite:///{store}"
        first = import_in_a_process(url, path)
        size = store.stat().st_size
        again = import_in_a_process(url, path)
        floor = sqlite_floor(directory)
    rate = first["events"] / first["seconds"]
    yield Measure("ingest, SQLite", rate, "events/s", 0.22, "at least", floor)
    yield Measure("size, SQLite", size / first["new"], "bytes/event", 60, "at most")
    yield Measure("import's memory", first["mib"], "MiB resident", 300, "at most")
    yield Measure("everything again, SQLite", again["seconds"], "s", 1.0, "at most", first["seconds"])
