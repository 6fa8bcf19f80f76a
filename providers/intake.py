"""What reading a source gives, whatever the source."""

from dataclasses import dataclass

from reports.events import Email, Event


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
