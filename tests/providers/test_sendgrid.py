"""SendGrid's payloads. What each file of the shared folder means is written here by hand, from the documentation."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.intake import Intake
from providers.sendgrid import parse
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part

IE = {"client": "IE", "device": "desktop"}
HTML_CLICK = {"link": "http://www.sendgrid.com/"} | IE
GONE = {"bounce": BounceType.HARD, "reply": "500 unknown recipient"}
BLOCKED = {"bounce": BounceType.SOFT, "reply": "500 unknown recipient"}
DROPPED = {"reason": NotSentReason.PREVIOUSLY_BOUNCED, "reply": "Bounced Address"}
LATER = {"reply": "400 try again later"}


def at(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def cats(kind: Kind, key: str, **rest: Any) -> Event:
    """An event of the documentation's example, 1513299569."""
    told = {"at": at("2017-12-15T00:59:29"), "email": "cat facts", "contact": "example@test.com"} | rest
    return Event(kind=kind, provider="sendgrid", key=key, **told)


def later_cats(kind: Kind, key: str, **rest: Any) -> Event:
    """An event of the signed test call of 2020, 1606575333."""
    return cats(kind, key, at=at("2020-11-28T14:55:33"), **rest)


def doe(who: str, category: str) -> Event:
    moment = at("2012-05-25T17:26:55")
    return Event(kind=Kind.OPENED, at=moment, email=category, contact=f"{who}@sendgrid.com", provider="sendgrid")


def campaign(kind: Kind, moment: str, key: str, contact: str, email: str) -> Event:
    return Event(kind=kind, at=at(moment), email=email, contact=contact, provider="sendgrid", key=key)


def named(identity: str, name: str) -> Email:
    return Email(id=identity, provider="sendgrid", name=name)


UNIQUE_ARGS_AB = (named("23314", "unique args ab"),)

