"""How closed vocabularies are written in the database: small integers, never renumbered, only appended to.

Also the bits of a recipient's state, and the two packed columns. An instant is milliseconds since 1970 UTC.
"""

from datetime import UTC, datetime, timedelta

from reports.events import BounceType, Kind, MachineReason, NotSentReason, Part

#: A click on an unsubscribe, preferences or view-in-browser link: kept and shown, never in the click rate.
UTILITY_CLICK = 10

KIND = {
    Kind.SENT: 0,
    Kind.DELIVERED: 1,
    Kind.DEFERRED: 2,
    Kind.BOUNCED: 3,
    Kind.NOT_SENT: 4,
    Kind.OPENED: 5,
    Kind.CLICKED: 6,
    Kind.UNSUBSCRIBED: 7,
    Kind.COMPLAINED: 8,
    Kind.REPLIED: 9,
}
PART = {None: 0, Part.HTML: 1, Part.TEXT: 2}
BOUNCE_HARD = 2
BOUNCE = {None: 1, BounceType.SOFT: 1, BounceType.HARD: BOUNCE_HARD}
MACHINE = {
    None: 0,
    MachineReason.PROVIDER: 1,
    MachineReason.APPLE_PRIVACY: 2,
    MachineReason.PREFETCH: 3,
    MachineReason.SCANNER: 4,
    MachineReason.BOT: 5,
}
NOT_SENT = {
    NotSentReason.OTHER: 0,
    NotSentReason.PREVIOUSLY_BOUNCED: 1,
    NotSentReason.PREVIOUSLY_UNSUBSCRIBED: 2,
    NotSentReason.PREVIOUS_SPAM_REPORT: 3,
    NotSentReason.INVALID_ADDRESS: 4,
    NotSentReason.SUPPRESSED: 5,
    NotSentReason.NOT_ENGAGED: 6,
    NotSentReason.NOT_MARKETABLE: 7,
    NotSentReason.OVER_LIMIT: 8,
    NotSentReason.CANCELLED: 9,
    NotSentReason.BLOCKED_CONTENT: 10,
}
NOT_SENT_REASON = {code: reason for reason, code in NOT_SENT.items()}

#: `recipients.bounce` and `recipients.not_sent` hold instant * PACK + code, so that max() keeps the last one.
PACK = 256

#: Bits of `recipients.state`, in order; each is also a column of the rollups of people.
STATE_BITS = (
    "sent",
    "delivered",
    "bounced_hard",
    "bounced_soft",
    "pending",
    "not_sent",
    "opened",
    "machine_opened",
    "clicked",
    "machine_clicked",
    "unsubscribed",
    "unsubscribed_suspect",
    "complained",
    "replied",
    "read",
    "skimmed",
    "glanced",
)

#: Length in milliseconds of the quarters in which moments are kept: every zone's hours are made of quarters.
QUARTER = 900_000

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


def to_ms(instant: datetime) -> int:
    """Milliseconds since 1970 of an aware instant, exactly, rounded down."""
    return (instant - _EPOCH) // _MILLISECOND


def from_ms(milliseconds: int) -> datetime:
    return _EPOCH + timedelta(milliseconds=milliseconds)
