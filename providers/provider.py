"""What a provider of webhooks is: how its requests are proved, read and answered. One value a provider; pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from providers.intake import Intake


@dataclass(frozen=True, slots=True)
class Request:
    """One call as it came, decompressed. Names of headers are in lower case; a name told twice has its last value."""

    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    method: str = "POST"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a request is proved with; each provider says which of it it needs. Nothing set proves nothing."""

    #: Any of them is good, so that a new one can be made before the old one goes. What it is differs: a shared secret,
    #: a signing key, a public key in base64.
    secrets: tuple[str, ...] = field(default=(), repr=False)
    #: The topics of Amazon SNS that may call.
    topics: frozenset[str] = frozenset()
    #: How far from now a signed time may be, for providers that sign one.
    max_age: timedelta = timedelta(hours=25)
    #: PEM by URL, of what `Provider.certificate` asked for.
    certificates: Mapping[str, bytes] = field(default_factory=dict)


class Unverified(Exception):
    """A request that proves nothing. The text says why, for the log; with no secret and no address in it."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The HTTP status that this provider understands. 413 is the answer to a body that is too large, for all."""

    success: int = 200
    unverified: int = 401
    #: A body that cannot be had at all: cut off, badly compressed. What is whole and proved is kept and a success, even
    #: where it makes no sense to us: who is told otherwise throws it away, or sends it again for days.
    malformed: int = 400
    overloaded: int = 503  #: has to make the provider call again later


#: By provider's name, the paths of identity that are used instead of the provider's own.
Identities = Mapping[str, tuple[str, ...]]


def _nothing(*_told: Request | Credentials) -> str | None:
    return None


@dataclass(frozen=True, slots=True)
class Provider:
    """A source of webhooks: the constant PROVIDER of a module of providers/webhooks, which has the provider's name."""

    name: str
    #: Raises Unverified, and nothing else, unless the request proves to be the provider's; the instant is now.
    verify: Callable[[Request, Credentials, datetime], None]
    #: The events of a request, given the paths of identity. Never raises, whatever the bytes; equal requests give equal
    #: events. `Request` may have no more than a body, as from a file.
    parse: Callable[[Request, tuple[str, ...]], Intake]
    #: What an event belongs to, unless settings say otherwise: paths into the provider's own JSON, the first that leads
    #: to a name or number is the e-mail's identifier (providers.reading.identity).
    identity: tuple[str, ...]
    answers: Answers = Answers()
    #: Whether a GET with the right secret is answered with success, as a provider asks before it calls.
    probed: bool = False
    #: A token that may come once. Raises nothing; None where the request has none.
    token: Callable[[Request], str | None] = _nothing
    #: The URL of the certificate that `verify` needs, only if it is the provider's own. Raises Unverified, as soon as
    #: it is sure that no certificate could help: strangers make nobody fetch.
    certificate: Callable[[Request, Credentials], str | None] = _nothing
    #: The provider's URL to call to accept a subscription, of a request that is proved.
    confirmation: Callable[[Request], str | None] = _nothing

    def read(self, request: Request, identities: Identities) -> Intake:
        """As `parse`, with the paths of identity that are wanted of this provider."""
        return self.parse(request, identities.get(self.name, self.identity))
