"""Somebody who is forgotten is nowhere in the store any more, and no count changes: neither now nor by late events."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Engine, text

from reports.events import BounceType, Event, Kind
from reports.freeze import Digest, fingerprint, freeze, thaw
from reports.orders import Order
from store import inbox, occurrences
from store.engine import writing
from store.forgetting import audits, forget
from store.inbox import Arrival
from store.merge import merge, rebuild
from store.orders import put_orders
from store.tables import metadata
from store.tombstones import NoSecret, pattern, without
from tests.store.events import START, events
from tests.store.snapshot import everything, rollups

NOW = datetime(2026, 6, 1, tzinfo=UTC)
ANN = "ann@example.com"


@pytest.fixture
def keyed(engine: Engine) -> Engine:
    return engine.execution_options(secret="a secret that is long enough")


def _event(kind: Kind, seconds: int = 0, contact: str = ANN, **rest: Any) -> Event:
    return Event(kind=kind, at=START + timedelta(seconds=seconds), email="may", contact=contact, **rest)


STORY = [
    _event(Kind.SENT),
    _event(Kind.DELIVERED, 1),
    _event(Kind.CLICKED, 900, link="https://example.com/a?e=Ann%40example.com&x=1"),
    _event(Kind.CLICKED, 1900, link="https://example.com/b?e=ann@example.com"),
    _event(Kind.SENT, contact="joann@example.com"),
    _event(Kind.CLICKED, 900, contact="joann@example.com", link="https://example.com/a?e=joann@example.com"),
    Event(
        kind=Kind.BOUNCED,
        at=START,
        email="june",
        contact=ANN,
        bounce=BounceType.HARD,
        reply="550 <ann@example.com> is unknown",
    ),
]


def _dump(engine: Engine) -> str:
    """Everything that is written anywhere in the store."""
    told = []
    with engine.connect() as connection:
        for table in metadata.sorted_tables:
            for row in connection.execute(table.select()):
                told += [str(bytes(cell) if isinstance(cell, bytes | memoryview) else cell) for cell in row]
    return "\n".join(told)


def test_nothing_is_left_of_the_person_and_every_count_stays(keyed: Engine) -> None:
    merge(keyed, STORY)
    put_orders(keyed, [Order(provider="shop", id="1", contact=ANN, at=START, currency="EUR", amount=100)])
    inbox.put(keyed, [Arrival("sendgrid", START, b'{"email": "ann@example.com"}')])
    before = everything(keyed)
    erased = forget(keyed, " Ann@Example.com", NOW)
    assert (erased.known, erased.replies, erased.links, erased.unread) == (True, 1, 2, [1])
    inbox.settle(keyed, [1], {})
    assert forget(keyed, ANN, NOW).webhooks == 1
    left = pattern(ANN).findall(_dump(keyed))
    assert left == []
    assert "joann@example.com" in _dump(keyed)
    assert everything(keyed) == before
    rebuild(keyed, [1, 2])
    assert everything(keyed) == before


def test_late_events_of_the_person_count_once_and_are_nobodys(keyed: Engine) -> None:
    merge(keyed, STORY)
    forget(keyed, ANN, NOW)
    before = rollups(keyed)
    assert merge(keyed, STORY).new == 0
    assert rollups(keyed) == before
    late = [
        _event(Kind.OPENED, 60),
        _event(Kind.CLICKED, 9_000, link="https://example.com/b?e=ann@example.com"),
        _event(Kind.DEFERRED, 0, reply="450 ann@example.com later"),
    ]
    assert merge(keyed, late).new == 3
    assert pattern(ANN).findall(_dump(keyed)) == []
    assert rollups(keyed)["email"]["may"]["opened"] == 2
    with keyed.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM contacts")).scalar() == 2


@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
@given(st.lists(events(), min_size=1, max_size=25), st.data())
def test_to_forget_at_any_time_makes_no_difference_to_any_figure(
    keyed: Engine, told: list[Event], data: st.DataObject
) -> None:
    with writing(keyed).begin() as connection:
        for table in reversed(metadata.sorted_tables):
            connection.execute(table.delete())
    cut = data.draw(st.integers(0, len(told)))
    merge(keyed, told[:cut])
    before = everything(keyed)
    forget(keyed, "person0@example.com", NOW)
    assert everything(keyed) == before
    merge(keyed, told)
    after = rollups(keyed)
    forget(keyed, "person0@example.com", NOW)
    assert rollups(keyed) == after
    known = any(event.contact == "person0@example.com" for event in told)
    assert not known or "person0" not in _dump(keyed)


def test_done_again_it_changes_nothing_and_each_leaves_a_line_without_the_address(keyed: Engine) -> None:
    merge(keyed, STORY)
    first, again = forget(keyed, ANN, NOW), forget(keyed, ANN, NOW)
    assert again.known and not any(again.counts.values())
    with keyed.connect() as connection:
        lines = audits(connection)
    assert [(what, counts["replies"]) for _at, what, counts in lines] == [("forget", 0), ("forget", first.replies)]


def test_a_dry_run_tells_the_same_and_leaves_everything(keyed: Engine) -> None:
    merge(keyed, STORY)
    before = _dump(keyed)
    would = forget(keyed, ANN, NOW, dry_run=True)
    assert _dump(keyed) == before
    assert would == forget(keyed, ANN, NOW)


def test_subscriptions_to_the_person_end_and_what_deliveries_said_is_cleared(keyed: Engine) -> None:
    rows: dict[str, dict[str, Any]] = {
        "subscriptions": {"id": 1, "owner": "U1", "kind": "query", "name": f"what {ANN} did"},
        "targets": {"id": 1, "subscription_id": 1, "channel": "mail", "address": ANN, "token": "t"},
    }
    with writing(keyed).begin() as connection:
        for name, given in rows.items():
            table = metadata.tables[name]
            needed = {c.name: _filler(c) for c in table.columns if not c.nullable and c.default is None}
            connection.execute(table.insert(), needed | given)
    erased = forget(keyed, ANN, NOW)
    assert (erased.known, erased.targets, erased.texts) == (False, 1, 1)
    with keyed.connect() as connection:
        assert connection.execute(text("SELECT state FROM targets")).scalar() == "left"
    assert pattern(ANN).findall(_dump(keyed)) == []


@pytest.mark.parametrize("address", [ANN, "jürgen@example.com"])
def test_digests_are_kept_without_the_person(keyed: Engine, address: str) -> None:
    told = Digest("Who did most\nann@example.com", f"of <{address}>", (), (address, "joann@example.com"))
    frozen = freeze(told)
    row = {"digest": frozen, "fingerprint": fingerprint(frozen), "period_key": "1"}
    with writing(keyed).begin() as connection:
        for name, given in {"subscriptions": {"id": 1}, "occurrences": {"subscription_id": 1} | row}.items():
            table = metadata.tables[name]
            needed = {c.name: _filler(c) for c in table.columns if not c.nullable and c.default is None}
            connection.execute(table.insert(), needed | given)
    assert forget(keyed, address, NOW).digests == 1
    with keyed.connect() as connection:
        left = occurrences.frozen(connection, 1, "1")
        assert connection.execute(text("SELECT fingerprint FROM occurrences")).scalar() == fingerprint(left)
    assert pattern(address).findall(repr(thaw(left))) == []
    assert thaw(left).skipped == ("forgotten-0", "joann@example.com")
    assert forget(keyed, address, NOW).digests == 0


def _filler(column: Column[Any]) -> object:
    return {str: "x", int: 0, bool: False}.get(getattr(column.type, "python_type", str), "x")


def test_an_address_that_nobody_has_is_told_so(keyed: Engine) -> None:
    merge(keyed, STORY)
    before = everything(keyed)
    assert not forget(keyed, "nobody@example.com", NOW).known
    assert everything(keyed) == before


def test_without_the_secret_of_then_nobody_comes_back(engine: Engine, keyed: Engine) -> None:
    merge(keyed, STORY)
    with pytest.raises(NoSecret, match=r"privacy\.secret"):
        forget(engine, ANN, NOW)
    forget(keyed, ANN, NOW)
    for other in (engine, engine.execution_options(secret="another secret, as long")):
        with pytest.raises(NoSecret, match=r"privacy\.secret"):
            merge(other, [_event(Kind.OPENED, 60, contact="new@example.com")])


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ("to ann@example.com.", "to forgotten-7."),
        ("<ANN@example.com>", "<forgotten-7>"),
        ("?e=ann%40example.com&f=Ann%40Example.COM", "?e=forgotten-7&f=forgotten-7"),
        ("%2Cann@example.com", "%2Cforgotten-7"),
        ('"\\u003cann@example.com\\u003e\\nann@example.com"', '"\\u003cforgotten-7\\u003e\\nforgotten-7"'),
        ("\\u00e9ann@example.com", "\\u00e9ann@example.com"),
        ("joann@example.com", "joann@example.com"),
        ("ann@example.com.au", "ann@example.com.au"),
        ("x.ann@example.com", "x.ann@example.com"),
        ("ann@example.company", "ann@example.company"),
    ],
)
def test_an_address_is_found_where_it_stands_whole(told: str, left: str) -> None:
    assert without(told, {ANN: 7}) == left
