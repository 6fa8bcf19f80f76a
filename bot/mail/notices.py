"""Mails about one thing: that a file is ready, that somebody wants to be sent something, that a test went well."""

from collections.abc import Callable, Sequence
from datetime import datetime
from email.headerregistry import Address
from secrets import token_hex

import structlog

from bot.mail.brand import Brand
from bot.mail.compose import notice
from bot.mail.letter import Attachment, addressed
from bot.mail.session import Message
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from reports.calendar import in_words
from store.ledger import Outcome, OutcomeKind
from store.subscriptions import Subscription, Target

_LOG = structlog.get_logger(__name__)
#: Who subscribes an address and who owns it may not share a language; mails are in English so far.
_LOCALE = "en"


class Notices:
    """`public_url` is where links to confirm lead."""

    def __init__(
        self, relay: Relay, sender: Address, brand: Brand, public_url: str, now: Callable[[], datetime]
    ) -> None:
        self._relay = relay
        self._sender = sender
        self._brand = brand
        self._public_url = public_url
        self._now = now

    async def notify(
        self,
        to: str,
        subject: str,
        paragraphs: Sequence[str],
        link: tuple[str, str] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Outcome:
        """Sends it to one address, once. `link` is what its button says and where it leads.

        Raises ValueError for a link that is not http or https.
        """
        letter = notice(subject, paragraphs, self._brand, link=link, attachments=attachments)
        number = f"<n.{token_hex(12)}@{self._sender.domain}>"
        content = addressed(letter, sender=self._sender, to=to, message_id=number, date=self._now(), leave_url=None)
        return await self._relay.send(Message(self._sender.addr_spec, to, number, content), _wanted)

    async def confirm(self, subscription: Subscription, target: Target) -> str | None:
        """Asks the owner of an address whether they agree; gives a sentence where that was not possible."""
        promise = subscription.promise
        outcome = await self.notify(
            target.address,
            f"Do you want “{promise.name}” by mail?",
            (
                f"Somebody wants “{promise.name}” to be sent to this address: {in_words(promise.schedule, _LOCALE)}.",
                "If you want it, say so with the button. If you do not, do nothing: you will get no more mail.",
            ),
            ("Look at it and decide", f"{self._public_url}/confirm/{target.token}"),
        )
        if outcome.kind in (OutcomeKind.SENT, OutcomeKind.UNKNOWN):
            return None
        _LOG.warning("who has to agree could not be asked", subscription=subscription.id, cause=outcome.text)
        return f"{(outcome.text or 'the mail server did not take it').rstrip('.')}."


def mailbox(settings: Mail) -> Address:
    """Whom mail is from."""
    assert settings.sender is not None, "mail is set up"
    return Address(settings.sender_name, addr_spec=settings.sender)


async def _wanted() -> bool:
    """Nothing is kept of a notice that is on its way."""
    return True
