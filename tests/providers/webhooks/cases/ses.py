"""Amazon SES's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from base64 import b64encode
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Any

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA1, SHA256
from cryptography.hazmat.primitives.serialization import Encoding

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.case import NOW, Case

TOPIC = "arn:aws:sns:eu-west-1:123456789012:ses-events"
CERTIFICATE_URL = "https://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem"
SECRET = "a secret that EventBridge sends"


@cache
def key() -> RSAPrivateKey:
    return generate_private_key(65537, 3072)


@cache
def certificate(name: str = "sns.amazonaws.com", begins: datetime = NOW - timedelta(days=1)) -> bytes:
    """SNS's, as far as its own name and time tell."""
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key().public_key())
        .serial_number(1)
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=30))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
    )
    return builder.sign(key(), SHA256()).public_bytes(Encoding.PEM)


def envelope(signer: RSAPrivateKey | None = None, **fields: str) -> dict[str, str]:
    """A message of SNS, signed over the fields that its documentation lists; by `signer` instead of `key`."""
    told = {
        "Type": "Notification",
        "MessageId": "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324",
        "TopicArn": TOPIC,
        "Timestamp": "2026-11-24T12:00:00.000Z",
        "SignatureVersion": "2",
        "SigningCertURL": CERTIFICATE_URL,
    } | fields
    if told["Type"] == "Notification":
        order = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
    else:
        order = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]
    text = "".join(f"{name}\n{told[name]}\n" for name in order if name in told)
    algorithm = SHA1() if told["SignatureVersion"] == "1" else SHA256()
    signature = (signer or key()).sign(text.encode(), PKCS1v15(), algorithm)
    return {"Signature": b64encode(signature).decode()} | told


def sign(body: bytes) -> Request:
    return Request(msgspec.json.encode(envelope(Message=body.decode())), {"content-type": "text/plain; charset=UTF-8"})


def moment(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)


_EXAMPLE = "EXAMPLE7c191be45-e9aedb9a-02f9-4d12-a87d-dd0099a07f8a-000000"


def one(kind: Kind, place: str, at: str, contact: str = "recipient@example.com", **rest: Any) -> Event:
    """`place`: the object that has the event's own details."""
    message = rest.pop("message", _EXAMPLE)
    return Event(
        kind=kind,
        at=moment(at),
        email=rest.pop("email", "ConfigSet"),
        contact=contact,
        provider="ses",
        key=f"{message}|{place}|{at}|{rest.get('link', '')}",
        **rest,
    )


def both(name: str, event: Event) -> dict[str, Intake]:
    """SES's objects are the same by SNS and in a file of Firehose."""
    return {f"awsdocs.{way}_event.{name}": Intake((event,)) for way in ("sns", "firehose")}


_FEEDBACK = "2016-01-27T14:59:38.237Z"
_LINK = "http://docs.aws.amazon.com/ses/latest/DeveloperGuide/send-email-smtp.html"
_WRAPS = {"email": "wraps-email-tracking"}

