"""SendGrid's fields and signatures, beyond what its documented payloads and the contract show."""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.provider import Credentials, Request, Unverified
from providers.webhooks.sendgrid import PROVIDER
from reports.events import BounceType, Event, MachineReason, NotSentReason
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.sendgrid import CASE, at, sign


def parse(body: bytes) -> Intake:
    return PROVIDER.parse(Request(body), PROVIDER.identity)


@pytest.mark.parametrize("vector", ["sendgrid_python_sdk", "sendgrid_stronggrid"])
def test_requests_that_sendgrid_signed_are_proved(vector: str, shared_data: Path) -> None:
    told = json.loads((shared_data / "payloads" / "_signature_vectors" / f"{vector}.json").read_text())
    request = Request(
        told["body"].encode(),
        {
            "x-twilio-email-event-webhook-timestamp": told["timestamp"],
            "x-twilio-email-event-webhook-signature": told["signature_b64"],
        },
    )
    credentials = Credentials(secrets=(told["public_key_b64_der"],))
    then = datetime.fromtimestamp(int(told["timestamp"]), UTC)
    PROVIDER.verify(request, credentials, then)
    with pytest.raises(Unverified, match="another key or another body"):
        PROVIDER.verify(replace(request, body=request.body.rstrip()), credentials, then)


@pytest.mark.parametrize("away", [timedelta(hours=-1, seconds=-1), timedelta(hours=1, seconds=1)])
def test_what_was_signed_long_ago_or_ahead_is_a_replay(away: timedelta) -> None:
    credentials = replace(CASE.credentials, max_age=timedelta(hours=1))
    PROVIDER.verify(sign(CASE.body, NOW + away * 0.99), credentials, NOW)
    with pytest.raises(Unverified, match="too far from now"):
        PROVIDER.verify(sign(CASE.body, NOW + away), credentials, NOW)


def body(**fields: Any) -> bytes:
    return msgspec.json.encode([{"event": "open", "email": "ada@example.org", "timestamp": 1_700_000_000} | fields])


def one(**fields: Any) -> Event:
    (event,) = parse(body(**fields)).events
    return event


def refused(**fields: Any) -> str:
    intake = parse(body(**fields))
    assert not intake.events
    return intake.rejects[0].reason


def test_apple_s_signal_is_the_provider_s_verdict_of_opens_alone() -> None:
    assert one(sg_machine_open=True).machine is MachineReason.PROVIDER
    assert one(sg_machine_open=False).machine is None
    assert one(event="delivered", sg_machine_open=True).machine is None


def test_a_bare_mozilla_is_apple_s_proxy_even_where_the_flag_was_lost() -> None:
    assert one(sg_machine_open=False, useragent="Mozilla/5.0").machine is MachineReason.APPLE_PRIVACY


@pytest.mark.parametrize("timestamp", [1_700_000_000, "1700000000", 1_700_000_000_000, "1700000000000", 1.7e9])
def test_seconds_and_milliseconds_and_strings_of_them_are_one_time(timestamp: Any) -> None:
    assert one(timestamp=timestamp).at == at("2023-11-14T22:13:20")


@pytest.mark.parametrize("timestamp", [None, True, "", "soon", "nan", [], {}, -5, 0, 10**30])
def test_what_is_no_time_is_refused(timestamp: Any) -> None:
    assert refused(timestamp=timestamp) == "timestamp: not a time"


@pytest.mark.parametrize("address", [None, "", "nobody", 5, ["ada@example.org"]])
def test_what_is_no_address_is_refused(address: Any) -> None:
    assert refused(email=address) == "email: not an e-mail address"


@pytest.mark.parametrize(
    ("fields", "identity"),
    [
        ({"singlesend_id": "s", "marketing_campaign_id": 1}, "s"),
        ({"marketing_campaign_id": 1, "newsletter": {"newsletter_id": "2"}}, "1"),
        ({"newsletter": {"newsletter_id": 2}, "category": "c"}, "2"),
        ({"category": ["c", "d"], "sg_template_id": "t"}, "c"),
        ({"category": [], "sg_template_id": "t"}, "t"),
        ({"category": [{"no": "name"}], "singlesend_id": {}, "newsletter": "x"}, "uncategorised"),
    ],
)
def test_an_event_belongs_to_the_nearest_thing_to_an_e_mail(fields: dict[str, Any], identity: str) -> None:
    assert one(**fields).email == identity


