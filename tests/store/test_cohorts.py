"""Figures of what was sent in a period, and the filters that say of which e-mails."""

import re
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Engine, event

from reports.events import Email, Event, Kind, MachineReason
from reports.facts import AllFacts, Counts
from reports.period import Period
from reports.query import Filters, Query
from store.codes import QUARTER, SPANS
from store.facts import load_all_facts
from store.facts.cohorts import FILTERED, tiles
from store.filters import Meant, select
from store.merge import merge

NOW = datetime(2026, 5, 20, 12, tzinfo=UTC)


def told(email: str, contact: str, at: datetime, *kinds: Kind) -> list[Event]:
    return [
        Event(kind=kind, at=at + timedelta(minutes=n), email=email, contact=f"{contact}@example.com")
        for n, kind in enumerate(kinds)
    ]


def load(engine: Engine, query: Query) -> AllFacts:
    with engine.connect() as connection:
        meant = select(connection, query.filters)
        return load_all_facts(connection, (), query, NOW, FILTERED, meant.ids)


def ask(period: Period, zone: str = "UTC", unit: str = "auto", **filters: object) -> Query:
    return Query(sections=("overview",), period=period, zone=zone, unit=unit, filters=Filters(**filters))  # type: ignore[arg-type]


@given(st.integers(1, 20_000), st.integers(0, 20_000))
def test_tiles_are_the_quarters_of_a_period_each_once(first: int, length: int) -> None:
    found = sorted(tiles(first, first + length), key=lambda tile: tile[1] * SPANS[tile[0]])
    edges = [(low * SPANS[span] // QUARTER, high * SPANS[span] // QUARTER) for span, low, high in found]
    assert all(low < high for low, high in edges)
    assert all(end == start for (_, end), (start, _) in pairwise(edges))
    assert not length or (edges[0][0], edges[-1][1]) == (first, first + length)


def test_a_straddling_email_counts_in_a_period_with_those_sent_in_it(engine: Engine) -> None:
    days = [datetime(2026, month, 19, 22, 30, tzinfo=UTC) for month in (2, 3, 4, 5)]
    for n, at in enumerate(days):
        merge(engine, told("welcome", f"person{n}", at, Kind.SENT, Kind.DELIVERED, Kind.OPENED))
    merge(engine, told("may", "ann", days[3], Kind.SENT, Kind.BOUNCED))
    facts = load(engine, ask(Period("30d")))
    assert facts.period.emails == 2
    assert facts.period.counts == Counts(sent=2, delivered=1, opened=1, bounced_soft=1, open_events=1)
    assert facts.period_before is not None
    assert (facts.period_before.emails, facts.period_before.counts.sent) == (1, 1)
    assert [(one.name, one.counts.sent) for one in facts.sent_emails] == [("welcome", 1), ("may", 1)]


@pytest.mark.parametrize(("zone", "sent"), [("Europe/Amsterdam", 1), ("Asia/Kathmandu", 1), ("America/New_York", 0)])
def test_a_period_begins_at_the_midnight_of_the_viewer(engine: Engine, zone: str, sent: int) -> None:
    at = datetime(2026, 5, 9, 22, 10, tzinfo=UTC)  # 00:10 in Amsterdam, 03:55 in Kathmandu, 18:10 in New York
    merge(engine, told("may", "ann", at, Kind.SENT))
    assert load(engine, ask(Period("dates", date(2026, 5, 10)), zone)).period.counts.sent == sent


def test_people_of_whom_nothing_tells_when_count_as_their_email_was_sent(engine: Engine) -> None:
    opened = Event(
        kind=Kind.OPENED, at=NOW, email="may", contact="ann@example.com", machine=MachineReason.APPLE_PRIVACY
    )
    merge(engine, [opened], [Email(id="may", sent_at=NOW - timedelta(days=40))])
    facts = load(engine, ask(Period("30d")))
    assert facts.period_before is not None
    assert (facts.period.counts.sent, facts.period_before.counts.sent) == (0, 1)
    assert load(engine, ask(Period())).period.counts == Counts(
        sent=1, delivered=1, machine_opened=1, machine_open_events=1
    )
    assert load(engine, ask(Period("60d"))).sent_hours[0].counts.sent == 1


@pytest.mark.parametrize("unit", ["hour", "day", "week"])
@pytest.mark.parametrize("zone", ["UTC", "Europe/Amsterdam", "Australia/Lord_Howe"])
def test_units_and_hours_and_emails_add_up_to_the_period(engine: Engine, zone: str, unit: str) -> None:
    start = datetime(2026, 3, 20, tzinfo=UTC)
    for n in range(40):
        merge(engine, told(f"email{n % 3}", f"person{n}", start + timedelta(hours=19 * n), Kind.SENT, Kind.OPENED))
    merge(engine, [], [Email(id=f"email{n}", workflow=f"Flow {n % 2}") for n in range(3)])
    facts = load(engine, ask(Period("dates", date(2026, 3, 22), date(2026, 4, 18)), zone, unit))
    sent = facts.period.counts.sent
    assert 20 < sent < 40
    assert sum(one.counts.sent for one in facts.sent_units) == sent
    assert sum(one.counts.opened for one in facts.sent_hours) == sent
    assert sum(one.counts.delivered for one in facts.sent_emails) == sent
    local = [one.start.astimezone(ZoneInfo(zone)) for one in facts.sent_units]
    assert sum(at.minute != 0 for at in local) <= 1  # where clocks change by half an hour
    assert {one.unit for one in facts.sent_units} == {unit}
    assert [one.workflow for one in facts.workflow_units] == ["Flow 0", "Flow 1"]
    together = [
        sum(one.counts.sent for one in column)
        for column in zip(*(one.units for one in facts.workflow_units), strict=True)
    ]
    assert together == [one.counts.sent for one in facts.sent_units]


def test_an_e_mail_of_no_workflow_is_in_none(engine: Engine) -> None:
    merge(engine, told("may", "ann", NOW - timedelta(days=3), Kind.SENT))
    facts = load(engine, ask(Period("30d")))
    assert (facts.period.counts.sent, facts.workflow_units) == (1, ())


def test_when_clocks_go_back_both_hours_of_one_name_are_one_cell(engine: Engine) -> None:
    night = datetime(2025, 10, 26, 0, 30, tzinfo=UTC)  # 02:30 in Amsterdam, twice
    for n in (0, 1):
        merge(engine, told("may", f"person{n}", night + timedelta(hours=n), Kind.SENT))
    hours = load(engine, ask(Period("dates", date(2025, 10, 26), date(2025, 10, 26)), "Europe/Amsterdam")).sent_hours
    assert [(one.weekday, one.hour, one.counts.sent) for one in hours] == [(6, 2, 2)]


_EMAILS = [
    Email(id="1", name="Spring sale", campaign="Spring", team="Growth", type="regular", subject="Deals ☀"),
    Email(id="2", name="Welcome", workflow="Onboarding", business_unit="Shoes", type="automated"),
    Email(id="3", name="spring news", campaign="SPRING", team="Brand", type="blog"),
]


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        (Filters(), None),
        (Filters(campaign="spring"), (1, 3)),
        (Filters(team="growth"), (1,)),
        (Filters(team=" growth ", unassigned=True), (1, 2)),
        (Filters(unassigned=True), (2,)),
        (Filters(type="BLOG"), (3,)),
        (Filters(workflow="onboarding"), (2,)),
        (Filters(business_unit="shoes"), (2,)),
        (Filters(name="NEWS spring"), (3,)),
        (Filters(name="deals"), (1,)),
        (Filters(campaign="Spring", type="automated"), ()),
    ],
)
def test_filters_without_regard_to_case(engine: Engine, filters: Filters, ids: tuple[int, ...] | None) -> None:
    merge(engine, [], _EMAILS)
    with engine.connect() as connection:
        assert select(connection, filters) == Meant(ids)


