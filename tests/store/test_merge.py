"""The store is a function of the set of events."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from reports.events import Email, Event, Kind, MachineReason
from store.emails import all_email_ids
from store.engine import open_engine, writing
from store.merge import Merger, merge, rebuild, withdraw
from store.packing import Packer
from tests.store.events import START, events
from tests.store.model import expected
from tests.store.snapshot import everything, rollups

_SETTINGS = settings(
    deadline=None, max_examples=120, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def _empty(engine: Engine) -> None:
    """As if the database were new: each of hypothesis's examples starts from nothing."""
    with writing(engine).begin() as connection:
        for table in everything(engine) | {"events": [], "event_replies": [], "memberships": [], "emails": []}:
            connection.execute(text(f"DELETE FROM {table}"))


def _batches(draw: st.DrawFn, told: list[Event]) -> list[list[Event]]:
    """The events shuffled, some of them twice, cut into batches."""
    again = draw(st.lists(st.sampled_from(told), max_size=len(told)))
    order = draw(st.permutations(told + again))
    cuts = sorted(draw(st.sets(st.integers(1, len(order)), max_size=4)))
    return [order[start:end] for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True) if start < end]


@st.composite
def deliveries(draw: st.DrawFn) -> tuple[list[Event], list[list[Event]]]:
    told = draw(st.lists(events(), min_size=1, max_size=40))
    return told, _batches(draw, told)


@_SETTINGS
@given(deliveries())
def test_rollups_are_those_of_the_definitions_however_events_arrive(
    engine: Engine, delivery: tuple[list[Event], list[list[Event]]]
) -> None:
    told, batches = delivery
    _empty(engine)
    for batch in batches:
        merge(engine, batch)
    found = rollups(engine)
    assert {name: {key: row for key, row in table.items() if row} for name, table in found.items()} == {
        name: {key: row for key, row in table.items() if row} for name, table in expected(told).items()
    }


@_SETTINGS
@given(deliveries())
def test_a_rebuild_from_events_changes_nothing(engine: Engine, delivery: tuple[list[Event], list[list[Event]]]) -> None:
    _told, batches = delivery
    _empty(engine)
    for batch in batches:
        merge(engine, batch)
    before = everything(engine)
    with engine.connect() as connection:
        ids = all_email_ids(connection)
    rebuild(engine, ids)
    assert everything(engine) == before


@settings(parent=_SETTINGS, max_examples=40)
@given(deliveries())
def test_two_writers_at_once_give_the_same_rollups(
    postgres_url: str, delivery: tuple[list[Event], list[list[Event]]]
) -> None:
    told, batches = delivery
    engine = open_engine(postgres_url)
    _empty(engine)
    with ThreadPoolExecutor(2) as writers:
        for done in [writers.submit(merge, engine, batch) for batch in batches + batches]:
            done.result()
    found = rollups(engine)
    engine.dispose()
    assert {name: {key: row for key, row in table.items() if row} for name, table in found.items()} == {
        name: {key: row for key, row in table.items() if row} for name, table in expected(told).items()
    }


@settings(parent=_SETTINGS, max_examples=60)
@given(deliveries())
def test_packs_of_one_reader_that_forgets_addresses_merge_to_the_same(
    engine: Engine, delivery: tuple[list[Event], list[list[Event]]]
) -> None:
    told, batches = delivery
    _empty(engine)
    packer, merger = Packer(remembered=2), Merger(engine)
    for batch in batches:
        packer.add(batch)
        merger.merge(packer.take())
    found = rollups(engine)
    assert {name: {key: row for key, row in table.items() if row} for name, table in found.items()} == {
        name: {key: row for key, row in table.items() if row} for name, table in expected(told).items()
    }


def _event(kind: Kind, seconds: int = 0, contact: str = "ann@example.com", **rest: object) -> Event:
    at = START + timedelta(seconds=seconds)
    return Event(kind=kind, at=at, email="may", contact=contact, **rest)  # type: ignore[arg-type]


def test_a_second_delivery_of_the_same_events_is_counted_as_duplicates(engine: Engine) -> None:
    told = [_event(Kind.SENT), _event(Kind.DELIVERED, 2)]
    assert (merge(engine, told).new, merge(engine, told).duplicates) == (2, 2)


def test_duplicates_inside_one_batch_are_dropped_too(engine: Engine) -> None:
    merged = merge(engine, [_event(Kind.SENT), _event(Kind.SENT)])
    assert (merged.new, merged.duplicates) == (1, 1)


