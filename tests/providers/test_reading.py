"""What readers of webhooks share."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from providers.intake import Intake, Reject
from providers.reading import UNCATEGORISED, at_path, content_key, decoded, identity, instant_of, mailbox, read_json
from reports.events import Event, Kind

EVENT = Event(kind=Kind.SENT, at=datetime(2026, 5, 12, tzinfo=UTC), email="e", contact="ada@example.org")


def test_an_item_that_makes_no_sense_costs_no_other() -> None:
    def read(item: Any) -> list[Event]:
        if item == "bad":
            raise ValueError("no good")
        return [EVENT] * item

    assert read_json(b'[1, "bad", 0, 2]', read) == Intake((EVENT,) * 3, (), (Reject(2, "no good", '"bad"'),), 1)


def test_one_event_alone_is_read_as_a_list_of_one() -> None:
    assert read_json(b'{"a": 1}', lambda item: [EVENT] if item == {"a": 1} else []) == Intake((EVENT,))


@pytest.mark.parametrize(
    ("body", "values"),
    [
        (b'["a", "caf\xe9", "b"]', ["a", "caf\ufffd", "b"]),
        (b'["a", "\\ud83d cut in two", "b"]', ["a", "? cut in two", "b"]),
        (b'\xef\xbb\xbf["a"]', ["a"]),
        (b'["a", NaN, -Infinity, 1e999, "b"]', ["a", None, None, None, "b"]),
        (b'["a", ' + b"9" * 5_000 + b', "b"]', ["a", None, "b"]),
    ],
)
def test_one_broken_value_costs_no_other(body: bytes, values: list[Any]) -> None:
    assert decoded(body) == values


@pytest.mark.parametrize("body", [b"", b"[1, 2", b"{]", b"[" * 100_000, b"\xff"])
def test_what_is_no_json_says_so(body: bytes) -> None:
    with pytest.raises(ValueError, match="the body is not JSON"):
        decoded(body)


@pytest.mark.parametrize(
    ("paths", "found"),
    [
        (("campaign", "tag"), "spring"),
        (("nothing", "tag"), "sale"),
        (("number",), "7"),
        (("flag", "empty", "list.name"), "inner"),
        (("mail.tags.ses:from-domain",), "example.org"),
        (("dotted.name",), "whole"),
        (("mail", "mail.tags.nothing", "tag.name"), UNCATEGORISED),
        ((), UNCATEGORISED),
    ],
)
def test_an_e_mail_is_the_first_path_that_leads_to_a_name_or_number(paths: tuple[str, ...], found: str) -> None:
    item = {
        "campaign": "spring",
        "tag": ["sale", "other"],
        "number": 7,
        "flag": True,
        "empty": "",
        "list": [None, {"name": "inner"}],
        "mail": {"tags": {"ses:from-domain": ["example.org"]}},
        "dotted.name": "whole",
    }
    assert identity(item, paths) == found


def test_what_is_no_table_has_no_paths() -> None:
    assert [at_path(item, "a.b") for item in (None, 1, "text", [], [[]], {"a": 1})] == [None] * 6


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("2026-05-12T09:30:00.1234567Z", datetime(2026, 5, 12, 9, 30, 0, 123456, tzinfo=UTC)),
        ("2026-05-12T11:30:00+02:00", datetime(2026, 5, 12, 9, 30, tzinfo=UTC)),
        ("2026-05-12 09:30:00", datetime(2026, 5, 12, 9, 30, tzinfo=UTC)),
    ],
)
def test_times_may_have_seven_digits_an_offset_or_no_zone(text: str, at: datetime) -> None:
    assert instant_of({"at": text}, "at") == at
    assert instant_of({"at": text}, "at").utcoffset() is not None


@pytest.mark.parametrize("value", [None, 5, "", "soon", ["2026-05-12"], "2026-13-01T00:00:00Z"])
def test_what_is_no_time_says_which_field(value: Any) -> None:
    with pytest.raises(ValueError, match="at: not a time"):
        instant_of({"at": value}, "at")


def test_the_offset_stays() -> None:
    assert instant_of({"at": "2026-05-12T11:30:00+02:00"}, "at").utcoffset() == timedelta(hours=2)


@pytest.mark.parametrize(
    ("text", "name", "address"),
    [
        ("ada@example.org", "", "ada@example.org"),
        ("Ada <ada@example.org>", "Ada", "ada@example.org"),
        ('"Lovelace, Ada" <ada@example.org> ', "Lovelace, Ada", "ada@example.org"),
        ("", "", ""),
    ],
)
def test_an_address_may_have_a_name(text: str, name: str, address: str) -> None:
    assert mailbox(text) == (name, address)


def test_a_key_is_what_was_said_and_in_which_field() -> None:
    said = [{"a": "x"}, {"b": "x"}, {"a": "x", "b": "x"}, {"a": "xx"}, {"a": 'x"'}]
    assert len({content_key(item, "a", "b") for item in said}) == 5
    assert content_key({"a": "x", "c": "left out"}, "a", "b") == content_key({"a": "x"}, "a", "b")


def test_where_nothing_was_said_there_is_no_key() -> None:
    assert content_key({"a": 5, "b": ""}, "a", "b") == ""
