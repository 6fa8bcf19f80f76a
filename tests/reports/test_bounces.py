"""What servers reply: alike replies are one, no address is left in them, and each has a plain explanation."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.bounces import NO_REPLY, code_of, meaning, pattern

_PAYLOADS = Path(__file__).parents[3] / "shared" / "data" / "payloads"


@pytest.mark.parametrize(
    ("reply", "same"),
    [
        ("smtp; 550 5.1.1 <jane@example.com>: User unknown", "smtp; 550 5.1.1 …: User unknown"),
        (
            "554 5.7.1 Client host [167.89.55.66] blocked, see http://www.spamcop.net/bl.shtml?167.89.55.66",
            "554 5.7.1 Client host […] blocked, see http://www.spamcop.net/…",
        ),
        (
            "550-5.1.1 No account. https://support.google.com/mail/?p=NoSuchUser a1-20020a05600c0e0123456wmb.1 - gsmtp",
            "550-5.1.1 No account. https://support.google.com/… - gsmtp",
        ),
        ("452 4.2.2 Over quota\r\n452 4.2.2 try later", "452 4.2.2 Over quota 452 4.2.2 try later"),
        ("550 5.4.1 [VI1EUR05FT012.eop.prod.example.com 2a01:111:f400::1]", "550 5.4.1 […]"),
        ("MAILBOX_FULL", "MAILBOX_FULL"),
    ],
)
def test_what_differs_between_recipients_is_left_out(reply: str, same: str) -> None:
    assert pattern(reply) == same


@pytest.mark.parametrize(
    ("reply", "code", "category", "begins"),
    [
        ("smtp; 550 5.1.1 user unknown", "5.1.1", "address", "The mailbox does not exist"),
        ("452-4.2.2 The mailbox is full", "4.2.2", "mailbox", "The mailbox is full"),
        ("550 5.7.26 unauthenticated", "5.7.26", "authentication", "The message passed neither SPF nor DKIM"),
        ("550 5.1.99 what", "5.1.99", "address", "Something is wrong with the address"),
        ("554 5.0.0 mailbox full", "5.0.0", "mailbox", "The mailbox is full"),
        ("500 unknown recipient", "500", "address", "The mailbox does not exist"),
        ("400 try again later", "400", "unknown", "The receiving server put the message off"),
        ("554 host [10.1.2.3] refused 5.7.1", "5.7.1", "policy", "The receiver's rules refused"),
        ("HUBSPOT_GLOBAL_BOUNCE", "HUBSPOT_GLOBAL_BOUNCE", "address", "The address bounced for several"),
        ("mailbox is full", None, "mailbox", "The mailbox is full"),
        ("10.5.1.1 said no", None, "unknown", "The server gave no reason"),
        ("5.999.999 x", "5.999.999", "unknown", "The server gave no reason"),
    ],
)
def test_a_reply_is_explained(reply: str, code: str | None, category: str, begins: str) -> None:
    told = meaning(reply)
    assert (told.code, told.category) == (code, category)
    assert told.sentence.startswith(begins)


def test_without_a_reply_that_is_said() -> None:
    assert meaning(None) == meaning("") == NO_REPLY


def test_an_operators_own_sentence_goes_first_and_keeps_the_category() -> None:
    told = meaning("550 5.7.1 no", {"5.7.1": "Ask IT."})
    assert (told.code, told.category, told.sentence) == ("5.7.1", "policy", "Ask IT.")


@given(st.emails(), st.sampled_from(["550 5.1.1 <{}>: unknown", "{} is full", "smtp; 552 {}", "<{}>,<{}> 4.2.2"]))
def test_no_pattern_keeps_an_address(address: str, form: str) -> None:
    kept = pattern(form.format(address, address))
    assert "@" not in kept
    assert code_of(kept) == code_of(form.format("…", "…"))


def test_a_mailbox_that_is_named_without_its_domain_is_left_out_as_well() -> None:
    told = [pattern(f"550 5.1.1 {name} unknown", f"{name.lower()}@example.com") for name in ("Anna.Smith", "bob")]
    assert told == ["550 5.1.1 … unknown"] * 2
    assert pattern("550 smithson unknown", "smith@example.com") == "550 smithson unknown"


@given(st.text())
def test_any_text_has_a_pattern_and_a_meaning_and_a_pattern_stays_itself(text: str) -> None:
    kept = pattern(text)
    assert len(kept) <= 200 and "\n" not in kept
    assert meaning(kept).sentence


@pytest.mark.skipif(not _PAYLOADS.exists(), reason="the recorded payloads are not beside the checkout")
def test_replies_of_real_payloads_have_a_code_and_no_address() -> None:
    replies = set(_replies(_PAYLOADS))
    assert len(replies) >= 8
    for reply in replies:
        assert "@" not in pattern(reply), reply
        assert code_of(pattern(reply)) == code_of(reply) is not None, reply
        assert meaning(reply).category


def _replies(folder: Path) -> Iterator[str]:
    """What stands in the fields that hold a server's words, where it has a status code."""
    names = {"response", "reason", "diagnosticCode", "smtpResponse", "Details", "raw_reason"}
    for path in folder.rglob("*.json"):
        yield from (
            text for text in _texts(json.loads(path.read_text()), names) if text[:12].strip("smtp; ")[:1] in "45"
        )


def _texts(value: object, names: set[str]) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key in names and isinstance(inner, str) and inner:
                yield inner
            yield from _texts(inner, names)
    if isinstance(value, list):
        for inner in value:
            yield from _texts(inner, names)
