"""What somebody asks: frozen, hashable, JSON both ways, and printable as the command that asks it."""

from dataclasses import dataclass, field

import msgspec

from reports.period import Period

#: Units of the time axis; "auto" picks by the length of the period.
UNITS = ("auto", "hour", "day", "week")


@dataclass(frozen=True, slots=True)
class Query:
    """One question about one e-mail.

    `email` is the name, subject or identifier as the asker gave it, or "latest"; `sections` are names of modules in
    reports/sections; `list_name` narrows to one recipient list; `zone` is IANA, `locale` a Babel identifier.
    """

    email: str
    sections: tuple[str, ...] = ("summary", "timeline", "links")
    period: Period = field(default_factory=Period)
    unit: str = "auto"
    list_name: str | None = None
    zone: str = "UTC"
    locale: str = "en"

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; known: {', '.join(UNITS)}")

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, data: bytes | str) -> "Query":
        """Raises msgspec.ValidationError when it is not a query."""
        return msgspec.json.decode(data, type=cls)
