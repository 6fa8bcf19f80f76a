"""What every provider of webhooks must keep to."""

from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import providers.webhooks
from providers.intake import Intake
from providers.provider import Credentials, Provider, Request, Unverified
from reports.discover import discover
from tests.providers.webhooks import cases
from tests.providers.webhooks.anything import ANY
from tests.providers.webhooks.case import NOW, Case

PROVIDERS: dict[str, Provider] = discover(providers.webhooks, "PROVIDER")
CASES: dict[str, Case] = discover(cases, "CASE")
NAMES = sorted(PROVIDERS)
FILES = [(name, file) for name in NAMES for file in sorted(CASES[name].expected)]
REFUSED = [(name, file) for name in NAMES for file in sorted(CASES[name].refused)]


def parse(name: str, body: bytes) -> Intake:
    return PROVIDERS[name].parse(Request(body), PROVIDERS[name].identity)


def verify(name: str, request: Request, credentials: Credentials | None = None) -> None:
    PROVIDERS[name].verify(request, CASES[name].credentials if credentials is None else credentials, NOW)


def payload(shared_data: Path, name: str, file: str) -> bytes:
    return CASES[name].sent((shared_data / "payloads" / name / f"{file}.json").read_bytes())


def test_every_provider_has_its_module_s_name_and_a_case() -> None:
    assert {name: provider.name for name, provider in PROVIDERS.items()} == {name: name for name in CASES}


@pytest.mark.parametrize("name", NAMES)
def test_every_shared_payload_has_an_expected_result(name: str, shared_data: Path) -> None:
    files = {path.stem for path in (shared_data / "payloads" / name).glob("*.json")}
    assert files == CASES[name].expected.keys() | CASES[name].refused.keys()


@pytest.mark.parametrize(("name", "file"), FILES)
def test_a_payload_says_what_the_documentation_says(name: str, file: str, shared_data: Path) -> None:
    assert parse(name, payload(shared_data, name, file)) == CASES[name].expected[file]


@pytest.mark.parametrize(("name", "file"), REFUSED)
def test_what_is_no_event_is_refused_with_the_reason(name: str, file: str, shared_data: Path) -> None:
    intake = parse(name, payload(shared_data, name, file))
    assert (intake.events, intake.emails, intake.ignored) == ((), (), 0)
    assert {reject.reason for reject in intake.rejects} == {CASES[name].refused[file]}


@pytest.mark.parametrize("name", NAMES)
def test_the_sample_body_has_events_and_nothing_wrong(name: str) -> None:
    intake = parse(name, CASES[name].body)
    assert intake.events and not intake.rejects
    assert {event.provider for event in intake.events} == {name}
    assert all(event.at.tzinfo for event in intake.events)


@pytest.mark.parametrize("name", NAMES)
def test_a_body_that_comes_twice_gives_equal_events(name: str) -> None:
    first, second = (
        PROVIDERS[name].parse(CASES[name].sign(CASES[name].body), PROVIDERS[name].identity) for _ in range(2)
    )
    assert first == second


@pytest.mark.parametrize("name", NAMES)
def test_the_identity_of_an_e_mail_follows_settings(name: str) -> None:
    told = PROVIDERS[name].parse(Request(CASES[name].body), ("no such field",))
    assert {event.email for event in told.events} == {"uncategorised"}
    assert not told.emails


def with_more(told: Any, more: dict[str, Any]) -> Any:
    """The same with fields more in every table."""
    if isinstance(told, list):
        return [with_more(item, more) for item in told]
    return {key: with_more(value, more) for key, value in told.items()} | more if isinstance(told, dict) else told


@pytest.mark.parametrize("name", sorted(set(NAMES) - {"mailchimp"}))  # which sends forms
@given(value=ANY)
def test_fields_that_nobody_has_heard_of_change_nothing(name: str, value: Any) -> None:
    body = msgspec.json.encode(with_more(msgspec.json.decode(CASES[name].body), {"never heard of": value}))
    more, told = parse(name, body), parse(name, CASES[name].body)
    assert (more.events, more.emails) == (told.events, told.emails)


