"""HubSpot's descriptions of e-mails, by the fields of its specification and by a real campaign."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.hubspot import NotAPage
from providers.hubspot_emails import Names, campaign, campaigns_page, content_id, emails_page, list_name, team_names
from providers.intake import Intake
from reports.events import Email
from tests.providers.webhooks.anything import ANY

NAMES = Names(lists={"7": "Readers", "8": "Customers"}, teams={"21": "Benelux"})
NOBODY = Names({}, {})
MAIL = {
    "id": "100523515217",
    "name": "newsletter-may",
    "subject": "Spring is here",
    "type": "BATCH_EMAIL",
    "isPublished": True,
    "publishDate": "2026-05-12T07:00:00Z",
    "publishedAt": "2026-05-11T15:00:00Z",
    "updatedAt": "2026-05-12T08:00:00Z",
    "publishedByName": "Grace",
    "campaignName": "Spring 2026",
    "businessUnitId": "3",
    "teamsWithAccess": ["21", "22"],
    "workflowNames": ["Welcome"],
    "from": {"fromName": "The Shop", "replyTo": "shop@example.org"},
    "to": {"contactIlsLists": {"include": ["7", "9", "8"], "exclude": ["1"]}},
    "allEmailCampaignIds": ["41", "42"],
    "primaryEmailCampaignId": "41",
    "content": {
        "widgets": {"late": {"body": {"html": "<p>b"}}, "first": {"body": {"html": "<p>a"}}, "image": {"body": {}}},
        "flexAreas": {"main": {"sections": [{"columns": [{"widgets": ["first", "gone", "image"]}]}]}},
    },
}


def body(*items: Any, **rest: Any) -> bytes:
    return msgspec.json.encode({"results": items, "total": len(items)} | rest)


def test_each_campaign_of_a_marketing_e_mail_is_described_alike() -> None:
    common: dict[str, Any] = {
        "provider": "hubspot",
        "name": "newsletter-may",
        "subject": "Spring is here",
        "from_name": "The Shop",
        "from_address": "shop@example.org",
        "sent_by": "Grace",
        "sent_at": datetime(2026, 5, 12, 7, tzinfo=UTC),
        "type": "BATCH_EMAIL",
        "campaign": "Spring 2026",
        "business_unit": "3",
        "team": "Benelux",
        "workflow": "Welcome",
        "lists": ("Readers", "Customers"),
        "html": "<p>a\n<p>b",
    }
    told = emails_page(body(MAIL))
    assert told.intake(NAMES) == Intake(emails=(Email(id="41", **common), Email(id="42", **common)))
    assert told.list_ids == ["7", "8", "9"]
    assert told.updated_at == datetime(2026, 5, 12, 8, tzinfo=UTC)
    assert told.after is None


@pytest.mark.parametrize(
    ("to", "lists"),
    [
        ({"contactIlsLists": {"include": ["7"]}}, {"41": "Readers", "42": "Readers"}),
        ({"contactIlsLists": {"include": ["7", "8"]}}, {}),
        ({"contactIlsLists": {"include": ["9"]}}, {}),
        ({"contactIlsLists": {"include": ["7"]}, "contactIds": {"include": ["3"]}}, {}),
        ({"contactIlsLists": {"include": ["7"]}, "contactLists": {"include": [3]}}, {}),
        ({}, {}),
    ],
)
def test_whoever_got_what_went_to_one_list_is_on_it(to: dict[str, Any], lists: dict[str, str]) -> None:
    assert emails_page(body(MAIL | {"to": to})).only_lists(NAMES) == lists


@pytest.mark.parametrize("fields", [{"type": "AUTOMATED_EMAIL"}, {"isPublished": False}, {"isPublished": None}])
def test_what_goes_on_and_on_or_not_yet_has_no_time_of_sending(fields: dict[str, Any]) -> None:
    (first, *_) = emails_page(body(MAIL | fields)).intake(NAMES).emails
    assert first.sent_at is None


def test_a_draft_without_campaigns_describes_nothing() -> None:
    draft = {"id": "5", "name": "draft", "allEmailCampaignIds": [], "to": {}}
    assert emails_page(body(draft)).intake(NOBODY) == Intake(ignored=1)
    assert [email.id for email in emails_page(body({"primaryEmailCampaignId": "6"})).intake(NOBODY).emails] == ["6"]


def test_the_next_page_is_where_the_paging_says() -> None:
    assert emails_page(body(paging={"next": {"after": "MTA", "link": "https://example.org"}})).after == "MTA"


def test_names_are_by_number_whether_told_as_number_or_text() -> None:
    told = b'{"results": [{"id": "21", "name": "Benelux"}, {"id": 22, "name": "DACH"}, {"id": 23}, 4]}'
    assert team_names(told) == {"21": "Benelux", "22": "DACH"}
    assert list_name(b'{"list": {"listId": "7", "name": "Readers", "size": 5}}') == {"7": "Readers"}
    assert list_name(b'{"list": null}') == {}


def test_campaigns_are_listed_with_the_application_they_are_asked_for_with() -> None:
    told = b'{"hasMore": true, "offset": 30, "campaigns": [{"id": 41, "appId": 113}, {"id": 42}, 7]}'
    assert campaigns_page(told) == ({"41": "113"}, "30")


def test_a_real_campaign_describes_an_e_mail(shared_data: Path) -> None:
    told = (shared_data / "payloads" / "hubspot" / "airbyte.campaign_detail.json").read_bytes()
    described = Email(id="243851494", provider="hubspot", name="test", subject="test", type="BATCH_EMAIL")
    assert campaign(told) == Intake(emails=(described,))
    assert content_id(told) == "100523515217"


@pytest.mark.parametrize("answer", [b"<html>", b"[]", b"{}", b'{"results": {}}'])
def test_what_is_no_page_says_so(answer: bytes) -> None:
    with pytest.raises(NotAPage):
        emails_page(answer)


@given(st.lists(ANY | st.fixed_dictionaries({}, optional=dict.fromkeys(MAIL, ANY))))
def test_anything_may_stand_beside_a_good_e_mail(items: list[Any]) -> None:
    told = emails_page(body(*items, MAIL))
    assert {"41", "42"} <= {email.id for email in told.intake(NAMES).emails}
    assert {"7", "8"} <= set(told.list_ids)
    assert told.updated_at
    told.only_lists(NAMES)
    campaign(body(*items))
