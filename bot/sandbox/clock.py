"""A clock that runs as real time does, and that a person may move forward."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta


@dataclass
class Clock:
    """Starts at a moment, which is this one unless told otherwise."""

    at: datetime = field(default_factory=lambda: datetime.now(UTC))
    _started: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return self.at + timedelta(seconds=time.monotonic() - self._started)

    def seconds(self) -> float:
        """The same since 1970, as Slack writes the time of a message."""
        return self.now().timestamp()

    def forward(self, by: timedelta) -> None:
        """Raises ValueError for a step backwards: what has happened has happened."""
        if by < timedelta(0):
            raise ValueError("the clock goes forward alone")
        self.at += by
