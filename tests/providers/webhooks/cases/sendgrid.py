"""SendGrid's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from base64 import b64encode
from datetime import UTC, datetime
from typing import Any

import msgspec
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from providers.intake import Intake
from providers.provider import Credentials, Request
from reports.events import BounceType, Email, Event, Kind, NotSentReason, Part
from tests.providers.webhooks.case import NOW, Case

IE = {"client": "IE", "device": "desktop"}
HTML_CLICK = {"link": "http://www.sendgrid.com/"} | IE
GONE = {"bounce": BounceType.HARD, "reply": "500 unknown recipient"}
BLOCKED = {"bounce": BounceType.SOFT, "reply": "500 unknown recipient"}
DROPPED = {"reason": NotSentReason.PREVIOUSLY_BOUNCED, "reply": "Bounced Address"}
LATER = {"reply": "400 try again later"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cats(kind: Kind, key: str, **rest: Any) -> Event:
    """An event of the documentation's example, 1513299569."""
    told = {"at": at("2017-12-15T00:59:29"), "email": "cat facts", "contact": "example@test.com"} | rest
    return Event(kind=kind, provider="sendgrid", key=key, **told)


def later_cats(kind: Kind, key: str, **rest: Any) -> Event:
    """An event of the signed test call of 2020, 1606575333."""
    return cats(kind, key, at=at("2020-11-28T14:55:33"), **rest)


def doe(who: str, category: str) -> Event:
    moment = at("2012-05-25T17:26:55")
    return Event(kind=Kind.OPENED, at=moment, email=category, contact=f"{who}@sendgrid.com", provider="sendgrid")


def campaign(kind: Kind, moment: str, key: str, contact: str, email: str) -> Event:
    return Event(kind=kind, at=at(moment), email=email, contact=contact, provider="sendgrid", key=key)


def named(identity: str, name: str) -> Email:
    return Email(id=identity, provider="sendgrid", name=name)


UNIQUE_ARGS_AB = (named("23314", "unique args ab"),)

