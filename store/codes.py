"""How closed vocabularies are written in the database: small integers, never renumbered, only appended to.

Also the bits of a recipient's state and the packed columns. An instant is whole seconds since 1970 UTC: no provider's
figures need less, and it is a third of the space of milliseconds.
"""

from datetime import UTC, datetime

from reports.events import BounceType, Kind, MachineReason, NotSentReason, Part
from reports.verdicts import Rule

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
#: Verdicts of our own, apart from those that came with the event: they are made anew when more becomes known.
OURS = 16
RULE = {Rule.BURST: OURS, Rule.EARLY: OURS + 1, Rule.LEAVING: OURS + 2}
MACHINE_REASON: dict[int, MachineReason | Rule] = {code: reason for reason, code in MACHINE.items() if reason} | {
    code: rule for rule, code in RULE.items()
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
    NotSentReason.HELD_OUT: 11,
}
NOT_SENT_REASON = {code: reason for reason, code in NOT_SENT.items()}

#: In `list_totals`: the people who are on no list.
NO_LIST = 0

#: `recipients.not_sent` holds instant * PACK + code, so that max() keeps the last one.
PACK = 256
#: A bounce's value is its type * REPLIES + the number of its reply's pattern (0: no reply), and `recipients.bounce` is
#: instant * BOUNCE_PACK + value: of several in one second a hard one is the last.
REPLIES = 1 << 26
BOUNCE_PACK = 1 << 28

KIND_OF = {code: kind for kind, code in KIND.items()} | {UTILITY_CLICK: Kind.CLICKED}
PART_TOLD = {code: part for part, code in PART.items()}

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


def has_state(name: str) -> str:
    """A condition of SQL: the recipient's state has the bit of that name."""
    return f"state & {1 << STATE_BITS.index(name)} <> 0"


#: An e-mail with so many recipients (sent to or not) has counts of them by blocks of so many contact numbers.
LARGE = 10_000
BLOCK = 512
#: Seconds of the stretches by which the events of a contact of a large e-mail are found.
SLOT = 64

#: Length in seconds of the quarters in which moments are kept: every zone's hours are made of quarters.
QUARTER = 900

#: Lengths in seconds of the spans in which `cohorts` are kept, each a multiple of the one before: quarters for clocks
#: anywhere, days and four weeks so that years are few rows. A row's `span` is the place in here.
SPANS = (QUARTER, 86_400, 28 * 86_400)


#: The bits of a code that are its kind, and the first code of a machine's act.
KINDS, MACHINES = 15, 64

#: Stands for null among whole numbers. Smaller than any instant or packed column, so that the larger of it and another
#: is the other.
NONE = -(1 << 62)


def pack(kind: int, part: int, machine: int) -> int:
    """Kind, part and machine reason of an event in one number; only clicks have a part, only engagement a machine."""
    return kind | part << 4 | machine << 6


# Conditions of SQL on `code`, cheap to evaluate: SQLite would look an IN of three and more up in a table of its own.
HUMAN_OPEN = "code = 5"
HUMAN_CLICK = "code < 64 AND code & 15 = 6"
HUMAN_ENGAGEMENT = "code < 64 AND code & 15 IN (5, 6)"
HUMAN_ANY_CLICK = "code < 64 AND code & 15 IN (6, 10)"
MACHINE_OPEN = "code > 63 AND code & 15 = 5"
MACHINE_ANY_CLICK = "code > 63 AND code & 15 IN (6, 10)"
PART_OF = {"html": "code & 48 = 16", "text": "code & 48 = 32", "untold": "code & 48 = 0"}


def to_seconds(instant: datetime) -> int:
    """Whole seconds since 1970 of an aware instant, rounded down; for instants since 1970."""
    return int(instant.timestamp())


def from_seconds(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)
