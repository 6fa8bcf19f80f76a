"""The contacts who engaged most with one e-mail, a page at a time."""

from collections.abc import Iterator

from sqlalchemy import Connection, text

from reports.facts import EngagedContact
from reports.pages import page_of
from reports.query import Query
from store.codes import from_seconds, has_state
from store.dialects import dialect_of

#: By what contacts are ranked, the state of everybody in that ranking.
_RANKED = {"opens": "opened", "clicks": "clicked"}
# The page is found in the ranking's own index, which knows no names; among equals the contact known last comes first.
_PAGES = {
    by: text(
        "SELECT address, opens, clicks, opened_at, clicked_at"
        f" FROM (SELECT email_id, contact_id FROM recipients WHERE email_id = :email_id AND {has_state(state)}"
        f" ORDER BY {by} DESC, contact_id DESC LIMIT :rows OFFSET :skipped) AS page"
        " JOIN recipients AS r ON r.email_id = page.email_id AND r.contact_id = page.contact_id"
        f" JOIN contacts ON contacts.id = r.contact_id ORDER BY {by} DESC, r.contact_id DESC"
    )
    for by, state in _RANKED.items()
}
#: All pages at once.
_EVERYBODY = {
    by: text(
        "SELECT address, opens, clicks, opened_at, clicked_at FROM recipients AS r"
        " JOIN contacts ON contacts.id = r.contact_id"
        f" WHERE email_id = :email_id AND {has_state(state)} ORDER BY {by} DESC, r.contact_id DESC"
    )
    for by, state in _RANKED.items()
}
_AT_ONCE = 2_000  # rows in memory


def every_engaged_contact(connection: Connection, email_id: int, query: Query) -> Iterator[EngagedContact]:
    """All pages of the ranking that the query asks for, some rows at a time; of one moment, for it is one statement."""
    statement, values = _EVERYBODY[query.option("by", "opens")], {"email_id": email_id}
    some = {"yield_per": _AT_ONCE}
    with (
        dialect_of(connection).read_through(connection),
        connection.execute(statement, values, execution_options=some) as found,
    ):
        for row in found:
            yield _contact(*row)


def engaged_contacts(connection: Connection, email_id: int, query: Query) -> tuple[EngagedContact, ...]:
    """The page that the query asks for, ranked by opens unless it asks for clicks."""
    skipped, rows = page_of(query)
    values = {"email_id": email_id, "skipped": skipped, "rows": rows}
    found = connection.execute(_PAGES[query.option("by", "opens")], values)
    return tuple(_contact(*row) for row in found)


def _contact(address: str | None, opens: int, clicks: int, opened: int | None, clicked: int | None) -> EngagedContact:
    return EngagedContact(
        address,
        opens,
        clicks,
        None if opened is None else from_seconds(opened),
        None if clicked is None else from_seconds(clicked),
    )
