"""docs/orders.md names every field of orders and of visits, and says which are needed."""

from pathlib import Path

import msgspec
import pytest

from providers import orders, visits

_PAGE = (Path(__file__).parents[2] / "docs" / "orders.md").read_text(encoding="utf-8")
_ORDERS, _VISITS = _PAGE.split("## Visits")
_FIELDS = [
    (part, field.name, field.required)
    for part, shape in ((_ORDERS, orders.Told), (_VISITS, visits.Told))
    for field in msgspec.structs.fields(shape)
]


@pytest.mark.parametrize(("part", "name", "needed"), _FIELDS, ids=[name for _, name, _ in _FIELDS])
def test_every_field_has_a_row_that_says_whether_it_is_needed(part: str, name: str, needed: bool) -> None:
    (row,) = [line for line in part.splitlines() if line.startswith(f"| `{name}` |")]
    assert (row.split("|")[2].strip() == "yes") is needed