@pytest.mark.parametrize("name", NAMES)
@given(body=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(name: str, body: bytes) -> None:
    parse(name, body)


@pytest.mark.parametrize("name", NAMES)
@given(value=ANY)
def test_any_json_is_read_or_refused(name: str, value: Any) -> None:
    parse(name, msgspec.json.encode(value))


@pytest.mark.parametrize("name", NAMES)
@given(places=st.lists(st.tuples(st.integers(0, 10_000), st.integers(0, 255)), min_size=1, max_size=5))
def test_a_damaged_body_is_read_or_refused(name: str, places: list[tuple[int, int]]) -> None:
    body = bytearray(CASES[name].body)
    for place, value in places:
        body[place % len(body)] = value
    parse(name, bytes(body))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b"{}", b"null", b"1", b'""', b"\xff\xfe", b"[" * 100_000, b'{"a":' * 100_000]
)
def test_nonsense_has_no_event(name: str, body: bytes) -> None:
    assert not parse(name, body).events


@pytest.mark.parametrize("name", NAMES)
def test_a_request_of_the_provider_is_proved(name: str) -> None:
    verify(name, CASES[name].sign(CASES[name].body))


@pytest.mark.parametrize("name", NAMES)
def test_without_credentials_nothing_is_proved(name: str) -> None:
    for credentials in (Credentials(), Credentials(secrets=("",))):
        with pytest.raises(Unverified):
            verify(name, CASES[name].sign(CASES[name].body), credentials)


@pytest.mark.parametrize("name", NAMES)
def test_another_s_credentials_prove_nothing(name: str) -> None:
    others = replace(CASES[name].credentials, secrets=("another secret, long enough",), topics=frozenset({"another"}))
    with pytest.raises(Unverified):
        verify(name, CASES[name].sign(CASES[name].body), others)


@pytest.mark.parametrize("name", NAMES)
def test_a_new_secret_and_the_old_one_are_both_good(name: str) -> None:
    credentials = CASES[name].credentials
    verify(
        name,
        CASES[name].sign(CASES[name].body),
        replace(credentials, secrets=("another secret, long enough", *credentials.secrets)),
    )


@pytest.mark.parametrize("name", NAMES)
def test_a_bare_request_proves_nothing(name: str) -> None:
    for body in (CASES[name].body, b"", b"{}", b"[]", b"\xff", b"[" * 100_000):
        with pytest.raises(Unverified):
            verify(name, Request(body))


@pytest.mark.parametrize("name", [name for name in NAMES if CASES[name].covers_body])
@given(place=st.integers(0, 10_000), bit=st.integers(0, 7))
@settings(max_examples=50)
def test_one_bit_of_a_signed_body_is_found_out(name: str, place: int, bit: int) -> None:
    request = CASES[name].sign(CASES[name].body)
    body = bytearray(request.body)
    body[place % len(body)] ^= 1 << bit
    with pytest.raises(Unverified):
        verify(name, replace(request, body=bytes(body)))


@pytest.mark.parametrize("name", NAMES)
@given(value=st.text(max_size=60), data=st.data())
def test_a_header_may_be_anything(name: str, value: str, data: st.DataObject) -> None:
    request = CASES[name].sign(CASES[name].body)
    if not request.headers:
        pytest.skip("this provider proves itself without headers")
    header = data.draw(st.sampled_from(sorted(request.headers)))
    with suppress(Unverified):
        verify(name, replace(request, headers={**request.headers, header: value}))


@pytest.mark.parametrize("name", NAMES)
def test_hooks_take_any_request(name: str) -> None:
    for request in (CASES[name].sign(CASES[name].body), Request(b""), Request(b"{}"), Request(b"\xff"), Request(b"[")):
        PROVIDERS[name].token(request)
        PROVIDERS[name].confirmation(request)
        with suppress(Unverified):
            PROVIDERS[name].certificate(request, CASES[name].credentials)


@pytest.mark.parametrize("name", NAMES)
def test_failures_are_never_taken_for_success(name: str) -> None:
    answers = PROVIDERS[name].answers
    assert 200 <= answers.success < 300
    assert all(400 <= status < 600 for status in (answers.unverified, answers.malformed, answers.overloaded))


def test_credentials_show_no_secret() -> None:
    credentials = Credentials(secrets=("hunter2 and more",), max_age=timedelta(minutes=5))
    assert "hunter2" not in repr(credentials)
