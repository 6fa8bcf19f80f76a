"""`emailstats …`: the commands of the terminal.

What a command needs is imported inside it, so that `emailstats --help` is quick.
"""

import os
import re
import sys
import tempfile
import traceback
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, BinaryIO
from zoneinfo import ZoneInfo

import typer

from bot.digests import commands as digests
from bot.exports import commands as exporting
from bot.inbox import commands as inbox
from bot.mail.checking import check_mail
from bot.mail.preview import preview
from bot.saved import commands as saved
from bot.settings import Settings, SettingsError, load
from bot.subscriptions import commands as subscribing
from bot.sync import commands as syncing
from bot.terminal import Fault, opened_store, reader_of
from bot.upkeep import commands as upkeeping

if TYPE_CHECKING:
    from reports.charts import ThemeName
    from reports.period import Period
    from reports.report import Report

#: Anything that was wrong with what a person asked or with the place they asked it in.
FAULT = 2


@dataclass
class Session:
    """What one run of a command is given: the environment, and the file that --config names."""

    environ: Mapping[str, str]
    config: Path | None = None
    _settings: Settings | None = field(default=None, repr=False)

    @property
    def settings(self) -> Settings:
        """Read when a command first needs them, so that --help works with broken settings. Raises SettingsError."""
        if self._settings is None:
            self._settings = load(self.config, self.environ)
        return self._settings