@pytest.mark.parametrize(
    ("fields", "bounce"),
    [
        ({"type": "bounce", "status": "5.1.1"}, BounceType.HARD),
        ({"type": "bounce"}, BounceType.HARD),
        ({"type": "blocked", "status": "5.7.1"}, BounceType.SOFT),
        ({"type": "bounce", "status": "4.2.2"}, BounceType.SOFT),
        ({"event": "blocked"}, BounceType.SOFT),
    ],
)
def test_a_block_is_a_refusal_of_the_message_and_not_of_the_address(fields: dict[str, Any], bounce: BounceType) -> None:
    assert one(**{"event": "bounce"} | fields).bounce is bounce


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("Bounced Address", NotSentReason.PREVIOUSLY_BOUNCED),
        ("Unsubscribed Address", NotSentReason.PREVIOUSLY_UNSUBSCRIBED),
        ("Spam Reporting Address", NotSentReason.PREVIOUS_SPAM_REPORT),
        ("Invalid", NotSentReason.INVALID_ADDRESS),
        ("Spam Content (if Spam Checker app is enabled)", NotSentReason.BLOCKED_CONTENT),
        ("Recipient List over Package Quota", NotSentReason.OVER_LIMIT),
        ("Invalid SMTPAPI header", NotSentReason.OTHER),
        ("Something new", NotSentReason.OTHER),
    ],
)
def test_documented_reasons_of_drops_are_known(said: str, reason: NotSentReason) -> None:
    event = one(event="dropped", reason=said)
    assert (event.reason, event.reply) == (reason, said)


def test_account_events_and_new_kinds_are_counted_and_no_more() -> None:
    assert parse(body(event="account_status_change")) == Intake(ignored=1)


def test_one_bad_event_costs_no_other() -> None:
    good = msgspec.json.decode(body())[0]
    intake = parse(msgspec.json.encode([good, {"userid": "1123"}, None, good | {"singlesend_id": "a\0b"}, good]))
    assert len(intake.events) == 2
    assert [reject.line for reject in intake.rejects] == [2, 3, 4]
    assert intake.rejects[2].reason == "email: has a NUL character in it"
    assert msgspec.json.decode(intake.rejects[0].raw) == {"userid": "1123"}


def test_names_that_no_index_can_hold_are_refused() -> None:
    assert refused(category="c" * 301) == "email: longer than 300 characters"


@pytest.mark.parametrize("text", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"event":' * 100_000])
def test_what_is_no_json_is_one_refusal(text: bytes) -> None:
    assert [reject.reason for reject in parse(text).rejects] == ["the body is not JSON"]


ANY = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
FIELDS = ("timestamp", "email", "category", "newsletter", "singlesend_id", "url", "url_offset", "type", "status",
          "useragent", "sg_event_id", "singlesend_name", "response", "reason", "sg_machine_open")  # fmt: skip


@given(
    st.fixed_dictionaries(
        {"event": st.sampled_from(("open", "click", "bounce", "dropped", "deferred")) | ANY},
        optional=dict.fromkeys(FIELDS, ANY),
    )
)
def test_any_field_may_be_anything_and_good_events_beside_it_are_kept(item: dict[str, Any]) -> None:
    good = msgspec.json.decode(body())[0]
    intake = parse(msgspec.json.encode([good, item, good]))
    assert [event.contact for event in intake.events].count("ada@example.org") >= 2
    assert len(intake.events) + len(intake.rejects) + intake.ignored == 3


@given(ANY)
def test_any_json_by_itself_has_no_event_and_what_is_no_object_is_refused(value: Any) -> None:
    intake = parse(msgspec.json.encode(value))
    assert not intake.events
    told = value if isinstance(value, list) else [value]
    assert len(intake.rejects) + intake.ignored == len(told)


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    intake = parse(text)
    assert not intake.events
