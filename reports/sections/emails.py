"""The e-mails of a period, a row each, in the columns and the order that are asked for."""

from zoneinfo import ZoneInfo

from reports.facts import AllFacts
from reports.query import Query
from reports.report import Column, Result, Unit
from reports.section import Scope, Section
from reports.sections._performance import Row, page
from reports.sections._performance import notes as notes_of

TITLE = "E-mails"
_LEAD = (Column("email", "E-mail", Unit.TEXT), Column("sent_at", "Since", Unit.DAY))


def build(query: Query, facts: AllFacts) -> Result:
    zone = ZoneInfo(query.zone)
    rows = [
        Row((email.name, email.sent_at.astimezone(zone)), email.sent_at, email.counts) for email in facts.sent_emails
    ]
    if not rows:
        return Result("emails", TITLE, notes=("Nothing was sent in this period, as far as is known.",))
    table = page(query, _LEAD, rows)
    return Result("emails", TITLE, table=table, notes=notes_of(table))


SECTION = Section(
    TITLE,
    frozenset({"sent_emails"}),
    build,
    Scope.ALL,
    options=frozenset({"columns", "sort", "page", "rows"}),
)
