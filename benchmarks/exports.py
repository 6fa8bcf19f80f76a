"""A million recipients as CSV and as a workbook, against the csv module writing the same rows; each in its own process.

The rows come from a store on SQLite both times, so that the floor is what somebody would write in three lines.
"""

import json
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from benchmarks import Measure
from benchmarks.data import write_sample
from benchmarks.ingest import import_in_a_process

_EVENTS = 3_400_000  # of about a million recipients
_ROUNDS = 3
_BARS = {"csv": 2.0, "xlsx": 4.0}
_MEMORY = 150  # MiB
_GROWTH = 50  # MiB, from one per cent of the rows to all of them


@dataclass(frozen=True, slots=True)
class _Run:
    seconds: float
    peak: float  # MiB
    rows: int


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        folder = Path(name)
        write_sample(folder / "events.ndjson", _EVENTS, 1)
        url = f"sqlite:///{folder / 'store.db'}"
        import_in_a_process(url, folder / "events.ndjson")
        (folder / "events.ndjson").unlink()
        runs: dict[str, list[_Run]] = {"floor": [], "csv": [], "xlsx": []}
        for _ in range(_ROUNDS):
            for kind, found in runs.items():
                found.append(_child(url, kind, folder))
        floor = median(one.seconds for one in runs["floor"])
        rows = runs["floor"][0].rows
        for kind, bar in _BARS.items():
            taken = median(one.seconds for one in runs[kind])
            yield Measure(f"{kind} of {rows:,} recipients, against the csv module", taken, "s", bar, "at most", floor)
            peak = max(one.peak for one in runs[kind])
            yield Measure(f"{kind} of {rows:,} recipients, memory", peak, "MiB", _MEMORY, "at most")
            few = _child(url, kind, folder, "show:spam")
            grown = peak - few.peak
            yield Measure(f"{kind}, memory above that of {few.rows:,} rows", grown, "MiB", _GROWTH, "at most")


def _child(url: str, kind: str, folder: Path, *words: str) -> _Run:
    arguments = [sys.executable, "-m", "benchmarks.exports_child", url, kind, str(folder / f"out.{kind}"), *words]
    done = subprocess.run(arguments, capture_output=True, text=True, check=True)
    return _Run(**json.loads(done.stdout))
