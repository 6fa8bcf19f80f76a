"""What a provider's tests tell the contract."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from providers.intake import Intake
from providers.provider import Credentials, Request

#: The instant at which requests are signed and checked.
NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)


@dataclass(frozen=True)
class Case:
    """`sign` makes of a body the request that the provider would send at NOW; it proves itself with `credentials`."""

    credentials: Credentials
    sign: Callable[[bytes], Request]
    #: A body of some events, in which each costs no other: the fuzzer adds to it.
    body: bytes
    #: File of the provider's shared payloads, without its ending → what it says, from the documentation. Nothing else
    #: may come of it: no more events, e-mails or refusals.
    expected: Mapping[str, Intake]
    #: Files that the documentation shows beside events and that are none → why each is refused.
    refused: Mapping[str, str] = field(default_factory=dict)
    #: Whether the proof covers the body, so that a changed one is found out.
    covers_body: bool = False
    #: The body of a shared file as the provider sends it, where the file has it in another form.
    sent: Callable[[bytes], bytes] = lambda body: body
