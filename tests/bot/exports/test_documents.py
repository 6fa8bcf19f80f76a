"""A document has all rows of a report's tables, whatever a page of the answer shows."""

import csv
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO, StringIO

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR, Access
from bot.exports.documents import load_document, watched
from bot.exports.making import FORMATS, own_tools
from bot.grammar import parse
from reports.events import BounceType, Event, Kind
from reports.export import Document
from store.merge import merge
from tests.store.events import START

_NOW = datetime(2026, 6, 1, tzinfo=UTC)
_PEOPLE = 230


@pytest.fixture
def filled(engine: Engine) -> Engine:
    told = []
    for n in range(_PEOPLE):
        rest = {"email": "may", "contact": f"person{n}@example.com"}
        told.append(Event(kind=Kind.SENT, at=START, **rest))  # type: ignore[arg-type]
        at = START + timedelta(seconds=n + 1)
        if n % 2:
            told.append(Event(kind=Kind.OPENED, at=at, **rest))  # type: ignore[arg-type]
        else:
            reply = f"55{n % 10} {'x' * (n % 60)} word{chr(97 + n % 26)}{chr(97 + n // 26)}"
            told.append(Event(kind=Kind.BOUNCED, at=at, bounce=BounceType.HARD, reply=reply, **rest))  # type: ignore[arg-type]
    merge(engine, told)
    return engine


def _asked(engine: Engine, text: str, access: Access = OPERATOR) -> Document:
    return load_document(engine, parse(text, "Europe/Amsterdam", "en"), _NOW, access)


@pytest.mark.parametrize(
    ("text", "rows"),
    [
        ("recipients may", _PEOPLE),
        ("recipients may page:3 rows:10", _PEOPLE),
        ("recipients may show:bounced", 115),
        ("recipients may search:person22", 11),
        ("contacts may", 115),
        ("bounces may", 115),
        ("emails all time", 1),
    ],
)
def test_every_row_is_there_once(filled: Engine, text: str, rows: int) -> None:
    sheet = _asked(filled, text).sheets[-1]
    found = list(sheet.rows())
    assert len(found) == rows == len(set(found))
    assert sheet.total == rows
    assert list(sheet.rows()) == found, "and again"


@pytest.mark.parametrize("text", ["recipients may", "contacts may", "bounces may"])
def test_a_file_does_not_say_how_to_turn_its_pages(filled: Engine, text: str) -> None:
    assert "page:" not in str([result.notes for result in _asked(filled, text).report.results])


def test_a_file_of_chosen_parts_names_a_command_for_each(filled: Engine) -> None:
    query = replace(parse("recipients may show:bounced", "Europe/Amsterdam", "en"), sections=("clients", "recipients"))
    document = load_document(filled, query, _NOW, OPERATOR)
    assert document.command == "/emailstats clients may, /emailstats recipients may show:bounced"


def test_addresses_are_masked_unless_the_asker_may_see_them(filled: Engine) -> None:
    for text in ("recipients may", "contacts may", "recipients may show:bounced"):
        assert "person1" not in str(list(_asked(filled, text, OPERATOR.for_others).sheets[-1].rows()))
        assert "person1" in str(list(_asked(filled, text).sheets[-1].rows())) or "bounced" in text


def test_rows_that_are_read_are_told_of(filled: Engine) -> None:
    told: list[int] = []
    document = watched(_asked(filled, "recipients may"), told.append, every=100)
    out = BytesIO()
    FORMATS["csv"].write(document, own_tools("light", "en"), out)
    assert told == [100, 100, 30]
    lines = StringIO(out.getvalue().decode("utf-8-sig"), newline="")
    assert len([row for row in csv.reader(lines) if row and not row[0].startswith("#")]) == _PEOPLE + 1
