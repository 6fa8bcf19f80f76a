"""SparkPost's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from base64 import b64encode
from datetime import UTC, datetime

import msgspec

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import Email, Event, Kind
from tests.providers.webhooks.case import Case

SECRET = "correct horse battery"

EXPECTED: dict[str, Intake] = {
    "spdocs.events_api.click.00": Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=datetime(2016, 4, 18, 14, 25, 7, tzinfo=UTC),
                email="Example Campaign Name",
                contact="recipient@example.com",
                provider="sparkpost",
                key="92356927693813856",
                link="http://example.com",
                client="Chrome",
                device="desktop",
            ),
        ),
        (
            Email(
                id="Example Campaign Name",
                provider="sparkpost",
                subject="Summer deals are here!",
                from_address="sender@example.com",
            ),
        ),
    ),
    # How an upload of somebody's own events went.
    "spdocs.events_api.error.01": Intake(ignored=1),
}


def sign(body: bytes) -> Request:
    pair = b64encode(f"sparkpost:{SECRET}".encode()).decode()
    return Request(body, {"authorization": f"Basic {pair}", "x-messagesystems-batch-id": "1"})


CASE = Case(
    credentials=Credentials(secrets=(SECRET,)),
    sign=sign,
    body=msgspec.json.encode(
        [
            {
                "msys": {
                    family: {
                        "type": kind,
                        "event_id": f"event-{number}",
                        "campaign_id": "spring",
                        "subject": "Spring sale",
                        "raw_rcpt_to": f"Person{number}@example.org",
                        "rcpt_to": f"person{number}@example.org",
                        "target_link_url": "https://example.org/offer",
                        "timestamp": str(1_700_000_000 + number),
                    }
                }
            }
            for number, (family, kind) in enumerate(
                [
                    ("message_event", "injection"),
                    ("message_event", "delivery"),
                    ("track_event", "open"),
                    ("track_event", "click"),
                ]
            )
        ]
    ),
    expected=EXPECTED,
)