#: File → what it says. Nothing else may come of it: no more events, e-mails or refusals.
EXPECTED: dict[str, Intake] = {
    "hookdeck.overview.delivered.00": Intake(
        (
            campaign(
                Kind.DELIVERED,
                "2022-11-28T16:00:00",
                "WTJmMTYyNDUtMzQ2MC00YzY4LWI1ZDQtZGU4MDFhMmI4NmYz",
                "user@example.com",
                "12345",
            ),
        ),
        (named("12345", "Weekly Newsletter"),),
    ),
    "real.bounce_blocked_spamcop": Intake(
        (
            Event(
                kind=Kind.BOUNCED,
                at=at("2018-05-21T17:23:19"),
                email="RecordingConfirmed",
                contact="robinson@REDACTED.com",
                provider="sendgrid",
                key="B977-WYeS8uobCjiw3YfEA",
                bounce=BounceType.SOFT,
                reply="554 5.7.1 Service unavailable; Client host [167.89.55.66] blocked using bl.spamcop.net;"
                " Blocked - see http://www.spamcop.net/bl.shtml?167.89.55.66",
            ),
        )
    ),
    "real.bounce_no_status_blocked": Intake(
        (
            Event(
                kind=Kind.BOUNCED,
                at=at("2025-02-23T08:45:20"),
                email="uncategorised",
                contact="noemail@this.does.not.exist.tld",
                provider="sendgrid",
                key="Ym91bmNlLTQtNTA0ODUxOTUtZXVvMmlLeGRTYXlQRjRZRTQtLUk3QS0w",
                bounce=BounceType.SOFT,
                reply="unable to get mx info: failed to get IPs from PTR record: lookup <nil>: unrecognized address",
            ),
        )
    ),
    "sgdocs.event.Click.27": Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=at("2009-08-11T00:00:00"),
                email="1943530",  # the newsletter, for it is nearer to an e-mail than a category is
                contact="email@example.com",
                provider="sendgrid",
                key="sendgrid_internal_event_id",
                link="http://yourdomain.com/blog/news.html",
                part=Part.HTML,
                client="Mobile Safari",
                device="mobile",
            ),
        )
    ),
    "sgdocs.event.Delivery_events.01": Intake((cats(Kind.SENT, "rbtnWrG1DVDGGGFHFyun0A=="),)),
    "sgdocs.event.Delivery_events.02": Intake((cats(Kind.NOT_SENT, "zmzJhfJgAfUSOW80yEbPyw==", **DROPPED),)),
    "sgdocs.event.Delivery_events.03": Intake((cats(Kind.DELIVERED, "rWVYmVk90MjZJ9iohOBa3w=="),)),
    "sgdocs.event.Delivery_events.04": Intake((cats(Kind.DEFERRED, "t7LEShmowp86DTdUW8M-GQ==", **LATER),)),
    "sgdocs.event.Delivery_events.05": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **GONE),)),
    "sgdocs.event.Delivery_events.06": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **BLOCKED),)),
    "sgdocs.event.Engagement_events.07": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "sgdocs.event.Engagement_events.08": Intake((cats(Kind.CLICKED, "kCAi1KttyQdEKHhdC-nuEA==", **HTML_CLICK),)),
    "sgdocs.event.Engagement_events.09": Intake((cats(Kind.COMPLAINED, "37nvH5QBz858KGVYCM4uOA=="),)),
    "sgdocs.event.Engagement_events.10": Intake((cats(Kind.UNSUBSCRIBED, "zz_BjPgU_5pS-J8vlfB1sg=="),)),
    "sgdocs.event.Engagement_events.11": Intake((cats(Kind.UNSUBSCRIBED, "ahSCB7xYcXFb-hEaawsPRw==", **IE),)),
    "sgdocs.event.Engagement_events.12": Intake(ignored=1),
    "sgdocs.event.Events.00": Intake(
        (
            cats(Kind.SENT, "sg_event_id"),
            cats(Kind.DEFERRED, "sg_event_id", **LATER),
            cats(Kind.DELIVERED, "sg_event_id"),
            cats(Kind.OPENED, "sg_event_id", **IE),
            cats(Kind.CLICKED, "sg_event_id", **HTML_CLICK),
            cats(Kind.BOUNCED, "sg_event_id", **GONE),
            cats(Kind.NOT_SENT, "sg_event_id", **DROPPED),
            cats(Kind.COMPLAINED, "sg_event_id"),
            cats(Kind.UNSUBSCRIBED, "sg_event_id"),
            cats(Kind.UNSUBSCRIBED, "sg_event_id", **IE),
        ),
        ignored=1,
    ),
    "sgdocs.event.Example_event_from_a_Single_Send.21": Intake(
        (
            Event(
                kind=Kind.OPENED,
                at=at("2020-06-09T18:19:12.372"),  # told in milliseconds, as no other sample is
                email="sendgrid_singlesend_id",
                contact="email@example.com",
                provider="sendgrid",
                key="sendgrid_internal_event_id",
                **IE,
            ),
        ),
        (named("sendgrid_singlesend_id", "Example Single Send"),),
    ),
    "sgdocs.event.Example_event_from_a_standard_non_A_B_test_campaign_send.22": Intake(
        (campaign(Kind.SENT, "2015-09-15T20:37:08", "sendgrid_internal_event_id", "email@example.com", "12345"),),
        (named("12345", "campaign name"),),
    ),
    "sgdocs.event.Example_event_from_an_A_B_Test.23": Intake(
        (
            campaign(
                Kind.SENT,
                "2015-09-15T20:44:08",
                "qNOzbkTuTNCdxa1eXEpnXg",
                "tadpole_0010@stbase-018.sjc1.sendgrid.net",
                "23314",
            ),
        ),
        UNIQUE_ARGS_AB,
    ),
    "sgdocs.event.Example_event_from_the_winning_phase_of_an_A_B_Test.24": Intake(
        (
            campaign(
                Kind.DELIVERED,
                "2015-09-15T20:45:11",
                "X2M1IUfMRhuAhWM0CbmFqQ",
                "tadpole_0001@stbase-018.sjc1.sendgrid.net",
                "23314",
            ),
        ),
        UNIQUE_ARGS_AB,
    ),
    "sgdocs.event.JSON_objects.13": Intake((doe("john.doe", "newuser"), doe("jane.doe", "olduser"))),
    "sgdocs.event.JSON_objects.14": Intake((doe("john.doe", "newuser"), doe("jane.doe", "olduser"))),
    "sgdocs.event.Legacy_Marketing_Email_Unsubscribes.25": Intake(
        (campaign(Kind.UNSUBSCRIBED, "2013-10-03T17:47:17", "", "nick@sendgrid.com", "1943530"),)
    ),
    "sgdocs.event.Legacy_Marketing_Email_Unsubscribes.26": Intake(
        (
            campaign(
                Kind.SENT,
                "2015-03-26T22:39:38",
                "RHFZB1IrTD2Y9Q7bUdZxUw",
                "john.doe@sendgrid.com",
                "uncategorised",
            ),
        )
    ),
    "sgdocs.event.The_resulting_webhook_call.18": Intake(
        (campaign(Kind.SENT, "1973-11-29T21:33:09", "", "john.doe@sendgrid.com", "uncategorised"),)
    ),
    "sgdocs.event.Unique_Arguments.16": Intake(
        (
            Event(
                kind=Kind.CLICKED,
                at=at("2012-05-25T17:26:55"),
                email="uncategorised",
                contact="john.doe@sendgrid.com",
                provider="sendgrid",
                link="https://sendgrid.com",
            ),
        )
    ),
    "stronggrid.bounce.01": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **GONE),)),
    "stronggrid.bounce.04": Intake((cats(Kind.BOUNCED, "6g4ZI7SA-xmRDv57GoPIPw==", **BLOCKED),)),
    "stronggrid.bounce.17": Intake((later_cats(Kind.BOUNCED, "1jABOEVCpBNStQg2Ji-Pvw==", **GONE),)),
    "stronggrid.click.06": Intake((cats(Kind.CLICKED, "kCAi1KttyQdEKHhdC-nuEA==", **HTML_CLICK),)),
    "stronggrid.click.16": Intake((later_cats(Kind.CLICKED, "BC5Jcj5IdtB5JzctXdF7jQ==", **HTML_CLICK),)),
    "stronggrid.deferred.02": Intake((cats(Kind.DEFERRED, "t7LEShmowp86DTdUW8M-GQ==", **LATER),)),
    "stronggrid.deferred.13": Intake((later_cats(Kind.DEFERRED, "Xkjq_rPYT2IV1ZTNPx2gGQ==", **LATER),)),
    "stronggrid.delivered.05": Intake((cats(Kind.DELIVERED, "rWVYmVk90MjZJ9iohOBa3w=="),)),
    "stronggrid.delivered.14": Intake((later_cats(Kind.DELIVERED, "lNsPF9LUYT70RfvIabpolA=="),)),
    "stronggrid.dropped.03": Intake((cats(Kind.NOT_SENT, "zmzJhfJgAfUSOW80yEbPyw==", **DROPPED),)),
    "stronggrid.dropped.18": Intake((later_cats(Kind.NOT_SENT, "N0_KKSkckt9hUtasadYffA==", **DROPPED),)),
    "stronggrid.group_resubscribe.11": Intake(ignored=1),
    "stronggrid.group_resubscribe.22": Intake(ignored=1),
    "stronggrid.group_unsubscribe.10": Intake((cats(Kind.UNSUBSCRIBED, "ahSCB7xYcXFb-hEaawsPRw==", **IE),)),
    "stronggrid.group_unsubscribe.21": Intake((later_cats(Kind.UNSUBSCRIBED, "oGga2Bjm_hPpr7Ws7U6z7Q==", **IE),)),
    "stronggrid.open.07": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "stronggrid.open.15": Intake((later_cats(Kind.OPENED, "WElX21DXbk0bn2S1p_E_gA==", **IE),)),
    "stronggrid.open.23": Intake((cats(Kind.OPENED, "FOTFFO0ecsBE-zxFXfs6WA==", **IE),)),
    "stronggrid.processed.00": Intake((cats(Kind.SENT, "rbtnWrG1DVDGGGFHFyun0A=="),)),
    "stronggrid.processed.12": Intake((later_cats(Kind.SENT, "m-8gndi_kLAVOUXWX79vdg=="),)),
    "stronggrid.spamreport.08": Intake((cats(Kind.COMPLAINED, "37nvH5QBz858KGVYCM4uOA=="),)),
    "stronggrid.spamreport.19": Intake((later_cats(Kind.COMPLAINED, "ZvWbMhp8tWTEFUqe4J4FHg=="),)),
    "stronggrid.unsubscribe.09": Intake((cats(Kind.UNSUBSCRIBED, "zz_BjPgU_5pS-J8vlfB1sg=="),)),
    "stronggrid.unsubscribe.20": Intake((later_cats(Kind.UNSUBSCRIBED, "CWoMUe_SCatUCphHVjbLUw=="),)),
}
#: Requests to send, and settings: the documentation shows them beside events, and they are none.
NO_EVENTS = {
    "sgdocs.event.Custom_Arguments.19",
    "sgdocs.event.Custom_Arguments.20",
    "sgdocs.event.Reserved_Keys_in_Unique_Arguments.17",
    "sgdocs.event.Unique_Arguments.15",
}


def test_every_file_of_the_folder_has_an_expected_result(shared_data: Path) -> None:
    files = {path.stem for path in (shared_data / "payloads" / "sendgrid").glob("*.json")}
    assert files == EXPECTED.keys() | NO_EVENTS


@pytest.mark.parametrize("name", EXPECTED)
def test_a_payload_says_what_the_documentation_says(name: str, shared_data: Path) -> None:
    assert parse((shared_data / "payloads" / "sendgrid" / f"{name}.json").read_bytes()) == EXPECTED[name]


@pytest.mark.parametrize("name", sorted(NO_EVENTS))
def test_what_is_no_event_is_refused_with_the_reason(name: str, shared_data: Path) -> None:
    intake = parse((shared_data / "payloads" / "sendgrid" / f"{name}.json").read_bytes())
    assert (intake.events, intake.emails, intake.ignored) == ((), (), 0)
    assert [(reject.line, reject.reason) for reject in intake.rejects] == [
        (1, "no event: the field `event` is missing")
    ]


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


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    intake = parse(text)
    assert not intake.events
