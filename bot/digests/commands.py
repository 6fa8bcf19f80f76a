"""`emailstats health` and `emailstats resend`: how digests have fared, and a person's word on those nobody knows of."""

from datetime import UTC, datetime
from typing import Annotated

import typer

from bot.terminal import Fault, opened_store

Number = Annotated[int, typer.Argument(help="The number that `emailstats health` shows.", show_default=False)]
Arrived = Annotated[bool, typer.Option("--arrived", help="It has arrived: count it as sent, and send nothing.")]
Addresses = Annotated[bool, typer.Option("--addresses", help="Show mail addresses in full.")]
_MOST = 50


def health(context: typer.Context, addresses: Addresses = False) -> None:
    """What came due in 30 days, what became of it, and what has to be decided; mail addresses are masked."""
    from rich.console import Console

    from bot.digests.health import PERIOD
    from bot.digests.shown import told
    from store.health import health as measured
    from store.subscriptions import Channel

    settings = context.obj.settings
    reachable = {Channel.SLACK} if settings.slack.mode != "off" else set()
    if settings.mail.host is not None:
        reachable.add(Channel.MAIL)
    with opened_store(settings) as engine, engine.connect() as connection:
        found = measured(connection, datetime.now(UTC) - PERIOD, _MOST)
    zone = settings.defaults.zone
    Console().print(told(found, reachable, zone, reveal=addresses), highlight=False)


def resend(context: typer.Context, number: Number, arrived: Arrived = False) -> None:
    """Have a delivery sent after all that failed or is unknown; an unknown one may then arrive twice."""
    from bot.digests.pace import Pace
    from store import ledger, subscriptions
    from store.subscriptions import NoSubscription

    with opened_store(context.obj.settings) as engine:
        with engine.connect() as connection:
            found = ledger.get(connection, number)
            if found is None:
                raise Fault(f"There is no delivery {number}; emailstats health shows what can be sent again.")
            delivery, state = found
            try:
                subscription = subscriptions.get(connection, delivery.subscription_id)
            except NoSubscription:
                raise Fault("Its subscription has ended.") from None
        keep = Pace().keep(subscription.promise.schedule)
        done = ledger.arrived(engine, number, "terminal") if arrived else ledger.resend(engine, number, keep)
        if not done:
            unknown = "unknown" if arrived else "unknown, failed or expired, or its digest could not be made"
            raise Fault(f"Delivery {number} is {state}: only one that is {unknown} can be told so.")
    typer.echo("It counts as sent." if arrived else "It is sent at the service's next tick, within seconds.")
