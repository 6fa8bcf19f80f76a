"""Mailgun's webhooks, one signed event each, and pages of its Events API.

https://documentation.mailgun.com/docs/mailgun/user-manual/webhooks/securing-webhooks
https://documentation.mailgun.com/docs/mailgun/user-manual/events/event-structure
"""

import hashlib
import hmac
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from providers.intake import Intake
from providers.proof import check_age
from providers.provider import Answers, Credentials, Provider, Request, Unverified
from providers.reading import address_of, at_path, decoded, epoch_of, identity, items_of, read_json, table_of, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason

NAME = "mailgun"

_KINDS = {
    "accepted": Kind.SENT,
    "rejected": Kind.NOT_SENT,
    "delivered": Kind.DELIVERED,
    "opened": Kind.OPENED,
    "clicked": Kind.CLICKED,
    "unsubscribed": Kind.UNSUBSCRIBED,
    "complained": Kind.COMPLAINED,
}
#: A permanent failure for one of these is Mailgun's own decision: no server was asked.
_SUPPRESSED = {
    "suppress-bounce": NotSentReason.PREVIOUSLY_BOUNCED,
    "suppress-unsubscribe": NotSentReason.PREVIOUSLY_UNSUBSCRIBED,
    "suppress-complaint": NotSentReason.PREVIOUS_SPAM_REPORT,
}
#: Of mail that was never sent, or that came in and was passed on.
_NOT_OURS = ("is-test-mode", "is-system-test", "is-routed")
_WITH_REPLY = {Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT}


def _verify(request: Request, credentials: Credentials, now: datetime) -> None:
    """HMAC-SHA256 over time and token. The body is not covered, so the token may come once only."""
    signature = _signature(request)
    told, token, proof = (text_of(signature, field) or "" for field in ("timestamp", "token", "signature"))
    if not (told and token and proof):
        raise Unverified("the request is not signed")
    check_age(told, now, credentials.max_age)
    spoken, given = (told + token).encode(errors="replace"), proof.encode(errors="replace")
    digests = [hmac.new(key.encode(), spoken, hashlib.sha256).hexdigest() for key in credentials.secrets if key]
    if not any(hmac.compare_digest(given, digest.encode()) for digest in digests):
        raise Unverified("the signature is of another key")


def _token(request: Request) -> str | None:
    return text_of(_signature(request), "token")


def _signature(request: Request) -> Mapping[str, Any]:
    try:
        told = decoded(request.body)
    except ValueError:
        return {}
    return table_of(told, "signature") if isinstance(told, dict) else {}


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths), _items)


def _items(told: Any) -> list[Any]:
    """The events of a page of the Events API, or the one of a webhook."""
    return told["items"] if isinstance(told, dict) and isinstance(told.get("items"), list) else items_of(told)


def _read(item: Any, paths: tuple[str, ...]) -> list[Event | Email]:
    data = table_of(item, "event-data") or item if isinstance(item, dict) else {}
    said = text_of(data, "event")
    if said is None:
        raise ValueError("no event: the field `event` is missing")
    kind = _failure(data) if said == "failed" else _KINDS.get(said)
    if kind is None or any(table_of(data, "flags").get(flag) is True for flag in _NOT_OURS):
        return []
    event = _event(data, kind, identity(data, paths))
    name = at_path(data, "campaigns.name")
    if isinstance(name, str) and name and identity(data, ("campaigns.id",)) == event.email:
        return [event, Email(id=event.email, provider=NAME, name=name)]
    return [event]


def _failure(data: Mapping[str, Any]) -> Kind:
    if data.get("severity") == "temporary":
        return Kind.DEFERRED
    return Kind.NOT_SENT if data.get("reason") in _SUPPRESSED else Kind.BOUNCED


def _event(data: Mapping[str, Any], kind: Kind, email: str) -> Event:
    visitor = table_of(data, "client-info")
    agent = text_of(visitor, "user-agent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=epoch_of(data, "timestamp"),
        email=email,
        contact=address_of(data, "recipient"),
        provider=NAME,
        key=text_of(data, "id") or "",
        link=text_of(data, "url") if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, text_of(visitor, "bot") is not None),
        bounce=_bounce(data) if kind is Kind.BOUNCED else None,
        reason=_reason(data) if kind is Kind.NOT_SENT else None,
        reply=_reply(data) if kind in _WITH_REPLY else None,
    )


def _bounce(data: Mapping[str, Any]) -> BounceType:
    """As Mailgun types it; else a server's "later" that was said too often is soft, and "never" is hard."""
    status = table_of(data, "delivery-status")
    if status.get("bounce-type") in ("hard", "soft"):
        return BounceType(status["bounce-type"])
    code = status.get("code")
    later = data.get("reason") == "old" or (isinstance(code, int) and 400 <= code < 500)
    return BounceType.SOFT if later else BounceType.HARD


def _reason(data: Mapping[str, Any]) -> NotSentReason:
    reason = data.get("reason")
    return _SUPPRESSED.get(reason, NotSentReason.OTHER) if isinstance(reason, str) else NotSentReason.OTHER


def _reply(data: Mapping[str, Any]) -> str | None:
    """The server's words, else Mailgun's."""
    status, rejected = table_of(data, "delivery-status"), table_of(data, "reject")
    return (
        text_of(status, "message")
        or text_of(status, "description")
        or text_of(rejected, "description")
        or text_of(rejected, "reason")
        or text_of(data, "reason")
    )


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    #: Campaigns are Mailgun's of old; its tags are what a mailing is told by.
    identity=("campaigns.id", "tags", "template.name"),
    #: 406 alone ends Mailgun's retries: right for a body that is broken, and wrong for a key that was mistyped here.
    answers=Answers(malformed=406),
    token=_token,
)
