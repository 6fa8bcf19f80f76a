"""For an automated e-mail: the figures of its workflow, and of the workflow's e-mails beside each other.

An e-mail belongs to one workflow at most, so what can be told apart is not one e-mail's workflows but one workflow's
e-mails: how the asked one does among those sent by the same automation.
"""

from zoneinfo import ZoneInfo

from reports.facts import Facts, WorkflowEmail, total
from reports.numbers import write_counted
from reports.query import Query
from reports.report import Column, Result, Table, Unit
from reports.section import Section
from reports.sections import _segments as segments
from reports.sections._lists import whole_only
from reports.sections.summary import rate_figure

TITLE = "By workflow"
_OVERLAP = "Somebody who received several counts with each."
_RATES = ("open_rate", "click_rate", "click_through_rate", "bounce_rate", "unsubscribe_rate", "spam_rate")


def build(query: Query, facts: Facts) -> Result:
    workflow = facts.email.workflow
    if workflow is None:
        return Result("workflows", TITLE, notes=("No workflow sends this e-mail.",))
    emails = sorted(facts.workflow_emails, key=_order)
    zone = ZoneInfo(query.zone)
    parts = [
        segments.Part(
            f"{email.name} (this e-mail)" if email.email_id == facts.email.id else email.name,
            email.counts,
            (email.sent_at.astimezone(zone) if email.sent_at else None,),
        )
        for email in emails
    ]
    whole = total([email.counts for email in emails])
    rows = tuple(segments.row(part, query) for part in parts)
    written = write_counted(len(parts), "e-mail", "e-mails", query.locale)
    return Result(
        section="workflows",
        title=f"{TITLE}: {workflow}",
        figures=tuple(rate_figure(key, whole) for key in _RATES),
        table=Table(
            segments.columns(Column("email", "E-mail", Unit.TEXT), Column("since", "Since", Unit.DAY)), rows, len(rows)
        ),
        chart=segments.chart(f"Open rate of the e-mails of {workflow}", parts),
        notes=(
            f"Above: the {written} of the workflow together, oldest first. {_OVERLAP}",
            *segments.cut_note(parts),
            *whole_only(query, "Figures by workflow are"),
        ),
    )


def _order(email: WorkflowEmail) -> tuple[bool, float, str]:
    return email.sent_at is None, email.sent_at.timestamp() if email.sent_at else 0.0, email.name


SECTION = Section(TITLE, frozenset({"workflow_emails"}), build)
