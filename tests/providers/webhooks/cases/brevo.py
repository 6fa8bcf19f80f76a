"""Brevo, of which the shared folder has no payloads: the documented ones are written out in test_brevo.py."""

import msgspec

from providers.provider import Credentials, Request
from tests.providers.webhooks.case import Case

SECRET = "correct horse battery"


def sign(body: bytes) -> Request:
    return Request(body, {"content-type": "application/json", "authorization": f"Bearer {SECRET}"})


CASE = Case(
    credentials=Credentials(secrets=(SECRET,)),
    sign=sign,
    body=msgspec.json.encode(
        [
            {
                "event": kind,
                "email": f"person{number}@example.org",
                "id": 4711,
                "ts_epoch": 1_700_000_000_000 + number,
                "message-id": f"<{number}@smtp-relay.example.org>",
                "subject": "Spring sale",
                "tags": ["spring"],
                "link": "https://example.org/offer",
            }
            for number, kind in enumerate(("request", "delivered", "unique_opened", "click"))
        ]
    ),
    expected={},
)
