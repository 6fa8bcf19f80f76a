"""Resend's fields and signatures, beyond what its documented payloads and the contract show."""

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
from providers.webhooks.resend import PROVIDER
from reports.events import BounceType, Email, Event, Kind, NotSentReason
from tests.providers.webhooks.anything import ANY
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.resend import CASE, NUMBER, SECRET, sign

HELD_BACK = (Kind.NOT_SENT, NotSentReason.SUPPRESSED)


def read(kind: str, **data: Any) -> Intake:
    told = {"to": ["ada@example.org"], "broadcast_id": "spring"} | data
    body = msgspec.json.encode({"type": f"email.{kind}", "created_at": "2026-05-12T09:30:00Z", "data": told})
    return PROVIDER.parse(Request(body), PROVIDER.identity)


def one(kind: str, **data: Any) -> Event:
    (event,) = read(kind, **data).events
    return event


def test_a_request_that_svix_signed_is_proved(shared_data: Path) -> None:
    told = json.loads((shared_data / "payloads" / "_signature_vectors" / "svix.json").read_text())
    headers = {name: str(told[name]) for name in ("svix-id", "svix-timestamp", "svix-signature")}
    request = Request(told["body"].encode(), headers)
    then = datetime.fromtimestamp(told["svix-timestamp"], UTC)
    PROVIDER.verify(request, Credentials(secrets=(told["secret"],)), then)
    with pytest.raises(Unverified, match="another secret or another body"):
        PROVIDER.verify(replace(request, body=request.body + b" "), Credentials(secrets=(told["secret"],)), then)


def test_unbranded_headers_are_svix_s_as_well() -> None:
    request = sign(CASE.body)
    headers = {name.replace("svix", "webhook"): value for name, value in request.headers.items()}
    PROVIDER.verify(replace(request, headers=headers), CASE.credentials, NOW)


def test_any_of_several_signatures_will_do() -> None:
    request = sign(CASE.body)
    several = f"v1,AAAA v2,{request.headers['svix-signature'][3:]} {request.headers['svix-signature']}"
    PROVIDER.verify(replace(request, headers={**request.headers, "svix-signature": several}), CASE.credentials, NOW)


@pytest.mark.parametrize("version", ["v1a,", "v2,", "", "v1"])
def test_only_the_version_that_we_know_counts(version: str) -> None:
    request = sign(CASE.body)
    other = version + request.headers["svix-signature"].removeprefix("v1,")
    with pytest.raises(Unverified):
        PROVIDER.verify(replace(request, headers={**request.headers, "svix-signature": other}), CASE.credentials, NOW)


@pytest.mark.parametrize("away", [timedelta(minutes=-5), timedelta(minutes=5)])
def test_clocks_may_differ_by_five_minutes_and_no_more(away: timedelta) -> None:
    PROVIDER.verify(sign(CASE.body, NOW + away), CASE.credentials, NOW)
    with pytest.raises(Unverified, match="too far from now"):
        PROVIDER.verify(sign(CASE.body, NOW + away * 1.01), CASE.credentials, NOW)


@pytest.mark.parametrize("header", ["svix-id", "svix-timestamp", "svix-signature"])
def test_without_one_of_the_headers_nothing_is_signed(header: str) -> None:
    request = sign(CASE.body)
    rest = {name: value for name, value in request.headers.items() if name != header}
    with pytest.raises(Unverified, match="not signed"):
        PROVIDER.verify(replace(request, headers=rest), CASE.credentials, NOW)


@pytest.mark.parametrize("secret", ["", "whsec_", "whsec_not base64", "é", SECRET[:-4]])
def test_a_secret_that_is_none_proves_nothing(secret: str) -> None:
    with pytest.raises(Unverified):
        PROVIDER.verify(sign(CASE.body), Credentials(secrets=(secret,)), NOW)


def test_an_empty_key_is_not_a_key() -> None:
    with pytest.raises(Unverified):
        PROVIDER.verify(sign(CASE.body, secret="whsec_"), Credentials(secrets=("whsec_",)), NOW)


def test_the_call_s_identifier_is_the_event_s() -> None:
    assert PROVIDER.parse(sign(CASE.body), PROVIDER.identity).events[0].key == NUMBER
    assert one("opened").key == ""


@pytest.mark.parametrize(
    ("kind", "data", "expected"),
    [
        ("sent", {}, (Kind.SENT, None)),
        ("delivered", {}, (Kind.DELIVERED, None)),
        ("delivery_delayed", {}, (Kind.DEFERRED, None)),
        ("opened", {}, (Kind.OPENED, None)),
        ("complained", {}, (Kind.COMPLAINED, None)),
        ("bounced", {"bounce": {"type": "Permanent", "subType": "General"}}, (Kind.BOUNCED, BounceType.HARD)),
        ("bounced", {"bounce": {"type": "Transient", "subType": "MailboxFull"}}, (Kind.BOUNCED, BounceType.SOFT)),
        ("bounced", {"bounce": {"type": "Undetermined"}}, (Kind.BOUNCED, BounceType.SOFT)),
        ("bounced", {}, (Kind.BOUNCED, BounceType.SOFT)),
        ("bounced", {"bounce": {"type": "Permanent", "subType": "Suppressed"}}, HELD_BACK),
        ("suppressed", {"suppressed": {"type": "OnAccountSuppressionList"}}, HELD_BACK),
        ("failed", {"failed": {"reason": "reached_daily_quota"}}, (Kind.NOT_SENT, NotSentReason.OVER_LIMIT)),
        ("failed", {}, (Kind.NOT_SENT, NotSentReason.OTHER)),
        ("failed", {"failed": {"reason": "invalid from address"}}, (Kind.NOT_SENT, NotSentReason.OTHER)),
    ],
)
def test_an_event_is_what_its_type_and_its_details_say(kind: str, data: dict[str, Any], expected: Any) -> None:
    event = one(kind, **data)
    assert (event.kind, event.bounce or event.reason) == expected


