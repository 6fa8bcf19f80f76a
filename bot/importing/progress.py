"""`emailstats import`, as a person sees it: a bar with the rate, a summary, an exit code."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn
from sqlalchemy import Engine

from bot.importing import importer
from bot.importing.tables import Table, import_tables
from providers.provider import Identities
from reports.numbers import write_count, write_counted
from reports.verdicts import DEFAULT_RULES, Rules

#: The terminal's own sentences are English.
_LOCALE = "en"

ALL_GOOD, SOME_QUARANTINED, NOTHING_READ = 0, 1, 2


def run_import(
    engine: Engine,
    paths: Sequence[Path],
    mapping: Mapping[str, str],
    *,
    table: Table | None = None,
    identities: Identities | None = None,
    rules: Rules = DEFAULT_RULES,
    now: datetime,
    quarantine_folder: Path,
    console: Console,
) -> int:
    """Imports events, or the rows of a `table`, with a progress bar and gives the exit code.

    Raises sources.Unreadable and providers.own.BadRow.
    """
    quarantine = quarantine_folder / f"quarantine-{now:%Y%m%d-%H%M%S}.ndjson"
    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading …", total=None)

        def show(progress: importer.Progress) -> None:
            elapsed = bar.tasks[0].elapsed or 1
            words = f"{progress.events:,} {table or 'events'}, {progress.events / elapsed:,.0f} a second"
            bar.update(task, total=progress.bytes_total, completed=progress.bytes_done, description=words)

        try:
            how = {"mapping": mapping, "now": now, "quarantine_path": quarantine, "on_progress": show}
            if table is None:
                summary = importer.import_files(engine, paths, identities=identities, rules=rules, **how)  # type: ignore[arg-type]
            else:
                summary = import_tables(engine, table, paths, **how)  # type: ignore[arg-type]
        except KeyboardInterrupt:
            console.print("Interrupted. What was merged stays: the same command completes the import.")
            raise
    return _conclude(summary, table, quarantine, console)


def _counted(count: int, one: str, many: str) -> str:
    return write_counted(count, one, many, _LOCALE)


def _conclude(summary: importer.ImportSummary, table: Table | None, quarantine: Path, console: Console) -> int:
    many = table or "events"
    told = f"Imported {_counted(summary.new, many.removesuffix('s'), many)}"
    if summary.emails:
        told += f" and {_counted(summary.emails, 'description', 'descriptions')} of e-mails"
    extras = []
    if summary.duplicates:
        extras.append(f"{write_count(summary.duplicates, _LOCALE)} known already")
    if summary.ignored:
        extras.append(f"{write_count(summary.ignored, _LOCALE)} of kinds not counted")
    console.print(f"{told}{'; ' if extras else ''}{', '.join(extras)}.", highlight=False)
    if not summary.quarantined:
        return ALL_GOOD
    console.print(
        f"{_counted(summary.quarantined, 'row', 'rows')} could not be read: {quarantine} holds each with its line"
        " number and the reason. Mend the file and import it again: what is known already is not counted twice.",
        highlight=False,
        soft_wrap=True,
    )
    return SOME_QUARANTINED if summary.new or summary.duplicates or summary.emails else NOTHING_READ
