"""Machines' events by reason, and figures by the domain of recipients."""

from typing import cast

from sqlalchemy import Connection, text

from reports.facts import DomainFacts, MachineFacts
from reports.query import Query
from store.codes import MACHINE_REASON

#: Domains that are told of; people look at the first few, and a list of businesses has as many as it has firms.
_MOST = 50

_REASONS = text("SELECT reason, opens, clicks FROM machine_totals WHERE email_id = :email_id ORDER BY reason")
# Names are looked up only for those that are told of.
_DOMAINS = text(
    "SELECT name, delivered, opened, machine_opened, machine_opens, machine_clicks"
    " FROM (SELECT * FROM domain_totals WHERE email_id = :email_id"
    f" ORDER BY machine_opens + machine_clicks DESC, delivered DESC, domain_id LIMIT {_MOST}) AS top"
    " LEFT JOIN domains ON domains.id = domain_id"
)
_KNOWN = text("SELECT count(*) FROM domain_totals WHERE email_id = :email_id AND domain_id <> 0")


def machine_reasons(connection: Connection, email_id: int, _query: Query) -> tuple[MachineFacts, ...]:
    rows = connection.execute(_REASONS, {"email_id": email_id})
    return tuple(MachineFacts(str(MACHINE_REASON[reason]), opens, clicks) for reason, opens, clicks in rows)


def domains(connection: Connection, email_id: int, _query: Query) -> tuple[DomainFacts, ...]:
    """Those with most machine traffic, in no order."""
    rows = connection.execute(_DOMAINS, {"email_id": email_id})
    return tuple(DomainFacts(*row) for row in rows)


def domains_known(connection: Connection, email_id: int, _query: Query) -> int:
    return cast("int", connection.execute(_KNOWN, {"email_id": email_id}).scalar())
