"""Postmark's fields, beyond what its documented payloads and the contract show."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.provider import Request
from providers.webhooks.postmark import PROVIDER
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part
from tests.providers.webhooks.anything import ANY
from tests.providers.webhooks.cases.postmark import CASE

TIMES = {
    "Delivery": "DeliveredAt",
    "Bounce": "BouncedAt",
    "SpamComplaint": "BouncedAt",
    "SubscriptionChange": "ChangedAt",
}
LEFT = {"SuppressSending": True, "SuppressionReason": "ManualSuppression", "Origin": "Recipient"}


def read(record: str, **fields: Any) -> Intake:
    time = TIMES.get(record, "ReceivedAt")
    recipient = "Email" if record in ("Bounce", "SpamComplaint") else "Recipient"
    told = {"RecordType": record, time: "2026-05-12T09:30:00Z", recipient: "ada@example.org", "Tag": "spring"} | fields
    return PROVIDER.parse(Request(msgspec.json.encode(told)), PROVIDER.identity)


def one(record: str, **fields: Any) -> Event:
    (event,) = read(record, **fields).events
    return event


def refused(record: str, **fields: Any) -> str:
    intake = read(record, **fields)
    assert not intake.events and not intake.ignored
    return intake.rejects[0].reason


@pytest.mark.parametrize(
    ("said", "kind", "detail"),
    [
        ("HardBounce", Kind.BOUNCED, BounceType.HARD),
        ("SoftBounce", Kind.BOUNCED, BounceType.SOFT),
        ("Blocked", Kind.BOUNCED, BounceType.SOFT),
        ("SpamNotification", Kind.BOUNCED, BounceType.SOFT),
        ("VirusNotification", Kind.BOUNCED, BounceType.SOFT),
        ("DMARCPolicy", Kind.BOUNCED, BounceType.SOFT),
        ("Unknown", Kind.BOUNCED, BounceType.SOFT),
        ("SomethingNew", Kind.BOUNCED, BounceType.SOFT),
        (None, Kind.BOUNCED, BounceType.SOFT),
        ("Transient", Kind.DEFERRED, None),
        ("DnsError", Kind.DEFERRED, None),
        ("Unsubscribe", Kind.UNSUBSCRIBED, None),
        ("SpamComplaint", Kind.COMPLAINED, None),
        ("BadEmailAddress", Kind.NOT_SENT, NotSentReason.INVALID_ADDRESS),
        ("ManuallyDeactivated", Kind.NOT_SENT, NotSentReason.SUPPRESSED),
        ("Unconfirmed", Kind.NOT_SENT, NotSentReason.OTHER),
        ("SMTPApiError", Kind.NOT_SENT, NotSentReason.OTHER),
        ("TemplateRenderingFailed", Kind.NOT_SENT, NotSentReason.OTHER),
    ],
)
def test_a_bounce_is_what_its_type_says(said: str | None, kind: Kind, detail: Any) -> None:
    event = one("Bounce", Type=said, TypeCode=1)
    assert (event.kind, event.bounce or event.reason) == (kind, detail)


@pytest.mark.parametrize(
    "said", ["Subscribe", "AutoResponder", "AddressChange", "ChallengeVerification", "OpenRelayTest", "InboundError"]
)
def test_what_programs_answer_is_no_bounce(said: str) -> None:
    assert read("Bounce", Type=said) == Intake(ignored=1)


def test_the_server_s_words_stay_with_what_went_wrong() -> None:
    assert one("Bounce", Type="SoftBounce", Details="452 full", Description="Full.").reply == "452 full"
    assert one("Bounce", Type="Transient", Description="Later.").reply == "Later."
    assert one("Delivery", Details="250 OK").reply is None


@pytest.mark.parametrize(
    "fields",
    [
        {"Origin": "Customer"},
        {"Origin": "Admin"},
        {"SuppressionReason": "HardBounce"},
        {"SuppressionReason": "SpamComplaint"},
        {"SuppressSending": False},
    ],
)
def test_only_leaving_by_oneself_is_an_unsubscribe(fields: dict[str, Any]) -> None:
    assert one("SubscriptionChange", **LEFT).kind is Kind.UNSUBSCRIBED
    assert read("SubscriptionChange", **(LEFT | fields)) == Intake(ignored=1)


def test_a_client_that_we_know_wins_over_postmark_s_own_words() -> None:
    told = {"Client": {"Name": "Gmail", "Company": "Google"}, "Platform": "Desktop"}
    assert one("Open", UserAgent="Mozilla/5.0", **told).client == "Apple Mail"
    assert one("Open", UserAgent="Mozilla/5.0", **told).device is None  # the proxy's agent hides it
    assert (one("Open", **told).client, one("Open", **told).device) == ("Gmail", "desktop")
    assert one("Open", Client={}, Platform="Unknown").device is None


def test_apple_s_proxy_is_a_machine() -> None:
    assert one("Open", UserAgent="Mozilla/5.0").machine is MachineReason.APPLE_PRIVACY
    assert one("Open").machine is None


@pytest.mark.parametrize(
    ("seconds", "milliseconds"),
    [(0, None), (5, 5000), (None, None), (-1, None), ("5", None), (True, None), (2.5, None)],
)
def test_a_look_that_postmark_can_not_time_is_unknown(seconds: Any, milliseconds: int | None) -> None:
    assert one("Open", ReadSeconds=seconds).duration_ms == milliseconds


@pytest.mark.parametrize(
    ("time", "at"),
    [
        ("2014-08-01T13:28:10.2735393-04:00", datetime(2014, 8, 1, 17, 28, 10, 273539, tzinfo=UTC)),
        ("2026-05-12T09:30:00Z", datetime(2026, 5, 12, 9, 30, tzinfo=UTC)),
        ("2026-05-12T09:30:00.1Z", datetime(2026, 5, 12, 9, 30, 0, 100_000, tzinfo=UTC)),
    ],
)
def test_times_have_any_number_of_digits_and_an_offset(time: str, at: datetime) -> None:
    assert one("Bounce", BouncedAt=time).at == at


@pytest.mark.parametrize(("place", "part"), [("HTML", Part.HTML), ("Text", Part.TEXT), ("Elsewhere", None), (3, None)])
def test_a_click_tells_its_half_of_the_message(place: Any, part: Part | None) -> None:
    assert one("Click", ClickLocation=place).part is part


def test_an_e_mail_is_its_tag_else_its_stream() -> None:
    assert one("Open", Tag="spring", MessageStream="broadcast").email == "spring"
    assert one("Open", Tag="", MessageStream="broadcast").email == "broadcast"
    assert one("Open", Tag=None).email == "uncategorised"


def test_a_subject_describes_a_tag_and_not_a_stream() -> None:
    assert read("Bounce", Subject="Hi").emails == (Email(id="spring", provider="postmark", subject="Hi"),)
    assert read("Bounce", Subject="Hi", Tag=None, MessageStream="outbound").emails == ()


def test_metadata_can_be_the_identity_where_settings_say_so() -> None:
    body = msgspec.json.encode(
        {
            "RecordType": "Open",
            "Recipient": "ada@example.org",
            "ReceivedAt": "2026-05-12T09:30:00Z",
            "Metadata": {"campaign": "may"},
        }
    )
    assert PROVIDER.parse(Request(body), ("Metadata.campaign",)).events[0].email == "may"


def test_an_event_without_a_number_is_told_apart_by_its_message_its_link_and_its_agent() -> None:
    told = {"MessageID": "m", "OriginalLink": "https://example.org/a", "UserAgent": "Mozilla/5.0"}
    others = [told | {name: "other"} for name in told]
    assert len({one("Click", **fields).key for fields in (told, told, *others)}) == 4
    assert one("Bounce", ID=42, **told).key == "42"
    assert one("Open").key == ""


def test_mail_that_came_in_is_of_no_use() -> None:
    assert read("Inbound") == Intake(ignored=1)


def test_a_wrong_secret_is_not_answered_with_what_makes_postmark_give_up() -> None:
    assert PROVIDER.answers.unverified == 401


def test_what_is_no_event_says_what_it_lacks() -> None:
    assert refused("Open", Recipient="nobody") == "Recipient: not an e-mail address"
    assert refused("Bounce", Email=None) == "Email: not an e-mail address"
    assert refused("Delivery", DeliveredAt="soon") == "DeliveredAt: not a time"
    assert "RecordType" in refused("Open", RecordType=5)


FIELDS = ("DeliveredAt", "BouncedAt", "ReceivedAt", "ChangedAt", "Recipient", "Email", "Type", "ID", "Tag", "Client",
          "Platform", "ReadSeconds", "UserAgent", "OriginalLink", "Details", "Subject", "Geo", "Metadata")  # fmt: skip


@given(
    st.fixed_dictionaries(
        {"RecordType": st.sampled_from(["Delivery", "Bounce", "Open", "Click", "SubscriptionChange"]) | ANY},
        optional=dict.fromkeys(FIELDS, ANY),
    )
)
def test_any_field_may_be_anything_and_good_events_beside_it_are_kept(item: dict[str, Any]) -> None:
    good = msgspec.json.decode(CASE.body)
    intake = PROVIDER.parse(Request(msgspec.json.encode([good, item, good])), PROVIDER.identity)
    assert [event.link for event in intake.events].count("https://example.org/offer") >= 2
    assert len(intake.events) + len(intake.rejects) + intake.ignored == 3
