"""Mailgun's fields and signatures, beyond what its documented payloads and the contract show."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import msgspec
import pytest

from providers.provider import Request, Unverified
from providers.webhooks.mailgun import PROVIDER
from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason
from tests.providers.webhooks.case import NOW
from tests.providers.webhooks.cases.mailgun import CASE, sign


def one(**fields: Any) -> Event:
    data = {"event": "opened", "timestamp": 1_700_000_000.5, "recipient": "ada@example.org"} | fields
    (event,) = PROVIDER.parse(Request(msgspec.json.encode({"event-data": data})), PROVIDER.identity).events
    return event


def failed(reason: str = "generic", **status: Any) -> Event:
    return one(event="failed", severity="permanent", reason=reason, **{"delivery-status": status})


@pytest.mark.parametrize(
    ("event", "bounce"),
    [
        (failed(code=550), BounceType.HARD),
        (failed(code=550, **{"bounce-type": "soft"}), BounceType.SOFT),
        (failed(code=452), BounceType.SOFT),
        (failed(code=452, **{"bounce-type": "hard"}), BounceType.HARD),
        (failed("old", code=602), BounceType.SOFT),  # tried for too long
        (failed(), BounceType.HARD),
        (failed(code="550", **{"bounce-type": ["soft"]}), BounceType.HARD),
    ],
)
def test_a_permanent_failure_is_hard_unless_the_server_said_later(event: Event, bounce: BounceType) -> None:
    assert (event.kind, event.bounce) == (Kind.BOUNCED, bounce)


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("suppress-bounce", NotSentReason.PREVIOUSLY_BOUNCED),
        ("suppress-unsubscribe", NotSentReason.PREVIOUSLY_UNSUBSCRIBED),
        ("suppress-complaint", NotSentReason.PREVIOUS_SPAM_REPORT),
    ],
)
def test_who_mailgun_leaves_out_was_not_sent_to(said: str, reason: NotSentReason) -> None:
    event = failed(said)
    assert (event.kind, event.reason) == (Kind.NOT_SENT, reason)


def test_a_message_that_mailgun_rejects_was_not_sent() -> None:
    event = one(event="rejected", reject={"reason": "Sandbox subdomains are for test purposes only", "description": ""})
    assert (event.kind, event.reason) == (Kind.NOT_SENT, NotSentReason.OTHER)
    assert event.reply == "Sandbox subdomains are for test purposes only"


@pytest.mark.parametrize(
    ("bot", "agent", "machine"),
    [
        ("apple", "Mozilla/5.0", MachineReason.APPLE_PRIVACY),
        ("generic", "curl/8", MachineReason.PROVIDER),
        ("gmail", None, MachineReason.PROVIDER),
        ("", "Mozilla/5.0 (Windows NT 10.0)", None),
    ],
)
def test_mailgun_s_own_word_for_a_machine_stands(bot: str, agent: str | None, machine: MachineReason | None) -> None:
    assert one(**{"client-info": {"bot": bot, "user-agent": agent}}).machine is machine


@pytest.mark.parametrize("flag", ["is-test-mode", "is-system-test", "is-routed"])
def test_mail_that_was_never_sent_is_not_counted(flag: str) -> None:
    data = {"event": "delivered", "timestamp": 1, "recipient": "ada@example.org", "flags": {flag: True}}
    intake = PROVIDER.parse(Request(msgspec.json.encode({"event-data": data})), PROVIDER.identity)
    assert (intake.events, intake.ignored) == ((), 1)


@pytest.mark.parametrize("variables", ["Could not load user-variables.", {"campaign": "autumn"}])
def test_variables_may_be_a_sentence(variables: Any) -> None:
    data = {"event": "opened", "timestamp": 1, "recipient": "a@example.org", "user-variables": variables, "tags": ["t"]}
    request = Request(msgspec.json.encode({"event-data": data}))
    (event,) = PROVIDER.parse(request, ("user-variables.campaign", "tags")).events
    assert event.email == ("t" if isinstance(variables, str) else "autumn")


def test_the_token_is_told_so_that_it_comes_once() -> None:
    assert PROVIDER.token(sign(CASE.body, token="t" * 50)) == "t" * 50


@pytest.mark.parametrize("away", [timedelta(hours=-2), timedelta(hours=2)])
def test_what_was_signed_long_ago_or_ahead_is_a_replay(away: timedelta) -> None:
    credentials = replace(CASE.credentials, max_age=timedelta(hours=1))
    with pytest.raises(Unverified, match="too far from now"):
        PROVIDER.verify(sign(CASE.body, NOW + away), credentials, NOW)


@pytest.mark.parametrize("field", ["timestamp", "token", "signature"])
@pytest.mark.parametrize("value", [None, "", 5, "x", "1764000000", {}, "é"])
def test_a_signature_is_whole_or_nothing(field: str, value: Any) -> None:
    told = msgspec.json.decode(sign(CASE.body).body)
    told["signature"][field] = value
    with pytest.raises(Unverified):
        PROVIDER.verify(Request(msgspec.json.encode(told)), CASE.credentials, NOW)
