"""`emailstats export …`: a report as a file. `emailstats exports …`: the files that people asked for in Slack."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated
from zoneinfo import ZoneInfo

import typer

from bot.settings import Settings
from bot.terminal import Fault, opened_store, reader_of

if TYPE_CHECKING:
    from bot.exports.exporting import Exporting
    from reports.export import Document, Export

app = typer.Typer(
    help="Files that people asked for, and the links to them.",
    invoke_without_command=True,
    add_completion=False,
    no_args_is_help=False,
)

_LOCALE = "en"  # the terminal's own sentences are English

Number = Annotated[int, typer.Argument(help="The number that `emailstats exports` shows.", show_default=False)]


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
    from bot.access.rights import OPERATOR
    from bot.exports.documents import load_document
    from bot.exports.making import UnknownFormat, format_of, name_of
    from bot.grammar import Misread, parse
    from reports.numbers import write_size

    settings: Settings = context.obj.settings
    reader = reader_of(settings.defaults, zone, locale)
    try:
        chosen = format_of(kind or (to.suffix if to else "") or "xlsx")
        query = parse(" ".join(words), reader.zone, reader.locale, datetime.now(ZoneInfo(reader.zone)).date())
    except (UnknownFormat, Misread) as error:
        raise Fault(str(error)) from None
    with opened_store(settings) as engine:
        document = load_document(
            engine,
            query,
            datetime.now(UTC),
            OPERATOR if addresses else OPERATOR.for_others,
            bounce_sentences=settings.bounces.by_code(),
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


@app.callback()
def _only_list(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_all(context)


@app.command("list")
def list_all(
    context: typer.Context, most: Annotated[int, typer.Option("-n", min=1, max=10_000, help="How many.")] = 50
) -> None:
    """Everybody's files, newest first."""
    from rich.console import Console

    from bot.exports.exporting import OPERATOR
    from bot.exports.shown import listing

    settings: Settings = context.obj.settings
    with _exporting(settings) as exporting:
        found = exporting.listed(OPERATOR, most)
    Console().print(listing(found, settings.defaults.zone), highlight=False)


@app.command()
def renew(context: typer.Context, number: Number) -> None:
    """Make one more link to a file, and print it."""
    from bot.exports.exporting import OPERATOR
    from reports.numbers import write_instant

    settings: Settings = context.obj.settings
    if settings.web.public_url is None:
        raise Fault("Links begin with the address under which people reach emailstats: set web.public_url.")
    with _exporting(settings) as exporting:
        link = exporting.renew(number, OPERATOR)
    typer.echo(link.url)
    typer.echo(f"Good until {write_instant(link.expires, _LOCALE, settings.defaults.zone)}.", err=True)


@app.command()
def revoke(context: typer.Context, number: Number) -> None:
    """End all links to a file."""
    from bot.exports.exporting import OPERATOR
    from reports.numbers import write_counted

    with _exporting(context.obj.settings) as exporting:
        ended = exporting.revoke(number, OPERATOR)
    typer.echo(f"Ended {write_counted(ended, 'link', 'links', _LOCALE)}.")


@app.command()
def again(context: typer.Context, number: Number) -> None:
    """Have a file made anew that is gone, or that could not be made: the service does, and tells its person."""
    from bot.exports.exporting import OPERATOR

    with _exporting(context.obj.settings) as exporting:
        exporting.again(number, OPERATOR)
    typer.echo("The service makes it when it runs next.")


@app.command()
def log(context: typer.Context, number: Number) -> None:
    """When and how the links to a file were followed."""
    from rich.console import Console

    from bot.exports.exporting import OPERATOR
    from bot.exports.shown import accesses
    from store import exports

    settings: Settings = context.obj.settings
    with _exporting(settings) as exporting, exporting.engine.connect() as connection:
        found = exports.accesses(connection, exporting.find(number, OPERATOR).id)
    Console().print(accesses(found, settings.defaults.zone), highlight=False)


@contextmanager
def _exporting(settings: "Settings") -> "Iterator[Exporting]":
    from bot.access.rights import OPERATOR
    from bot.exports.exporting import Denied, Exporting

    keep, an_hour = timedelta(days=settings.exports.keep_days), settings.exports.an_hour
    with opened_store(settings) as engine:
        try:
            url = settings.web.public_url or ""
            yield Exporting(engine, keep, an_hour, lambda _: OPERATOR, url, lambda: datetime.now(UTC))
        except Denied as denied:
            raise Fault(str(denied)) from None
