"""Engagement by quarter of an hour."""

from sqlalchemy import Connection, text

from reports.facts import Moment
from reports.query import Query
from store.codes import QUARTER, from_seconds

_MOMENTS = text(
    "SELECT quarter, open_events, click_events, openers, clickers, machine_open_events, machine_click_events"
    " FROM moments WHERE email_id = :email_id ORDER BY quarter"
)


def moments(connection: Connection, email_id: int, _query: Query) -> tuple[Moment, ...]:
    rows = connection.execute(_MOMENTS, {"email_id": email_id}).all()
    return tuple(Moment(from_seconds(quarter * QUARTER), *counts) for quarter, *counts in rows)
