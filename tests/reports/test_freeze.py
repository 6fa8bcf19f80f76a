"""A digest as bytes: nothing is lost, nothing else can be made of them, and equal ones are equal bytes."""

import json
from dataclasses import fields, is_dataclass, replace
from datetime import UTC, datetime, timedelta, timezone
from enum import Enum
from fractions import Fraction
from types import UnionType
from typing import Any, get_args, get_type_hints
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.compile import SECTIONS, compile_report
from reports.facts import AllFacts, Counts, Facts
from reports.freeze import _CLASSES, Digest, fingerprint, freeze, thaw
from reports.metrics import Better
from reports.period import Period
from reports.query import Filters, Query
from reports.report import (
    BarChart,
    Cell,
    Change,
    ClickMap,
    Column,
    Figure,
    HeatMap,
    IntervalChart,
    LinkKind,
    MapLink,
    Mark,
    Money,
    Report,
    Result,
    ScatterChart,
    Series,
    Subject,
    Table,
    TimeChart,
    Unit,
)
from reports.section import Scope
from tests.reports.sections.facts import ALL, ALL_EMAIL, SENT, email

_NOW = SENT + timedelta(days=5)


def every_section(facts: dict[str, Any], scope: Scope, zone: str) -> tuple[Report, ...]:
    names = tuple(name for name, section in SECTIONS.items() if section.scope is scope)
    query = Query("x", names, Period("30d"), zone=zone, locale="nl", others=("y",))
    return tuple(compile_report(query, one, _NOW) for one in facts.values())


_SEVERAL = {"two": AllFacts(named=(email(), email("june")), named_counts=(Counts(sent=9, delivered=9, opened=3),) * 2)}


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Australia/Lord_Howe"])
@pytest.mark.parametrize(
    ("facts", "scope"), [(ALL, Scope.EMAIL), (_SEVERAL, Scope.SEVERAL), (ALL_EMAIL, Scope.ALL)], ids=[*Scope]
)
def test_reports_of_every_section_come_back_as_they_were(
    facts: dict[str, Facts | AllFacts], scope: Scope, zone: str
) -> None:
    digest = Digest("Weekly", "4–10 May", every_section(facts, scope, zone), ("27 April – 3 May",))
    frozen = freeze(digest)
    assert identical(thaw(frozen), digest)
    assert freeze(thaw(frozen)) == frozen


def test_the_reports_of_all_sections_hold_every_kind_of_chart() -> None:
    reports = [
        report
        for facts, scope in ((ALL, Scope.EMAIL), (_SEVERAL, Scope.SEVERAL), (ALL_EMAIL, Scope.ALL))
        for report in every_section(facts, scope, "UTC")
    ]
    assert {type(result.chart) for report in reports for result in report.results if result.chart} == {
        BarChart, TimeChart, ScatterChart, IntervalChart, HeatMap, ClickMap,
    }  # fmt: skip


def identical(one: Any, other: Any) -> bool:
    """Equal, and of the same types and zones all the way down: 1 is not 1.0, and Amsterdam is not UTC+2."""
    if type(one) is not type(other):
        return False
    if is_dataclass(one):
        return all(identical(getattr(one, field.name), getattr(other, field.name)) for field in fields(one))
    if isinstance(one, tuple):
        return len(one) == len(other) and all(identical(a, b) for a, b in zip(one, other, strict=True))
    if isinstance(one, datetime):
        return one == other and one.tzinfo == other.tzinfo and one.utcoffset() == other.utcoffset()
    if isinstance(one, float):
        return one.hex() == other.hex()
    return bool(one == other)


# Any report

