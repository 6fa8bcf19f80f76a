"""A report is decided once, from its query and facts alone."""

from datetime import timedelta
from io import StringIO

import pytest
from rich.console import Console

from reports import compile as compiling
from reports.compile import UnknownSection, compile_report, needs_of
from reports.query import Query
from reports.render.terminal import render
from reports.section import Section
from tests.reports.sections.facts import ALL, SENT


def test_equal_data_gives_an_equal_fingerprint_whenever_it_is_asked() -> None:
    first, later = (compile_report(Query("x"), ALL["ugly"], SENT + timedelta(days=n)) for n in (1, 9))
    assert first.fingerprint == later.fingerprint
    assert first.fingerprint != compile_report(Query("x"), ALL["huge"], SENT).fingerprint


@pytest.mark.parametrize(("hours", "provisional"), [(71.9, True), (72, False)])
def test_a_report_is_provisional_for_72_hours(hours: float, provisional: bool) -> None:
    assert compile_report(Query("x"), ALL["ugly"], SENT + timedelta(hours=hours)).provisional is provisional


def test_an_unknown_section_is_answered_with_the_known_ones() -> None:
    with pytest.raises(UnknownSection, match="links, summary, timeline"):
        needs_of(Query("x", sections=("sumary",)))


def test_a_section_that_fails_costs_itself_alone_and_leaves_a_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_query: object, _facts: object) -> object:
        raise ZeroDivisionError

    monkeypatch.setitem(compiling.SECTIONS, "links", Section("Links", frozenset(), fail))  # type: ignore[arg-type]
    told: list[tuple[str, Exception]] = []
    report = compile_report(Query("x"), ALL["one person"], SENT, lambda *fault: told.append(fault))
    (reference, error), *_ = told
    assert isinstance(error, ZeroDivisionError)
    assert reference in report.results[2].notes[0]
    assert report.results[0].figures


@pytest.mark.parametrize("facts", ALL.values(), ids=ALL)
@pytest.mark.parametrize("width", [40, 120])
def test_a_terminal_gets_no_control_signs_from_names(facts: object, width: int) -> None:
    report = compile_report(Query("x", locale="nl"), facts, SENT)  # type: ignore[arg-type]
    console = Console(width=width, record=True, file=StringIO())
    console.print(render(report))
    text = console.export_text()
    assert "Summary" in text
    assert not {sign for sign in text if sign != "\n" and not sign.isprintable() and sign != "\u00a0"}
