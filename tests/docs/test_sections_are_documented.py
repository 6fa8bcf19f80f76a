"""Every section, and every option that it reads, is in docs/sections.md."""

from pathlib import Path

import pytest

from reports.compile import SECTIONS
from reports.options import OPTIONS

_DOCS = (Path(__file__).parents[2] / "docs" / "sections.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", SECTIONS)
def test_a_section_has_a_heading_of_its_name(name: str) -> None:
    assert f"\n## {name}\n" in _DOCS


@pytest.mark.parametrize("key", sorted(frozenset().union(*(section.options for section in SECTIONS.values()))))
def test_an_option_is_told_as_it_is_typed(key: str) -> None:
    assert f"`{OPTIONS[key].example.split(':')[0]}:" in _DOCS or f"`{key} " in _DOCS
