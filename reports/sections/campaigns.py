"""The campaigns of a period, a row each: rates of all their e-mails together, never means of rates."""

from collections import defaultdict

from reports.facts import AllFacts, SentEmail, total
from reports.query import Query
from reports.report import Column, Result, Unit
from reports.section import Scope, Section
from reports.sections._performance import Row, listed

TITLE = "Campaigns"
_LEAD = (Column("campaign", "Campaign", Unit.TEXT), Column("emails", "E-mails", Unit.COUNT))
_NONE = "(no campaign)"


def build(query: Query, facts: AllFacts) -> Result:
    campaigns: defaultdict[str, list[SentEmail]] = defaultdict(list)
    for email in facts.sent_emails:
        campaigns[email.campaign or _NONE].append(email)
    rows = [
        Row((name, len(emails)), max(email.sent_at for email in emails), total(email.counts for email in emails))
        for name, emails in campaigns.items()
    ]
    return listed("campaigns", TITLE, query, _LEAD, rows)


SECTION = Section(
    TITLE,
    frozenset({"sent_emails"}),
    build,
    Scope.ALL,
    options=frozenset({"columns", "sort", "page", "rows"}),
)
