"""Amazon SES by SNS, EventBridge and Firehose, beyond what its documented payloads and the contract show."""

from dataclasses import replace
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import pytest

from providers.intake import Intake
from providers.provider import Credentials, Request, Unverified
from providers.webhooks.ses import PROVIDER
from reports.events import BounceType, Event, Kind, NotSentReason
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.ses import CASE, CERTIFICATE_URL, SECRET, TOPIC, certificate, envelope, sign

CONFIRM = {"Type": "SubscriptionConfirmation", "Message": "You have chosen …", "Token": "t0ken&x=1",
           "SubscribeURL": "https://evil.example/?Action=ConfirmSubscription"}  # fmt: skip


def called(told: Any) -> Request:
    return Request(msgspec.json.encode(told))


def verify(told: Any, credentials: Credentials = CASE.credentials) -> None:
    PROVIDER.verify(called(told), credentials, NOW)


def read(place: str, details: dict[str, Any], people: tuple[str, ...] = ("ada@example.org",), **rest: Any) -> Intake:
    kind = {"deliveryDelay": "DeliveryDelay", "failure": "Rendering Failure"}.get(place, place.capitalize())
    mail = {"timestamp": "2026-05-12T09:00:00Z", "messageId": "m", "destination": people} | rest
    return PROVIDER.parse(called({"eventType": kind, "mail": mail, place: details}), PROVIDER.identity)


def one(place: str, details: dict[str, Any], people: tuple[str, ...] = ("ada@example.org",), **rest: Any) -> Event:
    (event,) = read(place, details, people, **rest).events
    return event


@pytest.mark.parametrize("version", ["1", "2"])
@pytest.mark.parametrize("subject", [{}, {"Subject": "Amazon SES notification"}])
def test_both_versions_of_the_signature_are_known(version: str, subject: dict[str, str]) -> None:
    verify(envelope(Message="{}", SignatureVersion=version, **subject))


def test_a_subject_that_is_null_is_not_signed() -> None:
    verify(envelope(Message="{}") | {"Subject": None})


@pytest.mark.parametrize(
    "changed",
    [
        {"SignatureVersion": "3"},
        {"SignatureVersion": "1"},
        {"Signature": "AAAA"},
        {"Signature": None},
        {"Subject": "added"},
        {"Type": "SubscriptionConfirmation"},
        {"Message": "{ }"},
        {"TopicArn": TOPIC + "-of-another"},
    ],
)
def test_whatever_is_changed_is_found_out(changed: dict[str, Any]) -> None:
    with pytest.raises(Unverified):
        verify(envelope(Message="{}") | changed)


def test_a_validly_signed_message_of_another_s_topic_is_refused() -> None:
    other = "arn:aws:sns:eu-west-1:999999999999:ses-events"
    with pytest.raises(Unverified, match="not one of providers"):
        verify(envelope(Message="{}", TopicArn=other))


@pytest.mark.parametrize(
    "url",
    [
        "http://sns.eu-west-1.amazonaws.com/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com.evil.example/SimpleNotificationService-0.pem",
        "https://sns.eu-west-1.amazonaws.com@evil.example/x.pem",
        "https://evil.example/sns.eu-west-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com:444/x.pem",
        "https://sns.eu-west-1.amazonaws.com/x.pem?next=https://evil.example",
        "https://sns.eu-west-1.amazonaws.com/x.pem#.pem",
        "https://sns.eu-west-1.amazonaws.com/../x.pem",
        "https://sns.eu-west-1.amazonaws.com/x%2fy.pem",
        "https://sns.eu-west-1.amazonaws.com/x.pem\n",
        "https://sns.eu-west-1.amazonaws.com/x.crt",
        "https://sns.us-east-1.amazonaws.com/x.pem",
        "https://sns.eu-west-1.amazonaws.com.cn/x.pem",
        "https://snsXeu-west-1.amazonaws.com/x.pem",
        "https://s3.eu-west-1.amazonaws.com/x.pem",
        "https://SNS.eu-west-1.amazonaws.com/x.pem",
        "https://169.254.169.254/x.pem",
        "https://sns.eu-west-1.amazonaws.com\\@evil.example/x.pem",
        "https://ѕns.eu-west-1.amazonaws.com/x.pem",
        "file:///etc/x.pem",
        "",
    ],
)
def test_a_certificate_is_fetched_from_the_topic_s_own_sns_alone(url: str) -> None:
    with pytest.raises(Unverified, match="URL"):
        PROVIDER.certificate(called(envelope(Message="{}") | {"SigningCertURL": url}), CASE.credentials)


