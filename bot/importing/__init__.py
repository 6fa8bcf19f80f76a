"""Files of events into the store: bad rows to a quarantine, all good rows kept, safe to interrupt and run again."""

import sys
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

from sqlalchemy import Engine

from bot.importing.quarantine import Quarantine
from bot.importing.sources import Unreadable, items_of, size_of
from providers.intake import Reject
from providers.own import Reader
from reports.events import Email, Event
from store.batch import Batch, to_rows
from store.interning import Interned
from store.merge import Merged, intern, merge_batch

__all__ = ["ImportSummary", "Progress", "Unreadable", "import_files"]

#: Events merged at once: large enough for set-based SQL, small enough for memory.
BATCH = 50_000

#: Seconds. After each statement the merging thread needs Python again, and at the usual 5 ms it would wait for the
#: reading thread a hundred times a batch: a third of the whole.
_SWITCH = 0.0002


@dataclass(slots=True)
class ImportSummary:
    """What an import did. `duplicates` were in the store, or in the files, already."""

    new: int = 0
    duplicates: int = 0
    emails: int = 0
    ignored: int = 0
    quarantined: int = 0


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an import is: bytes read of all files, and events read."""

    bytes_done: int
    bytes_total: int
    events: int


def import_files(
    engine: Engine,
    paths: Sequence[Path],
    *,
    mapping: Mapping[str, str] | None = None,
    now: datetime,
    quarantine_path: Path,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> ImportSummary:
    """Imports files and folders in turn; `mapping` is from a CSV's columns to our fields.

    Raises Unreadable, before anything is imported, for a file that is nothing we know, and providers.own.BadRow for a
    mapping to a field that there is not. Run again after an interruption, it completes: known events are duplicates.
    """
    reader = Reader(now, mapping)
    sizes = [size_of(path) for path in paths]
    contents = [items_of(path, reader) for path in paths]
    total, before = sum(sizes), 0
    with Quarantine(quarantine_path) as quarantine, _Merging(engine) as merging:
        for path, size, items in zip(paths, sizes, contents, strict=True):
            for item, done in items:
                merging.take(item, path, quarantine)
                if merging.full:
                    merging.flush()
                    on_progress(Progress(before + done, total, merging.read))
            before += size
        merging.flush()
        merging.finish()
        on_progress(Progress(total, total, merging.read))
    merging.summary.quarantined = quarantine.count
    return merging.summary


class _Merging:
    """Reads one batch while the one before it is merged in a thread: databases work without holding Python up."""

    def __init__(self, engine: Engine) -> None:
        self.summary = ImportSummary()
        self.read = 0
        self._engine = engine
        self._interned = Interned()
        self._events: list[Event] = []
        self._emails: list[Email] = []
        self._worker = ThreadPoolExecutor(1)
        self._ready: Batch | None = None
        self._under_way: Future[Merged] | None = None

    def __enter__(self) -> Self:
        self._interval = sys.getswitchinterval()
        sys.setswitchinterval(_SWITCH)
        return self

    def __exit__(self, *_error: object) -> None:
        self._worker.shutdown()
        sys.setswitchinterval(self._interval)

    @property
    def full(self) -> bool:
        return len(self._events) + len(self._emails) >= BATCH

    def take(self, item: Event | Email | Reject | None, path: Path, quarantine: Quarantine) -> None:
        if isinstance(item, Event):
            self._events.append(item)
            self.read += 1
        elif isinstance(item, Email):
            self._emails.append(item)
            self.summary.emails += 1
        elif item is None:
            self.summary.ignored += 1
        else:
            quarantine.put(path, item)

    def flush(self) -> None:
        """Hands over the batch; the one before it is merged meanwhile. Raises what went wrong with earlier ones."""
        # Interning writes, and would wait for a merge under way: it has its turn between two of them.
        self._wait()
        intern(self._engine, self._events, self._emails, self._interned)
        self._submit()
        self._ready = to_rows(self._interned, self._events)
        self._events, self._emails = [], []

    def finish(self) -> None:
        """Returns when everything that was handed over is merged."""
        self._wait()
        self._submit()
        self._wait()

    def _submit(self) -> None:
        if self._ready is not None:
            self._under_way = self._worker.submit(merge_batch, self._engine, self._ready)
            self._ready = None

    def _wait(self) -> None:
        if self._under_way is not None:
            merged = self._under_way.result()
            self.summary.new += merged.new
            self.summary.duplicates += merged.duplicates
            self._under_way = None
