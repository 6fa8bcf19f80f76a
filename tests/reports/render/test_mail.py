"""What a mail shows of a digest: words that are safe in a line, numbers as they are, and text within its width."""

from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from fractions import Fraction
from typing import Any
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from reports.freeze import Digest
from reports.query import Query
from reports.render.mail import Shown, context, subject
from reports.render.mail_text import WIDTH, cells, text
from reports.report import BarChart, Column, Figure, Report, Result, Series, Subject, Table, Unit

UNSEEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
AT = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)


def digest(name: str, label: str = "Open rate", rows: int = 3, columns: int = 2) -> Digest:
    named = tuple(Column(f"c{n}", name, Unit.COUNT) for n in range(columns - 1))
    table = Table((Column("name", name, Unit.TEXT), *named), ((name, *range(columns - 1)),) * rows, rows)
    result = Result(
        "links",
        name,
        (Figure("open_rate", label, Unit.RATE, Fraction(1, 3), 1, 3, 0.1, 0.6),),
        table,
        BarChart(name, (name,), (Series(name, (1.0,)),)),
        (name,),
    )
    report = Report(Query(name), Subject(name, name, ((name, name), ("Sent", AT))), (result,), AT, False, "f")
    return Digest(name, name, (report,), (name,))


def strings(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    if isinstance(value, dict):
        return [found for part in value.values() for found in strings(part)]
    if is_dataclass(value):
        return [found for field in fields(value) for found in strings(getattr(value, field.name))]
    return [found for part in value for found in strings(part)] if isinstance(value, list | tuple) else []


@settings(max_examples=300)
@given(st.text())
def test_whatever_a_name_is_it_is_one_line_of_signs_that_can_be_seen(name: str) -> None:
    shown = context(digest(name), [name], {(0, 0): Shown("cid:a")})
    for found in [*strings(shown), subject(digest(name))]:
        assert not {category(sign) for sign in found if sign not in "\u200c\u200d"} & UNSEEN
    assert all(line == line.rstrip() for line in text(shown).splitlines() if not name.isspace())


@given(st.text(st.characters(codec="utf-8", categories=("L", "N", "So")), max_size=200), st.integers(1, 12))
def test_tables_are_aligned_or_told_row_by_row(name: str, columns: int) -> None:
    told = text(context(digest(name, columns=columns), ["/emailstats"], {}))
    rules = [line for line in told.splitlines() if set(line) == {"-"}]
    assert all(cells(line) <= WIDTH or " " not in line.strip() for line in told.splitlines())
    assert rules


def test_columns_of_a_table_stand_under_each_other_whatever_the_script() -> None:
    columns = (Column("list", "List", Unit.TEXT), Column("sent", "Sent", Unit.COUNT))
    table = Table(columns, (("客户", 5), ("é", 1_234), ("VIP", None)), 3)
    result = Result("lists", "Lists", table=table)
    report = Report(Query("a"), Subject("a", None, ()), (result,), AT, False, "f")
    told = text(context(Digest("a", "", (report,)), ["/emailstats a"], {}))
    assert "List   Sent\n-----------\n客户      5\né     1,234\nVIP       —\n" in told


def test_rows_over_time_are_left_to_the_chart() -> None:
    table = Table((Column("start", "Start", Unit.INSTANT), Column("opens", "Opens", Unit.COUNT)), ((AT, 5),), 1)
    report = Report(Query("a"), Subject("a", None, ()), (Result("timeline", "Time", table=table),), AT, False, "f")
    shown = context(Digest("a", "", (report,)), ["/emailstats a"], {})
    assert shown["reports"][0]["results"][0]["table"] is None


@pytest.mark.parametrize(("figures", "large"), [(3, 0), (4, 4), (9, 4)])
def test_the_first_figures_are_shown_large_where_there_are_as_many(figures: int, large: int) -> None:
    found = tuple(Figure(f"f{n}", f"Figure {n}", Unit.COUNT, n) for n in range(figures))
    results = (Result("a", "A", found), Result("b", "B", found))
    report = Report(Query("a"), Subject("a", None, ()), results, AT, False, "f")
    first, second = context(Digest("a", "", (report,)), ["/emailstats a"], {})["reports"][0]["results"]
    assert [figure["label"] for figure in first["tiles"] + first["figures"]] == [f"Figure {n}" for n in range(figures)]
    assert len(first["tiles"]) == large
    assert not second["tiles"]


def test_parts_that_are_left_out_are_named() -> None:
    shown = context(digest("a"), ["/emailstats a"], {}, left_out=frozenset({(0, 0)}))
    assert shown["reports"][0]["results"] == []
    assert shown["reports"][0]["left_out"] == "Left out, for this mail would be too long: a."
    assert "Left out, for this mail would be too long: a." in text(shown)


def test_of_many_periods_that_were_missed_some_are_named_and_the_others_counted() -> None:
    missed = tuple(f"day {n}" for n in range(1_300))
    shown = context(Digest("Daily", "today", digest("a").reports, missed), ["/emailstats a"], {})
    assert shown["skipped"].startswith("Missed, and not in this mail: day 0; day 1;")
    assert shown["skipped"].endswith("; day 9 and 1,290 more.")


def test_of_several_reports_it_is_listed_what_there_is() -> None:
    several = Digest("Both", "May 2026", (*digest("a").reports, *digest("b").reports))
    shown = context(several, ["/emailstats a", "/emailstats b"], {})
    assert shown["contents"] == [("a", ["a"]), ("b", ["b"])]
    assert "In this mail:\n  a: a\n  b: b\n" in text(shown)
    assert context(digest("a"), ["/emailstats a"], {})["contents"] == []