def test_a_rebuild_changes_nothing_where_everybody_came_to_be_on_a_list(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED)])
    merge(engine, [_event(Kind.SENT, lists=("NL",))])
    before = everything(engine)
    rebuild(engine, [1])
    assert everything(engine) == before
    assert len(before["list_totals"]) == 1


def test_addresses_that_differ_in_case_are_one_person(engine: Engine) -> None:
    merge(engine, [_event(Kind.SENT, contact="Ann@Example.com "), _event(Kind.DELIVERED, 2, contact="ann@example.com")])
    assert rollups(engine)["email"]["may"] == {"sent": 1, "delivered": 1}


def test_a_bounce_after_delivery_takes_the_person_out_of_the_opened(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED, 1), _event(Kind.OPENED, 60)])
    assert rollups(engine)["email"]["may"]["opened"] == 1
    merge(engine, [_event(Kind.BOUNCED, 900)])
    assert rollups(engine)["email"]["may"] == {"sent": 1, "bounced_soft": 1, "open_events": 1}
    assert sum(row.get("openers", 0) for row in rollups(engine)["moment"].values()) == 0


def test_a_late_earlier_open_moves_the_first_open_to_its_quarter(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED), _event(Kind.OPENED, 7200)])
    merge(engine, [_event(Kind.OPENED, 60)])
    openers = {quarter: row.get("openers", 0) for (_email, quarter), row in rollups(engine)["moment"].items()}
    assert openers == {int(START.timestamp()) // 900: 1, int(START.timestamp() + 7200) // 900: 0}


def test_somebody_whose_sending_is_told_late_moves_to_the_quarter_of_it_whole(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED, 7200), _event(Kind.OPENED, 7300)])
    merge(engine, [_event(Kind.SENT)])
    quarters = {start: people for (_email, span, start), people in rollups(engine)["cohort"].items() if span == 0}
    assert quarters == {int(START.timestamp()) // 900: {"sent": 1, "delivered": 1, "opened": 1, "open_events": 1}}


def test_a_click_without_an_open_counts_as_opened(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED), _event(Kind.CLICKED, 30, link="https://example.com/a")])
    assert rollups(engine)["email"]["may"] == {"sent": 1, "delivered": 1, "opened": 1, "clicked": 1, "click_events": 1}


def test_a_click_on_the_unsubscribe_link_is_kept_out_of_the_click_rate(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED), _event(Kind.CLICKED, 30, link="https://example.com/unsubscribe")])
    assert rollups(engine)["email"]["may"] == {"sent": 1, "delivered": 1}
    assert rollups(engine)["link"]["may", "https://example.com/unsubscribe"]["people"] == 1


@pytest.mark.parametrize(
    ("told", "counted"),
    [
        ([(Kind.DELIVERED, 0), (Kind.UNSUBSCRIBED, 120)], {"unsubscribed_suspect"}),
        ([(Kind.DELIVERED, 0), (Kind.UNSUBSCRIBED, 121)], {"unsubscribed"}),
        ([(Kind.DELIVERED, 0), (Kind.OPENED, 9), (Kind.UNSUBSCRIBED, 20)], {"opened", "unsubscribed"}),
        ([(Kind.BOUNCED, 5), (Kind.DELIVERED, 6)], set()),
        ([(Kind.DEFERRED, 5), (Kind.DELIVERED, 6)], set()),
        ([(Kind.OPENED, 6)], {"opened"}),
    ],
)
def test_a_persons_state_follows_from_their_events(
    engine: Engine, told: list[tuple[Kind, int]], counted: set[str]
) -> None:
    merge(engine, [_event(kind, seconds) for kind, seconds in told])
    people = rollups(engine)["email"]["may"]
    assert {name for name in people if not name.endswith("_events")} == {"sent", "delivered"} | counted


def test_a_bounce_in_the_second_of_the_delivery_stands(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED, 5), _event(Kind.BOUNCED, 5)])
    assert rollups(engine)["email"]["may"] == {"sent": 1, "bounced_soft": 1}


@pytest.mark.parametrize(
    ("milliseconds", "look"), [(1, "glanced"), (1999, "glanced"), (2000, "skimmed"), (7999, "skimmed"), (8000, "read")]
)
def test_the_longest_look_decides_between_read_skimmed_and_glanced(
    engine: Engine, milliseconds: int, look: str
) -> None:
    merge(engine, [_event(Kind.OPENED, 9, duration_ms=milliseconds), _event(Kind.OPENED, 10, duration_ms=1)])
    assert rollups(engine)["email"]["may"][look] == 1


