"""The event every source is translated into, and the description of the e-mail it belongs to.

An event's identity is (provider, e-mail, at, key digest): the same event delivered twice has the same identity,
so the store is a function of the set of events.
"""

from datetime import datetime
from enum import StrEnum

import msgspec


class Word(StrEnum):
    """A closed vocabulary. Hashed as the string that it is: Enum's own hash is Python code, met at every event."""

    __hash__ = str.__hash__


class Kind(Word):
    """What happened to one message."""

    SENT = "sent"
    DELIVERED = "delivered"
    DEFERRED = "deferred"  # the server said "later"; pending until a final answer
    BOUNCED = "bounced"
    NOT_SENT = "not_sent"  # the provider decided not to send (suppressed, unsubscribed before, ...)
    OPENED = "opened"
    CLICKED = "clicked"
    UNSUBSCRIBED = "unsubscribed"
    COMPLAINED = "complained"  # reported as spam
    REPLIED = "replied"


class Part(Word):
    """The part of the message in which a link was clicked."""

    HTML = "html"
    TEXT = "text"


class BounceType(Word):
    """Hard: permanent, the contact is excluded later. Soft: the contact stays eligible."""

    HARD = "hard"
    SOFT = "soft"


class NotSentReason(Word):
    """Why a provider did not send to a selected contact; a closed vocabulary, the raw words stay in `reply`."""

    PREVIOUSLY_BOUNCED = "previously bounced"
    PREVIOUSLY_UNSUBSCRIBED = "previously unsubscribed"
    PREVIOUS_SPAM_REPORT = "previous spam report"
    INVALID_ADDRESS = "invalid address"
    SUPPRESSED = "suppressed"
    NOT_ENGAGED = "not engaged"
    NOT_MARKETABLE = "not a marketing contact"
    OVER_LIMIT = "over limit"
    CANCELLED = "cancelled"
    BLOCKED_CONTENT = "content refused"
    HELD_OUT = "held out"  # on purpose, to see what sending brings
    OTHER = "other"


class MachineReason(Word):
    """Why an open or click is held to be a machine's; absent means a person's."""

    PROVIDER = "marked by the provider"
    APPLE_PRIVACY = "Apple Mail Privacy Protection"
    PREFETCH = "prefetched by the mailbox provider"
    SCANNER = "security scanner"
    BOT = "known bot"


class Event(msgspec.Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One thing a provider said about one message to one contact. Strings are as received; the store normalises."""

    kind: Kind
    at: datetime  #: when it happened, with a zone
    email: str  #: the provider's identifier of the e-mail
    contact: str  #: the recipient's address
    provider: str = "file"
    key: str = ""  #: the provider's own identifier of the event; empty: the identifying fields are the identity
    link: str | None = None  #: the clicked URL
    part: Part | None = None  #: where the link stood; None: not told
    client: str | None = None  #: e-mail client, e.g. "Apple Mail"
    device: str | None = None  #: "desktop", "mobile", "tablet" or None
    machine: MachineReason | None = None  #: None: a person
    duration_ms: int | None = None  #: for opens: how long the e-mail was looked at
    bounce: BounceType | None = None  #: for bounces; None counts as soft
    reason: NotSentReason | None = None  #: for not_sent
    reply: str | None = None  #: the server's or provider's exact words for bounces, deferrals and not_sent
    lists: tuple[str, ...] = ()  #: recipient lists through which this contact was selected


class Email(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What is known of an e-mail itself; every field but the identity may come later or never."""

    id: str  #: the provider's identifier
    provider: str = "file"
    name: str | None = None  #: internal name
    subject: str | None = None
    from_name: str | None = None
    from_address: str | None = None
    sent_by: str | None = None
    sent_at: datetime | None = None
    type: str | None = None  #: regular, automated, blog, ...
    campaign: str | None = None
    business_unit: str | None = None
    team: str | None = None
    workflow: str | None = None
    lists: tuple[str, ...] = ()
    html: str | None = None