def test_strangers_make_nobody_fetch() -> None:
    with pytest.raises(Unverified, match="topic"):
        PROVIDER.certificate(called(envelope(Message="{}")), Credentials(secrets=(SECRET,)))
    assert PROVIDER.certificate(called({"detail": {}}), CASE.credentials) is None
    assert PROVIDER.certificate(called(envelope(Message="{}")), CASE.credentials) == CERTIFICATE_URL


@pytest.mark.parametrize(
    ("topic", "host", "name"),
    [
        (
            "arn:aws-cn:sns:cn-north-1:123456789012:t",
            "sns.cn-north-1.amazonaws.com.cn",
            "sns-cn-north-1.amazonaws.com.cn",
        ),
        (
            "arn:aws-us-gov:sns:us-gov-east-1:123456789012:t",
            "sns.us-gov-east-1.amazonaws.com",
            "sns-us-gov-west-1.amazonaws.com",
        ),
        (
            "arn:aws:sns:af-south-1:123456789012:t",
            "sns.af-south-1.amazonaws.com",
            "sns-signing.af-south-1.amazonaws.com",
        ),
    ],
)
def test_sns_has_its_own_names_in_some_regions(topic: str, host: str, name: str) -> None:
    url = f"https://{host}/SimpleNotificationService-1.pem"
    credentials = Credentials(topics=frozenset({topic}), certificates={url: certificate(name)})
    verify(envelope(Message="{}", TopicArn=topic, SigningCertURL=url), credentials)


@pytest.mark.parametrize(
    ("pem", "why"),
    [
        (certificate("evil.example"), "not SNS's"),
        (certificate("sns.us-east-1.amazonaws.com"), "not SNS's"),
        (certificate(begins=NOW + timedelta(days=1)), "not valid now"),
        (certificate(begins=NOW - timedelta(days=31)), "not valid now"),
        (b"nonsense", "cannot be read"),
        (b"", "cannot be read"),
    ],
    ids=["of another", "of another region", "of tomorrow", "of last month", "nonsense", "empty"],
)
def test_a_certificate_has_to_be_sns_s_and_of_today(pem: bytes, why: str) -> None:
    with pytest.raises(Unverified, match=why):
        verify(envelope(Message="{}"), replace(CASE.credentials, certificates={CERTIFICATE_URL: pem}))


def test_a_subscription_is_confirmed_at_a_url_that_is_not_the_message_s() -> None:
    told = envelope(**CONFIRM)
    verify(told)
    url = urlsplit(PROVIDER.confirmation(called(told)) or "")
    assert (url.scheme, url.netloc, url.path) == ("https", "sns.eu-west-1.amazonaws.com", "/")
    assert parse_qs(url.query) == {"Action": ["ConfirmSubscription"], "TopicArn": [TOPIC], "Token": ["t0ken&x=1"]}


def test_nothing_else_is_confirmed() -> None:
    leaving = envelope(**CONFIRM | {"Type": "UnsubscribeConfirmation"})
    verify(leaving)
    for told in (leaving, envelope(Message="{}"), {"detail": {}}, CONFIRM | {"TopicArn": "arn:aws:sns:x:1:y"}):
        assert PROVIDER.confirmation(called(told)) is None


def test_what_sns_says_of_itself_is_no_event() -> None:
    connected = envelope(Message="Successfully validated SNS topic for Amazon SES event publishing.")
    for told in (connected, envelope(**CONFIRM), envelope(**CONFIRM | {"Type": "UnsubscribeConfirmation"})):
        assert PROVIDER.parse(called(told), PROVIDER.identity) == Intake(ignored=1)


def test_a_message_that_is_no_json_is_refused_with_the_reason() -> None:
    (reject,) = PROVIDER.parse(called(envelope(Message="Hello")), PROVIDER.identity).rejects
    assert reject.reason == "the body is not JSON"


