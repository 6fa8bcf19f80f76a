"""SendGrid's event webhook payloads.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import msgspec

from providers.intake import Intake, Reject, misfit
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason, Part

PROVIDER = "sendgrid"

_KINDS = {
    "processed": Kind.SENT,
    "dropped": Kind.NOT_SENT,
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "bounce": Kind.BOUNCED,
    "blocked": Kind.BOUNCED,
    "open": Kind.OPENED,
    "click": Kind.CLICKED,
    "spamreport": Kind.COMPLAINED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "group_unsubscribe": Kind.UNSUBSCRIBED,
}
_DROPPED = (
    ("smtpapi", NotSentReason.OTHER),  # "Invalid SMTPAPI header": the sender's fault, before "invalid", the address's
    ("bounced", NotSentReason.PREVIOUSLY_BOUNCED),
    ("unsubscribed", NotSentReason.PREVIOUSLY_UNSUBSCRIBED),
    ("spam reporting", NotSentReason.PREVIOUS_SPAM_REPORT),
    ("invalid", NotSentReason.INVALID_ADDRESS),
    ("spam content", NotSentReason.BLOCKED_CONTENT),
    ("over package quota", NotSentReason.OVER_LIMIT),
)
#: Identities that come with a name, and the field of the name.
_NAMES = (
    ("singlesend_id", "singlesend_name"),
    ("marketing_campaign_id", "marketing_campaign_name"),
    ("sg_template_id", "sg_template_name"),
)
_WITH_REPLY = {Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT}
_SECONDS_END = 100_000_000_000  # a larger timestamp is in milliseconds: Single Sends have been seen with those


def parse(body: bytes) -> Intake:
    """Events of one webhook body: an array, or one event. What is no event is rejected with the reason; never raises.

    A reject's `line` is the event's place in the array, from 1.
    """
    try:
        told = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return Intake(rejects=(Reject(1, "the body is not JSON", _shown(body)),))
    events: list[Event] = []
    emails: dict[str, Email] = {}
    rejects: list[Reject] = []
    ignored = 0
    for place, item in enumerate(told if isinstance(told, list) else [told], start=1):
        try:
            event = _event(item)
            described = _email(item, event) if event else None
            if found := (event and misfit(event)) or (described and misfit(described)):
                raise ValueError(found)
        except ValueError as error:
            rejects.append(Reject(place, str(error), _encoded(item)))
            continue
        if event is None:
            ignored += 1
            continue
        events.append(event)
        if described:
            emails[described.id] = described
    return Intake(tuple(events), tuple(emails.values()), tuple(rejects), ignored)


def _shown(raw: bytes) -> str:
    return raw.decode(errors="replace")


def _encoded(item: Any) -> str:
    try:
        return _shown(msgspec.json.encode(item))
    except RecursionError:  # writing stands a little less depth than reading
        return ""


def _event(item: Any) -> Event | None:
    """None for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(item.get("event"), str):
        raise ValueError("no event: the field `event` is missing")
    kind = _KINDS.get(item["event"].lower())
    if kind is None:
        return None
    contact = item.get("email")
    if not isinstance(contact, str) or "@" not in contact[1:-1]:
        raise ValueError("email: not an e-mail address")
    agent = _text(item, "useragent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=_instant(item.get("timestamp")),
        email=_identity(item),
        contact=contact,
        provider=PROVIDER,
        key=_text(item, "sg_event_id") or "",
        link=_text(item, "url") if kind is Kind.CLICKED else None,
        part=_part(item) if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, item.get("sg_machine_open") is True),
        bounce=_bounce(item) if kind is Kind.BOUNCED else None,
        reason=_reason(item) if kind is Kind.NOT_SENT else None,
        reply=(_text(item, "response") or _text(item, "reason")) if kind in _WITH_REPLY else None,
    )


def _text(item: Mapping[str, Any], field: str) -> str | None:
    value = item.get(field)
    return value if isinstance(value, str) and value else None


def _instant(value: Any) -> datetime:
    try:
        number = 0.0 if isinstance(value, bool) else float(value)
        if number <= 0:
            raise ValueError
        return datetime.fromtimestamp(number / 1000 if number >= _SECONDS_END else number, UTC)
    except (TypeError, ValueError, OverflowError, OSError):
        raise ValueError("timestamp: not a time") from None


def _identity(item: Mapping[str, Any]) -> str:
    """What the event belongs to: a campaign where SendGrid names one, else its first category, else its template."""
    newsletter = item.get("newsletter")
    category = item.get("category")
    candidates = (
        item.get("singlesend_id"),
        item.get("marketing_campaign_id"),
        newsletter.get("newsletter_id") if isinstance(newsletter, dict) else None,
        *(category if isinstance(category, list) else [category]),
        item.get("sg_template_id"),
    )
    return next((str(told) for told in candidates if _is_identifier(told)), "uncategorised")


def _is_identifier(value: Any) -> bool:
    """Numbers and strings of numbers are both met, of one field even."""
    return isinstance(value, str | int) and not isinstance(value, bool) and bool(value)


def _email(item: Mapping[str, Any], event: Event) -> Email | None:
    """The name, where the event tells that of what identifies it."""
    for field, name in _NAMES:
        if _is_identifier(item.get(field)) and str(item[field]) == event.email and _text(item, name):
            return Email(id=event.email, provider=PROVIDER, name=item[name])
    return None


def _part(item: Mapping[str, Any]) -> Part | None:
    offset = item.get("url_offset")
    kind = offset.get("type") if isinstance(offset, dict) else None
    return Part(kind) if kind in ("html", "text") else None


def _bounce(item: Mapping[str, Any]) -> BounceType:
    """A block is the server's refusal of this message, not of the address; so is any 4.x.x status."""
    blocked = "blocked" in (str(item.get("type")).lower(), item["event"].lower())
    return BounceType.SOFT if blocked or str(item.get("status", "")).startswith("4") else BounceType.HARD


def _reason(item: Mapping[str, Any]) -> NotSentReason:
    said = (_text(item, "reason") or "").lower()
    return next((reason for words, reason in _DROPPED if words in said), NotSentReason.OTHER)