@pytest.mark.parametrize("kind", ["scheduled", "received", "something_new"])
def test_what_is_no_outcome_of_a_message_is_of_no_use(kind: str) -> None:
    assert read(kind) == Intake(ignored=1)


@pytest.mark.parametrize("kind", ["contact.updated", "domain.created", "suppression.added", "inbox.created"])
def test_what_is_about_no_message_is_of_no_use(kind: str) -> None:
    body = msgspec.json.encode({"type": kind, "created_at": "2026-05-12T09:30:00Z", "data": {"unsubscribed": True}})
    assert PROVIDER.parse(Request(body), PROVIDER.identity) == Intake(ignored=1)


@pytest.mark.parametrize(
    ("data", "reply"),
    [
        ({"bounce": {"type": "Permanent", "message": "No such user"}}, "No such user"),
        ({"failed": {"reason": "reached_daily_quota"}}, "reached_daily_quota"),
        ({"suppressed": {"type": "x", "message": "Bounced before"}}, "Bounced before"),
    ],
)
def test_resend_s_own_words_are_kept(data: dict[str, Any], reply: str) -> None:
    assert one({"bounce": "bounced"}.get(next(iter(data)), next(iter(data))), **data).reply == reply


def test_an_open_says_nothing_of_whoever_opened() -> None:
    event = one("opened")
    assert (event.client, event.device, event.machine) == (None, None, None)


def test_a_click_says_where_to_and_with_what() -> None:
    agent = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0"
    event = one("clicked", click={"link": "https://example.org/a", "userAgent": agent, "ipAddress": "192.0.2.1"})
    assert (event.link, event.client, event.device) == ("https://example.org/a", "Chrome", "desktop")


def test_of_several_recipients_each_was_delivered_to_and_the_first_is_taken_to_have_opened() -> None:
    both = {"to": ["Ada <ada@example.org>", "bob@example.org", "ada@example.org"]}
    assert [event.contact for event in read("delivered", **both).events] == ["ada@example.org", "bob@example.org"]
    assert [event.contact for event in read("opened", **both).events] == ["ada@example.org"]


@pytest.mark.parametrize("to", [None, [], "nobody", ["nobody"], [None, 5], {"a": 1}, "(" * 50_000])
def test_an_event_of_nobody_is_refused(to: Any) -> None:
    assert [reject.reason for reject in read("sent", to=to).rejects] == ["data.to: no e-mail address"]


@pytest.mark.parametrize(
    ("data", "email"),
    [
        ({"tags": {"campaign": "may"}, "template_id": "t"}, "spring"),
        ({"broadcast_id": None, "tags": {"campaign": "may", "category": "news"}}, "may"),
        ({"broadcast_id": None, "tags": [{"name": "category", "value": "news"}]}, "news"),
        ({"broadcast_id": None, "tags": [5, {"name": 5}, {"name": "category"}], "template_id": "t"}, "t"),
        ({"broadcast_id": None, "subject": "Hello"}, "Hello"),
        ({"broadcast_id": None}, "uncategorised"),
    ],
)
def test_an_e_mail_is_its_broadcast_its_tag_its_template_or_its_subject(data: dict[str, Any], email: str) -> None:
    assert one("sent", **data).email == email


def test_events_describe_their_e_mail() -> None:
    told = read("sent", subject="Spring sale", **{"from": '"The Shop" <shop@example.org>'})
    assert told.emails == (
        Email(
            id="spring",
            provider="resend",
            subject="Spring sale",
            from_name="The Shop",
            from_address="shop@example.org",
        ),
    )


KINDS = ("sent", "opened", "clicked", "bounced", "failed")
FIELDS = ("to", "from", "subject", "broadcast_id", "tags", "template_id", "click", "bounce", "failed", "suppressed")


@given(
    st.fixed_dictionaries(
        {"type": st.sampled_from([f"email.{kind}" for kind in KINDS]) | ANY},
        optional={"created_at": ANY, "data": ANY | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANY))},
    )
)
def test_any_field_may_be_anything_and_good_events_beside_it_are_kept(item: dict[str, Any]) -> None:
    good = msgspec.json.decode(CASE.body)
    intake = PROVIDER.parse(Request(msgspec.json.encode([good, item, good])), PROVIDER.identity)
    assert [event.email for event in intake.events].count("spring") >= 2
    assert {reject.line for reject in intake.rejects} <= {2}
