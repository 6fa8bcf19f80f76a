"""Pages of HubSpot's events API, by the fields of its reference and by a real page."""

from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.hubspot import NotAPage, page
from providers.hubspot_tables import Details
from providers.hubspot_tables import event as row_event
from providers.intake import Intake
from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.anything import ANY

AT = datetime(2019, 8, 29, 13, 9, 45, 625_000, UTC)
SENT_AT = datetime(2019, 8, 29, 12, 26, 57, 162_000, UTC)
ITEM = {
    "id": "9c23-1",
    "created": 1_567_084_185_625,
    "type": "OPEN",
    "recipient": "Ada@example.org",
    "emailCampaignId": 76224413,
    "appId": 113,
    "filteredEvent": False,
    "sentBy": {"id": "s1", "created": 1_567_081_617_162},
}


def body(*items: Any, more: object = False, offset: object = "next") -> bytes:
    return msgspec.json.encode({"events": items, "hasMore": more, "offset": offset})


def one(**fields: Any) -> Event:
    (event,) = page(body(ITEM | fields)).intake.events
    return event


def test_an_event_has_the_identity_of_the_same_event_in_a_warehouse() -> None:
    row = {
        "id": "9c23-1",
        "created": "2019-08-29 13:09:45.625",
        "email_campaign_id": "76224413",
        "obsoleted_by_id": "",
        "type": "OPEN",
        "filtered_event": "false",
        "recipient": "Ada@example.org",
    }
    opened = Event(
        kind=Kind.OPENED, at=AT, email="76224413", contact="Ada@example.org", provider="hubspot", key="9c23-1"
    )
    assert one() == opened == row_event(row, Details())


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ("SENT", Kind.SENT),
        ("DELIVERED", Kind.DELIVERED),
        ("DEFERRED", Kind.DEFERRED),
        ("BOUNCE", Kind.BOUNCED),
        ("DROPPED", Kind.NOT_SENT),
        ("OPEN", Kind.OPENED),
        ("CLICK", Kind.CLICKED),
        ("SPAMREPORT", Kind.COMPLAINED),
    ],
)
def test_each_type_that_is_counted(said: str, kind: Kind) -> None:
    assert one(type=said).kind is kind


@pytest.mark.parametrize("said", ["PRINT", "FORWARD", "PROCESSED", "UNBOUNCE", "SUPPRESSED", "SOMETHING_NEW"])
def test_other_types_are_of_no_use_even_without_a_recipient(said: str) -> None:
    assert page(body({"type": said})).intake == Intake(ignored=1)


def test_a_replaced_event_is_told_apart_and_never_counted() -> None:
    told = page(body(ITEM | {"obsoletedBy": {"id": "9c23-2", "created": 1_567_084_190_000}}, ITEM | {"id": "9c23-2"}))
    assert [event.key for event in told.intake.events] == ["9c23-2"]
    assert [event.key for event in told.obsolete] == ["9c23-1"]


@pytest.mark.parametrize(
    ("said", "verdict"),
    [
        ("OPEN", MachineReason.PROVIDER),
        ("CLICK", MachineReason.PROVIDER),
        ("SENT", None),
        ("DELIVERED", None),
        ("BOUNCE", None),
    ],
)
def test_a_filtered_event_is_a_machine_s_open_or_click_and_nothing_else(
    said: str, verdict: MachineReason | None
) -> None:
    assert one(type=said, filteredEvent=True).machine is verdict


@pytest.mark.parametrize("verdict", [False, None, "true", 1])
def test_only_a_true_verdict_makes_a_machine(verdict: object) -> None:
    assert one(filteredEvent=verdict).machine is None


def test_how_long_an_e_mail_was_looked_at_is_unknown_where_it_is_nought() -> None:
    assert [one(duration=told).duration_ms for told in (27_004, 0, -1, None, "27", True)] == [27_004, *[None] * 5]


def test_bounces_and_drops_keep_the_words_they_came_with() -> None:
    bounced = one(type="BOUNCE", category="UNKNOWN_USER", response="550 no such user", status="5.1.1")
    assert (bounced.bounce, bounced.reply) == (BounceType.HARD, "550 no such user")
    assert one(type="BOUNCE", category="POLICY").bounce is BounceType.SOFT
    dropped = one(type="DROPPED", dropReason="PREVIOUSLY_UNSUBSCRIBED_BRAND", dropMessage="left in May")
    assert (dropped.reason, dropped.reply) == (NotSentReason.PREVIOUSLY_UNSUBSCRIBED, "left in May")
    assert one(type="DROPPED", dropReason="MTA_IGNORE").reply == "MTA_IGNORE"
    assert one(type="DEFERRED", response="451 later").reply == "451 later"


