"""Mailchimp's audience webhooks: one event a call, as a form. They tell who left and which addresses were given up.

Opens, clicks and bounces are pulled: providers/mailchimp_pages.py.
https://mailchimp.com/developer/marketing/guides/sync-audience-data-webhooks/
"""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl

from providers.intake import Intake
from providers.proof import check_shared_secret
from providers.provider import Credentials, Provider, Request
from providers.reading import UNCATEGORISED, address_of, identity, instant_of, read_items, shown, table_of, text_of
from reports.events import BounceType, Email, Event, Kind

NAME = "mailchimp"
CAMPAIGN = "data.campaign_id"

#: Kind by `type` and `data[reason]`; other reasons are as the first of their type. `abuse` is a spam report.
_KINDS = {
    ("unsubscribe", "manual"): Kind.UNSUBSCRIBED,
    ("unsubscribe", "abuse"): Kind.COMPLAINED,
    ("cleaned", "hard"): Kind.BOUNCED,
    ("cleaned", "abuse"): Kind.COMPLAINED,
}
_DEFAULT = {"unsubscribe": Kind.UNSUBSCRIBED, "cleaned": Kind.BOUNCED}


def _verify(request: Request, credentials: Credentials, _now: datetime) -> None:
    """Mailchimp signs nothing and sends no header of one's choice: the secret stands in the URL, of its GET as well."""
    check_shared_secret(request, credentials, query="secret")


def _parse(request: Request, paths: tuple[str, ...]) -> Intake:
    return read_items([_form(request.body)], lambda item: _read(item, paths))


def _form(body: bytes) -> dict[str, Any]:
    """Tables within tables of a form, by names such as data[merges][EMAIL]."""
    form: dict[str, Any] = {}
    for name, value in parse_qsl(shown(body), keep_blank_values=True):
        *tables, field = re.findall(r"[^\[\]]+", name) or [""]
        place: Any = form
        for table in tables:
            place = place.setdefault(table, {}) if isinstance(place, dict) else None
        if isinstance(place, dict):
            place[field] = value
    return form


def _read(item: Mapping[str, Any], paths: tuple[str, ...]) -> list[Event | Email]:
    """Nothing for events of no use here. Raises ValueError for what is no event at all."""
    said, data = text_of(item, "type"), table_of(item, "data")
    if said is None:
        raise ValueError("no event: the field `type` is missing")
    if said == "campaign":
        return [_campaign(item, data)] if CAMPAIGN in paths else []
    kind = _KINDS.get((said, text_of(data, "reason") or ""), _DEFAULT.get(said))
    email = identity(item, paths)
    if kind is None or (email == UNCATEGORISED and not text_of(data, "campaign_id")):
        return []  # who leaves by a form of the site, or by the sender's hand, leaves no e-mail
    return [
        Event(
            kind=kind,
            at=instant_of(item, "fired_at"),
            email=email,
            contact=address_of(data, "email"),
            provider=NAME,
            bounce=BounceType.HARD if kind is Kind.BOUNCED else None,  # an address is given up for good
        )
    ]


def _campaign(item: Mapping[str, Any], data: Mapping[str, Any]) -> Email:
    number = text_of(data, "id")
    if number is None:
        raise ValueError("data.id: empty")
    sent = instant_of(item, "fired_at") if data.get("status") == "sent" else None
    return Email(id=number, provider=NAME, subject=text_of(data, "subject"), sent_at=sent)


PROVIDER = Provider(
    name=NAME,
    verify=_verify,
    parse=_parse,
    identity=(CAMPAIGN,),
    probed=True,
    # 410 is never an answer: it switches the webhook off.
)
