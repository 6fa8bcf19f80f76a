"""`emailstats reports …` and `emailstats dashboards …`: what is saved, as an operator sees and sets it."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from bot.terminal import Fault, opened_store, reader_of

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.saved import Saved, Visibility
    from store.subscriptions import Kind

Name = Annotated[str, typer.Argument(help="Its name, or # and its number.", show_default=False)]
Owner = Annotated[str, typer.Option(help="Whose it is: a member's ID in Slack.")]
Seen = Annotated[str, typer.Option("--visible", help="private, everyone, or team:NAME.")]
Replace = Annotated[bool, typer.Option("--replace", help="Take the place of the owner's one of that name.")]
Zone = Annotated[str | None, typer.Option(help="IANA time zone; the settings' by default.", show_default=False)]
Locale = Annotated[str | None, typer.Option(help="Language and number format; the settings' by default.")]
Addresses = Annotated[bool, typer.Option("--addresses", help="Show recipients' addresses in full.")]


def _app(kind: str) -> typer.Typer:
    """What reports and dashboards share: looking at them, and below what changes them."""
    app = typer.Typer(help=f"Saved {kind}s.", invoke_without_command=True, add_completion=False, no_args_is_help=False)

    @app.callback()
    def only_list(context: typer.Context) -> None:
        if context.invoked_subcommand is None:
            list_all(context)

    @app.command("list")
    def list_all(context: typer.Context, addresses: Addresses = False) -> None:
        """Everything that is saved, whoever's it is."""
        from rich.console import Console

        from bot.saved.shown import listing
        from store.saved import OPERATOR, visible

        with _reading(context) as connection:
            found = visible(connection, OPERATOR, _kind(kind))
        zone = context.obj.settings.defaults.zone
        Console().print(listing(found, _kind(kind), zone, reveal=addresses), highlight=False)

    @app.command()
    def show(
        context: typer.Context,
        name: Name,
        zone: Zone = None,
        locale: Locale = None,
        addresses: Addresses = False,
        png: Annotated[Path | None, typer.Option(help="Where to save the chart; NAME.png when absent.")] = None,
    ) -> None:
        """Print what it says now, and save its charts."""
        _show(context, kind, name, zone, locale, addresses, png)

    @app.command()
    def history(context: typer.Context, name: Name, addresses: Addresses = False) -> None:
        """Every version that it had, with who made it and when."""
        from rich.console import Console

        from bot.saved.shown import history
        from store.saved import OPERATOR, versions

        with _reading(context) as connection:
            found = versions(connection, OPERATOR, _named(connection, kind, name).id)
        Console().print(history(found, context.obj.settings.defaults.zone, reveal=addresses), highlight=False)

    _add_changes(app, kind)
    return app


def _add_changes(app: typer.Typer, kind: str) -> None:
    @app.command()
    def rename(context: typer.Context, name: Name, new_name: str) -> None:
        """Give it another name."""
        from store import saving

        changed = _change(context, kind, name, saving.rename, new_name)
        typer.echo(f"It is called “{changed.name}” now.")

    @app.command()
    def duplicate(context: typer.Context, name: Name) -> None:
        """Make a private copy, which belongs to the terminal until it is handed over."""
        from store.saved import OPERATOR
        from store.saving import changing
        from store.saving import duplicate as copied

        with _told(), opened_store(context.obj.settings) as engine, changing(engine) as connection:
            copy = copied(connection, OPERATOR, _named(connection, kind, name).id, datetime.now(UTC))
        typer.echo(f"#{copy.id} is the copy, “{copy.name}”.")

    @app.command()
    def delete(context: typer.Context, name: Name) -> None:
        """Take it from everybody who sees it; it can be put back."""
        from store import saving

        gone = _change(context, kind, name, saving.delete)
        typer.echo(f"“{gone.name}” is deleted. Put it back with: emailstats {kind}s undo {gone.id}")

    @app.command()
    def undo(
        context: typer.Context,
        number: Annotated[int, typer.Argument(help="Its number, as the list or delete shows it.", show_default=False)],
    ) -> None:
        """Put back what it was before its last change; undone twice, it is as now."""
        from store import saving
        from store.saved import OPERATOR
        from store.saving import changing

        with _told(), opened_store(context.obj.settings) as engine, changing(engine) as connection:
            back = saving.undo(connection, OPERATOR, number, None, datetime.now(UTC))
        typer.echo(f"“{back.name}” is as it was before.")

    @app.command("hand-over")
    def hand_over(
        context: typer.Context,
        name: Name,
        to: Annotated[str, typer.Option(help="The new owner: a member's ID in Slack.", show_default=False)],
    ) -> None:
        """Give it to another owner."""
        from store import saving

        given = _change(context, kind, name, saving.hand_over, _owner(to))
        typer.echo(f"“{given.name}” is {given.owner}'s now.")


