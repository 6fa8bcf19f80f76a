"""Brevo's events, from its documentation of transactional and of marketing webhooks."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.provider import Request
from providers.reading import content_key
from providers.webhooks.brevo import PROVIDER
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.anything import ANY
from tests.providers.webhooks.cases.brevo import CASE


def parse(told: Any) -> Intake:
    return PROVIDER.parse(Request(msgspec.json.encode(told)), PROVIDER.identity)


def read(event: Any, **fields: Any) -> Intake:
    told = {"email": "ada@example.org", "ts_epoch": 1_700_000_000_000, "tags": ["spring"]} | fields
    return parse({"event": event} | told)


def one(event: str, **fields: Any) -> Event:
    (found,) = read(event, **fields).events
    return found


def test_a_transactional_event_is_read_as_documented() -> None:
    told = {
        "event": "hard_bounce",
        "email": "nobody@example.org",
        "id": 9_999_999,
        "date": "2018-03-06 11:10:23",  # the account's zone: eight hours behind
        "ts": 1_520_331_023,
        "ts_event": 1_520_331_023,
        "ts_epoch": 1_520_363_423_000,
        "message-id": "<201803062010.27287306012@smtp-relay.example.org>",
        "subject": "Your order",
        "reason": " RecipientError: 550 5.5.0 mailbox unavailable.",
        "tag": '["orders","shop"]',
        "tags": ["orders", "shop"],
        "template_id": 12,
        "sending_ip": "192.0.2.1",
    }
    assert parse(told) == Intake(
        (
            Event(
                kind=Kind.BOUNCED,
                at=datetime(2018, 3, 6, 19, 10, 23, tzinfo=UTC),
                email="orders",
                contact="nobody@example.org",
                provider="brevo",
                key=content_key({"message-id": told["message-id"]}, "message-id", "link", "URL", "user_agent"),
                bounce=BounceType.HARD,
                reply=" RecipientError: 550 5.5.0 mailbox unavailable.",
            ),
        ),
        (Email(id="orders", provider="brevo", subject="Your order"),),
    )


def test_a_marketing_event_is_read_as_documented() -> None:
    told = {
        "id": 4711,
        "camp_id": 73,
        "email": "ada@example.org",
        "campaign name": "My First Campaign ",
        "date_sent": "2020-10-09 00:00:00",
        "date_event": "2020-10-09 00:00:00",
        "event": "click",
        "tag": "",
        "ts_sent": 1_604_933_619,
        "ts_event": 1_604_933_737,
        "ts": 1_604_937_337,  # an hour on: the zone of the account
        "URL": "https://example.org/offer",
    }
    assert parse(told) == Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=datetime(2020, 11, 9, 14, 55, 37, tzinfo=UTC),
                email="73",
                contact="ada@example.org",
                provider="brevo",
                key=content_key({"URL": told["URL"]}, "message-id", "link", "URL", "user_agent"),
                link="https://example.org/offer",
            ),
        ),
        (Email(id="73", provider="brevo", name="My First Campaign"),),
    )


@pytest.mark.parametrize(
    ("said", "kind", "detail"),
    [
        ("request", Kind.SENT, None),
        ("delivered", Kind.DELIVERED, None),
        ("deferred", Kind.DEFERRED, None),
        ("hard_bounce", Kind.BOUNCED, BounceType.HARD),
        ("hardBounce", Kind.BOUNCED, BounceType.HARD),
        ("soft_bounce", Kind.BOUNCED, BounceType.SOFT),
        ("softBounce", Kind.BOUNCED, BounceType.SOFT),
        ("blocked", Kind.NOT_SENT, NotSentReason.SUPPRESSED),
        ("invalid_email", Kind.NOT_SENT, NotSentReason.INVALID_ADDRESS),
        ("error", Kind.NOT_SENT, NotSentReason.OTHER),
        ("opened", Kind.OPENED, None),
        ("unique_opened", Kind.OPENED, None),
        ("proxy_open", Kind.OPENED, MachineReason.PROVIDER),
        ("unique_proxy_open", Kind.OPENED, MachineReason.PROVIDER),
        ("click", Kind.CLICKED, None),
        ("unsubscribe", Kind.UNSUBSCRIBED, None),
        ("unsubscribed", Kind.UNSUBSCRIBED, None),
        ("spam", Kind.COMPLAINED, None),
        ("complaint", Kind.COMPLAINED, None),
    ],
)
def test_an_event_is_what_its_name_says(said: str, kind: Kind, detail: Any) -> None:
    event = one(said)
    assert (event.kind, event.bounce or event.reason or event.machine) == (kind, detail)


@pytest.mark.parametrize(
    "said", ["list_addition", "listAddition", "contact_deleted", "contact_updated", "unique_coupon_sent", "new"]
)
def test_what_is_about_no_message_is_of_no_use(said: str) -> None:
    assert read(said, email=["ada@example.org"]) == Intake(ignored=1)


def test_a_proxy_that_says_it_is_apple_s_is_apple_s() -> None:
    assert one("proxy_open", user_agent="Mozilla/5.0").machine is MachineReason.APPLE_PRIVACY
    assert one("opened", user_agent="Mozilla/5.0").machine is MachineReason.APPLE_PRIVACY


def test_the_first_open_told_in_two_ways_is_one_event() -> None:
    assert one("opened") == one("unique_opened")


def test_an_event_is_told_apart_by_its_message_its_link_and_its_agent() -> None:
    told = {"message-id": "m", "link": "https://example.org/a", "user_agent": "Mozilla/5.0"}
    others = [told | {name: "other"} for name in told]
    assert len({one("click", **fields).key for fields in (told, told, *others)}) == 4


@pytest.mark.parametrize(
    ("fields", "second"),
    [
        ({"ts_epoch": 1_700_000_000_000, "ts_event": 1_600_000_000, "ts": 1_500_000_000}, 1_700_000_000),
        ({"ts_epoch": 1_700_000_000}, 1_700_000_000),  # seconds, as one documented sample has it
        ({"ts_epoch": None, "s_epoch": 1_700_000_000_000}, 1_700_000_000),
        ({"ts_epoch": None, "ts_event": 1_600_000_000, "ts": 1_500_000_000}, 1_600_000_000),
        ({"ts_epoch": None, "ts": "1500000000"}, 1_500_000_000),
    ],
)
def test_the_time_that_is_surely_utc_goes_first(fields: dict[str, Any], second: int) -> None:
    assert one("opened", **fields).at == datetime.fromtimestamp(second, UTC)


def test_an_event_with_no_more_than_a_date_in_some_zone_is_refused() -> None:
    intake = read("opened", ts_epoch=None, date="2020-10-09 00:00:00")
    assert [reject.reason for reject in intake.rejects] == ["ts_epoch: not a time"]


@pytest.mark.parametrize(
    ("fields", "email"),
    [
        ({"camp_id": 7, "tag": "x"}, "7"),
        ({"tag": '["a","b"]', "tags": ["a", "b"]}, "a"),
        ({"tags": None, "tag": "header"}, "header"),
        ({"tags": [], "tag": ["listed"]}, "listed"),
        ({"tags": None, "template_id": 12, "subject": "Hi"}, "12"),
        ({"tags": None, "subject": "Hi"}, "Hi"),
        ({"tags": None}, "uncategorised"),
    ],
)
def test_an_e_mail_is_its_campaign_its_tag_its_template_or_its_subject(fields: dict[str, Any], email: str) -> None:
    assert one("opened", **fields).email == email


def test_a_list_is_as_many_events_and_one_bad_one_costs_no_other() -> None:
    good = {"event": "opened", "email": "ada@example.org", "ts_epoch": 1_700_000_000_000}
    intake = parse([good, good | {"email": "nobody"}, good])
    assert len(intake.events) == 2
    assert [(reject.line, reject.reason) for reject in intake.rejects] == [(2, "email: not an e-mail address")]


def test_nothing_that_brevo_is_answered_makes_it_throw_events_away() -> None:
    assert {PROVIDER.answers.unverified, PROVIDER.answers.malformed, PROVIDER.answers.overloaded} == {429}


FIELDS = ("email", "ts_epoch", "ts_event", "ts", "camp_id", "campaign name", "tags", "tag", "template_id", "subject",
          "reason", "link", "URL", "user_agent")  # fmt: skip


@given(
    st.fixed_dictionaries(
        {"event": st.sampled_from(["request", "hard_bounce", "blocked", "proxy_open", "click"]) | ANY},
        optional=dict.fromkeys(FIELDS, ANY),
    )
)
def test_any_field_may_be_anything_and_good_events_beside_it_are_kept(item: dict[str, Any]) -> None:
    good = msgspec.json.decode(CASE.body)
    intake = parse([*good, item, *good])
    assert len([event for event in intake.events if event.email == "spring"]) >= 8
    assert len(intake.events) + len(intake.rejects) + intake.ignored == 9
