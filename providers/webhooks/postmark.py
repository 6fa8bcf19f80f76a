"""Postmark's webhooks: one event a call.

https://postmarkapp.com/developer/webhooks/webhooks-overview
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from providers.intake import Intake
from providers.proof import check_shared_secret
from providers.provider import Credentials, Provider, Request
from providers.reading import address_of, content_key, identity, instant_of, read_json, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason, Part

NAME = "postmark"

#: Kind by `RecordType`, the field of its time and of its recipient. Bounces, complaints and subscriptions say more.
_RECORDS = {
    "Delivery": (Kind.DELIVERED, "DeliveredAt", "Recipient"),
    "Bounce": (Kind.BOUNCED, "BouncedAt", "Email"),
    "SpamComplaint": (Kind.COMPLAINED, "BouncedAt", "Email"),
    "Open": (Kind.OPENED, "ReceivedAt", "Recipient"),
    "Click": (Kind.CLICKED, "ReceivedAt", "Recipient"),
    "SubscriptionChange": (Kind.UNSUBSCRIBED, "ChangedAt", "Recipient"),
}
#: Kind by the `Type` of a bounce; types that are not here are soft bounces. Codes of types differ by document and are
#: not read. https://postmarkapp.com/developer/api/bounce-api#bounce-types
_TYPES = {
    "Transient": Kind.DEFERRED,  # Postmark tries again
    "DnsError": Kind.DEFERRED,
    "Unsubscribe": Kind.UNSUBSCRIBED,  # by mail
    "SpamComplaint": Kind.COMPLAINED,
    "BadEmailAddress": Kind.NOT_SENT,
    "ManuallyDeactivated": Kind.NOT_SENT,
    "Unconfirmed": Kind.NOT_SENT,
    "SMTPApiError": Kind.NOT_SENT,
    "TemplateRenderingFailed": Kind.NOT_SENT,
}
#: Answers of programs to a message that did arrive, and inbound mail.
_NO_BOUNCE = {"Subscribe", "AutoResponder", "AddressChange", "ChallengeVerification", "OpenRelayTest", "InboundError"}
_REASONS = {"BadEmailAddress": NotSentReason.INVALID_ADDRESS, "ManuallyDeactivated": NotSentReason.SUPPRESSED}
_DEVICES = {"Desktop": "desktop", "Mobile": "mobile"}  # `Platform` may be WebMail or Unknown as well
_WITH_REPLY = {Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT}


def _verify(request: Request, credentials: Credentials, _now: datetime) -> None:
    """Postmark signs nothing; it sends the user and password of the URL, or headers of one's choice."""
    check_shared_secret(request, credentials)


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths))


def _read(item: Any, paths: tuple[str, ...]) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(item.get("RecordType"), str):
        raise ValueError("no event: the field `RecordType` is missing")
    record = _RECORDS.get(item["RecordType"])
    kind = _kind(item, record[0]) if record else None
    if record is None or kind is None:
        return []
    _, time, recipient = record
    event = _event(item, kind, instant_of(item, time), address_of(item, recipient), identity(item, paths))
    # The subject of a message says what is sent under its tag; under a whole stream go messages of all kinds.
    subject = text_of(item, "Subject")
    if subject and event.email == text_of(item, "Tag"):
        return [event, Email(id=event.email, provider=NAME, subject=subject)]
    return [event]


def _kind(item: Mapping[str, Any], kind: Kind) -> Kind | None:
    if kind is Kind.BOUNCED:
        said = text_of(item, "Type") or ""
        return None if said in _NO_BOUNCE else _TYPES.get(said, Kind.BOUNCED)
    if kind is Kind.UNSUBSCRIBED:
        # Suppressions after a bounce or complaint have an event of their own; others are the sender's doing.
        left = item.get("SuppressSending") is True and item.get("SuppressionReason") == "ManualSuppression"
        return kind if left and item.get("Origin") == "Recipient" else None
    return kind


def _event(item: Mapping[str, Any], kind: Kind, at: datetime, contact: str, email: str) -> Event:
    agent = text_of(item, "UserAgent")
    client = client_of(agent)
    part = (text_of(item, "ClickLocation") or "").lower()
    said = text_of(item, "Type") or ""
    return Event(
        kind=kind,
        at=at,
        email=email,
        contact=contact,
        provider=NAME,
        key=_key(item),
        link=text_of(item, "OriginalLink") if kind is Kind.CLICKED else None,
        part=Part(part) if kind is Kind.CLICKED and part in ("html", "text") else None,
        client=client.name or text_of(table_of(item, "Client"), "Name"),
        device=client.device or (None if client.name else _DEVICES.get(text_of(item, "Platform") or "")),
        machine=machine_verdict(kind, agent, marked=False),
        duration_ms=_duration(item) if kind is Kind.OPENED else None,
        bounce=(BounceType.HARD if said == "HardBounce" else BounceType.SOFT) if kind is Kind.BOUNCED else None,
        reason=_REASONS.get(said, NotSentReason.OTHER) if kind is Kind.NOT_SENT else None,
        reply=(text_of(item, "Details") or text_of(item, "Description")) if kind in _WITH_REPLY else None,
    )


def _key(item: Mapping[str, Any]) -> str:
    """Bounces and complaints alone have a number; a message has one, of which there may be many opens."""
    number = item.get("ID")
    if isinstance(number, int) and not isinstance(number, bool):
        return str(number)
    return content_key(item, "MessageID", "OriginalLink", "UserAgent")


def _duration(item: Mapping[str, Any]) -> int | None:
    """`ReadSeconds` is 0 where Postmark can't tell."""
    seconds = item.get("ReadSeconds")
    return seconds * 1000 if isinstance(seconds, int) and not isinstance(seconds, bool) and seconds > 0 else None


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    # The only name that every event has. The subject is on bounces alone and would tear an e-mail in two.
    identity=("Tag", "MessageStream"),
    # A wrong secret is answered with 401, for 403 tells Postmark to give the event up.
)
