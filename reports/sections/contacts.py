"""Top engaged contacts, by opens or by clicks. Who may not see recipients reads their addresses masked."""

from reports.facts import EngagedContact, Facts
from reports.numbers import write_count
from reports.options import PAGE_ROWS
from reports.query import Query
from reports.report import Column, Figure, Result, Table, Unit, Value
from reports.section import Section
from reports.sections._lists import whole_only

TITLE = "Top engaged contacts"

_COLUMNS = (
    Column("contact", "Contact", Unit.ADDRESS),
    Column("opens", "Opens", Unit.COUNT),
    Column("clicks", "Clicks", Unit.COUNT),
    Column("opened_at", "First opened", Unit.INSTANT),
    Column("clicked_at", "First clicked", Unit.INSTANT),
)


def build(query: Query, facts: Facts) -> Result:
    by, page = query.option("by", "opens"), int(query.option("page", "1"))
    title = f"{TITLE}, by {by}"
    total = facts.counts.clicked if by == "clicks" else facts.counts.opened
    if not total:
        return Result("contacts", title, notes=(f"Nobody is known to have {_did(by)} yet.",))
    label = f"People who {_did(by)}"
    figure = Figure("people", label, Unit.COUNT, total)
    rows = tuple(row_of(one) for one in facts.engaged_contacts)
    return Result(
        section="contacts",
        title=title,
        figures=(figure,),
        table=Table(_COLUMNS, rows, total) if rows else None,
        notes=(*_place(query, page, total), *_clickers_note(by), *whole_only(query, "Top engaged contacts are")),
    )


def row_of(one: EngagedContact) -> tuple[Value, ...]:
    return one.address, one.opens, one.clicks, one.opened_at, one.clicked_at


def _did(by: str) -> str:
    return "clicked" if by == "clicks" else "opened"


def _place(query: Query, page: int, total: int) -> tuple[str, ...]:
    last = -(-total // PAGE_ROWS)
    written = write_count(last, query.locale)
    if page > last:
        return (f"There is no page {page}: the last one is page:{last}.",)
    if last == 1:
        return ()
    following = f"; page:{page + 1} shows the next" if page < last else ""
    return (f"Page {write_count(page, query.locale)} of {written}{following}.",)


def _clickers_note(by: str) -> tuple[str, ...]:
    if by == "clicks":
        return ("People's clicks on content links count here, and no machine's.",)
    return ("People's opens count here, and no machine's. Who clicked with pictures off has opened without an open.",)


SECTION = Section(TITLE, frozenset({"counts", "engaged_contacts"}), build, options=frozenset({"by", "page"}))
