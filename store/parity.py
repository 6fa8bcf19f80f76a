"""What a comparison with a provider's own statistics needs, of all that an e-mail of the provider's is here."""

from collections.abc import Collection
from dataclasses import fields

from sqlalchemy import Connection, String, bindparam, text

from reports.facts import Counts
from reports.parity import Apart
from store.codes import has_state
from store.dialects import among

_IDS = text("SELECT id FROM emails WHERE provider = :provider AND external_id IN :identifiers ORDER BY id").bindparams(
    bindparam("identifiers", expanding=True, type_=String())
)
_COUNTS = ", ".join(f"coalesce(sum({field.name}), 0)" for field in fields(Counts))
_BOUNCED = f"({has_state('bounced_hard')} OR {has_state('bounced_soft')})"
#: People by field of Apart, each a condition on their state and columns.
_APART = {
    "opened_by_click": f"{has_state('opened')} AND opens = 0",
    "inferred": f"{has_state('delivered')} AND delivered_at IS NULL",
    "bounced_first": f"{has_state('delivered')} AND bounce IS NOT NULL",
    "delivered_first": f"{_BOUNCED} AND delivered_at IS NOT NULL",
}


def email_ids(connection: Connection, provider: str, identifiers: Collection[str]) -> list[int]:
    """Numbers of the e-mails that have one of a provider's identifiers."""
    rows = connection.execute(_IDS, {"provider": provider, "identifiers": list(identifiers)})
    return list(rows.scalars())


def people(connection: Connection, ids: Collection[int]) -> tuple[Counts, Apart]:
    """Figures of several e-mails together: whoever got two of them counts twice, as a provider counts messages.

    Reads each recipient once, for a person who asks: nothing of it is in a rollup.
    """
    which = f"email_id IN {among(ids)}"
    counts = connection.exec_driver_sql(f"SELECT {_COUNTS} FROM email_totals WHERE {which}").one()
    apart = connection.exec_driver_sql(
        f"SELECT {', '.join(f'count(*) FILTER (WHERE {condition})' for condition in _APART.values())}"
        f" FROM recipients WHERE {which}"
    ).one()
    utility = connection.exec_driver_sql(
        "SELECT count(*) FROM (SELECT DISTINCT p.email_id, p.contact_id FROM link_people AS p"
        " JOIN links AS l ON l.id = p.link_id JOIN recipients AS r ON r.email_id = p.email_id"
        f" AND r.contact_id = p.contact_id WHERE p.{which} AND NOT l.content AND r.clicks = 0) AS people"
    ).scalar_one()
    return Counts(*counts), Apart(**dict(zip(_APART, apart, strict=True)), clicked_utility=utility)
