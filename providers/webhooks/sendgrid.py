"""SendGrid's event webhook: signed arrays of events.

https://www.twilio.com/docs/sendgrid/for-developers/tracking-events/event
"""

from base64 import b64decode
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import load_der_public_key

from providers.intake import Intake
from providers.proof import check_age
from providers.provider import Credentials, Provider, Request, Unverified
from providers.reading import address_of, epoch_of, identity, read_json, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason, Part

NAME = "sendgrid"

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


def _verify(request: Request, credentials: Credentials, now: datetime) -> None:
    """ECDSA over the time in the header and the bytes of the body."""
    told = request.headers.get("x-twilio-email-event-webhook-timestamp", "")
    signature = request.headers.get("x-twilio-email-event-webhook-signature", "")
    if not told or not signature:
        raise Unverified("the request is not signed")
    check_age(told, now, credentials.max_age)
    if not any(_signed(told.encode() + request.body, signature, key) for key in credentials.secrets):
        raise Unverified("the signature is of another key or another body")


def _signed(content: bytes, signature: str, key: str) -> bool:
    try:
        public = load_der_public_key(b64decode(key, validate=True))
        if not isinstance(public, EllipticCurvePublicKey):
            return False
        public.verify(b64decode(signature, validate=True), content, ECDSA(SHA256()))
    except (InvalidSignature, ValueError, UnsupportedAlgorithm):
        return False
    return True


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths))


def _read(item: Any, paths: tuple[str, ...]) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(item.get("event"), str):
        raise ValueError("no event: the field `event` is missing")
    kind = _KINDS.get(item["event"].lower())
    if kind is None:
        return []
    event = _event(item, kind, identity(item, paths))
    email = _email(item, event)
    return [event, email] if email else [event]


def _event(item: Mapping[str, Any], kind: Kind, email: str) -> Event:
    agent = text_of(item, "useragent")
    client = client_of(agent)
    part = table_of(item, "url_offset").get("type")
    return Event(
        kind=kind,
        at=epoch_of(item, "timestamp"),
        email=email,
        contact=address_of(item, "email"),
        provider=NAME,
        key=text_of(item, "sg_event_id") or "",
        link=text_of(item, "url") if kind is Kind.CLICKED else None,
        part=Part(part) if kind is Kind.CLICKED and part in ("html", "text") else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, item.get("sg_machine_open") is True),
        bounce=_bounce(item) if kind is Kind.BOUNCED else None,
        reason=_reason(item) if kind is Kind.NOT_SENT else None,
        reply=(text_of(item, "response") or text_of(item, "reason")) if kind in _WITH_REPLY else None,
    )


def _email(item: Mapping[str, Any], event: Event) -> Email | None:
    """The name, where the event tells that of what identifies it."""
    for field, name in _NAMES:
        if identity(item, (field,)) == event.email and (told := text_of(item, name)):
            return Email(id=event.email, provider=NAME, name=told)
    return None


def _bounce(item: Mapping[str, Any]) -> BounceType:
    """A block is the server's refusal of this message, not of the address; so is any 4.x.x status."""
    blocked = "blocked" in (str(item.get("type")).lower(), item["event"].lower())
    return BounceType.SOFT if blocked or str(item.get("status", "")).startswith("4") else BounceType.HARD


def _reason(item: Mapping[str, Any]) -> NotSentReason:
    said = (text_of(item, "reason") or "").lower()
    return next((reason for words, reason in _DROPPED if words in said), NotSentReason.OTHER)


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    #: A campaign where SendGrid names one, else its first category, else its template.
    identity=("singlesend_id", "marketing_campaign_id", "newsletter.newsletter_id", "category", "sg_template_id"),
)
