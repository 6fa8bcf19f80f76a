"""Visits to the site, by day and by where they came from: our own schema (docs/orders.md)."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, time

import msgspec

from providers.tables import TableReader, name, past
from reports.orders import Visit

_DAY = ("a day", "write 2026-05-12")
_NUMBER = ("a number", "write a whole number, 0 or more")
_HINTS = {"day": _DAY, "visits": _NUMBER, "contacts": _NUMBER, "customers": _NUMBER}
_MOST = 2**31 - 1


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of visits in a file."""

    day: date  #: in the time zone of the analytics' own account
    source: str  #: e.g. email, organic search, direct
    visits: int  #: how many there were
    campaign: str | None = None  #: what the link named, such as its utm_campaign
    contacts: int = 0  #: of the visitors, those who became contacts
    customers: int = 0  #: of the visitors, those who became customers
    provider: str = "file"  #: the analytics


def reader(now: datetime, mapping: Mapping[str, str] | None = None) -> TableReader[Told, Visit]:
    """A reader of our own schema; a day in the future is a mistake. Raises BadRow for a mapping to no field."""

    def made(told: Told) -> Visit:
        past("day", datetime.combine(told.day, time(), UTC), now)
        return Visit(
            provider=name("provider", told.provider),
            day=told.day,
            campaign=name("campaign", told.campaign) if told.campaign else None,
            source=name("source", told.source),
            visits=_count("visits", told.visits),
            contacts=_count("contacts", told.contacts),
            customers=_count("customers", told.customers),
        )

    return TableReader(Told, made, _HINTS, mapping)


def _count(field: str, value: int) -> int:
    if not 0 <= value <= _MOST:
        raise ValueError(f"{field}: not between 0 and {_MOST}")
    return value
