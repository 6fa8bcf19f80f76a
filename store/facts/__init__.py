"""Loads facts from the rollups, by subject: the cost does not depend on how many events there are."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import Connection

from reports.facts import AllFacts, EmailFacts, Facts
from reports.period import SETTLED_AFTER
from reports.query import Query
from store.facts import (
    body,
    bounces,
    clients,
    cohorts,
    contacts,
    happenings,
    links,
    machines,
    orders,
    people,
    recipients,
    timeline,
    visits,
    workflows,
)

#: By field of Facts: what loads it, for the number of an e-mail and the query.
_LOADERS: dict[str, Callable[[Connection, int, Query], Any]] = {
    "counts": people.counts,
    "not_sent_reasons": people.not_sent_reasons,
    "list_counts": people.list_counts,
    "on_no_list": people.on_no_list,
    "moments": timeline.moments,
    "links": links.links,
    "clients": clients.clients,
    "peers": workflows.peers,
    "engaged_contacts": contacts.engaged_contacts,
    "recipients": recipients.recipients,
    "bounces": bounces.bounces,
    "contact": happenings.contact,
    "machine_reasons": machines.machine_reasons,
    "domains": machines.domains,
    "domains_known": machines.domains_known,
    "workflow_emails": workflows.workflow_emails,
    "orders": orders.touched_orders,
    "spending": orders.spending,
    "html": body.html,
}
#: By field of AllFacts: what loads it, for the query and the facts known so far (window, before, named).
_ALL_LOADERS: dict[str, Callable[[Connection, Query, AllFacts], Any]] = {
    "named_counts": people.named_counts,
    "period": cohorts.period,
    "period_before": cohorts.period_before,
    "sent_emails": cohorts.sent_emails,
    "sent_emails_before": cohorts.sent_emails_before,
    "sent_units": cohorts.sent_units,
    "workflow_units": cohorts.workflow_units,
    "sent_hours": cohorts.sent_hours,
    "visits": visits.visits,
    "visits_before": visits.visits_before,
}


def load_facts(connection: Connection, email: EmailFacts, query: Query, needs: frozenset[str]) -> Facts:
    """Facts of one e-mail with the parts named in `needs`; KeyError for a part that nobody loads."""
    parts = {need: _LOADERS[need](connection, email.id, query) for need in sorted(needs)}
    return Facts(email=email, last_event_at=people.last_event_at(connection, email.id), **parts)


def load_all_facts(
    connection: Connection,
    named: tuple[EmailFacts, ...],
    query: Query,
    now: datetime,
    needs: frozenset[str],
    meant: tuple[int, ...] | None = None,
) -> AllFacts:
    """Facts of the e-mails `named`, or without any of all e-mail, of which those `meant` pass the filters.

    KeyError as above.
    """
    zone = ZoneInfo(query.zone)
    known = AllFacts(
        window=query.period.window(zone, now),
        before=query.period.before(zone, now),
        last_sent_at=max((email.sent_at for email in named if email.sent_at), default=None),
        named=named,
        meant=meant,
    )
    if needs & cohorts.FILTERED:
        known = replace(known, last_sent_at=cohorts.last_sent_at(connection, known, now - SETTLED_AFTER))
    return replace(known, **{need: _ALL_LOADERS[need](connection, query, known) for need in sorted(needs)})
