"""Our own verdicts on clicks are a function of the set of events, as everything in the store is."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, text

from reports.events import Event, Kind, MachineReason, Part
from reports.verdicts import DEFAULT_RULES, Rule, Rules
from store.emails import all_email_ids
from store.engine import writing
from store.merge import merge, rebuild, withdraw
from store.upkeep import judged_otherwise, rescore
from tests.store.events import START
from tests.store.model import expected
from tests.store.snapshot import Rows, everything, rollups

_OFF = Rules(burst_links=0, early_links=0, leaving_seconds=0)
_RULES = st.sampled_from([DEFAULT_RULES, Rules(3, 2, 10, 60, 30), Rules(burst_links=2, early_links=0), _OFF])
_SETTINGS = settings(
    deadline=None, max_examples=100, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
_LINKS = ["a", "b", "c", "d", "e", "unsubscribe", "preferences"]


@st.composite
def _acts(draw: st.DrawFn) -> list[Event]:
    """Of two people and mostly clicks, so close together that every rule is met."""
    told = []
    kinds = [*[Kind.CLICKED] * 6, Kind.DELIVERED, Kind.OPENED, Kind.UNSUBSCRIBED, Kind.SENT, Kind.BOUNCED]
    for number in range(draw(st.integers(1, 30))):
        kind, client = draw(st.sampled_from(kinds)), draw(st.sampled_from([None, "Outlook"]))
        click, engaged = kind is Kind.CLICKED, kind in (Kind.CLICKED, Kind.OPENED)
        told.append(
            Event(
                kind=kind,
                at=START + timedelta(seconds=draw(st.sampled_from([0, 1, 4, 10, 11, 30, 64, 121, 131, 900, 86_400]))),
                email=draw(st.sampled_from(["may", "june"])),
                contact=draw(st.sampled_from(["ann@example.com", "bob@example.com"])),
                key=str(number),
                link=f"https://example.com/{draw(st.sampled_from(_LINKS))}" if click and draw(st.booleans()) else None,
                part=draw(st.sampled_from([None, *Part])) if click else None,
                client=client if engaged else None,
                device="desktop" if engaged and client else None,
                machine=draw(st.sampled_from([None, None, None, MachineReason.SCANNER])) if engaged else None,
                lists=("NL",) if kind is Kind.SENT else (),
            )
        )
    return told


def _empty(engine: Engine) -> None:
    with writing(engine).begin() as connection:
        for table in [*everything(engine), "events", "event_replies", "memberships", "upkeep", "emails"]:
            connection.execute(text(f"DELETE FROM {table}"))


def _some(rows: Rows) -> Rows:
    return {name: {key: row for key, row in table.items() if row} for name, table in rows.items()}


@_SETTINGS
@given(_acts(), _RULES, st.data())
def test_verdicts_follow_the_rules_however_events_arrive(
    engine: Engine, told: list[Event], rules: Rules, data: st.DataObject
) -> None:
    _empty(engine)
    order = data.draw(st.permutations(told + data.draw(st.lists(st.sampled_from(told), max_size=5))))
    cuts = sorted(data.draw(st.sets(st.integers(1, len(order)), max_size=5)))
    for start, end in zip([0, *cuts], [*cuts, len(order)], strict=True):
        merge(engine, order[start:end], rules=rules)
    assert _some(rollups(engine)) == _some(expected(told, rules))
    before = everything(engine)
    with engine.connect() as connection:
        rebuild(engine, all_email_ids(connection))
    assert everything(engine) == before


@_SETTINGS
@given(_acts(), _RULES, _RULES)
def test_rescoring_gives_what_the_rules_would_have_given_from_the_start(
    engine: Engine, told: list[Event], before: Rules, after: Rules
) -> None:
    _empty(engine)
    merge(engine, told, rules=before)
    with engine.connect() as connection:
        ids = all_email_ids(connection)
    for email_id in ids:
        rescore(engine, email_id, after)
    found = everything(engine)
    assert _some(rollups(engine)) == _some(expected(told, after))
    rebuild(engine, ids)
    assert everything(engine) == found


@settings(parent=_SETTINGS, max_examples=50)
@given(_acts(), st.data())
def test_what_is_taken_back_decides_nothing_any_more(engine: Engine, told: list[Event], data: st.DataObject) -> None:
    _empty(engine)
    gone = data.draw(st.lists(st.sampled_from(told), unique=True))
    merge(engine, told)
    withdraw(engine, gone)
    kept = _some(expected([event for event in told if event not in gone]))
    found = _some(rollups(engine))
    for table in ("email", "machine", "moment", "link", "client"):
        assert found[table] == kept[table]


def _click(link: str, seconds: int, **rest: object) -> Event:
    at, url = START + timedelta(seconds=seconds), f"https://example.com/{link}"
    return Event(kind=Kind.CLICKED, at=at, email="may", contact="ann@example.com", link=url, **rest)  # type: ignore[arg-type]


def test_a_late_delivery_makes_the_clicks_just_after_it_a_machines(engine: Engine) -> None:
    merge(engine, [_click("a", 5), _click("b", 6), _click("c", 8)])
    assert rollups(engine)["email"]["may"]["clicked"] == 1
    merge(engine, [Event(kind=Kind.DELIVERED, at=START, email="may", contact="ann@example.com")])
    assert rollups(engine)["machine"] == {("may", Rule.EARLY): {"clicks": 3}}
    assert rollups(engine)["email"]["may"] == {
        "sent": 1,
        "delivered": 1,
        "machine_clicked": 1,
        "machine_click_events": 3,
    }


def test_the_providers_own_verdict_is_kept_apart_and_stands(engine: Engine) -> None:
    merge(engine, [_click("a", 1, machine=MachineReason.PROVIDER), _click("unsubscribe", 2)])
    assert rollups(engine)["machine"] == {
        ("may", MachineReason.PROVIDER): {"clicks": 1},
        ("may", Rule.LEAVING): {"clicks": 1},
    }
    rescore(engine, 1, _OFF)
    assert rollups(engine)["machine"] == {("may", MachineReason.PROVIDER): {"clicks": 1}}


def test_an_unsubscribe_among_a_scanners_clicks_is_counted_apart(engine: Engine) -> None:
    told = [_click(link, 20) for link in ("a", "b", "c")]
    told += [
        Event(kind=kind, at=START + timedelta(seconds=after), email="may", contact="ann@example.com")
        for kind, after in ((Kind.DELIVERED, 0), (Kind.UNSUBSCRIBED, 25))
    ]
    merge(engine, told)
    assert rollups(engine)["email"]["may"]["unsubscribed_suspect"] == 1
    assert "unsubscribed" not in rollups(engine)["email"]["may"]


@pytest.mark.parametrize("rules", [DEFAULT_RULES, _OFF])
def test_it_is_known_which_emails_other_rules_judged(engine: Engine, rules: Rules) -> None:
    merge(engine, [_click("a", 1)], rules=_OFF)
    with engine.connect() as connection:
        assert judged_otherwise(connection, rules) == ([] if rules == _OFF else [1])
    rescore(engine, 1, rules)
    with engine.connect() as connection:
        assert judged_otherwise(connection, rules) == []
