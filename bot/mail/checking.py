"""`emailstats check-mail`: whether the mail server takes our mail, step by step, in sentences that say what to mend."""

from typing import TYPE_CHECKING, Annotated

import typer

from bot.settings import Settings
from bot.terminal import Fault

if TYPE_CHECKING:
    from bot.mail.transport import Relay
    from store.ledger import Outcome


def check_mail(
    context: typer.Context,
    to: Annotated[
        str | None, typer.Argument(help="An address that gets a test mail; without one, none is sent.")
    ] = None,
) -> None:
    """Connect to the mail server, log in, and send a test mail where one is asked for."""
    import asyncio

    from bot.subscriptions.addresses import BadAddress, normal_address

    settings: Settings = context.obj.settings
    if settings.mail.host is None:
        raise Fault("No mail server is set: fill in [mail] in config.toml, as docs/mail.md tells.")
    try:
        address = None if to is None else normal_address(to)
    except BadAddress as error:
        raise Fault(str(error)) from None
    asyncio.run(_check(settings, address))


async def _check(settings: Settings, to: str | None) -> None:
    from bot.mail.connecting import RelayFault
    from bot.mail.transport import Relay
    from reports.numbers import write_size

    async with Relay(settings.mail) as relay:
        try:
            server = await relay.check()
        except RelayFault as fault:
            raise Fault(fault.sentence) from None
        typer.echo(f"{settings.mail.host}:{settings.mail.at_port} answers, {server.tls or 'without encryption'}.")
        if settings.mail.username is not None:
            typer.echo(f"It lets {settings.mail.username} in.")
        if server.most is not None:
            typer.echo(f"It takes mails of up to {write_size(server.most, 'en')}.")
        if to is None:
            typer.echo("It was sent nothing; emailstats check-mail you@example.com sends a test mail.")
            return
        _tell(await _test(relay, settings, to))


async def _test(relay: "Relay", settings: Settings, to: str) -> "Outcome":
    from datetime import UTC, datetime

    from bot.mail.brand import brand_of
    from bot.mail.notices import Notices, mailbox

    assert settings.web.public_url is not None, "settings hold mail to it"
    sender, brand = mailbox(settings.mail), brand_of(settings.brand)
    notices = Notices(relay, sender, brand, settings.web.public_url, lambda: datetime.now(UTC))
    told = (
        "This is the test mail that was asked for. Digests and files will come from the same address.",
        "If it was among unwanted mail, the sender's domain probably lacks SPF or DKIM: docs/mail.md tells of them.",
    )
    return await notices.notify(to, "A test mail", told, ("emailstats", settings.web.public_url))


def _tell(outcome: "Outcome") -> None:
    from reports.bounces import meaning
    from store.ledger import OutcomeKind

    if outcome.kind is OutcomeKind.SENT:
        typer.echo(f"It took the test mail ({outcome.text}). Its number is {outcome.far_id}.")
        return
    if outcome.kind is OutcomeKind.UNKNOWN:
        raise Fault(f"{outcome.text} Look for {outcome.far_id} in its log, or in the inbox.")
    means = f" {meaning(outcome.text).sentence}" if outcome.code else ""
    raise Fault(f"It did not take the test mail: {(outcome.text or '').rstrip('.')}.{means}")
