"""Ten thousand bodies a provider, each wrong in its own way: none stops the reader, and none costs a good event."""

from collections.abc import Iterator
from copy import deepcopy
from random import Random
from typing import Any

import msgspec
import pytest

import providers.webhooks
from providers.intake import Intake
from providers.provider import Provider, Request
from reports.discover import discover
from tests.providers.webhooks import cases
from tests.providers.webhooks.case import Case

PROVIDERS: dict[str, Provider] = discover(providers.webhooks, "PROVIDER")
CASES: dict[str, Case] = discover(cases, "CASE")
JSON = sorted(PROVIDERS.keys() - {"mailchimp"})  # which sends forms
BODIES = 10_000

ODD: tuple[Any, ...] = (
    None, True, False, 0, -1, 1.5, 2**63, -(2**70), 1e300, "", " ", "\0", "x" * 400, "0", "-1", "NaN", "2026-05-12",
    "9999-12-31T23:59:59Z", "0001-01-01T00:00:00+14:00", "1e400", "@", "a@", "<@>", "[]", "{", "\ud7ff", "🦊", [], {},
    [None], [[]], [{}], {"": ""}, {"a": [{"b": []}]}, ["x"] * 20,
)  # fmt: skip


def parse(name: str, body: bytes) -> Intake:
    return PROVIDERS[name].parse(Request(body), PROVIDERS[name].identity)


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Every container in a value, with every key in it."""
    for key in list(value) if isinstance(value, dict) else range(len(value)) if isinstance(value, list) else ():
        yield value, key
        yield from places(value[key])


def spoil(value: Any, chance: Random) -> Any:
    """A copy with one to three faults: something gone, something odd in its place, or one value where another was."""
    copy = deepcopy(value)
    for _ in range(chance.randint(1, 3)):
        found = list(places(copy))
        if not found:
            break
        values = [container[key] for container, key in found]
        container, key = chance.choice(found)
        match chance.randrange(4):
            case 0:
                del container[key]
            case 1:
                container[key] = [container[key]]
            case 2:
                container[key] = deepcopy(chance.choice(values))
            case _:
                container[key] = deepcopy(chance.choice(ODD))
    return copy


def strange(value: Any, chance: Random) -> Any:
    """A copy in which tables have fields more that nobody has heard of."""
    if isinstance(value, list):
        return [strange(item, chance) for item in value]
    if not isinstance(value, dict):
        return value
    return {name: strange(item, chance) for name, item in value.items()} | {"never heard of": chance.choice(ODD)}


@pytest.mark.parametrize("name", JSON)
def test_bodies_of_broken_events_are_read_or_refused_and_cost_no_good_event(name: str) -> None:
    told, chance = msgspec.json.decode(CASES[name].body), Random(f"broken {name}")
    good = told if isinstance(told, list) else [told]
    whole = parse(name, msgspec.json.encode(good)).events
    assert whole
    for _ in range(BODIES):
        bad = spoil(good, chance)
        events = parse(name, msgspec.json.encode([*good, *bad, *good])).events
        assert len(events) >= 2 * len(whole)
        assert events[: len(whole)] == events[len(events) - len(whole) :] == whole


@pytest.mark.parametrize("name", JSON)
def test_fields_that_nobody_has_heard_of_change_nothing(name: str) -> None:
    told, chance = msgspec.json.decode(CASES[name].body), Random(f"strange {name}")
    whole = parse(name, msgspec.json.encode(told)).events
    for _ in range(200):
        assert parse(name, msgspec.json.encode(strange(told, chance))).events == whole


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_bodies_with_damaged_bytes_are_read_or_refused(name: str) -> None:
    chance = Random(f"damaged {name}")
    for _ in range(BODIES):
        body = bytearray(CASES[name].body)
        for _ in range(chance.randint(1, 5)):
            body[chance.randrange(len(body))] = chance.randrange(256)
        parse(name, bytes(body))
