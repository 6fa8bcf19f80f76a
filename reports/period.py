"""From words like "last 30 days" in a zone to half-open instants."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Presets of a regular e-mail, measured from its sending.
SINCE_SENT = {
    "24h": timedelta(hours=24),
    "48h": timedelta(hours=48),
    "7d": timedelta(days=7),
    "30d": timedelta(days=30),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Which stretch of time a query covers.

    `preset` is "all", a key of SINCE_SENT (counted from the e-mail's sending), or "dates" with local `first` and
    `last` days, both included.
    """

    preset: str = "all"
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.preset == "dates":
            if self.first is None or self.last is None:
                raise ValueError("a period by dates needs its first and its last day")
            if self.last < self.first:
                raise ValueError(f"the period ends ({self.last}) before it begins ({self.first})")
        elif self.preset != "all" and self.preset not in SINCE_SENT:
            raise ValueError(f"unknown period {self.preset!r}; known: all, {', '.join(SINCE_SENT)} or two dates")

    def bounds(self, zone: ZoneInfo, sent_at: datetime | None) -> tuple[datetime | None, datetime | None]:
        """Half-open UTC bounds [start, end); None is unbounded. `sent_at` anchors the presets."""
        if self.preset == "dates":
            assert self.first is not None and self.last is not None
            # The calendar's own ends leave the period open: no instant lies beyond them.
            start = None if self.first == date.min else local_midnight(self.first, zone)
            end = None if self.last == date.max else local_midnight(self.last + timedelta(days=1), zone)
            return start, end
        if self.preset == "all" or sent_at is None:
            return None, None
        return sent_at, sent_at + SINCE_SENT[self.preset]


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a local day begins; where midnight does not exist, the offset before the gap."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
