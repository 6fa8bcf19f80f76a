"""Resend's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

import hmac
from base64 import b64decode, b64encode
from datetime import UTC, datetime
from hashlib import sha256

import msgspec

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import Email, Event, Kind
from tests.providers.webhooks.case import NOW, Case

SECRET = "whsec_" + b64encode(b"a key of twenty-four byt").decode()
NUMBER = "msg_2b0Cj6p1QeWmXhAfZ9"

EXPECTED: dict[str, Intake] = {
    # The event's own time, and not the message's, which is two seconds before.
    "hookdeck.overview.email.delivered.00": Intake(
        (
            Event(
                kind=Kind.DELIVERED,
                at=datetime(2024, 2, 22, 23, 41, 12, 126_000, tzinfo=UTC),
                email="Welcome to our service",
                contact="recipient@example.com",
                provider="resend",
            ),
        ),
        (
            Email(
                id="Welcome to our service",
                provider="resend",
                subject="Welcome to our service",
                from_address="sender@example.com",
            ),
        ),
    ),
    # Mail that came in.
    "hookdeck.overview.email.received.01": Intake(ignored=1),
}


def sign(body: bytes, at: datetime = NOW, secret: str = SECRET) -> Request:
    time = str(int(at.timestamp()))
    content = f"{NUMBER}.{time}.".encode() + body
    signature = b64encode(hmac.digest(b64decode(secret.removeprefix("whsec_")), content, sha256)).decode()
    return Request(body, {"svix-id": NUMBER, "svix-timestamp": time, "svix-signature": f"v1,{signature}"})


CASE = Case(
    credentials=Credentials(secrets=(SECRET,)),
    sign=sign,
    body=msgspec.json.encode(
        {
            "type": "email.clicked",
            "created_at": "2026-05-12T09:30:00.123Z",
            "data": {
                "email_id": "00000000-0000-0000-0000-000000000001",
                "broadcast_id": "spring",
                "created_at": "2026-05-12T09:00:00.000Z",
                "from": "Shop <shop@example.org>",
                "to": ["ada@example.org"],
                "subject": "Spring sale",
                "click": {"link": "https://example.org/offer", "userAgent": "Mozilla/5.0", "ipAddress": "192.0.2.1"},
            },
        }
    ),
    expected=EXPECTED,
    covers_body=True,
)
