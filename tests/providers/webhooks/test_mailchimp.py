"""Mailchimp's webhooks, beyond what its payloads and the contract show."""

from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.provider import Request, Unverified
from providers.webhooks.mailchimp import PROVIDER
from reports.events import BounceType, Email, Event, Kind
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.mailchimp import CASE, sign


def read(said: str, *paths: str, fired_at: str = "2026-05-12 09:30:00", **data: str) -> Intake:
    told = {"email": "ada@example.org", "campaign_id": "spring", "list_id": "readers"} | data
    body = urlencode({"type": said, "fired_at": fired_at} | {f"data[{name}]": value for name, value in told.items()})
    return PROVIDER.parse(Request(body.encode()), paths or PROVIDER.identity)


def one(said: str, *paths: str, **data: str) -> Event:
    (event,) = read(said, *paths, **data).events
    return event


@pytest.mark.parametrize(
    ("said", "reason", "kind", "bounce"),
    [
        ("unsubscribe", "manual", Kind.UNSUBSCRIBED, None),
        ("unsubscribe", "abuse", Kind.COMPLAINED, None),
        ("unsubscribe", "", Kind.UNSUBSCRIBED, None),
        ("cleaned", "hard", Kind.BOUNCED, BounceType.HARD),
        ("cleaned", "abuse", Kind.COMPLAINED, None),
        ("cleaned", "something new", Kind.BOUNCED, BounceType.HARD),
    ],
)
def test_an_event_is_what_its_type_and_reason_say(said: str, reason: str, kind: Kind, bounce: BounceType) -> None:
    event = one(said, reason=reason)
    assert (event.kind, event.bounce, event.email) == (kind, bounce, "spring")


@pytest.mark.parametrize("said", ["subscribe", "profile", "upemail", "something new"])
def test_what_happens_to_the_audience_alone_is_of_no_use(said: str) -> None:
    assert read(said) == Intake(ignored=1)


def test_who_leaves_the_audience_by_no_campaign_leaves_no_e_mail() -> None:
    assert read("unsubscribe", campaign_id="") == Intake(ignored=1)
    assert one("unsubscribe", "data.list_id", campaign_id="").email == "readers"


def test_times_are_utc() -> None:
    assert one("unsubscribe").at == datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
    assert [reject.reason for reject in read("cleaned", fired_at="").rejects] == ["fired_at: not a time"]


def test_a_campaign_s_end_describes_it() -> None:
    about = {"id": "c1", "subject": "Spring sale", "status": "sent"}
    sent = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
    described = Email(id="c1", provider="mailchimp", subject="Spring sale", sent_at=sent)
    assert read("campaign", **about) == Intake(emails=(described,))
    assert read("campaign", **(about | {"status": "canceled"})).emails[0].sent_at is None
    assert [reject.reason for reject in read("campaign", subject="Hi").rejects] == ["data.id: empty"]


def test_a_campaign_describes_nothing_where_settings_have_another_identity() -> None:
    assert read("campaign", "data.list_id", id="c1", subject="Hi") == Intake(ignored=1)


def test_merge_fields_can_be_the_identity() -> None:
    assert PROVIDER.parse(Request(CASE.body), ("data.merges.FNAME",)).events[0].email == "Ada"


def test_a_probe_is_proved_by_the_secret_in_its_url() -> None:
    assert PROVIDER.probed
    PROVIDER.verify(replace(sign(b""), method="GET"), CASE.credentials, NOW)
    for query in ({}, {"secret": "wrong"}, {"other": "correct horse battery"}):
        with pytest.raises(Unverified):
            PROVIDER.verify(Request(b"", query=query, method="GET"), CASE.credentials, NOW)


def test_nothing_is_answered_that_switches_the_webhook_off() -> None:
    answers = PROVIDER.answers
    assert 410 not in (answers.success, answers.unverified, answers.malformed, answers.overloaded)


@pytest.mark.parametrize(
    "form",
    [
        "type=unsubscribe&data=x&data[email]=ada@example.org",
        "type=unsubscribe&data[email][x]=1&data[email]=ada@example.org&data[campaign_id]=c",
        "type[x]=unsubscribe",
        "[]=1&[[[=2&=3&&&",
        "data" + "[a]" * 20_000 + "=1",
        "type=unsubscribe&data[campaign_id]=%ff%00&data[email]=ada@example.org&fired_at=2026-05-12 09:30:00",
    ],
)
def test_names_that_contradict_one_another_do_no_harm(form: str) -> None:
    assert not PROVIDER.parse(Request(form.encode()), PROVIDER.identity).events


PIECES = st.sampled_from(["type", "fired_at", "data", "email", "campaign_id", "[", "]", "=", "&", "%", "unsubscribe",
                          "ada@example.org", "2026-05-12 09:30:00", "%00", "+"])  # fmt: skip


@given(st.lists(PIECES, max_size=30).map("".join))
def test_any_form_is_read_or_refused(form: str) -> None:
    intake = PROVIDER.parse(Request(form.encode()), PROVIDER.identity)
    assert len(intake.events) + len(intake.emails) + len(intake.rejects) + intake.ignored == 1