_TEXT = st.text(max_size=8)
_ZONES = st.sampled_from(
    [UTC, timezone(timedelta(hours=-3, minutes=-30)), *map(ZoneInfo, ("UTC", "Europe/Amsterdam", "Pacific/Apia"))]
)
_INSTANTS = st.builds(
    datetime.astimezone,
    st.datetimes(datetime(1970, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    _ZONES,
) | st.just(datetime(2026, 10, 25, 2, 30, tzinfo=ZoneInfo("Europe/Amsterdam"), fold=1))
_FLOATS = st.floats(allow_nan=True, allow_infinity=True)
_MONEY = st.builds(Money, st.integers(), st.sampled_from(["EUR", "JPY"]))
_VALUES = st.none() | st.integers() | st.fractions() | _TEXT | _INSTANTS | _MONEY
_CHANGES = st.builds(Change, _VALUES, st.none() | st.fractions(), st.sampled_from(Better), st.booleans())
_FIGURES = st.builds(
    Figure, _TEXT, _TEXT, st.sampled_from(Unit), _VALUES, low=st.none() | _FLOATS, change=st.none() | _CHANGES
)
_SERIES = st.lists(st.builds(Series, _TEXT, st.lists(st.none() | _FLOATS, max_size=3).map(tuple)), max_size=2).map(
    tuple
)
_MARKS = st.lists(st.builds(Mark, _TEXT, _FLOATS, _FLOATS, st.integers()), max_size=2).map(tuple)
_CELLS = st.builds(Cell, st.none() | _FLOATS, st.integers(), st.booleans())
_LINKS = st.builds(
    MapLink, _TEXT, st.integers(), st.integers(), st.none() | _FLOATS, st.just(1), st.sampled_from(LinkKind)
)
_CHARTS = st.one_of(
    st.builds(BarChart, _TEXT, st.tuples(_TEXT), _SERIES, value_unit=st.sampled_from(Unit)),
    st.builds(TimeChart, _TEXT, st.tuples(_INSTANTS), st.just("day"), _SERIES),
    st.builds(ScatterChart, _TEXT, _TEXT, _TEXT, _MARKS, st.none() | _FLOATS, st.none()),
    st.builds(IntervalChart, _TEXT, _TEXT, st.tuples(st.tuples(_TEXT, _FLOATS, st.none(), _FLOATS))),
    st.builds(HeatMap, _TEXT, st.tuples(_TEXT), st.tuples(_TEXT), st.tuples(st.tuples(_CELLS, _CELLS)), _TEXT),
    st.builds(ClickMap, _TEXT, _TEXT, st.tuples(_LINKS), st.tuples(_TEXT)),
)
_TABLES = st.builds(
    Table,
    st.tuples(st.builds(Column, _TEXT, _TEXT, st.sampled_from(Unit), st.booleans())),
    st.lists(st.tuples(_VALUES), max_size=3).map(tuple),
    st.integers(),
)
_RESULTS = st.builds(
    Result, _TEXT, _TEXT, st.lists(_FIGURES, max_size=2).map(tuple), st.none() | _TABLES, st.none() | _CHARTS
)
_PERIODS = st.sampled_from([Period(), Period("7d")]) | st.builds(Period, st.just("dates"), st.dates())
_QUERIES = st.builds(
    Query,
    _TEXT,
    period=_PERIODS,
    zone=st.just("Europe/Amsterdam"),
    filters=st.builds(Filters, campaign=st.none() | _TEXT, unassigned=st.booleans()),
    options=st.sampled_from([(), (("contact", "#7"),)]),
)
_REPORTS = st.builds(
    Report,
    _QUERIES,
    st.builds(Subject, _TEXT, st.none() | _TEXT, st.tuples(st.tuples(_TEXT, _VALUES))),
    st.lists(_RESULTS, max_size=3).map(tuple),
    _INSTANTS,
    st.booleans(),
    _TEXT,
)
_DIGESTS = st.builds(Digest, _TEXT, _TEXT, st.lists(_REPORTS, max_size=2).map(tuple), st.tuples(_TEXT))


@settings(max_examples=60)
@given(_DIGESTS)
def test_any_digest_comes_back_as_it_was(digest: Digest) -> None:
    frozen = freeze(digest)
    assert identical(thaw(frozen), digest)
    assert fingerprint(freeze(thaw(frozen))) == fingerprint(frozen)


def test_every_class_that_a_digest_can_hold_is_known() -> None:
    assert set(_CLASSES.values()) == set(reachable(Digest))


def reachable(kind: Any) -> set[type]:
    """The dataclasses and enumerations that stand in the annotations of a class, at any depth."""
    if isinstance(kind, UnionType) or get_args(kind):
        return set().union(*(reachable(part) for part in get_args(kind)))
    if is_dataclass(kind) and isinstance(kind, type):
        return {kind}.union(*(reachable(hint) for hint in get_type_hints(kind).values()))
    return {kind} if isinstance(kind, type) and issubclass(kind, Enum) else set()


# What it is made of

_DIGEST = Digest("Weekly", "May", ())


def test_it_is_json_in_ascii_and_its_fingerprint_tells_any_change() -> None:
    frozen = freeze(replace(_DIGEST, title="Grüße\u2028🌱"))
    assert json.loads(frozen)["title"] == "Grüße\u2028🌱" and frozen.isascii()
    assert len(fingerprint(frozen)) == 24
    assert fingerprint(frozen) != fingerprint(freeze(_DIGEST))


def test_an_instant_stays_where_it_was_though_its_zone_gets_new_rules() -> None:
    query = Query("x")
    at = datetime(2030, 7, 1, 9, tzinfo=ZoneInfo("Africa/Cairo"))
    frozen = freeze(replace(_DIGEST, reports=(Report(query, Subject("x", None, ()), (), at, False, "f"),)))
    told = json.loads(frozen)["reports"][0]["as_of"]
    assert (told["value"], told["zone"]) == ("2030-07-01T06:00:00", "Africa/Cairo")


@pytest.mark.parametrize("value", [object(), datetime(2026, 1, 1), [1], {"a": 1}, b"x", 1j])  # noqa: DTZ001
def test_what_no_report_holds_is_refused(value: Any) -> None:
    with pytest.raises(TypeError):
        freeze(replace(_DIGEST, title=value))


@pytest.mark.parametrize(
    "wrong",
    [
        b"",
        b"{",
        b"null",
        b"[]",
        b"\xff",
        b"{}",
        b'{"$":"Digest"}',
        b'{"$":"Popen","args":["true"]}',
        b'{"$":"Fraction","value":"1/0"}',
        b'{"$":"datetime","value":"2026-01-01T00:00:00","zone":"Mars/Base"}',
        b'{"$":"datetime","value":"2026-01-01T00:00:00","zone":"Europe"}',
        b'{"$":"Unit","value":"furlong"}',
        b'{"$":"Money","units":1,"currency":"EUR"}',
        b"[" * 100_000,
    ],
)
def test_bytes_that_are_no_digest_are_refused(wrong: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - whichever part is wrong
        thaw(wrong)


@pytest.mark.parametrize("value", [Fraction(1, 3), Fraction(10**40, 7), 10**30, -1])
def test_numbers_keep_every_digit(value: Any) -> None:
    figure = Figure("x", "x", Unit.COUNT, value)
    report = Report(Query("x"), Subject("x", None, ()), (Result("s", "S", (figure,)),), _NOW, False, "f")
    assert thaw(freeze(replace(_DIGEST, reports=(report,)))).reports == (report,)
