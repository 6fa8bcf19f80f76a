"""Mailgun's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

import hashlib
import hmac
from datetime import UTC, datetime
from typing import Any

import msgspec

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import Email, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.case import NOW, Case

KEY = "a signing key of tests alone"


def sign(body: bytes, at: datetime = NOW, token: str | None = None) -> Request:
    """A webhook with the signature of now; every body has its own token."""
    told = msgspec.json.decode(body)
    token = token or hashlib.sha256(body).hexdigest()[:50]
    timestamp = str(int(at.timestamp()))
    signature = {
        "timestamp": timestamp,
        "token": token,
        "signature": hmac.new(KEY.encode(), (timestamp + token).encode(), hashlib.sha256).hexdigest(),
    }
    return Request(msgspec.json.encode({"event-data": told["event-data"], "signature": signature}))


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def one(kind: Kind, at: str, contact: str, key: str = "", email: str = "uncategorised", **rest: Any) -> Event:
    return Event(kind=kind, at=moment(at), email=email, contact=contact, provider="mailgun", key=key, **rest)


def intake(kind: Kind, at: str, contact: str, key: str = "", **rest: Any) -> Intake:
    return Intake((one(kind, at, contact, key, **rest),))


NO_RECIPIENT = "recipient: not an e-mail address"

CASE = Case(
    credentials=Credentials(secrets=(KEY,)),
    sign=sign,
    body=msgspec.json.encode(
        {
            "signature": {},
            "event-data": {
                "event": "clicked",
                "id": "an-event",
                "timestamp": 1_700_000_000.25,
                "recipient": "ada@example.org",
                "tags": ["spring", "sale"],
                "url": "https://example.org/offer",
            },
        }
    ),
    expected={
        "mailgun-go.accepted.01": Intake(
            (one(Kind.SENT, "2015-01-03T03:23:12.850187", "dude@example.com", email="d2yb8"),),
            (Email(id="d2yb8", provider="mailgun", name="wantlist"),),
        ),
        "mailgun-go.accepted.02": intake(Kind.SENT, "2018-08-10T17:35:16.538978", "someone@example.com"),
        "mailgun-go.page.04": Intake(
            (
                one(Kind.SENT, "2018-08-10T17:35:16.538978", "someone@example.com"),
                one(Kind.DELIVERED, "2018-08-10T17:35:16.538978", "test@mailgun.test"),
            )
        ),
        "mailgun-go.stored.06": Intake(ignored=1),  # mail that came in
        "mgdocs.events_api.Accepted.00": intake(
            Kind.SENT, "2018-06-22T18:29:58.641821", "team@example.org", "jxVuhYlhReaK3QsggHfFRA"
        ),
        "mgdocs.events_api.Accepted_Routed.01": Intake(ignored=1),  # mail that came in and is passed on
        "mgdocs.events_api.Clicked.06": intake(
            Kind.CLICKED,
            "2013-08-21T08:59:24.094891",
            "recipient@example.com",
            "G5zMz2ysS6OxZ2C8xb2Tqg",
            link="http://example.com/signup",
            client="Chromium",
            device="desktop",
        ),
        "mgdocs.events_api.Complained.08": intake(
            Kind.COMPLAINED, "2013-08-22T23:31:00.049634", "foo@example.com", "ncV2XwymRUKbPek_MIM-Gw"
        ),
        "mgdocs.events_api.Delivered.02": intake(
            Kind.DELIVERED, "2018-06-22T18:29:59.626182", "john@example.com", "hK7mQVt1QtqRiOfQXta4sw"
        ),
        "mgdocs.events_api.Examples.12": intake(
            Kind.SENT, "2013-08-12T16:43:00.160809", "baz@example.com", "czsjqFATSlC3QtAK-C80nw"
        ),
        "mgdocs.events_api.Examples.13": intake(
            Kind.DEFERRED,
            "2013-08-13T23:11:11.107440",
            "bar@example.com",
            "czsjqFATSlC3QtAK-C80nw",
            reply="No MX for [example.com]",
        ),
        "mgdocs.events_api.Failed_Permanent.03": intake(
            Kind.NOT_SENT,  # "Not delivering to previously bounced address": no server was asked
            "2018-06-22T21:12:49.818328",
            "slava@mailgun.com",
            "pl271FzxTTmGRW8Uj3dUWw",
            reason=NotSentReason.PREVIOUSLY_BOUNCED,
            reply="Not delivering to previously bounced address",
        ),
        "mgdocs.events_api.Failed_Temporary.04": intake(
            Kind.DEFERRED,
            "2022-10-06T14:28:43.871657",
            "test@test.com",
            "xYrATi63Rke8EC_s7EoJeA",
            email="test",  # the template, for there is no tag
            reply="4.7.652 The mail server [xxx.xxx.xxx.xxx] has exceeded the maximum number of connections.",
        ),
        "mgdocs.events_api.Opened.05": intake(
            Kind.OPENED,
            "2013-08-21T01:09:03.042277",
            "recipient@example.com",
            "-laxIqj9QWubsjY_3pTq_g",
            client="Apple Mail",  # an iPhone that names no browser
            device="mobile",
        ),
        "mgdocs.events_api.Stored.09": Intake(ignored=1),
        "mgdocs.events_api.Unsubscribed.07": intake(
            Kind.UNSUBSCRIBED,
            "2013-08-22T23:23:11.421473",
            "recipient@example.com",
            "W3X4JOhFT-OZidZGKKr9iA",
            client="Chrome",
            device="desktop",
        ),
        "mgdocs.user_manual.Events_API.04": intake(Kind.SENT, "2013-08-12T16:43:00.160809", "user@example.com"),
        "mgdocs.user_manual.Open_and_Click_Bot_Detection.05": intake(
            Kind.OPENED,
            "2022-05-18T14:17:15.279025",
            "bot@apple.com",
            client="Apple Mail",
            machine=MachineReason.APPLE_PRIVACY,
        ),
    },
    refused={  # fragments, as a test of Mailgun's own has them
        "mailgun-go.accepted.00": NO_RECIPIENT,
        "mailgun-go.accepted.03": NO_RECIPIENT,
        "mailgun-go.delivered.05": "timestamp: not a time",
    },
)
