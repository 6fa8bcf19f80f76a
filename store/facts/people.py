"""Counts of people: of the whole e-mail, by list, by reason for not sending."""

from dataclasses import fields
from datetime import datetime
from typing import cast

from sqlalchemy import Connection, text

from reports.facts import AllFacts, Counts
from reports.query import Query
from store.codes import NO_LIST, NOT_SENT_REASON, from_seconds

_COUNTS = ", ".join(field.name for field in fields(Counts))
_BY_EMAIL = text(f"SELECT {_COUNTS} FROM email_totals WHERE email_id = :email_id")
_BY_LIST = text(
    f"SELECT name, {_COUNTS} FROM list_totals JOIN lists ON lists.id = list_id WHERE email_id = :email_id ORDER BY name"
)
_ON_NO_LIST = text(f"SELECT {_COUNTS} FROM list_totals WHERE email_id = :email_id AND list_id = {NO_LIST}")
_NOT_SENT = text("SELECT reason, people FROM not_sent_totals WHERE email_id = :email_id ORDER BY people DESC, reason")
_LAST = text("SELECT last_event_at FROM email_totals WHERE email_id = :email_id")


def counts(connection: Connection, email_id: int, _query: Query) -> Counts:
    row = connection.execute(_BY_EMAIL, {"email_id": email_id}).one_or_none()
    return Counts(*row) if row else Counts()


def named_counts(connection: Connection, query: Query, known: AllFacts) -> tuple[Counts, ...]:
    return tuple(counts(connection, email.id, query) for email in known.named)


def list_counts(connection: Connection, email_id: int, _query: Query) -> tuple[tuple[str, Counts], ...]:
    return tuple((name, Counts(*row)) for name, *row in connection.execute(_BY_LIST, {"email_id": email_id}))


def on_no_list(connection: Connection, email_id: int, _query: Query) -> Counts:
    row = connection.execute(_ON_NO_LIST, {"email_id": email_id}).one_or_none()
    return Counts(*row) if row else Counts()


def not_sent_reasons(connection: Connection, email_id: int, _query: Query) -> tuple[tuple[str, int], ...]:
    rows = connection.execute(_NOT_SENT, {"email_id": email_id})
    return tuple((str(NOT_SENT_REASON[reason]), people) for reason, people in rows)


def last_event_at(connection: Connection, email_id: int) -> datetime | None:
    seconds = cast("int | None", connection.execute(_LAST, {"email_id": email_id}).scalar())
    return None if seconds is None else from_seconds(seconds)