def test_machine_opens_are_counted_apart(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED), _event(Kind.OPENED, 5, machine=MachineReason.APPLE_PRIVACY)])
    assert rollups(engine)["email"]["may"] == {
        "sent": 1,
        "delivered": 1,
        "machine_opened": 1,
        "machine_open_events": 1,
    }


def test_a_description_completes_an_email_that_events_made_known(engine: Engine) -> None:
    merge(engine, [_event(Kind.SENT)])
    merge(engine, [], [Email(id="may", name="newsletter-may", campaign="Spring", lists=("NL",), html="<p>Hi</p>")])
    merge(engine, [], [Email(id="may", subject="News")])
    with engine.connect() as connection:
        row = connection.execute(text("SELECT name, subject, campaign_id IS NOT NULL FROM emails")).one()
    assert tuple(row) == ("newsletter-may", "News", True)


def test_what_a_server_replied_to_a_bounce_is_kept_word_for_word(engine: Engine) -> None:
    merge(engine, [_event(Kind.BOUNCED, reply="550 5.1.1 <ann@example.com>: no such user ☹")])
    with engine.connect() as connection:
        assert connection.execute(text("SELECT reply FROM event_replies")).scalars().all() == [
            "550 5.1.1 <ann@example.com>: no such user ☹"
        ]


def test_a_failed_batch_leaves_nothing_behind(engine: Engine) -> None:
    merge(engine, [_event(Kind.SENT)])
    before = everything(engine)
    with writing(engine).begin() as connection:
        connection.execute(text("ALTER TABLE client_totals RENAME TO elsewhere"))
    with pytest.raises(Exception, match="client_totals"):
        merge(engine, [_event(Kind.DELIVERED, 3), _event(Kind.OPENED, 9, client="Gmail")])
    with writing(engine).begin() as connection:
        connection.execute(text("ALTER TABLE elsewhere RENAME TO client_totals"))
        assert connection.execute(text("SELECT count(*) FROM events")).scalar() == 1
    assert everything(engine) == before


def test_the_sqlite_file_is_readable_by_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    engine = open_engine(f"sqlite:///{path}")
    with engine.connect() as connection:
        connection.execute(text("SELECT 1"))
    assert {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()} == {
        file.name: 0o600 for file in path.parent.iterdir()
    }
    engine.dispose()


@pytest.mark.parametrize("at_once", [True, False])
def test_of_two_things_told_under_one_identity_the_first_stands(engine: Engine, at_once: bool) -> None:
    first, second = _event(Kind.OPENED, key="1", duration_ms=9_000), _event(Kind.OPENED, key="1", duration_ms=1)
    for batch in [[first, second]] if at_once else [[first], [second]]:
        merge(engine, batch)
    assert rollups(engine)["email"]["may"]["read"] == 1


@_SETTINGS
@given(st.lists(events(), min_size=1, max_size=30), st.data())
def test_what_is_taken_back_is_as_if_it_had_never_been_told(
    engine: Engine, told: list[Event], data: st.DataObject
) -> None:
    gone = data.draw(st.lists(st.sampled_from(told), unique=True))
    kept = [event for event in told if event not in gone]
    _empty(engine)
    merge(engine, told)
    assert withdraw(engine, gone) == len(set(gone))
    assert withdraw(engine, gone) == 0
    found = rollups(engine)
    for table in ("email", "not_sent", "moment", "link", "client"):
        assert {key: row for key, row in found[table].items() if row} == {
            key: row for key, row in expected(kept)[table].items() if row
        }


def test_an_email_all_of_which_was_taken_back_takes_events_again(engine: Engine) -> None:
    told = [
        Event(kind=kind, at=START, email="may", contact=f"{name}@example.org", key=name, lists=lists)
        for kind, name, lists in ((Kind.SENT, "a", ("NL",)), (Kind.OPENED, "b", ()), (Kind.CLICKED, "c", ()))
    ]
    merge(engine, told)
    before = everything(engine)
    assert withdraw(engine, told) == len(told)
    assert merge(engine, told).new == len(told)
    assert everything(engine) == before


def test_taking_back_what_was_never_told_changes_nothing(engine: Engine) -> None:
    opened = Event(kind=Kind.OPENED, at=START, email="may", contact="a@example.org", key="1")
    merge(engine, [opened])
    before = everything(engine)
    assert withdraw(engine, [Event(kind=Kind.OPENED, at=START, email="may", contact="a@example.org", key="2")]) == 0
    assert withdraw(engine, []) == 0
    assert everything(engine) == before
