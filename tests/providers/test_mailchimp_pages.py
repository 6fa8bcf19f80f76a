"""Pages of Mailchimp's Marketing API, with the fields of its reference."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake, Reject
from providers.mailchimp_pages import (
    Sent,
    activity,
    campaigns,
    complaints,
    departures,
    recipients,
    sent_campaigns,
    total,
)
from reports.events import BounceType, Email, Event, Kind
from tests.providers.webhooks.anything import ANY

SENT = datetime(2026, 5, 12, 7, tzinfo=UTC)
ADA = {
    "campaign_id": "42694e9e57",
    "list_id": "57afe96172",
    "list_is_active": True,
    "email_id": "62eeb292278cc15f5817cb78f7790b08",
    "email_address": "Ada@example.org",
}


def page(field: str, *items: Any) -> bytes:
    return msgspec.json.encode({field: items, "campaign_id": "42694e9e57", "total_items": len(items), "_links": []})


def ada(kind: Kind, at: datetime = SENT, **rest: Any) -> Event:
    return Event(kind=kind, at=at, email="42694e9e57", contact="Ada@example.org", provider="mailchimp", **rest)


def test_each_act_of_a_recipient_is_an_event() -> None:
    acts = [
        {"action": "open", "timestamp": "2026-05-12T09:30:00+00:00", "ip": "192.0.2.1"},
        {"action": "click", "timestamp": "2026-05-12T11:31:00+02:00", "url": "https://example.org/a"},
        {"action": "bounce", "timestamp": "2026-05-12T09:32:00+00:00", "type": "hard"},
        {"action": "bounce", "timestamp": "2026-05-12T09:33:00+00:00", "type": "soft"},
        {"action": "something new", "timestamp": "2026-05-12T09:34:00+00:00"},
    ]
    assert activity(page("emails", ADA | {"activity": acts}, ADA | {"activity": []})) == Intake(
        (
            ada(Kind.OPENED, datetime(2026, 5, 12, 9, 30, tzinfo=UTC)),
            ada(Kind.CLICKED, datetime(2026, 5, 12, 9, 31, tzinfo=UTC), link="https://example.org/a"),
            ada(Kind.BOUNCED, datetime(2026, 5, 12, 9, 32, tzinfo=UTC), bounce=BounceType.HARD),
            ada(Kind.BOUNCED, datetime(2026, 5, 12, 9, 33, tzinfo=UTC), bounce=BounceType.SOFT),
        ),
        ignored=1,
    )


def test_a_bad_act_costs_no_other_act_of_the_same_recipient() -> None:
    good = {"action": "open", "timestamp": "2026-05-12T09:30:00+00:00"}
    intake = activity(page("emails", ADA | {"activity": [good, {"action": "open"}, 5, good]}, "nobody"))
    assert len(intake.events) == 2
    assert [reject.reason for reject in intake.rejects] == [
        "timestamp: not a time",
        "activity: not a table",
        "not a table",
    ]


def test_a_recipient_was_delivered_to_unless_the_status_says_bounced() -> None:
    told = page("sent_to", ADA | {"status": "sent"}, ADA | {"status": "hard"}, ADA | {"status": "soft"})
    assert recipients(told, SENT).events == (ada(Kind.SENT), ada(Kind.DELIVERED), ada(Kind.SENT), ada(Kind.SENT))


def test_who_left_and_who_called_it_spam_have_pages_of_their_own() -> None:
    left = page("unsubscribes", ADA | {"timestamp": "2026-05-12T07:00:00+00:00", "reason": "None given"})
    assert departures(left) == Intake((ada(Kind.UNSUBSCRIBED),))
    assert complaints(page("abuse_reports", ADA | {"id": 42, "date": "2026-05-12T07:00:00+00:00"})) == Intake(
        (ada(Kind.COMPLAINED),)
    )


def test_a_campaign_has_a_name_a_subject_a_sender_and_an_audience() -> None:
    told = {
        "id": "42694e9e57",
        "type": "regular",
        "send_time": "2026-05-12T07:00:00+00:00",
        "status": "sent",
        "recipients": {"list_id": "57afe96172", "list_name": "Readers"},
        "settings": {
            "subject_line": "Spring is here",
            "title": "newsletter-may",
            "from_name": "The Shop",
            "reply_to": "shop@example.org",
        },
    }
    described = Email(
        id="42694e9e57",
        provider="mailchimp",
        name="newsletter-may",
        subject="Spring is here",
        from_name="The Shop",
        from_address="shop@example.org",
        sent_at=SENT,
        type="regular",
        lists=("Readers",),
    )
    draft = Email(id="d", provider="mailchimp")
    assert campaigns(page("campaigns", told, {"id": "d", "send_time": ""})) == Intake(emails=(described, draft))
    assert [reject.reason for reject in campaigns(page("campaigns", {"id": ""})).rejects] == ["id: empty"]


def test_what_went_out_says_when_somebody_last_did_something() -> None:
    told = {"id": "42694e9e57", "send_time": "2026-05-12T07:00:00+00:00"}
    looked = told | {
        "id": "b",
        "opens": {"last_open": "2026-05-14T07:00:00+00:00"},
        "clicks": {"last_click": "2026-05-13T07:00:00+00:00"},
    }
    silent = told | {"opens": {"last_open": ""}, "clicks": None}
    body = page("reports", silent, looked, {"id": "draft"}, 7, told | {"id": ""})
    assert sent_campaigns(body) == [
        Sent("42694e9e57", SENT, SENT),
        Sent("b", SENT, datetime(2026, 5, 14, 7, tzinfo=UTC)),
    ]
    assert total(body) == 5
    for read in (sent_campaigns, total):
        with pytest.raises(ValueError, match="no page"):
            read(b'{"total_items": "many"}')


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"emails": 5}', b'{"detail": "API key invalid", "status": 401}'])
def test_what_is_no_page_says_so(body: bytes) -> None:
    assert activity(body) == Intake(rejects=(Reject(1, "no page: the field `emails` is missing", body.decode()),))


@pytest.mark.parametrize("file", ["hull.1", "hull.get-batch", "hull.get-batches", "hull.lists-members-activity"])
def test_pages_of_other_endpoints_are_no_activity(file: str, shared_data: Any) -> None:
    intake = activity((shared_data / "payloads" / "mailchimp" / f"{file}.json").read_bytes())
    assert [reject.reason for reject in intake.rejects] == ["no page: the field `emails` is missing"]


FIELDS = (*ADA, "activity", "status", "timestamp")


@given(st.lists(ANY | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANY))))
def test_anything_may_stand_beside_good_items(items: list[Any]) -> None:
    good = ADA | {"activity": [{"action": "open", "timestamp": "2026-05-12T09:30:00+00:00"}]}
    assert len(activity(page("emails", good, *items, good)).events) >= 2
    assert len(recipients(page("sent_to", ADA, *items, ADA), SENT).events) >= 2
    campaigns(page("campaigns", *items))
