"""A page of a long table: which one is asked for, and how to turn it."""

from reports.numbers import write_count
from reports.options import PAGE_ROWS
from reports.query import Query

#: The options that a section with pages reads.
PAGES = frozenset({"page", "rows"})


def page_of(query: Query) -> tuple[int, int]:
    """Rows before the page that the query asks for, and rows on a page."""
    rows = int(query.option("rows", str(PAGE_ROWS)))
    return (int(query.option("page", "1")) - 1) * rows, rows


def turning(query: Query, total: int) -> tuple[str, ...]:
    """What to type for the next page, or for the last one where there is no such page."""
    skipped, rows = page_of(query)
    page, last = skipped // rows + 1, -(-total // rows)
    if page > last:
        return (f"There is no page {write_count(page, query.locale)}; the last one is page:{last}.",)
    return (f"Add page:{page + 1} for the next, up to page:{last}.",) if page < last else ()
