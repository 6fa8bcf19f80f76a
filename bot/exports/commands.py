"""`emailstats export …`: a report as a file."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings
from bot.terminal import Fault, opened_store, reader_of

if TYPE_CHECKING:
    from reports.export import Document, Export

_LOCALE = "en"  # the terminal's own sentences are English


def export(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="As after /emailstats: recipients newsletter-may")],
    kind: Annotated[
        str | None, typer.Option("--format", help="csv, xlsx, pdf, png or zip.", show_default=False)
    ] = None,
    to: Annotated[Path | None, typer.Option(help="The file to write; named after the e-mail when absent.")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA time zone; the settings' by default.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language and number format; the settings' by default.")] = None,
    addresses: Annotated[bool, typer.Option("--addresses", help="Show recipients' addresses in full.")] = False,
) -> None:
    """Write a report as a file, with all rows of its tables: CSV, Excel, PDF, a picture, or everything in a ZIP."""
    from bot.exports.documents import load_document
    from bot.exports.making import UnknownFormat, format_of, name_of
    from bot.grammar import Misread, parse
    from reports.numbers import write_size

    settings: Settings = context.obj.settings
    reader = reader_of(settings.defaults, zone, locale)
    try:
        chosen = format_of(kind or (to.suffix if to else "") or "xlsx")
        query = parse(" ".join(words), reader.zone, reader.locale)
    except (UnknownFormat, Misread) as error:
        raise Fault(str(error)) from None
    with opened_store(settings) as engine:
        document = load_document(
            engine, query, datetime.now(UTC), reveal=addresses, bounce_sentences=settings.bounces.by_code()
        )
        path = to or Path(name_of(document, chosen))
        if path.is_dir():
            path /= name_of(document, chosen)
        if not path.parent.is_dir():
            raise Fault(f"There is no folder {path.parent}.")
        size = _write(document, chosen, path, settings)
    typer.echo(f"Wrote {path} ({write_size(size, _LOCALE)}).")
    if document.report.masked and document.has_addresses:
        typer.echo("Recipients' addresses are masked; --addresses shows them.")


def _write(document: "Document", chosen: "Export", path: Path, settings: Settings) -> int:
    """Bytes written, with a bar of the rows while they are."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    from bot.exports.documents import watched
    from bot.exports.making import own_tools, write_file

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    tools = own_tools(settings.charts.theme, document.report.query.locale)
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(f"{chosen.name}, rows", total=sum(sheet.total for sheet in document.sheets))
        return write_file(watched(document, lambda rows: bar.advance(task, rows)), chosen, tools, path)
