"""SparkPost's fields, beyond what its documented payloads and the contract show."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.provider import Request
from providers.webhooks.sparkpost import PROVIDER
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.anything import ANY
from tests.providers.webhooks.cases.sparkpost import CASE

GMAIL_PROXY = "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)"


def parse(*items: Any) -> Intake:
    return PROVIDER.parse(Request(msgspec.json.encode(items)), PROVIDER.identity)


def read(kind: str, **fields: Any) -> Intake:
    told = {"type": kind, "timestamp": "1700000000", "rcpt_to": "ada@example.org", "campaign_id": "spring"} | fields
    return parse({"msys": {"message_event": told}})


def one(kind: str, **fields: Any) -> Event:
    (event,) = read(kind, **fields).events
    return event


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("injection", Kind.SENT),
        ("delivery", Kind.DELIVERED),
        ("delay", Kind.DEFERRED),
        ("bounce", Kind.BOUNCED),
        ("out_of_band", Kind.BOUNCED),
        ("policy_rejection", Kind.NOT_SENT),
        ("generation_failure", Kind.NOT_SENT),
        ("generation_rejection", Kind.NOT_SENT),
        ("open", Kind.OPENED),
        ("amp_open", Kind.OPENED),
        ("click", Kind.CLICKED),
        ("amp_click", Kind.CLICKED),
        ("spam_complaint", Kind.COMPLAINED),
        ("list_unsubscribe", Kind.UNSUBSCRIBED),
        ("link_unsubscribe", Kind.UNSUBSCRIBED),
    ],
)
def test_an_event_is_what_its_type_says(said: str, kind: Kind) -> None:
    assert one(said).kind is kind


@pytest.mark.parametrize(
    "said", ["initial_open", "amp_initial_open", "relay_delivery", "sms_status", "success", "something_new"]
)
def test_other_types_are_of_no_use(said: str) -> None:
    assert read(said) == Intake(ignored=1)


def test_the_pictures_at_the_top_and_at_the_bottom_are_one_look() -> None:
    both = [{"msys": {"track_event": {"type": kind, "timestamp": "1700000000", "rcpt_to": "ada@example.org"}}}
            for kind in ("initial_open", "open")]  # fmt: skip
    assert [event.kind for event in parse(*both).events] == [Kind.OPENED]


@pytest.mark.parametrize("number", [10, 30])
def test_an_address_that_is_none_bounces_hard(number: int) -> None:
    assert one("bounce", bounce_class=str(number)).bounce is BounceType.HARD
    assert one("out_of_band", bounce_class=number).bounce is BounceType.HARD


@pytest.mark.parametrize("number", [1, 20, 21, 22, 23, 24, 40, 50, 51, 52, 53, 54, 70, 999, None])
def test_a_full_box_or_a_block_bounces_soft(number: int | None) -> None:
    assert one("bounce", bounce_class=str(number)).bounce is BounceType.SOFT


@pytest.mark.parametrize("number", ["60", "80", "100"])
def test_what_a_recipient_s_program_answers_is_no_bounce(number: str) -> None:
    assert read("bounce", bounce_class=number) == read("out_of_band", bounce_class=number) == Intake(ignored=1)


def test_a_bounce_that_asks_to_leave_is_an_unsubscribe() -> None:
    assert one("bounce", bounce_class="90").kind is Kind.UNSUBSCRIBED


@pytest.mark.parametrize("number", ["25", "26"])
def test_what_sparkpost_held_back_was_not_sent(number: str) -> None:
    words = "554 5.7.1 [internal] recipient address was suppressed due to customer policy"
    event = one("bounce", bounce_class=number, raw_reason=words)
    assert (event.kind, event.reason, event.reply) == (Kind.NOT_SENT, NotSentReason.SUPPRESSED, words)
    assert one("policy_rejection", reason="550 5.7.1 relaying denied").reason is NotSentReason.OTHER


def test_the_raw_reason_goes_before_the_one_without_addresses() -> None:
    assert one("bounce", raw_reason="IP 192.0.2.1", reason="IP a.b.c.d").reply == "IP 192.0.2.1"
    assert one("delay", reason="451 later").reply == "451 later"
    assert one("delivery", reason="250 ok").reply is None


@pytest.mark.parametrize("time", ["1700000000", 1_700_000_000, "2023-11-14T22:13:20.000Z", "2023-11-14T22:13:20+00:00"])
def test_webhooks_and_the_events_api_write_time_each_in_their_way(time: Any) -> None:
    assert one("open", timestamp=time).at == datetime(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize("time", [None, "", "soon", "-5", True, []])
def test_what_is_no_time_is_refused(time: Any) -> None:
    assert [reject.reason for reject in read("open", timestamp=time).rejects] == ["timestamp: not a time"]


def test_the_address_as_it_was_given_goes_before_the_one_in_lower_case() -> None:
    assert one("open", raw_rcpt_to="Ada@Example.org").contact == "Ada@Example.org"
    assert one("open", raw_rcpt_to=None).contact == "ada@example.org"
    assert [reject.reason for reject in read("open", rcpt_to=None).rejects] == ["rcpt_to: not an e-mail address"]


def test_an_e_mail_is_its_campaign_its_template_or_its_subject() -> None:
    assert one("open", template_id="t", subject="Hi").email == "spring"
    assert one("open", campaign_id="", template_id="t", subject="Hi").email == "t"
    assert one("open", campaign_id=None, subject="Hi").email == "Hi"
    assert one("open", campaign_id=None).email == "uncategorised"


def test_a_template_that_sparkpost_made_for_one_transmission_names_no_e_mail() -> None:
    made = {"transmission_id": "589652243267932756", "template_id": "template_589652243267932756"}
    assert one("open", campaign_id=None, subject="Hi", **made).email == "Hi"


def test_events_describe_their_e_mail() -> None:
    described = read("open", subject="Spring sale", friendly_from="The Shop <shop@example.org>").emails
    assert described == (
        Email(
            id="spring",
            provider="sparkpost",
            subject="Spring sale",
            from_name="The Shop",
            from_address="shop@example.org",
        ),
    )


def test_a_proxy_is_a_person_s_and_apple_s_is_not() -> None:
    assert (one("open", user_agent=GMAIL_PROXY).client, one("open", user_agent=GMAIL_PROXY).machine) == ("Gmail", None)
    assert one("open", user_agent="Mozilla/5.0").machine is MachineReason.APPLE_PRIVACY


def test_the_call_by_which_sparkpost_tries_the_address_is_of_no_use_and_a_success() -> None:
    assert parse({"msys": {}}) == Intake(ignored=1)
    assert PROVIDER.answers.success == 200


def test_a_page_of_the_events_api_has_an_event_for_each_result() -> None:
    result = {"type": "open", "timestamp": "2023-11-14T22:13:20.000Z", "rcpt_to": "ada@example.org"}
    page = {"results": [result, {"type": 5}, result], "total_count": 3, "links": {}}
    intake = PROVIDER.parse(Request(msgspec.json.encode(page)), PROVIDER.identity)
    assert (len(intake.events), [reject.line for reject in intake.rejects]) == (2, [2])


FIELDS = ("timestamp", "rcpt_to", "raw_rcpt_to", "event_id", "campaign_id", "template_id", "transmission_id", "subject",
          "friendly_from", "bounce_class", "raw_reason", "reason", "user_agent", "target_link_url")  # fmt: skip


@given(
    ANY
    | st.fixed_dictionaries({"msys": ANY})
    | st.fixed_dictionaries({"results": ANY})
    | st.fixed_dictionaries(
        {"type": st.sampled_from(["injection", "bounce", "policy_rejection", "open", "click"]) | ANY},
        optional=dict.fromkeys(FIELDS, ANY),
    ).map(lambda event: {"msys": {"message_event": event}})
)
def test_anything_may_stand_beside_good_events(item: Any) -> None:
    good = msgspec.json.decode(CASE.body)
    intake = parse(*good, item, *good)
    assert len([event for event in intake.events if event.email == "spring"]) >= 8
