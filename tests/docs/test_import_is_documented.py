"""docs/import.md names every field and every word of the schema."""

from pathlib import Path

import msgspec
import pytest

from reports.events import BounceType, Email, Event, Kind, MachineReason, NotSentReason, Part

_PAGE = (Path(__file__).parents[2] / "docs" / "import.md").read_text(encoding="utf-8")
_FIELDS = [field.name for schema in (Event, Email) for field in msgspec.structs.fields(schema)]
_WORDS = [str(word) for words in (Kind, Part, BounceType, MachineReason, NotSentReason) for word in words]


@pytest.mark.parametrize("name", sorted(set(_FIELDS)))
def test_every_field_has_a_row_with_its_meaning(name: str) -> None:
    rows = [line for line in _PAGE.splitlines() if line.startswith(f"| `{name}` |")]
    assert rows
    assert all(len(row.split("|")[3].strip()) > 5 for row in rows)


@pytest.mark.parametrize("word", _WORDS)
def test_every_word_of_a_closed_vocabulary_is_listed(word: str) -> None:
    assert f"`{word}`" in _PAGE
