"""Brevo's webhooks, transactional and marketing: one event a call, or a list where batches are switched on.

https://developers.brevo.com/docs/transactional-webhooks, https://developers.brevo.com/docs/marketing-webhooks
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from providers.intake import Intake
from providers.proof import check_shared_secret
from providers.provider import Answers, Credentials, Provider, Request
from providers.reading import UNCATEGORISED, address_of, content_key, epoch_of, identity, read_json, text_of
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason

NAME = "brevo"

#: By name without its underscores: the two kinds of webhooks write one event as hard_bounce and as hardBounce.
_KINDS = {
    "request": Kind.SENT,
    "sent": Kind.SENT,
    "delivered": Kind.DELIVERED,
    "deferred": Kind.DEFERRED,
    "hardbounce": Kind.BOUNCED,
    "softbounce": Kind.BOUNCED,
    "blocked": Kind.NOT_SENT,
    "invalidemail": Kind.NOT_SENT,
    "error": Kind.NOT_SENT,
    "opened": Kind.OPENED,
    "uniqueopened": Kind.OPENED,  # the first; should both come of one look, they are equal
    "proxyopen": Kind.OPENED,
    "uniqueproxyopen": Kind.OPENED,
    "click": Kind.CLICKED,
    "unsubscribe": Kind.UNSUBSCRIBED,
    "unsubscribed": Kind.UNSUBSCRIBED,
    "spam": Kind.COMPLAINED,
    "complaint": Kind.COMPLAINED,
}
_PROXY_OPENS = {"proxyopen", "uniqueproxyopen"}
_REASONS = {"blocked": NotSentReason.SUPPRESSED, "invalidemail": NotSentReason.INVALID_ADDRESS}
#: Only the first is UTC without doubt; marketing events have the second, which is documented to be. Others follow the
#: account's time zone. `s_epoch` has been seen for the first.
_TIMES = ("ts_epoch", "s_epoch", "ts_event", "ts")
_WITH_REPLY = {Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT}


def _verify(request: Request, credentials: Credentials, _now: datetime) -> None:
    """Brevo signs nothing; it sends a token, basic authentication or headers of one's choice."""
    check_shared_secret(request, credentials)


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths))


def _read(item: Any, paths: tuple[str, ...]) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    if not isinstance(item, dict) or not isinstance(item.get("event"), str):
        raise ValueError("no event: the field `event` is missing")
    said = item["event"].lower().replace("_", "")
    kind = _KINDS.get(said)
    if kind is None:
        return []
    email = identity(item, paths)
    event = _event(item, said, kind, email)
    about = _described(item, email)
    return [event, about] if about else [event]


def _event(item: Mapping[str, Any], said: str, kind: Kind, email: str) -> Event:
    agent = text_of(item, "user_agent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=epoch_of(item, next((field for field in _TIMES if item.get(field)), "ts_epoch")),
        email=email,
        contact=address_of(item, "email"),
        provider=NAME,
        key=content_key(item, "message-id", "link", "URL", "user_agent"),  # `id` is the webhook's
        link=(text_of(item, "link") or text_of(item, "URL")) if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, marked=said in _PROXY_OPENS),
        bounce=(BounceType.HARD if said == "hardbounce" else BounceType.SOFT) if kind is Kind.BOUNCED else None,
        reason=_REASONS.get(said, NotSentReason.OTHER) if kind is Kind.NOT_SENT else None,
        reply=text_of(item, "reason") if kind in _WITH_REPLY else None,
    )


def _described(item: Mapping[str, Any], email: str) -> Email | None:
    if email == UNCATEGORISED:
        return None
    name = text_of(item, "campaign name") if email == str(item.get("camp_id")) else None
    subject = text_of(item, "subject")
    return Email(id=email, provider=NAME, name=name and name.strip(), subject=subject) if name or subject else None


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    # A campaign; of transactional e-mail its first tag, else its template.
    identity=("camp_id", "tags", "tag", "template_id", "subject"),
    # Brevo throws an event away at once and for good on any refusal but this one, which has it call again for hours:
    # time enough to mend a wrong secret.
    answers=Answers(unverified=429, malformed=429, overloaded=429),
)
