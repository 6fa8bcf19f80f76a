"""Resend's webhooks: one event a call, signed by Svix.

https://resend.com/docs/dashboard/webhooks/event-types, https://docs.svix.com/receiving/verifying-payloads/how-manual
"""

import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

import msgspec

from providers.intake import Intake
from providers.proof import check_age, matches
from providers.provider import Credentials, Provider, Request, Unverified
from providers.reading import UNCATEGORISED, identity, instant_of, mailbox, read_json, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason

NAME = "resend"

_KINDS = {
    "email.sent": Kind.SENT,
    "email.delivered": Kind.DELIVERED,
    "email.delivery_delayed": Kind.DEFERRED,
    "email.bounced": Kind.BOUNCED,
    "email.failed": Kind.NOT_SENT,
    "email.suppressed": Kind.NOT_SENT,
    "email.opened": Kind.OPENED,
    "email.clicked": Kind.CLICKED,
    "email.complained": Kind.COMPLAINED,
}
#: What one person did: of several recipients of a message, Resend does not tell which.
_ONE_S_DOING = {Kind.OPENED, Kind.CLICKED, Kind.COMPLAINED}
#: Bounces of these were never sent: Resend knew the address from before.
_SUPPRESSIONS = {"Suppressed", "OnAccountSuppressionList"}
_LIMITS = ("quota", "limit")  # as in reached_daily_quota
_TOLERANCE = timedelta(minutes=5)  # Svix's own, both ways; every attempt is signed anew


def _verify(request: Request, credentials: Credentials, now: datetime) -> None:
    """HMAC over the call's identifier, its time and the bytes of the body; any of the signatures will do."""
    number, time, signatures = (_header(request, name) for name in ("id", "timestamp", "signature"))
    if not number or not time or not signatures:
        raise Unverified("the request is not signed")
    check_age(time, now, min(credentials.max_age, _TOLERANCE))
    content = f"{number}.{time}.".encode(errors="replace") + request.body
    made = [signed for secret in credentials.secrets if (signed := _signed(content, secret))]
    versions = (signature.partition(",") for signature in signatures.split())
    if not any(matches(signature, made) for version, _, signature in versions if version == "v1"):
        raise Unverified("the signature is of another secret or another body")


def _header(request: Request, name: str) -> str:
    """Svix names its headers after itself, or, unbranded, after webhooks."""
    return request.headers.get(f"svix-{name}") or request.headers.get(f"webhook-{name}") or ""


def _signed(content: bytes, secret: str) -> str | None:
    try:
        key = b64decode(secret.removeprefix("whsec_"), validate=True)
    except ValueError:
        return None
    return b64encode(hmac.digest(key, content, sha256)).decode() if key else None


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths, _header(request, "id")))


def _read(item: Any, paths: tuple[str, ...], key: str) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        raise ValueError("no event: the field `type` is missing")
    kind = _KINDS.get(item["type"])
    if kind is None:
        return []
    data = table_of(item, "data")
    contacts = _recipients(data)
    email = identity(item | {"data": {**data, "tags": _tags(data)}}, paths)
    first = _event(item, data, kind, email, contacts[0], key)
    others = () if kind in _ONE_S_DOING else contacts[1:]
    return [first, *(msgspec.structs.replace(first, contact=contact) for contact in others), *_described(data, email)]


def _recipients(data: Mapping[str, Any]) -> list[str]:
    """Raises ValueError where there is none."""
    told = data.get("to")
    found = [mailbox(one)[1] for one in (told if isinstance(told, list) else [told]) if isinstance(one, str)]
    contacts = [contact for contact in dict.fromkeys(found) if "@" in contact[1:-1]]
    if not contacts:
        raise ValueError("data.to: no e-mail address")
    return contacts


def _tags(data: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tags by name: documented as a list of names with values, and seen as an object."""
    told = data.get("tags")
    if not isinstance(told, list):
        return table_of(data, "tags")
    return {tag["name"]: tag.get("value") for tag in told if isinstance(tag, dict) and isinstance(tag.get("name"), str)}


def _event(item: Mapping[str, Any], data: Mapping[str, Any], kind: Kind, email: str, contact: str, key: str) -> Event:
    click, bounce, failed, suppressed = (table_of(data, name) for name in ("click", "bounce", "failed", "suppressed"))
    if kind is Kind.BOUNCED and bounce.get("subType") in _SUPPRESSIONS:
        kind = Kind.NOT_SENT
    agent = text_of(click, "userAgent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=instant_of(item, "created_at"),  # data.created_at is the message's
        email=email,
        contact=contact,
        provider=NAME,
        key=key,
        link=text_of(click, "link") if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, marked=False),
        bounce=_bounce(bounce) if kind is Kind.BOUNCED else None,
        reason=_reason(item, failed) if kind is Kind.NOT_SENT else None,
        reply=text_of(bounce, "message") or text_of(failed, "reason") or text_of(suppressed, "message"),
    )


def _bounce(bounce: Mapping[str, Any]) -> BounceType:
    return BounceType.HARD if bounce.get("type") == "Permanent" else BounceType.SOFT


def _reason(item: Mapping[str, Any], failed: Mapping[str, Any]) -> NotSentReason:
    if item["type"] != "email.failed":
        return NotSentReason.SUPPRESSED
    said = (text_of(failed, "reason") or "").lower()
    return NotSentReason.OVER_LIMIT if any(word in said for word in _LIMITS) else NotSentReason.OTHER


def _described(data: Mapping[str, Any], email: str) -> list[Email]:
    subject = text_of(data, "subject")
    if subject is None or email == UNCATEGORISED:
        return []
    name, address = mailbox(text_of(data, "from") or "")
    return [Email(id=email, provider=NAME, subject=subject, from_name=name or None, from_address=address or None)]


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    # A broadcast, else the tag that one would set for it, else the template. Many set none: there, all that tells one
    # e-mail from another is its subject.
    identity=("data.broadcast_id", "data.tags.campaign", "data.tags.category", "data.template_id", "data.subject"),
)
