"""Mailchimp's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import msgspec

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import Email, Event, Kind
from tests.providers.webhooks.case import Case

SECRET = "correct horse battery"
#: Mailchimp sends it always; the connector whose files these are had left it out of most.
FIRED = "2017-11-16 10:02:47"
AT = datetime(2017, 11, 16, 10, 2, 47, tzinfo=UTC)


def left(kind: Kind, email: str, contact: str) -> Intake:
    return Intake((Event(kind=kind, at=AT, email=email, contact=contact, provider="mailchimp"),))


EXPECTED: dict[str, Intake] = {
    "hull.incoming-webhook-campaign": Intake(
        emails=(Email(id="1234703879", provider="mailchimp", subject="Campaign Title", sent_at=AT),)
    ),
    "hull.incoming-webhook-profile": Intake(ignored=1),
    "hull.incoming-webhook-subscribe": Intake(ignored=1),
    "hull.incoming-webhook-subscribe-complete": Intake(ignored=1),
    "hull.incoming-webhook-unsubscribe-abuse": left(Kind.COMPLAINED, "12346a0ce", "user@abuse.com"),
    "hull.incoming-webhook-unsubscribe-campaign": left(Kind.UNSUBSCRIBED, "1234fcc763", "user@unsubscribed.com"),
    "hull.incoming-webhooks-unsubscribe-manual": left(Kind.UNSUBSCRIBED, "123400be75", "user@unsubscribed.com"),
}
#: Answers of the API to other questions than ours: batches, the answer of one, and a member's activity.
NO_EVENT = "no event: the field `type` is missing"
REFUSED = {
    "hull.1": NO_EVENT,
    "hull.get-batch": NO_EVENT,
    "hull.get-batches": NO_EVENT,
    "hull.lists-members-activity": NO_EVENT,
}


def fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """As PHP writes forms: data[merges][GROUPINGS][0][id]."""
    if isinstance(value, dict | list):
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from fields(inner, f"{name}[{key}]" if name else str(key))
    else:
        yield name, str(value)


def as_form(body: bytes) -> bytes:
    """The files are what a web framework made of the form."""
    told = msgspec.json.decode(body)
    if "type" not in told:
        return body
    return urlencode(list(fields({"fired_at": FIRED} | told))).encode()


def sign(body: bytes) -> Request:
    return Request(body, {"content-type": "application/x-www-form-urlencoded"}, {"secret": SECRET})


CASE = Case(
    credentials=Credentials(secrets=(SECRET,)),
    sign=sign,
    body=urlencode(
        {
            "type": "unsubscribe",
            "fired_at": "2026-05-12 09:30:00",
            "data[action]": "unsub",
            "data[reason]": "manual",
            "data[email]": "ada@example.org",
            "data[campaign_id]": "4fa3c1",
            "data[list_id]": "a6b5da1054",
            "data[merges][FNAME]": "Ada",
        }
    ).encode(),
    expected=EXPECTED,
    refused=REFUSED,
    sent=as_form,
)
