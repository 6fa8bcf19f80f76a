"""Pages of Mailchimp's Marketing API, from which a campaign and all that happened to it can be put together.

https://mailchimp.com/developer/marketing/api/reports/. The identity of an e-mail is the campaign's id, as in webhooks.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.intake import Intake
from providers.reading import address_of, decoded, instant_of, read_json, table_of, text_of
from providers.webhooks.mailchimp import NAME
from reports.events import BounceType, Email, Event, Kind

_ACTIONS = {"open": Kind.OPENED, "click": Kind.CLICKED, "bounce": Kind.BOUNCED}


def campaigns(body: bytes) -> Intake:
    """Descriptions of /campaigns."""
    return _page(body, "campaigns", lambda item: [_campaign(item)])


@dataclass(frozen=True, slots=True)
class Sent:
    """A campaign that went out, of /reports. `last_at`: nobody opened or clicked after it."""

    id: str
    sent_at: datetime
    last_at: datetime


def sent_campaigns(body: bytes) -> list[Sent]:
    """The campaigns of a page of /reports; what makes no sense is left out. Raises ValueError: it is no page."""
    items = table_of({"page": decoded(body)}, "page").get("reports")
    if not isinstance(items, list):
        raise ValueError("no page: the field `reports` is missing")
    found = []
    for item in items:
        with suppress(ValueError):
            found.append(_sent(item if isinstance(item, dict) else {}))
    return found


def _sent(item: Mapping[str, Any]) -> Sent:
    sent_at, times = instant_of(item, "send_time"), []
    for table, field in (("opens", "last_open"), ("clicks", "last_click")):
        with suppress(ValueError):  # empty where nobody did
            times.append(instant_of(table_of(item, table), field))
    return Sent(_needed(item, "id"), sent_at, max([sent_at, *times]))


def total(body: bytes) -> int:
    """How many items there are on all pages together. Raises ValueError: it is no page."""
    found = table_of({"page": decoded(body)}, "page").get("total_items")
    if not isinstance(found, int) or isinstance(found, bool):
        raise ValueError("no page: the field `total_items` is missing")
    return found


def recipients(body: bytes, sent_at: datetime) -> Intake:
    """Who was sent a campaign, of /reports/{id}/sent-to, which tells no times: `sent_at` is the campaign's.

    That a message bounced, `activity` tells with its time.
    """

    def read(item: Mapping[str, Any]) -> Iterable[Event]:
        yield _event(item, Kind.SENT, sent_at)
        if item.get("status") == "sent":
            yield _event(item, Kind.DELIVERED, sent_at)

    return _page(body, "sent_to", read)


def activity(body: bytes) -> Intake:
    """Opens, clicks and bounces of /reports/{id}/email-activity. Nothing is told of clients or machines."""
    return _page(body, "emails", _act, _acts)


def departures(body: bytes) -> Intake:
    """Who left by a campaign, of /reports/{id}/unsubscribed."""
    return _page(body, "unsubscribes", lambda item: [_event(item, Kind.UNSUBSCRIBED, instant_of(item, "timestamp"))])


def complaints(body: bytes) -> Intake:
    """Who called a campaign spam, of /reports/{id}/abuse-reports."""
    return _page(body, "abuse_reports", lambda item: [_event(item, Kind.COMPLAINED, instant_of(item, "date"))])


def _page(
    body: bytes,
    field: str,
    read: Callable[[Mapping[str, Any]], Iterable[Event | Email]],
    parts: Callable[[Any], Iterable[Any]] = lambda item: [item],
) -> Intake:
    """What `read` makes of the parts of each item in a field of a page."""

    def items(told: Any) -> list[Any]:
        found = told.get(field) if isinstance(told, dict) else None
        if not isinstance(found, list):
            raise ValueError(f"no page: the field `{field}` is missing")
        return [part for item in found for part in parts(item)]

    def checked(item: Any) -> Iterable[Event | Email]:
        if not isinstance(item, dict):
            raise ValueError("not a table")
        return read(item)

    return read_json(body, checked, items)


def _acts(item: Any) -> Iterator[Any]:
    """Each act of one recipient by itself, so that a bad one costs no other."""
    acts = item.get("activity") if isinstance(item, dict) else None
    if not isinstance(acts, list):
        yield item
        return
    for act in acts:
        yield {**item, "activity": act}


def _act(item: Mapping[str, Any]) -> list[Event]:
    act = table_of(item, "activity")
    if not act:
        raise ValueError("activity: not a table")
    kind = _ACTIONS.get(text_of(act, "action") or "")
    if kind is None:
        return []
    bounce = BounceType.HARD if act.get("type") == "hard" else BounceType.SOFT
    return [
        _event(
            item,
            kind,
            instant_of(act, "timestamp"),
            link=text_of(act, "url") if kind is Kind.CLICKED else None,
            bounce=bounce if kind is Kind.BOUNCED else None,
        )
    ]


def _event(item: Mapping[str, Any], kind: Kind, at: datetime, **rest: Any) -> Event:
    campaign, contact = _needed(item, "campaign_id"), address_of(item, "email_address")
    return Event(kind=kind, at=at, email=campaign, contact=contact, provider=NAME, **rest)


def _campaign(item: Mapping[str, Any]) -> Email:
    settings, audience = table_of(item, "settings"), table_of(item, "recipients")
    name = text_of(audience, "list_name")
    return Email(
        id=_needed(item, "id"),
        provider=NAME,
        name=text_of(settings, "title"),
        subject=text_of(settings, "subject_line"),
        from_name=text_of(settings, "from_name"),
        from_address=text_of(settings, "reply_to"),
        sent_at=instant_of(item, "send_time") if text_of(item, "send_time") else None,  # empty until it is sent
        type=text_of(item, "type"),
        lists=(name,) if name else (),
    )


def _needed(item: Mapping[str, Any], field: str) -> str:
    value = text_of(item, field)
    if value is None:
        raise ValueError(f"{field}: empty")
    return value
