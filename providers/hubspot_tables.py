"""HubSpot's e-mail events as a data warehouse holds them: a table of events, and tables with the details of a kind.

Field meanings: https://legacydocs.hubspot.com/docs/methods/email/email_events_overview
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from providers.hubspot_words import HARD_CATEGORIES, KINDS, LEFT, PROVIDER, STATUS_CHANGE, bounce_type, not_sent_reason
from providers.intake import misfit
from reports.clients import client_of, machine_verdict
from reports.events import Email, Event, Kind

COLUMNS = frozenset({"id", "created", "type", "recipient", "email_campaign_id", "filtered_event"})

Row = Mapping[str, str]

_TRUE = {"true", "t", "1"}  # as warehouses write it


@dataclass(frozen=True, slots=True)
class Details:
    """The other tables, by event id; any may be empty."""

    bounces: Mapping[str, Row] = field(default_factory=dict)
    drops: Mapping[str, Row] = field(default_factory=dict)
    opens: Mapping[str, Row] = field(default_factory=dict)
    clicks: Mapping[str, Row] = field(default_factory=dict)
    changes: Mapping[str, Row] = field(default_factory=dict)


#: The table of each field of Details, by the name of its file.
DETAIL_FILES = {
    "bounces": "email_event_bounce_data.csv",
    "drops": "email_event_dropped_data.csv",
    "opens": "email_event_open_data.csv",
    "clicks": "email_event_click_data.csv",
    "changes": "email_event_status_change_data.csv",
}
CAMPAIGN_FILE = "email_campaign_data.csv"


def event(row: Row, details: Details, hard: Collection[str] = HARD_CATEGORIES) -> Event | None:
    """The event of a row; None for one that a later event replaced, or of a kind of no use here.

    `hard` are the categories of bounces that are permanent. Raises ValueError, in words for a person, for a row that
    is no event.
    """
    kind = _kind(row, details)
    if kind is None or row.get("obsoleted_by_id"):
        return None
    for column in ("id", "recipient", "email_campaign_id"):
        if not row[column]:
            raise ValueError(f"{column}: empty")
    number = row["id"]
    bounce, drop = details.bounces.get(number, {}), details.drops.get(number, {})
    look, click = details.opens.get(number, {}), details.clicks.get(number, {})
    agent = look.get("user_agent") or click.get("user_agent")
    client = client_of(agent)
    found = Event(
        kind=kind,
        at=_instant(row["created"]),
        email=row["email_campaign_id"],
        contact=row["recipient"],
        provider=PROVIDER,
        key=number,
        link=click.get("url") or None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, row["filtered_event"].lower() in _TRUE),
        duration_ms=_whole(look.get("duration")),
        bounce=bounce_type(bounce.get("category"), hard) if kind is Kind.BOUNCED else None,
        reason=not_sent_reason(drop.get("drop_reason")) if kind is Kind.NOT_SENT else None,
        reply=bounce.get("response")
        or bounce.get("category")
        or drop.get("drop_message")
        or drop.get("drop_reason")
        or None,
    )
    if unfit := misfit(found):
        raise ValueError(unfit)
    return found


def email(row: Row) -> Email | None:
    """The description in a row of the table of campaigns; None for a row that describes nothing."""
    name, subject, kind = row.get("name") or None, row.get("subject") or None, row.get("type") or None
    found = Email(id=row.get("id", ""), provider=PROVIDER, name=name, subject=subject, type=kind)
    return found if found.id and not misfit(found) else None


def _kind(row: Row, details: Details) -> Kind | None:
    if row["type"] != STATUS_CHANGE:
        return KINDS.get(row["type"])
    change = details.changes.get(row["id"], {})
    return Kind.UNSUBSCRIBED if change.get("portal_subscription_status") == LEFT else None


def _instant(text: str) -> datetime:
    """The warehouse's times have no zone and are UTC."""
    try:
        at = datetime.fromisoformat(text.removesuffix(" UTC"))
    except ValueError:
        raise ValueError(f"created: {text!r} is not a time") from None
    return at if at.tzinfo else at.replace(tzinfo=UTC)


def _whole(text: str | None) -> int | None:
    return int(text) if text and text.isdecimal() and len(text) <= 18 else None