EXPECTED: dict[str, Intake] = {
    "hookdeck.overview.delivered.00": Intake(
        (
            campaign(
                Kind.DELIVERED,
                "2022-11-28T16:00:00",
                "WTJmMTYyNDUtMzQ2MC00YzY4LWI1ZDQtZGU4MDFhMmI4NmYz",
                "user@example.com",
                "12345",
            ),
        ),
        (named("12345", "Weekly Newsletter"),),
    ),
    "real.bounce_blocked_spamcop": Intake(
        (
            Event(
                kind=Kind.BOUNCED,
                at=at("2018-05-21T17:23:19"),
                email="RecordingConfirmed",
                contact="robinson@REDACTED.com",
                provider="sendgrid",
                key="B977-WYeS8uobCjiw3YfEA",
                bounce=BounceType.SOFT,
                reply="554 5.7.1 Service unavailable; Client host [167.89.55.66] blocked using bl.spamcop.net;"
                " Blocked - see http://www.spamcop.net/bl.shtml?167.89.55.66",
            ),
        )
    ),
    "real.bounce_no_status_blocked": Intake(
        (
            Event(
                kind=Kind.BOUNCED,
                at=at("2025-02-23T08:45:20"),
                email="uncategorised",
                contact="noemail@this.does.not.exist.tld",
                provider="sendgrid",
                key="Ym91bmNlLTQtNTA0ODUxOTUtZXVvMmlLeGRTYXlQRjRZRTQtLUk3QS0w",
                bounce=BounceType.SOFT,
                reply="unable to get mx info: failed to get IPs from PTR record: lookup <nil>: unrecognized address",
            ),
        )
    ),
    "sgdocs.event.Click.27": Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=at("2009-08-11T00:00:00"),
                email="1943530",  # the newsletter, for it is nearer to an e-mail than a category is
                contact="email@example.com",
                provider="sendgrid",
                key="sendgrid_internal_event_id",
                link="http://yourdomain.com/blog/news.html",
                part=Part.HTML,
                client="Mobile Safari",
                device="mobile",
            ),
        )
    ),
    "sgdocs.event.Delivery_events.01": Intake((cats(Kind.SENT, "rbtnWrG1DVDGGGFHFyun0A=="),)),
    "sgdocs.event.Delivery_events.02": Intake((cats(Kind.NOT_SENT, "zmzJhfJgAfUSOW80yEbPyw==", **DROPPED),)),
    "sgdocs.event.Delivery_events.03": Intake((cats(Kind.DELIVERED, "rWVYmVk90MjZJ9iohOBa3w=="),)),
    "sgdocs.event.Delivery_events.04": Intake((cats(Kind.DEFERRED, "t7LEShmowp86DTdUW8M-GQ==", **LATER),)),
    "sgdocs.event.Delivery_events.05": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **GONE),)),
    "sgdocs.event.Delivery_events.06": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **BLOCKED),)),
    "sgdocs.event.Engagement_events.07": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "sgdocs.event.Engagement_events.08": Intake((cats(Kind.CLICKED, "kCAi1KttyQdEKHhdC-nuEA==", **HTML_CLICK),)),
    "sgdocs.event.Engagement_events.09": Intake((cats(Kind.COMPLAINED, "37nvH5QBz858KGVYCM4uOA=="),)),
    "sgdocs.event.Engagement_events.10": Intake((cats(Kind.UNSUBSCRIBED, "zz_BjPgU_5pS-J8vlfB1sg=="),)),
    "sgdocs.event.Engagement_events.11": Intake((cats(Kind.UNSUBSCRIBED, "ahSCB7xYcXFb-hEaawsPRw==", **IE),)),
    "sgdocs.event.Engagement_events.12": Intake(ignored=1),
    "sgdocs.event.Events.00": Intake(
        (
            cats(Kind.SENT, "sg_event_id"),
            cats(Kind.DEFERRED, "sg_event_id", **LATER),
            cats(Kind.DELIVERED, "sg_event_id"),
            cats(Kind.OPENED, "sg_event_id", **IE),
            cats(Kind.CLICKED, "sg_event_id", **HTML_CLICK),
            cats(Kind.BOUNCED, "sg_event_id", **GONE),
            cats(Kind.NOT_SENT, "sg_event_id", **DROPPED),
            cats(Kind.COMPLAINED, "sg_event_id"),
            cats(Kind.UNSUBSCRIBED, "sg_event_id"),
            cats(Kind.UNSUBSCRIBED, "sg_event_id", **IE),
        ),
        ignored=1,
    ),
    "sgdocs.event.Example_event_from_a_Single_Send.21": Intake(
        (
            Event(
                kind=Kind.OPENED,
                at=at("2020-06-09T18:19:12.372"),  # told in milliseconds, as no other sample is
                email="sendgrid_singlesend_id",
                contact="email@example.com",
                provider="sendgrid",
                key="sendgrid_internal_event_id",
                **IE,
            ),
        ),
        (named("sendgrid_singlesend_id", "Example Single Send"),),
    ),
    "sgdocs.event.Example_event_from_a_standard_non_A_B_test_campaign_send.22": Intake(
        (campaign(Kind.SENT, "2015-09-15T20:37:08", "sendgrid_internal_event_id", "email@example.com", "12345"),),
        (named("12345", "campaign name"),),
    ),
    "sgdocs.event.Example_event_from_an_A_B_Test.23": Intake(
        (
            campaign(
                Kind.SENT,
                "2015-09-15T20:44:08",
                "qNOzbkTuTNCdxa1eXEpnXg",
                "tadpole_0010@stbase-018.sjc1.sendgrid.net",
                "23314",
            ),
        ),
        UNIQUE_ARGS_AB,
    ),
    "sgdocs.event.Example_event_from_the_winning_phase_of_an_A_B_Test.24": Intake(
        (
            campaign(
                Kind.DELIVERED,
                "2015-09-15T20:45:11",
                "X2M1IUfMRhuAhWM0CbmFqQ",
                "tadpole_0001@stbase-018.sjc1.sendgrid.net",
                "23314",
            ),
        ),
        UNIQUE_ARGS_AB,
    ),
    "sgdocs.event.JSON_objects.13": Intake((doe("john.doe", "newuser"), doe("jane.doe", "olduser"))),
    "sgdocs.event.JSON_objects.14": Intake((doe("john.doe", "newuser"), doe("jane.doe", "olduser"))),
    "sgdocs.event.Legacy_Marketing_Email_Unsubscribes.25": Intake(
        (campaign(Kind.UNSUBSCRIBED, "2013-10-03T17:47:17", "", "nick@sendgrid.com", "1943530"),)
    ),
    "sgdocs.event.Legacy_Marketing_Email_Unsubscribes.26": Intake(
        (
            campaign(
                Kind.SENT,
                "2015-03-26T22:39:38",
                "RHFZB1IrTD2Y9Q7bUdZxUw",
                "john.doe@sendgrid.com",
                "uncategorised",
            ),
        )
    ),
    "sgdocs.event.The_resulting_webhook_call.18": Intake(
        (campaign(Kind.SENT, "1973-11-29T21:33:09", "", "john.doe@sendgrid.com", "uncategorised"),)
    ),
    "sgdocs.event.Unique_Arguments.16": Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=at("2012-05-25T17:26:55"),
                email="uncategorised",
                contact="john.doe@sendgrid.com",
                provider="sendgrid",
                link="https://sendgrid.com",
            ),
        )
    ),
    "stronggrid.bounce.01": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **GONE),)),
    "stronggrid.bounce.04": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **BLOCKED),)),
    "stronggrid.bounce.17": Intake((later_cats(Kind.BOUNCED, "1jABOEVCpBNStQg2Ji-Pvw==", **GONE),)),
    "stronggrid.click.06": Intake((cats(Kind.CLICKED, "kCAi1KttyQdEKHhdC-nuEA==", **HTML_CLICK),)),
    "stronggrid.click.16": Intake((later_cats(Kind.CLICKED, "BC5Jcj5IdtB5JzctXdF7jQ==", **HTML_CLICK),)),
    "stronggrid.deferred.02": Intake((cats(Kind.DEFERRED, "t7LEShmowp86DTdUW8M-GQ==", **LATER),)),
    "stronggrid.deferred.13": Intake((later_cats(Kind.DEFERRED, "Xkjq_rPYT2IV1ZTNPx2gGQ==", **LATER),)),
    "stronggrid.delivered.05": Intake((cats(Kind.DELIVERED, "rWVYmVk90MjZJ9iohOBa3w=="),)),
    "stronggrid.delivered.14": Intake((later_cats(Kind.DELIVERED, "lNsPF9LUYT70RfvIabpolA=="),)),
    "stronggrid.dropped.03": Intake((cats(Kind.NOT_SENT, "zmzJhfJgAfUSOW80yEbPyw==", **DROPPED),)),
    "stronggrid.dropped.18": Intake((later_cats(Kind.NOT_SENT, "N0_KKSkckt9hUtasadYffA==", **DROPPED),)),
    "stronggrid.group_resubscribe.11": Intake(ignored=1),
    "stronggrid.group_resubscribe.22": Intake(ignored=1),
    "stronggrid.group_unsubscribe.10": Intake((cats(Kind.UNSUBSCRIBED, "ahSCB7xYcXFb-hEaawsPRw==", **IE),)),
    "stronggrid.group_unsubscribe.21": Intake((later_cats(Kind.UNSUBSCRIBED, "oGga2Bjm_hPpr7Ws7U6z7Q==", **IE),)),
    "stronggrid.open.07": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "stronggrid.open.15": Intake((later_cats(Kind.OPENED, "WElX21DXbk0bn2S1p_E_gA==", **IE),)),
    "stronggrid.open.23": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "stronggrid.processed.00": Intake((cats(Kind.SENT, "rbtnWrG1DVDGGGFHFyun0A=="),)),
    "stronggrid.processed.12": Intake((later_cats(Kind.SENT, "m-8gndi_kLAVOUXWX79vdg=="),)),
    "stronggrid.spamreport.08": Intake((cats(Kind.COMPLAINED, "37nvH5QBz858KGVYCM4uOA=="),)),
    "stronggrid.spamreport.19": Intake((later_cats(Kind.COMPLAINED, "ZvWbMhp8tWTEFUqe4J4FHg=="),)),
    "stronggrid.unsubscribe.09": Intake((cats(Kind.UNSUBSCRIBED, "zz_BjPgU_5pS-J8vlfB1sg=="),)),
    "stronggrid.unsubscribe.20": Intake((later_cats(Kind.UNSUBSCRIBED, "CWoMUe_SCatUCphHVjbLUw=="),)),
}
#: Requests to send, and settings: the documentation shows them beside events, and they are none.
NO_EVENT = "no event: the field `event` is missing"
REFUSED = {
    "sgdocs.event.Custom_Arguments.19": NO_EVENT,
    "sgdocs.event.Custom_Arguments.20": NO_EVENT,
    "sgdocs.event.Reserved_Keys_in_Unique_Arguments.17": NO_EVENT,
    "sgdocs.event.Unique_Arguments.15": NO_EVENT,
}

_KEY = generate_private_key(SECP256R1())
PUBLIC_KEY = b64encode(_KEY.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()


def sign(body: bytes, at: datetime = NOW) -> Request:
    told = str(int(at.timestamp()))
    signature = _KEY.sign(told.encode() + body, ECDSA(SHA256()))
    return Request(
        body,
        {
            "content-type": "application/json",
            "x-twilio-email-event-webhook-timestamp": told,
            "x-twilio-email-event-webhook-signature": b64encode(signature).decode(),
        },
    )


CASE = Case(
    credentials=Credentials(secrets=(PUBLIC_KEY,)),
    sign=sign,
    body=msgspec.json.encode(
        [
            {
                "email": f"person{number}@example.org",
                "timestamp": 1_700_000_000 + number,
                "event": kind,
                "sg_event_id": f"event-{number}",
                "singlesend_id": "spring",
                "singlesend_name": "Spring sale",
                "url": "https://example.org/offer",
            }
            for number, kind in enumerate(("processed", "delivered", "open", "click"))
        ]
    ),
    expected=EXPECTED,
    refused=REFUSED,
    covers_body=True,
)
