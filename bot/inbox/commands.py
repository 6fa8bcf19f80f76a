"""`emailstats inbox …`: what could not be read, for a person to look at, read again, or remove."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import Fault, opened_store

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from store.inbox import Message

app = typer.Typer(help="Webhooks that could not be read.", invoke_without_command=True, add_completion=False)

_AT_ONCE = 100  # messages in memory
_TOLD = 20

Number = Annotated[int, typer.Argument(help="The number that `emailstats inbox` shows.", show_default=False)]


@app.callback()
def _only_list(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_failures(context, limit=20)


@app.command("list")
def list_failures(
    context: typer.Context, limit: Annotated[int, typer.Option(min=1, help="The most that are shown.")] = 20
) -> None:
    """What waits, and what could not be read, newest first."""
    from rich.console import Console

    from bot.inbox.shown import listing
    from store import inbox

    with opened_store(context.obj.settings) as engine, engine.connect() as connection:
        counts, lines = inbox.count(connection), inbox.failures(connection, limit)
    Console().print(listing(counts, lines), highlight=False)


@app.command()
def show(
    context: typer.Context,
    number: Number,
    addresses: Annotated[bool, typer.Option("--addresses", help="Show recipients' addresses in full.")] = False,
) -> None:
    """One webhook as it came; addresses are masked."""
    from bot.inbox.shown import whole

    with opened_store(context.obj.settings) as engine, engine.connect() as connection:
        typer.echo(whole(_found(connection, number), reveal=addresses))


@app.command()
def replay(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="The number that `emailstats inbox` shows.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Everything that could not be read.")] = False,
) -> None:
    """Read a webhook again, as after an update that knows more; what is known already is not counted twice."""
    from bot.inbox.drain import Reader, all_providers, read_all
    from store import inbox

    if (number is None) == (not every):
        raise Fault("Say which webhook to read again, or --all for every one that could not be read.")
    settings = context.obj.settings
    reader = Reader(all_providers(), settings.providers.identities(), rules=settings.machines.rules())
    with opened_store(settings) as engine:
        problems: dict[int, str] = {}
        with engine.connect() as connection:
            numbers = inbox.failed(connection) if number is None else [_found(connection, number).id]
        for start in range(0, len(numbers), _AT_ONCE):
            with engine.connect() as connection:
                messages = inbox.kept(connection, numbers[start : start + _AT_ONCE])
            problems |= read_all(engine, reader, messages)
    for which, problem in list(problems.items())[:_TOLD]:
        typer.echo(f"{which} cannot be read yet: {problem}")
    typer.echo(f"Read {len(numbers) - len(problems)} of {len(numbers)}.")
    raise typer.Exit(1 if problems else 0)


@app.command()
def drop(context: typer.Context, number: Number) -> None:
    """Remove a webhook for good; what was counted of it stays counted."""
    from store import inbox

    with opened_store(context.obj.settings) as engine:
        if not inbox.drop(engine, number):
            raise Fault(_none(number))
    typer.echo("Removed.")


def _found(connection: "Connection", number: int) -> "Message":
    from store import inbox

    messages = inbox.kept(connection, [number])
    if not messages:
        raise Fault(_none(number))
    return messages[0]


def _none(number: int) -> str:
    return f"There is no webhook {number} in the inbox; emailstats inbox shows which there are."
