"""What carries a digest to one place: a channel's sender, of which the engine is given one a channel."""

from collections.abc import Awaitable, Callable
from typing import Protocol

from reports.freeze import Digest
from store.ledger import Delivery, Outcome

#: Commits that a delivery is about to be sent, just before the point of no return. False: send nothing any more.
Mark = Callable[[], Awaitable[bool]]


class Sender(Protocol):
    """One channel: Slack or mail. It retries nothing of itself: the ledger says what is tried again, and when."""

    async def send(self, delivery: Delivery, digest: Digest, mark: Mark) -> Outcome:
        """Sends a digest to one target and says what became of it; it raises nothing that a far end can cause.

        Whatever goes wrong before `mark` was awaited is transient or permanent, as nothing can have arrived. After it
        only a definite answer is; anything else is unknown. Where mark gives False it returns a transient outcome at
        once: the ledger knows already.
        """
        ...

    async def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Looks at the far end whether an unknown delivery has arrived. None: that can't be told.

        Transient says that it surely has not, and may be sent again.
        """
        ...