def test_eventbridge_proves_itself_by_a_secret_and_sns_does_not() -> None:
    told = msgspec.json.encode({"source": "aws.ses", "detail": msgspec.json.decode(CASE.body)})
    secret = {"x-emailstats-secret": SECRET}
    PROVIDER.verify(Request(told, secret), CASE.credentials, NOW)
    with pytest.raises(Unverified):
        PROVIDER.verify(Request(told), CASE.credentials, NOW)
    forged = msgspec.json.encode(envelope(Message="{}") | {"Signature": ""})
    with pytest.raises(Unverified):
        PROVIDER.verify(Request(forged, secret), CASE.credentials, NOW)


def test_an_event_is_one_by_whichever_way_it_comes() -> None:
    by_sns = sign(CASE.body)
    by_eventbridge = called({"detail": msgspec.json.decode(CASE.body)})
    found = {PROVIDER.parse(each, PROVIDER.identity) for each in (by_sns, by_eventbridge, Request(CASE.body))}
    assert len(found) == 1


def test_of_a_message_to_several_it_is_not_known_who_opened() -> None:
    several = ("ada@example.org", "bob@example.org")
    for place in ("open", "click", "subscription"):
        assert read(place, {"timestamp": "2026-05-12T10:00:00Z"}, several) == Intake(ignored=1)
    assert [event.contact for event in read("send", {}, several).events] == list(several)


def test_one_complaint_is_one_however_many_might_have_made_it() -> None:
    both = [{"emailAddress": "ada@example.org"}, {"emailAddress": "bob@example.org"}]
    at = {"timestamp": "2026-05-12T10:00:00Z"}
    assert len(read("complaint", at | {"complainedRecipients": both}).events) == 1
    taken_back = at | {"complainedRecipients": both, "complaintFeedbackType": "not-spam"}
    assert read("complaint", taken_back) == Intake(ignored=1)


def test_who_is_on_the_account_s_suppression_list_was_not_sent_to() -> None:
    ada, at = [{"emailAddress": "ada@example.org"}], "2026-05-12T10:00:00Z"
    listed = "OnAccountSuppressionList"
    for event in (
        one("bounce", {"bounceType": "Permanent", "bounceSubType": listed, "bouncedRecipients": ada, "timestamp": at}),
        one("complaint", {"complaintSubType": listed, "complainedRecipients": ada, "timestamp": at}),
    ):
        assert (event.kind, event.reason, event.bounce) == (Kind.NOT_SENT, NotSentReason.SUPPRESSED, None)
        assert event.reply == listed


@pytest.mark.parametrize(
    ("said", "bounce"),
    [
        ("Permanent", BounceType.HARD),
        ("Transient", BounceType.SOFT),
        ("Undetermined", BounceType.SOFT),
        ([], BounceType.SOFT),
    ],
)
def test_only_a_permanent_bounce_is_hard(said: Any, bounce: BounceType) -> None:
    people = [{"emailAddress": "ada@example.org"}]
    told = {"bounceType": said, "bouncedRecipients": people, "timestamp": "2026-05-12T10:00:00Z"}
    assert one("bounce", told).bounce is bounce


@pytest.mark.parametrize(
    ("new", "old", "counted"),
    [
        ({"unsubscribeAll": True}, {"unsubscribeAll": False}, True),
        ({"unsubscribeAll": True}, {"unsubscribeAll": True}, False),
        ({"unsubscribeAll": False}, {"unsubscribeAll": True}, False),
        ({"topicSubscriptionStatus": [{"topicName": "a", "subscriptionStatus": "OptOut"}]}, {}, True),
        ({"topicSubscriptionStatus": [{"topicName": "a", "subscriptionStatus": "OptIn"}]}, {}, False),
        ({"topicSubscriptionStatus": ["nonsense"]}, {"topicSubscriptionStatus": 5}, False),
    ],
)
def test_leaving_all_or_one_more_topic_is_an_unsubscribe(new: Any, old: Any, counted: bool) -> None:
    told = {"newTopicPreferences": new, "oldTopicPreferences": old, "timestamp": "2026-05-12T10:00:00Z"}
    assert len(read("subscription", told).events) == counted


def test_addresses_may_have_names() -> None:
    assert one("send", {}, ("Ada Lovelace <ada@example.org>",)).contact == "ada@example.org"


def test_a_tag_for_the_campaign_names_the_e_mail() -> None:
    tags = {"ses:configuration-set": ["set"], "campaign": ["spring"]}
    assert one("send", {}, tags=tags).email == "spring"
    assert one("send", {}, tags={"ses:configuration-set": ["set"]}).email == "set"
    assert one("send", {}).email == "uncategorised"
