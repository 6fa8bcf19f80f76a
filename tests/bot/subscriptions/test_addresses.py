"""Which mail addresses may be written to."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.subscriptions.addresses import AddressRules, BadAddress, normal_address
from store.subscriptions import Channel, Place

HOUSE = AddressRules(frozenset({"example.com"}))


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("anna@example.com", "anna@example.com"),
        (" Anna.B+news@Example.COM ", "anna.b+news@example.com"),
        ("o'brien@mail.example.co.uk", "o'brien@mail.example.co.uk"),
        ("info@münchen.example", "info@xn--mnchen-3ya.example"),
        ("a@" + "b" * 63 + ".example", "a@" + "b" * 63 + ".example"),
    ],
)
def test_an_address_is_kept_as_the_network_writes_it(typed: str, kept: str) -> None:
    assert normal_address(typed) == kept == normal_address(kept)


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "anna",
        "anna@",
        "@example.com",
        "anna@localhost",
        "anna@127.0.0.1",
        "a@b@example.com",
        "anna..b@example.com",
        ".anna@example.com",
        "anna b@example.com",
        "anna@exam ple.com",
        "anna@-example.com",
        "anna@example..com",
        '"a b"@example.com',
        "anna@example.com\r\nBcc: eve@example.org",
        "anna\x00@example.com",
        "anna@example.com>",
        "a" * 65 + "@example.com",
        "anna@" + "b" * 64 + ".example",
        "anna@" + "b." * 130 + "example",
        "änna@example.com",
    ],
)
def test_what_is_no_address_is_refused(typed: str) -> None:
    with pytest.raises(BadAddress, match="is no mail address"):
        normal_address(typed)


@given(st.text(max_size=40))
def test_whatever_is_typed_is_an_address_or_refused(text: str) -> None:
    try:
        kept = normal_address(text)
    except BadAddress:
        return
    assert kept.isascii() and kept.isprintable() and kept.count("@") == 1 and " " not in kept


def test_the_house_is_written_to_at_once_and_others_agree_first() -> None:
    told = "anna@example.com, Eve <eve@elsewhere.example>; ANNA@example.com\nbob@sub.example.com"
    assert HOUSE.places(told) == (
        Place(Channel.MAIL, "anna@example.com"),
        Place(Channel.MAIL, "eve@elsewhere.example", confirm=True),
        Place(Channel.MAIL, "bob@sub.example.com", confirm=True),
    )
    assert HOUSE.places(" \n") == ()


def test_others_may_be_refused_altogether() -> None:
    with pytest.raises(BadAddress, match="mail goes to these domains alone: example"):
        AddressRules(frozenset({"example.com"}), refuse_others=True).places("eve@elsewhere.example")


def test_a_subscription_is_no_mailing_list() -> None:
    with pytest.raises(BadAddress, match="51 addresses"):
        HOUSE.places(" ".join(f"a{number}@example.com" for number in range(51)))