app = typer.Typer(
    name="emailstats",
    help="The figures of your marketing e-mail, in Slack and in a terminal.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

app.add_typer(inbox.app, name="inbox")
app.add_typer(subscribing.app, name="subscriptions")
app.add_typer(saved.reports, name="reports")
app.add_typer(saved.dashboards, name="dashboards")
app.command()(syncing.sync)
app.command()(syncing.parity)
app.command()(exporting.export)
app.add_typer(exporting.app, name="exports")
app.command()(preview)
app.command()(check_mail)
app.command()(digests.health)
app.command()(digests.resend)
app.command()(upkeeping.rebuild)
app.command()(upkeeping.rescore)
app.command()(upkeeping.forget)
app.command()(upkeeping.audit)
app.command()(upkeeping.retain)

Name = Annotated[str, typer.Argument(help="An e-mail's name, its subject in quotes, or latest.", show_default=False)]


@app.callback()
def _options(
    context: typer.Context,
    config: Annotated[
        Path | None, typer.Option(help="The settings to read; config.toml if it is there.", show_default=False)
    ] = None,
) -> None:
    context.obj.config = config


@app.command()
def run(context: typer.Context) -> None:
    """Start the service: Slack, and the web server with its health checks."""
    import asyncio

    from bot.app import serve
    from bot.logging import configure

    settings = context.obj.settings
    configure(settings.log)
    asyncio.run(serve(settings))


@app.command()
def migrate(context: typer.Context) -> None:
    """Bring the database's schema up to date."""
    with opened_store(context.obj.settings):
        typer.echo("The database is up to date.")


@app.command("import")
def import_files(
    context: typer.Context,
    files: Annotated[list[Path], typer.Argument(help="NDJSON or CSV files, or folders of them.", show_default=False)],
    columns: Annotated[
        list[str] | None,
        typer.Option("--map", metavar="COLUMN=FIELD", help="Read a column as a field; may be repeated."),
    ] = None,
    kind: Annotated[str, typer.Option("--as", help="What the rows are: events, orders or visits.")] = "events",
) -> None:
    """Import events, orders or visits; rows that make no sense are kept apart, and the exit code is then 1."""
    from rich.console import Console

    from bot.importing.progress import run_import
    from bot.importing.sources import Unreadable
    from bot.importing.tables import Table
    from providers.own import BadRow

    if kind not in ("events", *Table):
        raise Fault(f"--as takes events, {', '.join(Table)}; {kind!r} is none of them.")
    missing = [str(path) for path in files if not path.exists()]
    if missing:
        raise Fault(f"There is no file {' and no file '.join(missing)}.")
    mapping = {}
    for pair in columns or ():
        column, equals, name = pair.partition("=")
        if not (column and equals and name):
            raise Fault(f"--map takes COLUMN=FIELD, such as --map recipient=contact; {pair!r} is not that.")
        mapping[column] = name
    settings = context.obj.settings
    with opened_store(settings) as engine:
        try:
            code = run_import(
                engine,
                files,
                mapping,
                table=None if kind == "events" else Table(kind),
                identities=settings.providers.identities(),
                rules=settings.machines.rules(),
                now=datetime.now(UTC),
                quarantine_folder=Path("data/quarantine"),
                console=Console(),
            )
        except (Unreadable, BadRow) as error:
            raise Fault(f"{str(error).rstrip('.')}.") from None
    raise typer.Exit(code)


@app.command("demo-data")
def demo_data(
    emails: Annotated[int, typer.Option(min=1, help="How many e-mails.")] = 60,
    events: Annotated[int, typer.Option(min=1, help="About how many events.")] = 250_000,
    seed: Annotated[int, typer.Option(help="The same seed makes the same data.")] = 1,
    out: Annotated[Path | None, typer.Option(help="The file to write; standard output when absent.")] = None,
    rows: Annotated[str, typer.Option("--as", help="What to make: events, or their orders or visits.")] = "events",
) -> None:
    """Make believable sample data, as NDJSON that `emailstats import` reads."""
    from bot.demo import generate, shop, write_ndjson
    from bot.importing.tables import Table

    if rows not in ("events", *Table):
        raise Fault(f"--as takes events, {', '.join(Table)}; {rows!r} is none of them.")
    until = datetime.now(UTC)
    items = generate(emails=emails, events=events, seed=seed, until=until)

    def write(stream: BinaryIO) -> None:
        if rows == "events":
            write_ndjson(items, stream)
        else:
            shop.write_rows((shop.orders if rows == Table.ORDERS else shop.visits)(items, seed, until), stream)

    if out is None:
        write(sys.stdout.buffer)
        return
    out.parent.mkdir(parents=True, exist_ok=True)
    with out.open("wb") as file:
        write(file)
    kind = "" if rows == "events" else f"--as {rows} "
    typer.echo(f"Wrote {out}; read it in with: emailstats import {kind}{out}")


@app.command()
def show(
    context: typer.Context,
    name: Name,
    list_name: Annotated[str | None, typer.Option("--list", help="Only this recipient list.")] = None,
    last: Annotated[str, typer.Option(help="all, or the first hours or days after sending: 24h, 7d.")] = "all",
    by: Annotated[str, typer.Option(help="The unit of the time axis: auto, hour, day or week.")] = "auto",
    zone: Annotated[str | None, typer.Option(help="IANA time zone; the settings' by default.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language and number format; the settings' by default.")] = None,
    png: Annotated[Path | None, typer.Option(help="Where to save the chart; NAME.png when absent.")] = None,
) -> None:
    """Print the figures of an e-mail and save its chart."""
    from bot.access.rights import OPERATOR
    from bot.answers import answer
    from reports.query import Query

    settings: Settings = context.obj.settings
    reader = reader_of(settings.defaults, zone, locale)
    query = Query(
        email=name,
        period=_period(last),
        unit=_unit(by),
        list_name=list_name,
        zone=reader.zone,
        locale=reader.locale,
    )
    with opened_store(settings) as engine:
        report = answer(engine, query, datetime.now(UTC), OPERATOR.for_others)
    tell(report, png, settings)


@app.command()
def ask(
    context: typer.Context,
    words: Annotated[list[str], typer.Argument(help="As after /emailstats: links newsletter-may last 7d")],
    zone: Annotated[str | None, typer.Option(help="IANA time zone; the settings' by default.")] = None,
    locale: Annotated[str | None, typer.Option(help="Language and number format; the settings' by default.")] = None,
    addresses: Annotated[bool, typer.Option("--addresses", help="Show recipients' addresses in full.")] = False,
    png: Annotated[Path | None, typer.Option(help="Where to save the chart; NAME.png when absent.")] = None,
) -> None:
    """Ask whatever /emailstats can be asked, print the answer and save its charts."""
    from bot.access.rights import OPERATOR
    from bot.answers import answer
    from bot.grammar import Misread, parse

    settings: Settings = context.obj.settings
    reader = reader_of(settings.defaults, zone, locale)
    try:
        today = datetime.now(ZoneInfo(reader.zone)).date()
        query = parse(" ".join(words), reader.zone, reader.locale, today)
    except Misread as error:
        raise Fault(str(error)) from None
    with opened_store(settings) as engine:
        access = OPERATOR if addresses else OPERATOR.for_others
        report = answer(engine, query, datetime.now(UTC), access, bounce_sentences=settings.bounces.by_code())
    tell(report, png, settings)


@app.command()
def demo(
    context: typer.Context,
    once: Annotated[bool, typer.Option("--once", help="Ask one question, print the answer, and end.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demo keeps its data.")] = Path("data/demo"),
    host: Annotated[str, typer.Option(help="Where the page listens.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="The page's port; 0 takes any free one.")] = 8090,
) -> None:
    """Use the real bot on sample data in a browser; needs no Slack and no database server."""
    import asyncio

    from bot.demo_run import keep_apart, run_once, run_sandbox

    keep_apart(context.obj.settings)
    asyncio.run(run_once(folder) if once else run_sandbox(folder, host, port))


def tell(report: "Report", png: Path | None, settings: Settings) -> None:
    """The report on standard output, and its charts in files beside it."""
    print_report(report)
    for path in save_charts(report, png, settings.charts.theme):
        typer.echo(f"Chart: {path}")


def print_report(report: "Report") -> None:
    """The report on standard output, as wide as the terminal."""
    from rich.console import Console

    from reports.render.terminal import render

    Console().print(render(report))


def save_charts(report: "Report", png: Path | None, theme: "ThemeName") -> Iterator[Path]:
    """Draws the report's charts into PNG files beside each other; the first has the name that was asked for."""
    from bot.names import file_name
    from reports.charts import draw
    from reports.report import ClickMap

    first = png or Path(f"{file_name(report.subject.name, 'chart')}.png")
    charts = [(result.section, result.chart) for result in report.results if result.chart is not None]
    if any(isinstance(chart, ClickMap) for _section, chart in charts):
        from bot.fonts import provide_fonts

        provide_fonts()
    for place, (section, chart) in enumerate(charts):
        path = first if place == 0 else first.with_stem(f"{first.stem}-{section}")
        path.write_bytes(draw(chart, theme, report.query.locale))
        yield path


def _period(last: str) -> "Period":
    from reports.period import Period

    try:
        return Period(preset=last)
    except ValueError:
        raise Fault(f"--last takes all, or hours or days such as 24h and 7d; {last!r} is none of them.") from None


def _unit(by: str) -> str:
    from reports.query import UNITS

    if by not in UNITS:
        raise Fault(f"--by takes {', '.join(UNITS)}; {by!r} is none of them.")
    return by


def run_command(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run one command and give its exit code; whatever goes wrong is one sentence on standard error."""
    try:
        return int(app(list(arguments), prog_name="emailstats", standalone_mode=False, obj=Session(environ)) or 0)
    except typer.TyperException as error:
        return _complain(f"{error.format_message()} Try: emailstats --help")
    except (Fault, SettingsError) as error:
        return _complain(str(error))
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except Exception as error:  # noqa: BLE001 - the last resort of every command
        return _complain(_sentence(error))


def _sentence(error: Exception) -> str:
    """What a person is told about an exception that no command foresaw."""
    from sqlalchemy.exc import OperationalError

    from bot.answers import EmptyStore, UnknownEmail, UnknownValue
    from bot.logging import masked
    from store.retention import RawGone
    from store.tombstones import NoSecret

    if isinstance(error, EmptyStore | UnknownEmail | UnknownValue | NoSecret | RawGone):
        return str(error)
    if isinstance(error, OperationalError):
        cause = masked(re.sub(r"\s+", " ", str(error.orig)))
        return f"The database can't be used: {cause}. Check database.url in the settings."
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}."
    return f"Something went wrong that emailstats did not expect; what is known of it is in {_written_down(error)}."


def _written_down(error: Exception) -> Path:
    """A private file with the traceback, for a report of the fault: it has no place on a person's screen."""
    from bot.logging import masked

    handle, path = tempfile.mkstemp(prefix="emailstats-", suffix=".log")
    with os.fdopen(handle, "w") as file:
        file.write(masked("".join(traceback.format_exception(error))))
    return Path(path)


def _complain(sentence: str) -> int:
    sys.stderr.write(f"emailstats: {sentence}\n")
    return FAULT


def main() -> None:
    """The entry point of the `emailstats` script."""
    sys.exit(run_command(sys.argv[1:], os.environ))