EXPECTED = (
    both(
        "Bounce_record.00",
        one(
            Kind.BOUNCED,
            "bounce",
            "2017-08-05T00:41:02.669Z",
            bounce=BounceType.HARD,
            reply="smtp; 550 5.1.1 user unknown",
        ),
    )
    | both("Complaint_record.01", one(Kind.COMPLAINED, "complaint", "2017-08-05T00:41:02.669Z"))
    | both("Delivery_record.02", one(Kind.DELIVERED, "delivery", "2016-10-19T23:21:04.133Z"))
    | both("Send_record.03", one(Kind.SENT, "send", "2016-10-14T05:02:16.645Z"))
    | both(
        "Reject_record.04",
        one(
            Kind.NOT_SENT,
            "reject",
            "2016-10-14T17:38:15.211Z",
            "sender@example.com",
            reason=NotSentReason.BLOCKED_CONTENT,
            reply="Bad content",
        ),
    )
    | both(
        "Open_record.05",  # an iPhone that names no browser
        one(Kind.OPENED, "open", "2017-08-09T22:00:19.652Z", client="Apple Mail", device="mobile"),
    )
    | both(
        "Click_record.06",
        one(Kind.CLICKED, "click", "2017-08-09T23:51:25.570Z", link=_LINK, client="Chrome", device="desktop"),
    )
    | both(
        "Rendering_Failure_record.07",
        one(
            Kind.NOT_SENT,
            "failure",
            "2018-01-22T18:43:06.197Z",
            reason=NotSentReason.OTHER,
            reply="Attribute 'attributeName' is not present in the rendering data.",
        ),
    )
    | both(
        "DeliveryDelay_record.08",
        one(
            Kind.DEFERRED,
            "deliveryDelay",
            "2020-06-16T00:25:40.095Z",
            reply="smtp; 421 4.4.1 Unable to connect to remote host",
        ),
    )
    | both(
        "Subscription_record.09",  # unsubscribeAll became true
        one(
            Kind.UNSUBSCRIBED,
            "subscription",
            "2022-01-12T01:00:17.910Z",
            message="EXAMPLEe4bccb684-777bc8de-afa7-4970-92b0-f515137b1497-000000",
        ),
    )
    | {
        "awsdocs.feedback_notification.Bounce_notification_with_a_DSN.00": Intake(
            (
                one(
                    Kind.BOUNCED,
                    "bounce",
                    _FEEDBACK,
                    "jane@example.com",
                    message="00000138111222aa-33322211-cccc-cccc-cccc-ddddaaaa0680-000000",
                    email="uncategorised",
                    bounce=BounceType.HARD,
                    reply="smtp; 550 5.1.1 <jane@example.com>... User",
                ),
            )
        ),
        "awsdocs.feedback_notification.Bounce_notification_without_a_DSN.01": Intake(
            tuple(
                one(
                    Kind.BOUNCED,
                    "bounce",
                    _FEEDBACK,
                    contact,
                    message="00000137860315fd-34208509-5b74-41f3-95c5-22c1edc3c924-000000",
                    email="uncategorised",
                    bounce=BounceType.HARD,
                    reply="General",
                )
                for contact in ("jane@example.com", "richard@example.com")
            )
        ),
        "awsdocs.feedback_notification.Complaint_notification_with_a_feedback_report.02": Intake(
            (
                one(
                    Kind.COMPLAINED,
                    "complaint",
                    _FEEDBACK,
                    "richard@example.com",
                    message="000001378603177f-7a5433e7-8edb-42ae-af10-f0181f34d6ee-000000",
                    email="uncategorised",
                ),
            )
        ),
        "awsdocs.feedback_notification.Complaint_notification_without_a_feedback_report.03": Intake(
            (
                one(
                    Kind.COMPLAINED,
                    "complaint",
                    _FEEDBACK,
                    "richard@example.com",
                    message="0000013786031775-163e3910-53eb-4c8e-a04a-f29debf88a84-000000",
                    email="uncategorised",
                ),
            )
        ),
        "awsdocs.feedback_notification.Amazon_SNS_delivery_notification_example.04": Intake(
            (
                one(
                    Kind.DELIVERED,
                    "delivery",
                    _FEEDBACK,
                    "jane@example.com",
                    message="0000014644fe5ef6-9a483358-9170-4cb4-a269-f5dcdf415321-000000",
                    email="uncategorised",
                ),
            )
        ),
        "real.eventbridge_open_gmail_prefetch": Intake(
            (
                one(
                    Kind.OPENED,
                    "open",
                    "2025-11-19T00:12:34.926Z",
                    message="010f019a9974b389-60efe038-3845-92e7-45c43cdc6ca2-000000",
                    email="email-tracking-set",
                    client="Gmail",
                    machine=MachineReason.PREFETCH,
                ),
            )
        ),
        "wraps.eventbridge_bounce": Intake(
            (
                one(
                    Kind.BOUNCED,
                    "bounce",
                    "2025-01-15T10:30:02.000Z",
                    "invalid@example.com",
                    bounce=BounceType.HARD,
                    reply="smtp; 550 5.1.1 user unknown",
                    **_WRAPS,
                ),
            )
        ),
        "wraps.eventbridge_click": Intake(
            (
                one(
                    Kind.CLICKED,
                    "click",
                    "2025-01-15T11:05:00.000Z",
                    "user@example.com",
                    link="https://yourapp.com/welcome",
                    client="Apple Mail",
                    **_WRAPS,
                ),
            )
        ),
        "wraps.eventbridge_delivery": Intake(
            (one(Kind.DELIVERED, "delivery", "2025-01-15T10:30:01.000Z", "user@example.com", **_WRAPS),)
        ),
        "wraps.eventbridge_delivery_delay": Intake(
            (
                one(
                    Kind.DEFERRED,
                    "deliveryDelay",
                    "2025-01-15T10:35:00.000Z",
                    "user@example.com",
                    reply="smtp; 421 4.4.1 Connection timed out",
                    **_WRAPS,
                ),
            )
        ),
    }
)

CASE = Case(
    credentials=Credentials(
        secrets=(SECRET,), topics=frozenset({TOPIC}), certificates={CERTIFICATE_URL: certificate()}
    ),
    sign=sign,
    body=msgspec.json.encode(
        {
            "eventType": "Click",
            "mail": {
                "timestamp": "2026-11-24T09:00:00.000Z",
                "messageId": "a-message",
                "destination": ["ada@example.org"],
                "tags": {"campaign": ["spring"]},
            },
            "click": {"timestamp": "2026-11-24T10:00:00.000Z", "link": "https://example.org/offer"},
        }
    ),
    expected=EXPECTED,
    covers_body=True,
)