@pytest.mark.parametrize(
    ("filters", "field", "nearest"),
    [
        (Filters(campaign="sprign"), "campaign", ("SPRING", "Spring")),
        (Filters(team="zzz"), "team", ("Brand", "Growth")),
        (Filters(type="blogs"), "type", ("blog",)),
        (Filters(name="spring salle"), "name", ("Spring sale", "spring news")),
    ],
)
def test_a_value_that_there_is_not_is_told_with_the_nearest(
    engine: Engine, filters: Filters, field: str, nearest: tuple[str, ...]
) -> None:
    merge(engine, [], _EMAILS)
    with engine.connect() as connection:
        found = select(connection, filters)
    assert (found.unknown, set(found.nearest)) == (field, set(nearest))


def test_filters_that_pass_no_email_give_nothing(engine: Engine) -> None:
    merge(engine, told("1", "ann", NOW, Kind.SENT), _EMAILS)
    facts = load(engine, ask(Period("30d"), campaign="Spring", type="automated"))
    assert (facts.period.emails, facts.sent_units, facts.sent_emails) == (0, facts.sent_units, ())


def test_an_empty_store_says_so(engine: Engine) -> None:
    with engine.connect() as connection:
        assert select(connection, Filters()) == select(connection, Filters(name="x")) == Meant(empty=True)


def test_cohorts_are_found_by_their_emails_key_and_never_by_a_scan(engine: Engine) -> None:
    for n in range(5):
        merge(engine, told(f"email{n}", "ann", NOW - timedelta(days=9 * n), Kind.SENT, Kind.OPENED))
    merge(engine, [], [Email(id="email0", workflow="Onboarding")])
    asked: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    load(engine, ask(Period("30d"), "Asia/Kolkata", "week"))
    told_of_cohorts = [(sql, values) for sql, values in asked if "cohorts" in sql]
    assert len(told_of_cohorts) >= len(FILTERED)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # five rows are scanned whatever the index
        for sql, values in told_of_cohorts:
            explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))  # type: ignore[arg-type]
            assert re.search(r"SEARCH c USING (COVERING )?PRIMARY KEY|cohorts_pkey", plan), plan
            assert not re.search(r"SCAN c\b|Seq Scan on cohorts", plan), plan
