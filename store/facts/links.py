"""Clicks by link and part of the message."""

from sqlalchemy import Connection, text

from reports.facts import LinkFacts
from reports.query import Query

_LINKS = text(
    "SELECT url, content, html_clicks, text_clicks, untold_clicks, people, html_people, text_people, machine_clicks"
    " FROM link_totals JOIN links ON links.id = link_id WHERE email_id = :email_id"
    " ORDER BY people DESC, html_clicks + text_clicks + untold_clicks DESC, url"
)


def links(connection: Connection, email_id: int, _query: Query) -> tuple[LinkFacts, ...]:
    rows = connection.execute(_LINKS, {"email_id": email_id})
    return tuple(LinkFacts(url, bool(content), *counts) for url, content, *counts in rows)