@pytest.mark.parametrize(
    ("fields", "kind"),
    [
        ({"portalSubscriptionStatus": "UNSUBSCRIBED", "subscriptions": []}, Kind.UNSUBSCRIBED),
        (
            {"subscriptions": [{"id": 1, "status": "SUBSCRIBED"}, {"id": 2, "status": "UNSUBSCRIBED"}]},
            Kind.UNSUBSCRIBED,
        ),
        ({"portalSubscriptionStatus": "SUBSCRIBED", "subscriptions": [{"id": 1, "status": "SUBSCRIBED"}]}, None),
        ({"portalSubscriptionStatus": "UNSUBSCRIBED", "emailCampaignId": None}, None),
        ({"subscriptions": "UNSUBSCRIBED"}, None),
        ({}, None),
    ],
)
def test_who_leaves_one_subscription_or_all_by_an_e_mail_has_unsubscribed(
    fields: dict[str, Any], kind: Kind | None
) -> None:
    told = page(body(ITEM | {"type": "STATUSCHANGE"} | fields)).intake
    assert [event.kind for event in told.events] == ([kind] if kind else [])
    assert told.ignored == (kind is None)


def test_a_click_has_its_link_and_a_device_by_its_agent_or_by_hubspot_s_word() -> None:
    clicked = one(type="CLICK", url="https://example.org/a", deviceType="MOBILE", userAgent=None)
    assert (clicked.link, clicked.client, clicked.device) == ("https://example.org/a", None, "mobile")
    proxied = one(deviceType="COMPUTER", userAgent="Mozilla/5.0 (X) Firefox/11.0 (via ggpht.com GoogleImageProxy)")
    assert (proxied.client, proxied.device) == ("Gmail", None)


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"recipient": None}, "recipient: not an e-mail address"),
        ({"emailCampaignId": None}, "emailCampaignId: empty"),
        ({"id": ""}, "id: empty"),
        ({"created": "yesterday"}, "created: not a time"),
        ({"type": None}, "no event: the field `type` is missing"),
        ({"recipient": "a@" + "b" * 300}, "contact: longer than 300 characters"),
    ],
)
def test_an_event_that_makes_no_sense_costs_no_other(fields: dict[str, Any], reason: str) -> None:
    told = page(body(ITEM | fields, ITEM)).intake
    assert [reject.reason for reject in told.rejects] == [reason]
    assert len(told.events) == 1


def test_the_offset_counts_only_while_there_is_more() -> None:
    assert page(body(ITEM, more=True)).offset == "next"
    assert page(body(ITEM, more=False)).offset is None


def test_a_page_that_is_newest_first_says_how_far_back_it_went() -> None:
    earlier = ITEM | {"created": 1_567_084_185_000}
    assert page(body(ITEM, earlier)).oldest == AT.replace(microsecond=0)
    assert page(body(earlier, ITEM)).oldest is None
    assert page(body(ITEM, {})).oldest is None
    assert page(body()).oldest is None


@pytest.mark.parametrize(
    ("answer", "reason"),
    [
        (b"<html>", "the body is not JSON"),
        (b"[]", "no page: the field `events` is missing"),
        (b'{"status": "error", "message": "busy"}', "no page: the field `events` is missing"),
        (b'{"events": []}', "no page: the field `hasMore` is missing"),
        (b'{"events": [], "hasMore": true}', "no page: there is more, but no offset"),
    ],
)
def test_what_is_no_page_is_not_taken_for_one_without_events(answer: bytes, reason: str) -> None:
    with pytest.raises(NotAPage, match=reason):
        page(answer)


def test_a_real_page_is_read_whole(shared_data: Path) -> None:
    told = page((shared_data / "payloads" / "hubspot" / "hull.events_page.json").read_bytes())
    common: dict[str, Any] = {"contact": "email@gmail.com", "provider": "hubspot"}
    assert told.intake == Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=AT,
                email="1",
                key="event_id_1",
                link="http://nytimes.com/?utm_campaign=Newsletter&utm_source=hs_email&utm_medium=email"
                "&utm_content=76224413&_hsmi=76224413",
                client="Firefox Mobile",
                device="mobile",
                **common,
            ),
            Event(
                kind=Kind.OPENED,
                at=datetime(2019, 8, 23, 18, 18, 43, 20_000, UTC),
                email="10",
                key="event_id_3",
                client="Gmail",
                **common,
            ),
            Event(
                kind=Kind.SENT,
                at=datetime(2019, 8, 29, 12, 26, 57, 162_000, UTC),
                email="1",
                key="event_id_4",
                **common,
            ),
        ),
        ignored=1,
    )
    assert told.offset is None
    assert told.oldest is None  # its authors put the last event out of its order


def test_a_page_whose_authors_took_out_the_paging_is_refused(shared_data: Path) -> None:
    with pytest.raises(NotAPage, match="hasMore"):
        page((shared_data / "payloads" / "hubspot" / "treehorn.events_page_redacted.json").read_bytes())


FIELDS = (*ITEM, "obsoletedBy", "subscriptions", "userAgent", "duration", "url", "deviceType")


@given(st.lists(ANY | st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, ANY))))
def test_anything_may_stand_beside_good_events(items: list[Any]) -> None:
    assert len(page(body(ITEM, *items, ITEM)).intake.events) >= 2


@given(st.binary())
def test_any_bytes_are_a_page_or_refused(answer: bytes) -> None:
    with suppress(NotAPage):
        page(answer)
