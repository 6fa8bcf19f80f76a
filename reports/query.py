"""What somebody asks: frozen, hashable, JSON both ways, and printable as the command that asks it."""

from dataclasses import dataclass, field

import msgspec

from reports.options import checked
from reports.period import Period

#: Units of the time axis; "auto" picks by the length of the period.
UNITS = ("auto", "hour", "day", "week")


@dataclass(frozen=True, slots=True)
class Filters:
    """Which e-mails a question about all e-mail is about; what is None lets all pass."""

    campaign: str | None = None
    team: str | None = None
    business_unit: str | None = None
    type: str | None = None
    workflow: str | None = None
    name: str | None = None  #: words that the name or subject has in it
    unassigned: bool = False  #: with a team: e-mails of no team as well


@dataclass(frozen=True, slots=True)
class Query:
    """One question about an e-mail, about several, or about all e-mail, as its sections' scope says.

    `email` is the name, subject or identifier as the asker gave it, or "latest", and `others` the further ones of a
    comparison; without any, all e-mail that passes the `filters` is meant. `sections` are names of modules in
    reports/sections; `list_name` narrows to one recipient list; `options` are pairs of key and value (reports.options);
    `zone` is IANA, `locale` a Babel identifier.

    Raises ValueError, with what to mend, for a unit or an option that there is not.
    """

    email: str = ""
    sections: tuple[str, ...] = ("summary", "timeline", "links")
    period: Period = field(default_factory=Period)
    unit: str = "auto"
    list_name: str | None = None
    zone: str = "UTC"
    locale: str = "en"
    others: tuple[str, ...] = ()
    filters: Filters = field(default_factory=Filters)
    options: tuple[tuple[str, str], ...] = ()

    def __post_init__(self) -> None:
        if self.unit not in UNITS:
            raise ValueError(f"unknown unit {self.unit!r}; known: {', '.join(UNITS)}")
        object.__setattr__(self, "options", checked(dict(self.options)))

    def option(self, key: str, default: str) -> str:
        """The value of an option, or the default where it was not given."""
        return dict(self.options).get(key, default)

    def to_json(self) -> bytes:
        return msgspec.json.encode(self, order="sorted")

    @classmethod
    def from_json(cls, data: bytes | str) -> "Query":
        """Raises msgspec.ValidationError when it is not a query."""
        return msgspec.json.decode(data, type=cls)