reports = _app("report")
dashboards = _app("dashboard")


@reports.command("save")
def save_report(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.", show_default=False)],
    question: Annotated[str, typer.Argument(help="As after /emailstats: overview team:growth", show_default=False)],
    owner: Owner = "terminal",
    visible: Seen = "private",
    replace: Replace = False,
    zone: Zone = None,
    locale: Locale = None,
) -> None:
    """Keep a question under a name."""
    from bot.grammar import Misread, parse

    reader = reader_of(context.obj.settings.defaults, zone, locale)
    try:
        query = parse(question, reader.zone, reader.locale)
    except Misread as error:
        raise Fault(str(error)) from None
    _save(context, name, lambda _: query, owner, visible, replace)


@dashboards.command("save")
def save_dashboard(
    context: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is called.", show_default=False)],
    on: Annotated[
        list[str] | None, typer.Argument(metavar="[REPORT]…", help="Its reports, by name or #number, in order.")
    ] = None,
    owner: Owner = "terminal",
    visible: Seen = "everyone",
    replace: Replace = False,
) -> None:
    """Put saved reports on a dashboard."""

    def numbers(connection: "Connection") -> tuple[int, ...]:
        return tuple(_named(connection, "report", one).id for one in on or ())

    _save(context, name, numbers, owner, visible, replace)


@reports.command("export")
def export_definitions(
    context: typer.Context,
    to: Annotated[Path | None, typer.Option(help="The file to write; standard output when absent.")] = None,
    owner: Annotated[str | None, typer.Option(help="Only what is theirs: a member's ID, or terminal.")] = None,
) -> None:
    """Write the definitions of all reports and dashboards as TOML."""
    from bot.saved.definitions import write_definitions
    from store.saved import OPERATOR, visible
    from store.subscriptions import Kind

    with _reading(context) as connection:
        found = visible(connection, OPERATOR, Kind.REPORT)
        boards = visible(connection, OPERATOR, Kind.DASHBOARD)
    chosen = [one for one in (*found, *boards) if owner is None or one.owner == owner]
    with _told():
        text = write_definitions(chosen, {one.id: one for one in found})
    if to is None:
        typer.echo(text, nl=False)
    else:
        to.write_text(text, encoding="utf-8")
        typer.echo(f"Wrote {to}.")


@reports.command("import")
def import_file(
    context: typer.Context,
    file: Annotated[Path, typer.Argument(help="TOML, as export writes it.", show_default=False)],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would be done, and do nothing.")] = False,
    owner: Annotated[str, typer.Option(help="Whose entries are that name no owner.")] = "terminal",
) -> None:
    """Make what is not there, and change what differs, as new versions; nothing else is touched."""
    from bot.saved.definitions import BadDefinitions, read_definitions
    from bot.saved.importing import import_definitions

    defaults = context.obj.settings.defaults
    try:
        text = file.read_text(encoding="utf-8")
        definitions = read_definitions(text, _owner(owner), defaults.zone, defaults.locale)
        with opened_store(context.obj.settings) as engine:
            done = import_definitions(engine, definitions, datetime.now(UTC), dry_run=dry_run)
    except UnicodeDecodeError:
        raise Fault(f"{file} is no text in UTF-8.") from None
    except BadDefinitions as error:
        raise Fault(f"{file}: {error} Nothing was changed.") from None
    for one in done:
        typer.echo(f"{one.outcome:<10} {one.saved.kind:<10} “{one.saved.name}”, {one.saved.owner}'s")
    if dry_run:
        typer.echo("This was a dry run: nothing is changed.")


