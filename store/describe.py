"""Descriptions of e-mails into the store: what a description knows replaces, what it does not know stays."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, update

from reports.events import Email
from store.codes import to_seconds
from store.dialects import dialect_of
from store.interning import intern_names
from store.tables import BusinessUnitRow, CampaignRow, EmailRow, ListRow, TeamRow, WorkflowRow, metadata

_PLAIN = ("name", "subject", "from_name", "from_address", "sent_by", "type")
_NAMED = {"campaign": CampaignRow, "business_unit": BusinessUnitRow, "team": TeamRow, "workflow": WorkflowRow}


def describe(connection: Connection, described: Sequence[tuple[int, Email]]) -> None:
    """Completes rows of e-mails by their numbers. A later description wins over an earlier one."""
    emails = [email for _email_id, email in described]
    numbers = {
        field: intern_names(connection, row, {name for email in emails if (name := getattr(email, field))})
        for field, row in _NAMED.items()
    }
    lists = intern_names(connection, ListRow, {name for email in emails for name in email.lists})
    insert = dialect_of(connection).insert
    # In one order everywhere, so that two writers never wait for each other in a ring; equal identities keep theirs.
    for email_id, email in sorted(described, key=lambda told: told[0]):
        values: dict[str, Any] = {field: value for field in _PLAIN if (value := getattr(email, field)) is not None}
        values |= {f"{field}_id": known[name] for field, known in numbers.items() if (name := getattr(email, field))}
        if email.sent_at:
            values["sent_at"] = to_seconds(email.sent_at)
        if values:
            connection.execute(update(EmailRow).where(EmailRow.id == email_id).values(values))  # type: ignore[arg-type]
        if email.lists:
            rows = [{"email_id": email_id, "list_id": lists[name]} for name in email.lists]
            connection.execute(insert(metadata.tables["email_lists"]).on_conflict_do_nothing(), rows)
        if email.html is not None:
            body = insert(metadata.tables["email_bodies"]).values(email_id=email_id, html=email.html)
            connection.execute(body.on_conflict_do_update(index_elements=["email_id"], set_={"html": email.html}))
