"""Loads Facts from the rollups, by subject: the cost does not depend on how many events there are."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection

from reports.facts import EmailFacts, Facts
from store.facts import links, people, timeline

_LOADERS: dict[str, Callable[[Connection, int], Any]] = {
    "counts": people.counts,
    "not_sent_reasons": people.not_sent_reasons,
    "list_counts": people.list_counts,
    "moments": timeline.moments,
    "links": links.links,
}


def load_facts(connection: Connection, email: EmailFacts, needs: frozenset[str]) -> Facts:
    """Facts of one e-mail with the parts named in `needs`; KeyError for a part that nobody loads."""
    parts = {need: _LOADERS[need](connection, email.id) for need in sorted(needs)}
    return Facts(email=email, last_event_at=people.last_event_at(connection, email.id), **parts)