def _save(
    context: typer.Context,
    name: str,
    content: Callable[["Connection"], Any],
    owner: str,
    visible: str,
    replacing: bool,
) -> None:
    from store.saved import OPERATOR, Draft
    from store.saving import changing, save

    with _told(), opened_store(context.obj.settings) as engine, changing(engine) as connection:
        draft = Draft(name, content(connection), *_seen(visible))
        now, whose = datetime.now(UTC), _owner(owner)
        made, new = save(connection, OPERATOR, draft, now, owner=whose, replacing=replacing)
    typer.echo(f"#{made.id} is {'saved' if new else f'there, as version {made.version}'}: “{made.name}”.")


def _change(context: typer.Context, kind: str, name: str, do: Callable[..., "Saved"], *args: Any) -> "Saved":
    from store.saved import OPERATOR
    from store.saving import changing

    with _told(), opened_store(context.obj.settings) as engine, changing(engine) as connection:
        there = _named(connection, kind, name)
        return do(connection, OPERATOR, there.id, there.version, *args, datetime.now(UTC))


def _show(
    context: typer.Context,
    kind: str,
    name: str,
    zone: str | None,
    locale: str | None,
    addresses: bool,
    png: Path | None,
) -> None:
    from dataclasses import replace

    from bot.access import rights
    from bot.answers import answer
    from bot.cli import tell
    from bot.names import file_name
    from store.saved import OPERATOR, reports_on

    settings = context.obj.settings
    reader = reader_of(settings.defaults, zone, locale)
    with _told(), opened_store(settings) as engine:
        with engine.connect() as connection:
            saved = _named(connection, kind, name)
            found = (saved,) if kind == "report" else reports_on(connection, OPERATOR, saved)
        if not found:
            raise Fault(f"There are no reports on “{saved.name}”.")
        for place, one in enumerate(found):
            query = replace(one.query, zone=reader.zone, locale=reader.locale)
            access = rights.OPERATOR if addresses else rights.OPERATOR.for_others
            report = answer(engine, query, datetime.now(UTC), access, bounce_sentences=settings.bounces.by_code())
            first = png.with_stem(f"{png.stem}-{place + 1}") if png and place else png
            tell(report, first or Path(f"{file_name(one.name, 'chart')}.png"), settings)


@contextmanager
def _reading(context: typer.Context) -> Iterator["Connection"]:
    with _told(), opened_store(context.obj.settings) as engine, engine.connect() as connection:
        yield connection


@contextmanager
def _told() -> Iterator[None]:
    """What can't be done is a person's to mend."""
    from store.saved import Unsaved

    try:
        yield
    except Unsaved as error:
        raise Fault(str(error)) from None


def _named(connection: "Connection", kind: str, name: str) -> "Saved":
    from store.saved import OPERATOR, named

    return named(connection, OPERATOR, _kind(kind), name)


def _kind(kind: str) -> "Kind":
    from store.subscriptions import Kind

    return Kind(kind)


def _seen(visible: str) -> tuple["Visibility", str | None]:
    from store.saved import Visibility

    kind, _, team = visible.partition(":")
    if kind not in tuple(Visibility) or (kind == Visibility.TEAM) != bool(team.strip()):
        raise Fault(f"--visible takes private, everyone or team:NAME; {visible!r} is none of them.")
    return Visibility(kind), team.strip() or None


def _owner(owner: str) -> str:
    import re

    if owner != "terminal" and not re.fullmatch(r"[UW][A-Z0-9]{2,}", owner):
        raise Fault(f"An owner is a member's ID, as a profile in Slack shows it, or terminal; {owner!r} is neither.")
    return owner
