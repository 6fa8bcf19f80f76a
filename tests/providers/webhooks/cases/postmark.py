"""Postmark's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec

from providers.intake import Intake
from providers.provider import Credentials, Request
from providers.reading import content_key
from reports.events import BounceType, Email, Event, Kind, Part
from tests.providers.webhooks.case import Case

#: 2025-04-05T16:33:54.9070259Z: the seventh digit is less than we keep.
AT = datetime(2025, 4, 5, 16, 33, 54, 907025, tzinfo=UTC)
MESSAGE = "883953f4-6105-42a2-a16a-77a8eac79483"
SECRET = "correct horse battery"


def key(**rest: str) -> str:
    return content_key({"MessageID": MESSAGE} | rest, "MessageID", "OriginalLink", "UserAgent")


def welcome(kind: Kind, **rest: Any) -> Event:
    told = {"at": AT, "key": key(), "email": "welcome-email", "contact": "john@example.com"} | rest
    return Event(kind=kind, provider="postmark", **told)


WELCOME = (Email(id="welcome-email", provider="postmark", subject="Welcome to our service"),)

EXPECTED: dict[str, Intake] = {
    "pmskills.Delivery.00": Intake((welcome(Kind.DELIVERED),)),
    "pmskills.Bounce.01": Intake(
        (
            welcome(
                Kind.BOUNCED,
                key="42",
                bounce=BounceType.HARD,
                reply="smtp;550 5.1.1 The email account that you tried to reach does not exist.",
            ),
        ),
        WELCOME,
    ),
    "pmskills.Spam_Complaint.02": Intake((welcome(Kind.COMPLAINED, key="42"),), WELCOME),
    # The agents of these two samples are cut short, "Mozilla/5.0 ...": Postmark's own names of client and platform
    # stand in. A web mail tells no device.
    "pmskills.Open.03": Intake(
        (welcome(Kind.OPENED, key=key(UserAgent="Mozilla/5.0 ..."), client="Gmail", duration_ms=5000),)
    ),
    "pmskills.Click.04": Intake(
        (
            welcome(
                Kind.CLICKED,
                key=key(OriginalLink="https://yourdomain.com/pricing", UserAgent="Mozilla/5.0 ..."),
                link="https://yourdomain.com/pricing",
                part=Part.HTML,
                client="Chrome",
                device="desktop",
            ),
        )
    ),
    "pmskills.Subscription_Change.05": Intake((welcome(Kind.UNSUBSCRIBED, email="newsletter"),)),
}
#: The fields that all events have in common, and no event.
REFUSED = {"hookdeck.overview.Bounce.00": "BouncedAt: not a time"}


def sign(body: bytes) -> Request:
    pair = b64encode(f"postmark:{SECRET}".encode()).decode()
    return Request(body, {"content-type": "application/json", "authorization": f"Basic {pair}"})


CASE = Case(
    credentials=Credentials(secrets=(SECRET,)),
    sign=sign,
    body=msgspec.json.encode(
        {
            "RecordType": "Click",
            "MessageID": "00000000-0000-0000-0000-000000000001",
            "MessageStream": "broadcast",
            "Tag": "spring",
            "Recipient": "ada@example.org",
            "ReceivedAt": "2026-05-12T09:30:00.1234567Z",
            "OriginalLink": "https://example.org/offer",
            "ClickLocation": "Text",
            "Geo": {},
        }
    ),
    expected=EXPECTED,
    refused=REFUSED,
)
