"""A report in a terminal: the name first, every number with its counts, and nothing that names could do to it."""

from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from io import StringIO
from unicodedata import category

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console

from reports.compile import compile_report
from reports.facts import Counts, Facts, LinkFacts
from reports.query import Query
from reports.render.terminal import render
from reports.report import Column, Figure, Report, Result, Subject, Table, Unit
from tests.reports.sections.facts import ALL, SENT, email, link

_TRACKING = "?utm_source=newsletter&utm_medium=email&utm_campaign=spring-2026&utm_content=button"


def _shown(report: Report, width: int = 120) -> str:
    console = Console(width=width, file=StringIO(), force_terminal=False)
    console.print(render(report))
    assert isinstance(console.file, StringIO)
    return console.file.getvalue()


def _of(facts: Facts, query: Query | None = None) -> Report:
    return compile_report(query or Query("x"), facts, SENT + timedelta(days=5))


def test_the_name_comes_first_and_the_rates_before_the_tables() -> None:
    lines = [line.strip() for line in _shown(_of(ALL["one person"])).splitlines()]
    assert lines[0] == "newsletter-may"
    places = [next(n for n, line in enumerate(lines) if line.startswith(begin)) for begin in ("As of", "Open", "Recip")]
    assert places == sorted(places)


def test_a_rate_stands_with_its_counts_and_its_interval() -> None:
    counts = Counts(sent=704, delivered=704, opened=443, clicked=8)
    shown = _shown(_of(Facts(email(), SENT, counts), Query("x", locale="nl")))
    assert "1,14 % 8 of 704 95 %: 0,58–2,23 %" in " ".join(shown.split())


def test_an_unknown_rate_is_a_dash_with_its_counts() -> None:
    line = next(line for line in _shown(_of(ALL["nothing"])).splitlines() if "Click rate" in line)
    assert line.split() == ["Click", "rate", "—", "0", "of", "0"]


def test_the_cut_off_is_on_the_readers_clock() -> None:
    shown = _shown(_of(ALL["nothing"], Query("x", zone="Asia/Kathmandu", locale="nl")))
    assert "As of 2 apr 2026 14:45 UTC+05:45, provisional until 72 hours after sending." in shown


def test_links_stay_apart_though_they_share_site_and_tracking() -> None:
    pages = ("shoes", "socks", "hats")
    links: tuple[LinkFacts, ...] = tuple(
        link(f"https://www.example.com/en/articles/2026/{page}{_TRACKING}", n) for n, page in enumerate(pages, 1)
    )
    shown = _shown(_of(replace(ALL["one person"], links=links)), width=200)
    assert all(page in shown for page in pages)


def test_rows_that_are_not_shown_are_counted() -> None:
    assert "Showing 15 of 300." in _shown(_of(ALL["huge"]))


def test_words_from_outside_are_not_read_as_markup() -> None:
    figure = Figure("best", "[bold]Best[/bold]", Unit.TEXT, "[link=https://evil.example]spring[/link]")
    report = _of(ALL["nothing"])
    shown = _shown(replace(report, results=(Result("summary", "[red]x[/red]", (figure,), notes=("[/] note",)),)))
    for words in ("[bold]Best[/bold]", "[link=https://evil.example]spring[/link]", "[red]x[/red]", "[/] note"):
        assert words in shown


def test_a_rate_of_an_e_mail_without_figures_needs_no_interval() -> None:
    figure = Figure("rate", "Rate", Unit.RATE, Fraction(1, 2))
    report = replace(_of(ALL["nothing"]), results=(Result("summary", "Summary", (figure,)),))
    assert "95 %" not in _shown(report)


def test_a_narrow_terminal_folds_numbers_and_never_cuts_them() -> None:
    report = _of(ALL["nothing"])
    columns = tuple(Column(str(n), f"Column {n}", Unit.COUNT) for n in range(4))
    table = Table(columns, ((1_234_567_890,) * 4,), 1)
    shown = _shown(replace(report, results=(Result("links", "Only here", table=table),)), width=30)
    digits = [sign for sign in shown.partition("Only here")[2] if sign.isdigit()]
    assert all(digits.count(digit) == 4 for digit in "456789")


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL)
@pytest.mark.parametrize("width", [40, 120])
def test_no_line_is_wider_than_the_terminal(facts: Facts, width: int) -> None:
    from rich.cells import cell_len  # noqa: PLC0415 - the measure that terminals use

    assert max(cell_len(line) for line in _shown(_of(facts, Query("x", locale="nl")), width).splitlines()) <= width


@given(name=st.text(st.characters(codec=None), max_size=60), locale=st.sampled_from(["en", "nl", "ar"]))
@settings(max_examples=60, deadline=None)
def test_a_terminal_gets_no_control_signs_from_any_name(name: str, locale: str) -> None:
    named = Subject(name, name, (("From", name), ("Lists", name)))
    report = replace(_of(ALL["ugly"], Query("x", locale=locale)), subject=named)
    report = replace(report, results=(*report.results, Result("summary", name, notes=(name,))))
    moving = {
        sign for sign in _shown(report) if sign != "\n" and category(sign) in {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
    }
    joiners = {"\u200c", "\u200d"}
    marks = {"\u200e", "\u200f", "\u061c"} if locale == "ar" else set()  # Babel's own, beside Arabic percent signs
    assert moving <= joiners | marks


def test_a_table_of_many_columns_becomes_paragraphs_where_it_does_not_fit() -> None:
    columns = (Column("name", "Name", Unit.TEXT), *(Column(f"n{n}", f"Number {n}", Unit.COUNT) for n in range(12)))
    table = Table(columns, (("first", *range(12)), ("second", *range(12))), 2)
    report = replace(_of(ALL["nothing"]), results=(Result("x", "Numbers", table=table),))
    wide, narrow = (_shown(report, width) for width in (200, 80))
    assert next(line.split() for line in wide.splitlines() if "second" in line)[1:] == [str(n) for n in range(12)]
    assert [line.strip() for line in narrow.splitlines() if line.strip() in ("first", "second")] == ["first", "second"]
    assert "Number 11 11" in " ".join(narrow.split())


def test_labels_from_outside_are_shortened() -> None:
    figure = Figure("x", "y" * 3_000, Unit.COUNT, 1)
    report = replace(_of(ALL["nothing"]), results=(Result("x", "Numbers", figures=(figure,)),))
    assert "y" * 60 not in _shown(report)
