"""The campaigns of a period, a row each: rates of all their e-mails together, never means of rates."""

from collections import defaultdict

from reports.facts import AllFacts, SentEmail, total
from reports.query import Query
from reports.report import Column, Result, Unit
from reports.section import Scope, Section
from reports.sections._performance import Row, page
from reports.sections._performance import notes as notes_of

TITLE = "Campaigns"
_LEAD = (Column("campaign", "Campaign", Unit.TEXT), Column("emails", "E-mails", Unit.COUNT))
_NONE = "(no campaign)"


def build(query: Query, facts: AllFacts) -> Result:
    campaigns: defaultdict[str, list[SentEmail]] = defaultdict(list)
    for email in facts.sent_emails:
        campaigns[email.campaign or _NONE].append(email)
    if not campaigns:
        return Result("campaigns", TITLE, notes=("Nothing was sent in this period, as far as is known.",))
    rows = [
        Row((name, len(emails)), max(email.sent_at for email in emails), total(email.counts for email in emails))
        for name, emails in campaigns.items()
    ]
    table = page(query, _LEAD, rows)
    return Result("campaigns", TITLE, table=table, notes=notes_of(table))


SECTION = Section(
    TITLE,
    frozenset({"sent_emails"}),
    build,
    Scope.ALL,
    options=frozenset({"columns", "sort", "page", "rows"}),
)
