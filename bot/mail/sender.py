"""Digests by mail: put together once for everybody, addressed to each, and given to the mail server."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from email.headerregistry import Address
from hashlib import blake2b

from bot.digests.sender import Mark
from bot.digests.shared import Shared
from bot.mail.letter import Letter, addressed
from bot.mail.session import Message
from bot.mail.transport import Relay
from reports.freeze import Digest
from store.ledger import Delivery, Outcome

#: Letters that are kept ready: of as many occurrences as are being sent at one time.
_LETTERS = 8

_Occurrence = tuple[int, str]


class MailSender:
    """`compose` makes a digest's letter; `public_url` is where links to leave lead."""

    def __init__(
        self,
        relay: Relay,
        compose: Callable[[Digest], Awaitable[Letter]],
        sender: Address,
        public_url: str,
        now: Callable[[], datetime],
    ) -> None:
        self._relay = relay
        self._compose = compose
        self._sender = sender
        self._public_url = public_url
        self._now = now
        self._letters: Shared[_Occurrence, Letter] = Shared(_LETTERS)

    async def send(self, delivery: Delivery, digest: Digest, mark: Mark) -> Outcome:
        """See bot.digests.sender.Sender."""
        # An occurrence has one frozen digest, so its key stands for what is in it.
        occurrence = delivery.subscription_id, delivery.period_key
        letter = await self._letters.get(occurrence, lambda: self._compose(digest))
        number = message_id(delivery, self._sender.domain)
        content = addressed(
            letter,
            sender=self._sender,
            to=delivery.address,
            message_id=number,
            date=self._now(),
            leave_url=f"{self._public_url}/u/{delivery.leave_token}",
        )
        return await self._relay.send(Message(self._sender.addr_spec, delivery.address, number, content), mark)

    async def reconcile(self, _delivery: Delivery) -> Outcome | None:
        """Nobody can be asked: what the mail server did with a message is in its own log."""
        return None


def message_id(delivery: Delivery, domain: str) -> str:
    """The same for every try of a delivery, so that it is found in a server's log; nothing can be read from it."""
    key = delivery.leave_token.encode()
    return f"<d.{blake2b(str(delivery.id).encode(), key=key, digest_size=12).hexdigest()}@{domain}>"
