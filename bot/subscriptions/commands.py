"""`emailstats subscriptions …`: what is promised to whom, as an operator sees and sets it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from bot.terminal import Fault, opened_store, reader_of

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from bot.settings import Settings
    from reports.calendar import Schedule
    from store.subscriptions import Place, Subscription

app = typer.Typer(
    help="What is sent to whom, and when.", invoke_without_command=True, add_completion=False, no_args_is_help=False
)

_OWNER = "terminal"

Number = Annotated[int, typer.Argument(help="The number that `emailstats subscriptions` shows.", show_default=False)]
When = Annotated[str, typer.Option(help='Such as "weekly on Monday at 09:00" or "4 hours after each send".')]
Zone = Annotated[str | None, typer.Option(help="The schedule's time zone; defaults.zone.", show_default=False)]
Locale = Annotated[str | None, typer.Option(help="The language; defaults.locale.", show_default=False)]
Addresses = Annotated[bool, typer.Option("--addresses", help="Show mail addresses in full.")]


@app.callback()
def _only_list(context: typer.Context) -> None:
    if context.invoked_subcommand is None:
        list_all(context)


@app.command("list")
def list_all(context: typer.Context, addresses: Addresses = False) -> None:
    """Everything that has not ended; mail addresses are masked."""
    from rich.console import Console

    from bot.subscriptions.shown import listing
    from store import subscriptions

    with opened_store(context.obj.settings) as engine, engine.connect() as connection:
        found = subscriptions.every(connection)
    Console().print(listing(found, reveal=addresses), highlight=False)


@app.command()
def add(
    context: typer.Context,
    question: Annotated[
        str,
        typer.Argument(
            help="As after /emailstats: overview team:growth; or report NAME, dashboard NAME.", show_default=False
        ),
    ],
    when: When,
    to: Annotated[list[str], typer.Option(help="A mail address, or a channel's or person's ID in Slack; repeat it.")],
    name: Annotated[str | None, typer.Option(help="What its messages and mails are called.")] = None,
    skip_empty: Annotated[bool, typer.Option("--skip-empty", help="Send nothing when there is nothing.")] = False,
    agreed: Annotated[bool, typer.Option("--agreed", help="Owners of addresses elsewhere have agreed.")] = False,
    zone: Zone = None,
    locale: Locale = None,
) -> None:
    """Subscribe places to a question."""
    from bot.grammar import Misread
    from bot.subscriptions.subscribing import subject_of
    from store import subscriptions
    from store.saved import OPERATOR, Unsaved
    from store.subscriptions import Promise

    settings = context.obj.settings
    schedule = _schedule(settings, when, zone)
    places = _places(settings, to, agreed=agreed)
    language = reader_of(settings.defaults, zone, locale).locale
    with opened_store(settings) as engine:
        try:
            with engine.connect() as connection:
                to_what = subject_of(question, schedule, language, connection, OPERATOR)
        except (Misread, Unsaved) as error:
            raise Fault(str(error)) from None
        called = (name or "").strip() or to_what.title
        promise = Promise(_OWNER, called, to_what.kind, schedule, to_what.query, to_what.number, skip_empty)
        made, new = subscriptions.add(engine, promise, places, datetime.now(UTC))
    typer.echo(f"Subscription {made.id} is made." if new else f"That is subscription {made.id} already; it goes on.")


@app.command()
def pause(context: typer.Context, number: Number) -> None:
    """Send nothing until it is resumed."""
    from store import subscriptions

    with opened_store(context.obj.settings) as engine:
        subscriptions.pause(engine, _found(engine, number).id, "from the terminal")
    typer.echo("Paused.")


@app.command()
def resume(context: typer.Context, number: Number) -> None:
    """Go on; what was due in between is not made up for."""
    from store import subscriptions

    with opened_store(context.obj.settings) as engine:
        subscriptions.resume(engine, _found(engine, number).id, datetime.now(UTC))
    typer.echo("It goes on.")


@app.command()
def remove(context: typer.Context, number: Number) -> None:
    """End it for everybody it goes to."""
    from store import subscriptions

    with opened_store(context.obj.settings) as engine:
        subscriptions.end(engine, _found(engine, number).id)
    typer.echo("Ended.")


@app.command("next")
def show_next(
    context: typer.Context,
    number: Annotated[int | None, typer.Argument(help="A subscription's number.", show_default=False)] = None,
    when: Annotated[str | None, typer.Option(help="A schedule, to try it.", show_default=False)] = None,
    count: Annotated[int, typer.Option("-n", min=1, max=1_000, help="How many are shown.")] = 5,
    after: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="From this day on (UTC); now.", show_default=False)
    ] = None,
    zone: Zone = None,
    locale: Locale = None,
) -> None:
    """When a subscription or a schedule is due next, and what it is then about."""
    from rich.console import Console

    from bot.subscriptions.shown import occurrences

    settings = context.obj.settings
    if (number is None) == (when is None):
        raise Fault('Say the number of a subscription, or a schedule: --when "weekly on Monday at 09:00".')
    if when is not None:
        schedule = _schedule(settings, when, zone)
    else:
        with opened_store(settings) as engine:
            schedule = _found(engine, number or 0).promise.schedule
    now = after.replace(tzinfo=UTC) if after else datetime.now(UTC)
    language = reader_of(settings.defaults, zone, locale).locale
    Console().print(occurrences(schedule, now, count, language), highlight=False)


def _schedule(settings: "Settings", when: str, zone: str | None) -> "Schedule":
    from bot.grammar import Misread
    from bot.subscriptions.words import parse_schedule
    from reports.calendar import Schedule

    try:
        return parse_schedule(when, Schedule(zone=reader_of(settings.defaults, zone, None).zone))
    except Misread as error:
        raise Fault(str(error)) from None


def _places(settings: "Settings", to: Sequence[str], *, agreed: bool) -> "list[Place]":
    """Identifiers of Slack are capitals and digits; all else is a mail address."""
    import re
    from dataclasses import replace

    from bot.subscriptions.addresses import BadAddress
    from store.subscriptions import Channel, Place

    places = []
    for one in to:
        if re.fullmatch(r"[CDGUW][A-Z0-9]{8,}", one):
            places.append(Place(Channel.SLACK, one))
            continue
        try:
            place = settings.subscriptions.rules().place(one)
        except BadAddress as error:
            raise Fault(f"{str(error).rstrip('.')}; a channel or person in Slack is an ID like C0123ABCDEF.") from None
        if place.confirm and not agreed:
            raise Fault(
                f"{place.address} is in none of subscriptions.allowed_domains, and its owner has to agree: subscribe it"
                " in Slack, and a mail asks them; or say --agreed if they have."
            )
        places.append(replace(place, confirm=False))
    return places


def _found(engine: "Engine", number: int) -> "Subscription":
    from store import subscriptions
    from store.subscriptions import NoSubscription

    try:
        with engine.connect() as connection:
            return subscriptions.get(connection, number)
    except NoSubscription:
        raise Fault(f"There is no subscription {number}; emailstats subscriptions shows which there are.") from None
