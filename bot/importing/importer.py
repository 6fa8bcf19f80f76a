"""Files of events into the store: bad rows to a quarantine, all good rows kept, safe to interrupt and run again."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from bot.importing.reading import Task, ahead, portions, portions_beside, without_cycles
from bot.importing.sources import size_of
from providers.provider import Identities
from reports.verdicts import DEFAULT_RULES, Rules
from store.merge import Merger

#: Events merged at once: large enough for set-based SQL, small enough for memory.
BATCH = 50_000

#: Bytes. Less is read before another process has started.
_WORTH_A_PROCESS = 16 * 1024 * 1024


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
    identities: Identities | None = None,
    rules: Rules = DEFAULT_RULES,
    now: datetime,
    quarantine_path: Path,
    on_progress: Callable[[Progress], None] = lambda progress: None,
) -> ImportSummary:
    """Imports files and folders in turn; `mapping` is from a CSV's columns to our fields, `identities` as of webhooks.

    Clicks are judged by `rules`.

    Raises sources.Unreadable, before anything is imported, for a file that is nothing we know, and
    providers.own.BadRow for a mapping to a field that there is not. Run again after an interruption, it completes:
    known events are duplicates.
    """
    total = sum(size_of(path) for path in paths)
    task = Task(paths, mapping or {}, now, quarantine_path, BATCH, identities or {})
    merger, summary, read = Merger(engine, rules), ImportSummary(), 0
    with without_cycles(), closing((portions if total < _WORTH_A_PROCESS else portions_beside)(task)) as told:
        prepared = ((portion, merger.prepare(portion.packed)) for portion in told)
        with closing(ahead(prepared) if merger.beside else prepared) as packs:
            for portion, ready in packs:
                merged = merger.complete(ready)
                summary.new += merged.new
                summary.duplicates += merged.duplicates
                summary.emails += len(portion.packed.descriptions)
                summary.ignored, summary.quarantined = portion.ignored, portion.quarantined
                read += portion.packed.told
                on_progress(Progress(portion.done, total, read))
    on_progress(Progress(total, total, read))
    return summary
