"""E-mails that one is held against: of its workflow, and earlier ones of its type."""

from dataclasses import fields

from sqlalchemy import Connection, text

from reports.facts import Counts, Peer, WorkflowEmail
from reports.query import Query
from store.codes import from_seconds

_COUNTS = ", ".join(field.name for field in fields(Counts))
_EMAILS = text(
    "SELECT e.id, coalesce(e.name, e.subject, e.external_id), coalesce(e.sent_at, t.first_event_at),"
    f" {_COUNTS} FROM emails AS e JOIN email_totals AS t ON t.email_id = e.id"
    " WHERE e.workflow_id = (SELECT workflow_id FROM emails WHERE id = :email_id) ORDER BY e.id"
)
_SENT = "coalesce(e.sent_at, t.first_event_at)"
_MOST_PEERS = 50
_PEERS = text(
    f"SELECT e.id, {', '.join(f't.{field.name}' for field in fields(Counts))} FROM emails AS e"
    " JOIN email_totals AS t ON t.email_id = e.id JOIN emails AS this ON this.id = :email_id"
    " JOIN email_totals AS own ON own.email_id = this.id"
    f" WHERE {_SENT} < coalesce(this.sent_at, own.first_event_at)"
    " AND e.workflow_id IS NULL AND coalesce(e.type, '') = coalesce(this.type, '')"
    f" ORDER BY {_SENT} DESC, e.id DESC LIMIT {_MOST_PEERS}"
)


def workflow_emails(connection: Connection, email_id: int, _query: Query) -> tuple[WorkflowEmail, ...]:
    """All e-mails of the workflow that the e-mail is of; none where it is of none."""
    rows = connection.execute(_EMAILS, {"email_id": email_id})
    return tuple(
        WorkflowEmail(number, name, None if sent is None else from_seconds(sent), Counts(*counts))
        for number, name, sent, *counts in rows
    )


def peers(connection: Connection, email_id: int, _query: Query) -> tuple[Peer, ...]:
    """The latest that were sent before it, of its type and by no workflow."""
    return tuple(
        Peer(number, Counts(*counts)) for number, *counts in connection.execute(_PEERS, {"email_id": email_id})
    )
