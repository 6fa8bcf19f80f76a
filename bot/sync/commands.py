"""`emailstats sync …` and `emailstats parity …`: pulling as a person sees it, and whether its figures are right."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import Fault, opened_store

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress
    from sqlalchemy import Connection, Engine

    from bot.sync.parity import Compared
    from bot.sync.run import Pulled, Watch
    from bot.sync.sources import Source
    from providers.intake import Reject

_QUARANTINE = Path("data/quarantine")
_LOCALE = "en"  # the terminal's own sentences are English
_LOOK = 1.0  # seconds between two tries to take a source over


def sync(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The provider, such as hubspot.", show_default=False)],
    since: Annotated[
        datetime | None,
        typer.Option(formats=["%Y-%m-%d"], help="Read all from this day on (UTC) again; nothing counts twice."),
    ] = None,
) -> None:
    """Pull a provider's events and descriptions of e-mails; cut off, it goes on where it ended."""
    from rich.console import Console

    from bot.importing.quarantine import Quarantine

    chosen = _chosen(context, source)
    begin = since.replace(tzinfo=UTC) if since else None
    if begin and begin > datetime.now(UTC):
        raise Fault(f"--since takes a day that has been; {begin:%Y-%m-%d} is not.")
    console = Console()
    path = _QUARANTINE / f"{source}-{datetime.now(UTC):%Y%m%d-%H%M%S}.ndjson"
    with opened_store(context.obj.settings) as engine, Quarantine(path) as quarantine:

        def put(rejects: "Sequence[Reject]") -> None:
            quarantine.put(Path(source), rejects)

        try:
            pulled = asyncio.run(_run(chosen, engine, begin, put, console))
        except KeyboardInterrupt:
            console.print("Interrupted. What was merged stays: the same command goes on from there.")
            raise
    for line in _told(pulled):
        console.print(line, highlight=False, soft_wrap=True)
    if pulled.rejects:
        console.print(f"{path} holds each that could not be read, with the reason.", highlight=False, soft_wrap=True)
    raise typer.Exit(1 if pulled.rejects else 0)


def parity(
    context: typer.Context,
    source: Annotated[str, typer.Argument(help="The provider: hubspot.", show_default=False)],
    name: Annotated[str | None, typer.Argument(help="An e-mail's name.", show_default=False)] = None,
    days: Annotated[int, typer.Option(min=1, help="Without a name: e-mails published in so many days.")] = 30,
) -> None:
    """Compare our figures with the provider's own, and say why they differ; the exit code is 1 where nothing tells."""
    from rich.console import Console

    from bot.sync.shown import comparison

    if source != "hubspot":
        raise Fault(f"Only hubspot tells figures that ours can be compared with; {source} is not it.")
    chosen = _chosen(context, source)
    with opened_store(context.obj.settings) as engine:
        found = asyncio.run(_compare(chosen, engine, name, timedelta(days=days)))
    Console().print(comparison(found, every=name is not None), highlight=False)
    raise typer.Exit(0 if all(email.explained for email in found) else 1)


async def _compare(source: "Source", engine: "Engine", name: str | None, back: timedelta) -> "list[Compared]":
    import aiohttp

    from bot.sync.api import Api, Time
    from bot.sync.parity import compared, statistics
    from providers.hubspot import NotAPage
    from store.sync import state_of

    now = datetime.now(UTC)
    with engine.connect() as connection:
        wanted = _identifier(connection, name) if name else None
        state = state_of(connection, source.name)
    found = []
    async with aiohttp.ClientSession() as session:
        api = Api(session, engine, source.provider, Time())
        try:
            async for told in statistics(api, None if wanted else now - back):
                if wanted and wanted not in told.campaigns:
                    continue
                with engine.connect() as connection:
                    if email := compared(connection, told, state, now):
                        found.append(email)
                if wanted:
                    return found
        except NotAPage as error:
            raise Fault(f"HubSpot's answer can't be read ({error}). Is providers.hubspot.base_url right?") from None
    if wanted:
        raise Fault(f"HubSpot tells no figures of {name}: it is not one of its marketing e-mails, or was deleted.")
    return found


def _identifier(connection: "Connection", name: str) -> str:
    """HubSpot's identifier of the e-mail that is meant."""
    from bot.answers import EmptyStore, UnknownEmail
    from store import emails

    found = emails.find(connection, name)
    if found.email is None:
        raise EmptyStore if found.empty else UnknownEmail(name, found.nearest)
    if found.email.provider != "hubspot":
        raise Fault(f"{found.email.name} was sent by {found.email.provider}, not by HubSpot.")
    return found.email.external_id


def _chosen(context: typer.Context, name: str) -> "Source":
    from bot.sync.sources import NEEDED, sources

    found = sources(context.obj.settings.providers, context.obj.settings.machines.rules())
    if name not in NEEDED:
        raise Fault(f"{name} is not pulled; {' and '.join(sorted(NEEDED))} can be.")
    if name not in found:
        raise Fault(f"Set {NEEDED[name]} first; docs/sync.md says where to find it.")
    return found[name]


async def _run(
    source: "Source",
    engine: "Engine",
    since: datetime | None,
    put: "Callable[[Sequence[Reject]], None]",
    console: "Console",
) -> "Pulled":
    import aiohttp
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    from bot.sync.run import LEASE, Busy
    from bot.sync.service import sync as pull

    columns = (BarColumn(), TaskProgressColumn(), TextColumn("{task.description}"), TimeRemainingColumn())
    async with aiohttp.ClientSession() as session:
        with Progress(*columns, console=console, transient=True) as bar:
            watch = _watch(bar, put)
            patient_until = datetime.now(UTC) + LEASE + timedelta(seconds=2)
            while True:
                try:
                    return await pull(source, engine=engine, session=session, watch=watch, since=since)
                except Busy as error:
                    if datetime.now(UTC) > patient_until:
                        raise
                    bar.update(bar.tasks[0].id, description=f"{error} Waiting …")
                await asyncio.sleep(_LOOK)


def _watch(bar: "Progress", put: "Callable[[Sequence[Reject]], None]") -> "Watch":
    from bot.sync.run import Watch

    task = bar.add_task("asking …", total=1.0)

    def show(pulled: "Pulled") -> None:
        elapsed = bar.tasks[0].elapsed or 1
        words = f"{pulled.events:,} events, {pulled.events / elapsed:,.0f} a second"
        bar.update(task, completed=pulled.share, description=words)

    return Watch(on_progress=show, on_rejects=put)


def _told(pulled: "Pulled") -> list[str]:
    """The summary, in sentences."""
    from reports.numbers import write_count, write_counted

    told = f"Pulled {write_counted(pulled.new, 'event', 'events', _LOCALE)}"
    if pulled.emails:
        told += f" and {write_counted(pulled.emails, 'description', 'descriptions', _LOCALE)} of e-mails"
    extras = [
        f"{write_count(count, _LOCALE)} {words}"
        for count, words in (
            (pulled.duplicates, "known already"),
            (pulled.withdrawn, "taken back, for others replaced them"),
            (pulled.ignored, "not counted"),
            (pulled.rejects, "not readable"),
        )
        if count
    ]
    return [f"{told}{'; ' if extras else ''}{', '.join(extras)}.", *pulled.notes]
