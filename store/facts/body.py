"""The HTML of an e-mail, which is large: only for who asks for it."""

from typing import cast

from sqlalchemy import Connection, text

from reports.query import Query

_HTML = text("SELECT html FROM email_bodies WHERE email_id = :email_id")


def html(connection: Connection, email_id: int, _query: Query) -> str | None:
    return cast("str | None", connection.execute(_HTML, {"email_id": email_id}).scalar())
