"""What reading a source gives, whatever the source."""

from dataclasses import dataclass

from reports.events import Email, Event

#: The longest name in characters: the databases index them, two in one index some, and PostgreSQL ends at 2,700 bytes.
LONGEST_NAME = 300
#: Years. Outside them, an instant has no date in some time zone, and whoever reads it from the store would fail.
EARLIEST_YEAR, LATEST_YEAR = 1970, 2999
LONGEST_LOOK = 2**31 - 1  # milliseconds, 24 days: the column's range
_NAMES = ("provider", "email", "contact", "client", "device")
_DESCRIBED = ("id", "provider", "type", "campaign", "business_unit", "team", "workflow")
_TEXTS = ("key", "link", "reply")
_DESCRIBED_TEXTS = ("name", "subject", "from_name", "from_address", "sent_by", "html")


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that makes no sense; `line` counts from 1, `reason` says what to mend, `raw` is the row as it came."""

    line: int
    reason: str
    raw: str


@dataclass(frozen=True, slots=True)
class Intake:
    """`ignored` counts rows that are well formed and of no use here, such as a subscription or an account event."""

    events: tuple[Event, ...] = ()
    emails: tuple[Email, ...] = ()
    rejects: tuple[Reject, ...] = ()
    ignored: int = 0


def misfit(value: Event | Email) -> str | None:
    """Why the store could not hold this, as a sentence, or None: it can. One such row would fail its whole batch."""
    names, texts = (_NAMES, _TEXTS) if isinstance(value, Event) else (_DESCRIBED, _DESCRIBED_TEXTS)
    told = [(name, getattr(value, name)) for name in names] + [("lists", name) for name in value.lists]
    for field, text in told:
        if text and len(text) > LONGEST_NAME:
            return f"{field}: longer than {LONGEST_NAME} characters"
    for field, text in told + [(name, getattr(value, name)) for name in texts]:
        if text and "\0" in text:
            return f"{field}: has a NUL character in it"
    at = value.at if isinstance(value, Event) else value.sent_at
    if at is not None and not EARLIEST_YEAR <= at.year <= LATEST_YEAR:
        field = "at" if isinstance(value, Event) else "sent_at"
        return f"{field}: not between the years {EARLIEST_YEAR} and {LATEST_YEAR}"
    if isinstance(value, Event) and not 0 <= (value.duration_ms or 0) <= LONGEST_LOOK:
        return f"duration_ms: not between 0 and {LONGEST_LOOK}"
    return None
