"""From words like "last 30 days" in a zone to half-open instants."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

#: Offered first for one e-mail; any other number of hours or days may be asked for.
PRESETS = ("24h", "48h", "7d", "30d")
_STRETCH = re.compile(r"([1-9]\d{0,3})([hd])", re.ASCII)
#: Providers retry a delivery for so long; until then figures may still move.
SETTLED_AFTER = timedelta(hours=72)
#: Half-open UTC instants [start, end); None is unbounded.
Bounds = tuple[datetime | None, datetime | None]


@dataclass(frozen=True, slots=True)
class Period:
    """Which stretch of time a query covers.

    `preset` is "all", a number of hours or days ("24h", "30d"), or "dates" with local days from `first` to `last`, both
    included; without `last`, up to now. Hours and days count from the sending of one e-mail, and back from now for all.
    """

    preset: str = "all"
    first: date | None = None
    last: date | None = None

    def __post_init__(self) -> None:
        if self.preset == "dates":
            if self.first is None:
                raise ValueError("a period by dates needs its first day")
            if self.last is not None and self.last < self.first:
                raise ValueError(f"the period ends ({self.last}) before it begins ({self.first})")
        elif self.preset != "all" and not _STRETCH.fullmatch(self.preset):
            raise ValueError(
                f"unknown period {self.preset!r}; known: all, {', '.join(PRESETS)} and the like, or two dates"
            )

    def bounds(self, zone: ZoneInfo, sent_at: datetime | None) -> Bounds:
        """The period of one e-mail: hours and days are elapsed time from `sent_at`."""
        if self.preset == "dates":
            return self._dates(zone)
        if self.preset == "all" or sent_at is None:
            return None, None
        return sent_at, sent_at + self._length()

    def window(self, zone: ZoneInfo, now: datetime) -> Bounds:
        """The period of all e-mail: so many hours up to `now`, or so many local days of which today is the last."""
        if self.preset == "dates":
            return self._dates(zone)
        if self.preset == "all":
            return None, None
        if self.preset.endswith("h"):
            return now - self._length(), now
        tomorrow = now.astimezone(zone).date() + timedelta(days=1)
        return local_midnight(tomorrow - self._length(), zone), local_midnight(tomorrow, zone)

    def before(self, zone: ZoneInfo, now: datetime) -> Bounds | None:
        """The equally long window just before: as many local days or hours. None: an open period has none."""
        start, end = self.window(zone, now)
        if start is None:
            return None
        if self.preset.endswith("h"):
            return start - self._length(), start
        first = start.astimezone(zone).date()
        last = (end or now).astimezone(zone).date() + timedelta(days=0 if end else 1)
        return local_midnight(first - (last - first), zone), start

    def _length(self) -> timedelta:
        match = _STRETCH.fullmatch(self.preset)
        assert match is not None
        return timedelta(hours=int(match[1])) if match[2] == "h" else timedelta(days=int(match[1]))

    def _dates(self, zone: ZoneInfo) -> Bounds:
        assert self.first is not None
        # The calendar's own ends leave the period open: no instant lies beyond them.
        start = None if self.first == date.min else local_midnight(self.first, zone)
        end = None if self.last in (None, date.max) else local_midnight(self.last + timedelta(days=1), zone)
        return start, end


def local_midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant, in UTC, at which a local day begins; where midnight does not exist, the offset before the gap."""
    return datetime.combine(day, time(), zone).astimezone(UTC)
