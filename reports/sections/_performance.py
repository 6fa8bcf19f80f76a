"""A table of what was sent, one row an e-mail or a campaign: its columns, its order and its pages."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from reports.facts import Counts
from reports.metrics import COUNTS, label_of, value_of
from reports.query import Query
from reports.report import Column, Result, Table, Unit, Value

_USUAL = ("delivered", "open_rate", "click_rate", "click_through_rate", "unsubscribe_rate")
_ROWS = 20


@dataclass(frozen=True, slots=True)
class Row:
    """`lead` are the cells before the figures, the name first."""

    lead: tuple[Value, ...]
    sent_at: datetime
    counts: Counts


def listed(name: str, title: str, query: Query, lead: Sequence[Column], rows: Sequence[Row]) -> Result:
    """The section of that name: its page of the rows, or that nothing was sent."""
    if not rows:
        return Result(name, title, notes=("Nothing was sent in this period, as far as is known.",))
    table = _page(query, lead, rows)
    return Result(name, title, table=table, notes=_notes(table))


def _page(query: Query, lead: Sequence[Column], rows: Sequence[Row]) -> Table:
    """The page that the query asks for, in its order: name, date, or a column, whose largest come first.

    `sort:-name` turns the order. Rows without the rate that is sorted by come last either way.
    """
    keys = query.option("columns", ",".join(_USUAL)).split(",")
    asked = query.option("sort", "date")
    turned, by = asked.startswith("-"), asked.removeprefix("-")
    ordered = _sorted(rows, by, turned)
    size = int(query.option("rows", str(_ROWS)))
    first = (int(query.option("page", "1")) - 1) * size
    cells = tuple((*row.lead, *(value_of(key, row.counts) for key in keys)) for row in ordered[first : first + size])
    columns = (*lead, *map(column_of, keys))
    return Table(columns, cells, len(rows), first=first + 1)


def _notes(table: Table) -> tuple[str, ...]:
    """How to see the rest, and what may be asked for."""
    told = ["Columns and order can be chosen: columns:sent,open_rate sort:click_rate; sort:-name turns the order."]
    shown = (table.first or 1) - 1 + len(table.rows)
    if not table.rows:
        told.insert(0, "There is no such page: page:1 is the first.")
    elif shown < table.total_rows:
        told.insert(0, f"page:{shown // len(table.rows) + 1} shows the next.")
    return tuple(told)


def _sorted(rows: Sequence[Row], by: str, turned: bool) -> list[Row]:
    if by == "name":
        return sorted(rows, key=lambda row: str(row.lead[0]).casefold(), reverse=turned)
    if by == "date":
        return sorted(rows, key=lambda row: (row.sent_at, str(row.lead[0])), reverse=not turned)
    value: Callable[[Row], Value] = lambda row: value_of(by, row.counts)  # noqa: E731 - a name for what is sorted by
    known = [row for row in rows if value(row) is not None]
    known.sort(key=lambda row: (value(row), row.sent_at), reverse=not turned)
    return known + [row for row in rows if value(row) is None]


def column_of(key: str) -> Column:
    """The column of a count or a metric."""
    return Column(key, label_of(key), Unit.COUNT if key in COUNTS else Unit.RATE)
