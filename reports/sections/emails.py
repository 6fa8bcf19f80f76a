"""The e-mails of a period, a row each, in the columns and the order that are asked for."""

from zoneinfo import ZoneInfo

from reports.facts import AllFacts
from reports.query import Query
from reports.report import Column, Result, Unit
from reports.section import Scope, Section
from reports.sections._performance import Row, listed

TITLE = "E-mails"
_LEAD = (Column("email", "E-mail", Unit.TEXT), Column("sent_at", "Since", Unit.DAY))


def build(query: Query, facts: AllFacts) -> Result:
    zone = ZoneInfo(query.zone)
    rows = [
        Row((email.name, email.sent_at.astimezone(zone)), email.sent_at, email.counts) for email in facts.sent_emails
    ]
    return listed("emails", TITLE, query, _LEAD, rows)


SECTION = Section(
    TITLE,
    frozenset({"sent_emails"}),
    build,
    Scope.ALL,
    options=frozenset({"columns", "sort", "page", "rows"}),
)
