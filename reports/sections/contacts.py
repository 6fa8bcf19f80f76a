"""Top engaged contacts, by opens or by clicks. Who may not see recipients reads their addresses masked."""

from reports.facts import EngagedContact, Facts
from reports.pages import PAGES, page_of, turning
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
    by = query.option("by", "opens")
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
        table=Table(_COLUMNS, rows, total, first=page_of(query)[0] + 1) if rows else None,
        notes=(*turning(query, total), *_clickers_note(by), *whole_only(query, "Top engaged contacts are")),
    )


def row_of(one: EngagedContact) -> tuple[Value, ...]:
    return one.address, one.opens, one.clicks, one.opened_at, one.clicked_at


def _did(by: str) -> str:
    return "clicked" if by == "clicks" else "opened"


def _clickers_note(by: str) -> tuple[str, ...]:
    if by == "clicks":
        return ("People's clicks on content links count here, and no machine's.",)
    return ("People's opens count here, and no machine's. Who clicked with pictures off has opened without an open.",)


SECTION = Section(TITLE, frozenset({"counts", "engaged_contacts"}), build, options=PAGES | {"by"})
