"""Our own schema: what is read, and how a refusal helps the person who made the file."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.own import BadRow, Reader
from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEAST = {"kind": "opened", "at": "2026-05-12T09:30:00Z", "email": "newsletter-may", "contact": "ada@example.org"}
EVENT = Event(
    kind=Kind.OPENED, at=datetime(2026, 5, 12, 9, 30, tzinfo=UTC), email="newsletter-may", contact="ada@example.org"
)
FULL = Event(
    kind=Kind.CLICKED,
    at=datetime(2026, 5, 12, 9, 30, tzinfo=timezone(timedelta(hours=2))),
    email="newsletter-may",
    contact="ada@example.org",
    provider="mailer",
    key="e-1",
    link="https://example.org/?a=1&b=2",
    part=Part.TEXT,
    client="Apple Mail",
    device="mobile",
    machine=MachineReason.SCANNER,
    duration_ms=2**31 - 1,
    bounce=BounceType.HARD,
    reason=NotSentReason.SUPPRESSED,
    reply="550 5.1.1 no such user",
    lists=("Customers NL", "Press"),
)


def line(**fields: Any) -> bytes:
    return msgspec.json.encode(LEAST | fields) + b"\n"


def read(text: bytes) -> Event | Email:
    return Reader(NOW).line(text)


def refusal(text: bytes) -> str:
    with pytest.raises(BadRow) as caught:
        read(text)
    return str(caught.value)


def row(**cells: str) -> Event:
    return Reader(NOW).row(LEAST | cells)


def test_the_required_fields_are_enough() -> None:
    assert read(line()) == EVENT
    assert row() == EVENT


def test_every_field_of_an_event_comes_through_a_line() -> None:
    assert read(msgspec.json.encode(FULL)) == FULL


def test_every_field_of_an_event_comes_through_a_row_with_lists_parted_by_semicolons() -> None:
    cells = {name: str(value) for name, value in msgspec.to_builtins(FULL).items() if name != "lists"}
    assert Reader(NOW).row(cells | {"lists": "Customers NL; Press;"}) == FULL


def test_cells_are_trimmed_empty_ones_are_absent_and_columns_that_are_ours_to_ignore_are_ignored() -> None:
    assert row(kind=" opened ", contact="ada@example.org ", link="", duration_ms=" ", colour="blue") == EVENT


def test_a_mapping_names_our_field_for_a_column() -> None:
    cells = {"Event": "opened", "Address": "ada@example.org", "at": LEAST["at"], "email": LEAST["email"]}
    reader = Reader(NOW, {"Event": "kind", "Address": "contact"})
    reader.check_header(list(cells))
    assert reader.row(cells) == EVENT


def test_a_header_without_a_needed_column_says_how_to_map_it() -> None:
    with pytest.raises(BadRow, match=r"no column for contact; .*kind, at, email, who.*--map COLUMN=contact"):
        Reader(NOW).check_header(["kind", "at", "email", "who"])


def test_a_mapping_of_a_column_that_there_is_not_names_the_nearest() -> None:
    with pytest.raises(BadRow, match="a column that there is not: 'ulr'; did you mean 'url'"):
        Reader(NOW, {"ulr": "link"}).check_header([*LEAST, "url"])


@pytest.mark.parametrize("second", ["contact", "recipient"])
def test_two_columns_for_one_field_are_refused(second: str) -> None:
    with pytest.raises(BadRow, match="more than one column is the field contact"):
        Reader(NOW, {second: "contact"}).check_header([*LEAST, second])


def test_a_mapping_to_no_field_of_ours_names_the_nearest() -> None:
    with pytest.raises(BadRow, match="there is no field 'contct'; did you mean 'contact'"):
        Reader(NOW, {"Address": "contct"})


def test_a_description_of_an_e_mail_is_read_with_all_its_fields() -> None:
    email = Email(
        id="newsletter-may",
        provider="mailer",
        name="Newsletter May",
        subject="Spring",
        from_name="Ada",
        from_address="ada@example.org",
        sent_by="Grace",
        sent_at=datetime(2026, 5, 12, tzinfo=UTC),
        type="regular",
        campaign="spring",
        business_unit="NL",
        team="growth",
        workflow="welcome",
        lists=("Customers NL",),
        html='<a href="https://example.org">"record"</a>',
    )
    assert read(msgspec.json.encode({"record": "email", **msgspec.to_builtins(email)})) == email


@pytest.mark.parametrize("field", ["email", "link", "reply", "client"])
def test_the_word_record_in_an_event_does_not_make_it_a_description(field: str) -> None:
    event = read(line(**{field: "record"}))
    assert isinstance(event, Event)
    assert getattr(event, field) == "record"


def test_a_byte_order_mark_before_the_first_line_costs_nothing() -> None:
    assert read(b"\xef\xbb\xbf" + line()) == EVENT
    assert read(b'\xef\xbb\xbf{"record":"email","id":"x"}') == Email(id="x")


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"kind": "clickd"}, "kind: 'clickd'; did you mean 'clicked'?"),
        ({"bounce": "hardd"}, "bounce: 'hardd'; did you mean 'hard'?"),
        ({"colour": "blue"}, "there is no field 'colour'; known are kind, at, email, contact"),
        ({"devise": "mobile"}, "there is no field 'devise'; did you mean 'device'?"),
        ({"at": "2026-05-12T09:30:00"}, "at: no time zone; write 2026-05-12T09:30:00+02:00, or Z for UTC"),
        ({"at": "yesterday"}, "at: 'yesterday' is not a time; write 2026-05-12T09:30:00+02:00, or Z for UTC"),
        ({"at": "1989-12-31T23:59:59Z"}, "at: 1989-12-31T23:59:59+00:00 is before 1990"),
        ({"at": "2026-06-02T12:00:01Z"}, "at: 2026-06-02T12:00:01+00:00 is in the future"),
        ({"email": ""}, "email: empty; it is the identifier of the e-mail"),
        ({"contact": "nobody"}, "contact: not an e-mail address"),
        ({"contact": " @ "}, "contact: not an e-mail address"),
        ({"contact": "@example.org"}, "contact: not an e-mail address"),
        ({"contact": 5}, "contact: Expected `str`, got `int`"),
        ({"lists": [1]}, "lists[0]: Expected `str`, got `int`"),
        ({"duration_ms": -1}, "duration_ms: not between 0 and 2147483647"),
        ({"duration_ms": 2**31}, "duration_ms: not between 0 and 2147483647"),
        ({"duration_ms": 2**80}, "duration_ms: not between 0 and 2147483647"),
        ({"email": "e" * 301}, "email: longer than 300 characters"),
        ({"client": "c" * 301}, "client: longer than 300 characters"),
        ({"lists": ["l" * 301]}, "lists: longer than 300 characters"),
        ({"reply": "a\0b"}, "reply: has a NUL character in it"),
        ({"lists": ["a\0b"]}, "lists: has a NUL character in it"),
    ],
)
def test_a_refusal_names_the_field_and_what_to_mend(fields: dict[str, Any], reason: str) -> None:
    assert refusal(line(**fields)).startswith(reason)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b'{"kind":"opened"}', "missing required field `at`"),
        (b"[]", "Expected `object`, got `array`"),
        (b'{"kind":', "Input data was truncated"),
        (line().replace(b"ada", b"\xff\xfe"), "the line is not UTF-8"),
        (b'{"record":"email"}', "missing required field `id`"),
        (b'{"record":"email","id":""}', "id: empty"),
        (b'{"record":"order","id":"1"}', 'record: only "email" is known'),
        (b'{"record":"email","id":"1","sent_at":"2026-05-12T09:30:00"}', "sent_at: no time zone"),
        (
            b'{"record":"email","id":"1","sent_at":"9999-12-31T23:59:59-14:00"}',
            "sent_at: 9999-12-31T23:59:59-14:00 is in",
        ),
        (
            b'{"record":"email","id":"1","sent_at":"1989-12-31T00:00:00Z"}',
            "sent_at: 1989-12-31T00:00:00+00:00 is before",
        ),
        (b'{"record":"email","id":"1","sent_at":"soon"}', "sent_at: 'soon' is not a time"),
        (b'{"record":"email","id":"1","subjct":""}', "there is no field 'subjct'; did you mean 'subject'?"),
        (b'{"record":"email","id":"1","html":"\\u0000"}', "html: has a NUL character in it"),
        (b'{"record":"email","id":' + b"[" * 100_000, "nested too deeply"),
        (b'{"kind":' + b"[" * 100_000, "kind: Expected `str`, got `array`"),
    ],
)
def test_a_line_that_makes_no_sense_is_refused_in_words(text: bytes, reason: str) -> None:
    assert refusal(text).startswith(reason)


def test_backslashes_that_only_look_like_a_nul_are_text() -> None:
    event = read(line(reply=r"see \u0000"))
    assert isinstance(event, Event)
    assert event.reply == r"see \u0000"


def test_the_edges_of_time_are_still_good() -> None:
    for at in ("1990-01-01T00:00:00Z", "2026-06-02T12:00:00Z"):
        assert read(line(at=at)) == msgspec.structs.replace(EVENT, at=datetime.fromisoformat(at))


def test_a_long_word_is_cut_in_the_reason() -> None:
    assert len(refusal(line(kind="x" * 10_000))) < 300


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(text: bytes) -> None:
    with suppress(BadRow):
        Reader(NOW).line(text)


ANY = st.none() | st.booleans() | st.integers() | st.text(max_size=30) | st.lists(st.text(max_size=5), max_size=3)


@given(st.dictionaries(st.sampled_from([*Event.__struct_fields__, "record"]), ANY))
def test_a_line_with_any_values_is_read_or_refused(fields: dict[str, Any]) -> None:
    with suppress(BadRow):
        Reader(NOW).line(line(**fields))


@given(st.dictionaries(st.sampled_from(Event.__struct_fields__), st.text(max_size=30)))
def test_a_row_with_any_cells_is_read_or_refused(cells: dict[str, str]) -> None:
    with suppress(BadRow):
        Reader(NOW).row(LEAST | cells)
