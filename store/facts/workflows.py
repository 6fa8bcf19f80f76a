"""The e-mails of one workflow."""

from dataclasses import fields

from sqlalchemy import Connection, text

from reports.facts import Counts, WorkflowEmail
from reports.query import Query
from store.codes import from_seconds

_COUNTS = ", ".join(field.name for field in fields(Counts))
_EMAILS = text(
    "SELECT e.id, coalesce(e.name, e.subject, e.external_id), coalesce(e.sent_at, t.first_event_at),"
    f" {_COUNTS} FROM emails AS e JOIN email_totals AS t ON t.email_id = e.id"
    " WHERE e.workflow_id = (SELECT workflow_id FROM emails WHERE id = :email_id) ORDER BY e.id"
)


def workflow_emails(connection: Connection, email_id: int, _query: Query) -> tuple[WorkflowEmail, ...]:
    """All e-mails of the workflow that the e-mail is of; none where it is of none."""
    rows = connection.execute(_EMAILS, {"email_id": email_id})
    return tuple(
        WorkflowEmail(number, name, None if sent is None else from_seconds(sent), Counts(*counts))
        for number, name, sent, *counts in rows
    )
