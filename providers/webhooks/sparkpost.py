"""SparkPost's webhooks: unsigned batches of events, each in a wrapper; and pages of its Events API, which has the same.

https://developers.sparkpost.com/api/webhooks/, https://developers.sparkpost.com/api/events/
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from providers.intake import Intake
from providers.proof import check_shared_secret
from providers.provider import Credentials, Provider, Request
from providers.reading import (
    UNCATEGORISED,
    address_of,
    epoch_of,
    identity,
    instant_of,
    items_of,
    mailbox,
    read_json,
    text_of,
)
from reports.clients import client_of, machine_verdict
from reports.events import BounceType, Email, Event, Kind, NotSentReason

NAME = "sparkpost"

#: Without `initial_open`: the picture at the top of a message, of which `open` is the one at the bottom. Both would
#: count one look twice.
_KINDS = {
    "injection": Kind.SENT,
    "delivery": Kind.DELIVERED,
    "delay": Kind.DEFERRED,
    "bounce": Kind.BOUNCED,
    "out_of_band": Kind.BOUNCED,
    "policy_rejection": Kind.NOT_SENT,
    "generation_failure": Kind.NOT_SENT,
    "generation_rejection": Kind.NOT_SENT,
    "open": Kind.OPENED,
    "amp_open": Kind.OPENED,
    "click": Kind.CLICKED,
    "amp_click": Kind.CLICKED,
    "spam_complaint": Kind.COMPLAINED,
    "list_unsubscribe": Kind.UNSUBSCRIBED,
    "link_unsubscribe": Kind.UNSUBSCRIBED,
}
#: https://support.sparkpost.com/docs/deliverability/bounce-classification-codes
_HARD = {"10", "30"}  # invalid recipient, no recipient; all others are soft, undetermined or a block of the message
_BY_CLASS = {
    "25": Kind.NOT_SENT,  # SparkPost's own policies, suppressions among them
    "26": Kind.NOT_SENT,
    "60": None,  # an answer of the recipient's: vacation,
    "80": None,  # wanting to subscribe,
    "90": Kind.UNSUBSCRIBED,  # wanting to leave,
    "100": None,  # asking for proof that a person writes
}
_WITH_REPLY = {Kind.BOUNCED, Kind.DEFERRED, Kind.NOT_SENT}


def _verify(request: Request, credentials: Credentials, _now: datetime) -> None:
    """SparkPost signs nothing; it sends basic authentication, or headers of one's choice."""
    check_shared_secret(request, credentials)


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_json(request.body, lambda item: _read(item, paths), lambda told: list(_items(told)))


def _items(told: Any) -> Iterator[Any]:
    for item in items_of(told):
        if isinstance(item, dict) and isinstance(item.get("msys"), dict):
            yield from item["msys"].values() or [None]
        elif isinstance(item, dict) and isinstance(item.get("results"), list):
            yield from item["results"]
        else:
            yield item


def _read(item: Any, paths: tuple[str, ...]) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    if item is None:  # the wrapper with nothing in it, by which SparkPost tries the address
        return []
    if not isinstance(item, dict) or not isinstance(item.get("type"), str):
        raise ValueError("no event: the field `type` is missing")
    kind = _KINDS.get(item["type"])
    if kind is Kind.BOUNCED:
        kind = _BY_CLASS.get(str(item.get("bounce_class")), kind)
    if kind is None:
        return []
    email = identity(_own_template(item), paths)
    event = _event(item, kind, email)
    subject = text_of(item, "subject")
    if subject is None or email == UNCATEGORISED:
        return [event]
    name, address = mailbox(text_of(item, "friendly_from") or "")
    about = Email(id=email, provider=NAME, subject=subject, from_name=name or None, from_address=address or None)
    return [event, about]


def _own_template(item: Mapping[str, Any]) -> Mapping[str, Any]:
    """Content that came with its transmission gets a template named after that, and so one for every message."""
    made = f"template_{item.get('transmission_id')}"
    return {**item, "template_id": None} if item.get("template_id") == made else item


def _event(item: Mapping[str, Any], kind: Kind, email: str) -> Event:
    agent = text_of(item, "user_agent")
    client = client_of(agent)
    return Event(
        kind=kind,
        at=_instant(item),
        email=email,
        contact=address_of(item, "raw_rcpt_to" if text_of(item, "raw_rcpt_to") else "rcpt_to"),
        provider=NAME,
        key=text_of(item, "event_id") or "",
        link=text_of(item, "target_link_url") if kind is Kind.CLICKED else None,
        client=client.name,
        device=client.device,
        machine=machine_verdict(kind, agent, marked=False),
        bounce=_bounce(item) if kind is Kind.BOUNCED else None,
        reason=_reason(item) if kind is Kind.NOT_SENT else None,
        reply=(text_of(item, "raw_reason") or text_of(item, "reason")) if kind in _WITH_REPLY else None,
    )


def _instant(item: Mapping[str, Any]) -> datetime:
    """Webhooks write seconds, as text; the Events API writes ISO 8601."""
    told = text_of(item, "timestamp") or ""
    return instant_of(item, "timestamp") if "-" in told else epoch_of(item, "timestamp")


def _bounce(item: Mapping[str, Any]) -> BounceType:
    return BounceType.HARD if str(item.get("bounce_class")) in _HARD else BounceType.SOFT


def _reason(item: Mapping[str, Any]) -> NotSentReason:
    said = (text_of(item, "raw_reason") or text_of(item, "reason") or "").lower()
    return NotSentReason.SUPPRESSED if "suppress" in said else NotSentReason.OTHER


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    # Tags are the recipient's and not the message's.
    identity=("campaign_id", "template_id", "subject"),
    # Success is exactly 200: any other answer has the batch sent again.
)
