"""`emailstats import`, as a person sees it: a bar with the rate, a summary, an exit code."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from bot import importing

ALL_GOOD, SOME_QUARANTINED, NOTHING_READ = 0, 1, 2


def run_import(
    engine: Engine,
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    *,
    now: datetime,
    quarantine_folder: Path,
    console: Console,
) -> int:
    """Imports with a progress bar and gives the exit code. Raises importing.Unreadable and providers.own.BadRow."""
    quarantine = quarantine_folder / f"quarantine-{now:%Y%m%d-%H%M%S}.ndjson"
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading …", total=None)

        def show(progress: importing.Progress) -> None:
            elapsed = bar.tasks[0].elapsed or 1
            words = f"{progress.events:,} events, {progress.events / elapsed:,.0f} a second"
            bar.update(task, total=progress.bytes_total, completed=progress.bytes_done, description=words)

        summary = importing.import_files(
            engine, paths, mapping=mapping, now=now, quarantine_path=quarantine, on_progress=show
        )
    return _conclude(summary, quarantine, console)


def _conclude(summary: importing.ImportSummary, quarantine: Path, console: Console) -> int:
    told = f"Imported {summary.new:,} events"
    if summary.emails:
        told += f" and {summary.emails:,} descriptions of e-mails"
    extras = []
    if summary.duplicates:
        extras.append(f"{summary.duplicates:,} were known already")
    if summary.ignored:
        extras.append(f"{summary.ignored:,} are of kinds that are not counted")
    console.print(f"{told}{'; ' if extras else ''}{', '.join(extras)}.", highlight=False)
    if not summary.quarantined:
        return ALL_GOOD
    console.print(
        f"{summary.quarantined:,} rows could not be read. Each is in {quarantine} with its line number and the reason;"
        " mend them there or at their source and import again: what is known already is not counted twice.",
        highlight=False,
        soft_wrap=True,
    )
    return SOME_QUARANTINED if summary.new or summary.duplicates or summary.emails else NOTHING_READ
