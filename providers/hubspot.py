"""HubSpot's events API: pages of events, newest first.

https://legacydocs.hubspot.com/docs/methods/email/get_events. The identity of an event is its id together with the time
of its creation; a data warehouse's copy (hubspot_tables) has the same, so that either way an event is counted once.
The identity of an e-mail is `emailCampaignId`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from providers.hubspot_words import KINDS, LEFT, PROVIDER, STATUS_CHANGE, bounce_type, not_sent_reason
from providers.intake import Intake, misfit
from providers.reading import address_of, decoded, epoch_of, read_items, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import Event, Kind


@dataclass(frozen=True, slots=True)
class Page:
    """What a page of events says, and where to go on."""

    intake: Intake
    #: Events that a later one replaced: they must not be counted, and what was counted of them has to be undone.
    obsolete: tuple[Event, ...] = ()
    #: Leads to the next page, of the same parameters only and not for long; None: this was the last.
    offset: str | None = None
    #: The time of the last event, if the page is newest first as it should be: all that is newer has been told.
    oldest: datetime | None = None


class NotAPage(ValueError):
    """An answer that is no page of events; the text says why."""


def page(body: bytes) -> Page:
    """Reads a page. Raises NotAPage: an answer that was not understood must not pass for one without events."""
    items, offset = listed(body, "events")
    obsolete: list[Event] = []

    def read(item: Any) -> list[Event]:
        event = _event(item)
        if event is None:
            return []
        if table_of(item, "obsoletedBy"):
            obsolete.extend([] if misfit(event) else [event])
            return []
        return [event]

    return Page(read_items(items, read), tuple(obsolete), offset, _oldest(items))


def listed(body: bytes, field: str) -> tuple[list[Any], str | None]:
    """The items in a field of a page of the older APIs, and the offset of the next. Raises NotAPage."""
    try:
        told = decoded(body)
    except ValueError as error:
        raise NotAPage(str(error)) from None
    if not isinstance(told, dict) or not isinstance(items := told.get(field), list):
        raise NotAPage(f"no page: the field `{field}` is missing")
    more = told.get("hasMore")
    if not isinstance(more, bool):
        raise NotAPage("no page: the field `hasMore` is missing")
    if not more:  # an offset is told nevertheless
        return items, None
    offset = told.get("offset")
    if not isinstance(offset, str | int) or isinstance(offset, bool) or offset == "":
        raise NotAPage("no page: there is more, but no offset")
    return items, str(offset)


def _oldest(items: list[Any]) -> datetime | None:
    try:
        times = [epoch_of(item, "created") for item in items]
    except (ValueError, AttributeError):
        return None
    return times[-1] if times and times == sorted(times, reverse=True) else None


def _event(item: Any) -> Event | None:
    """None for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(said := item.get("type"), str):
        raise ValueError("no event: the field `type` is missing")
    campaign = identifier(item, "emailCampaignId")
    kind = _kind(item, said)
    # Who changes preferences on a page of the site leaves no e-mail.
    if kind is None or (kind is Kind.UNSUBSCRIBED and campaign is None):
        return None
    if campaign is None:
        raise ValueError("emailCampaignId: empty")
    number = text_of(item, "id")
    if number is None:
        raise ValueError("id: empty")
    agent = text_of(item, "userAgent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=epoch_of(item, "created"),
        email=campaign,
        contact=address_of(item, "recipient"),
        provider=PROVIDER,
        key=number,
        link=text_of(item, "url") if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device or _device(item),
        machine=machine_verdict(kind, agent, item.get("filteredEvent") is True),
        duration_ms=_duration(item) if kind is Kind.OPENED else None,
        bounce=bounce_type(text_of(item, "category")) if kind is Kind.BOUNCED else None,
        reason=not_sent_reason(text_of(item, "dropReason")) if kind is Kind.NOT_SENT else None,
        reply=text_of(item, "response") or text_of(item, "dropMessage") or text_of(item, "dropReason"),
    )


def _kind(item: Mapping[str, Any], said: str) -> Kind | None:
    """A change of status is an unsubscribe where somebody left everything, or one subscription more."""
    if said != STATUS_CHANGE:
        return KINDS.get(said)
    told = item.get("subscriptions")
    changes = [change.get("status") for change in told if isinstance(change, dict)] if isinstance(told, list) else []
    return Kind.UNSUBSCRIBED if LEFT in (item.get("portalSubscriptionStatus"), *changes) else None


def _device(item: Mapping[str, Any]) -> str | None:
    """HubSpot's own word, for events whose agent it withholds."""
    said = {"COMPUTER": "desktop", "MOBILE": "mobile", "TABLET": "tablet"}
    return None if text_of(item, "userAgent") else said.get(text_of(item, "deviceType") or "")


def _duration(item: Mapping[str, Any]) -> int | None:
    """Milliseconds; 0 is not measured."""
    value = item.get("duration")
    return value if isinstance(value, int) and not isinstance(value, bool) and value > 0 else None


def identifier(item: Mapping[str, Any], field: str) -> str | None:
    """A field that is an identifier, told as a number or as text."""
    value = item.get(field)
    return str(value) if isinstance(value, str | int) and not isinstance(value, bool) and value else None
