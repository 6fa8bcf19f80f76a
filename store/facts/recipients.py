"""A page of an e-mail's recipients, in the order of their contacts' numbers.

Of a large e-mail the page's place is found by the counts of its blocks; a small one is read from its beginning. A
search, or a list, is looked for among all recipients of the e-mail.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, text

from reports.events import Kind
from reports.facts import Recipient, RecipientPage
from reports.pages import page_of
from reports.query import Query
from reports.recipients import SHOWN
from store.codes import BLOCK, BOUNCE_PACK, KIND, LARGE, NOT_SENT_REASON, PACK, STATE_BITS, from_seconds, to_seconds
from store.dialects import dialect_of

_ROWS = """
    SELECT r.contact_id, contacts.address, state, sent_at, delivered_at, bounce, not_sent,
        opened_at, clicked_at, opens, clicks
    FROM ({page}) AS page JOIN recipients AS r ON r.email_id = :email_id AND r.contact_id = page.contact_id
    JOIN contacts ON contacts.id = r.contact_id ORDER BY r.contact_id"""
#: Everybody who is shown, in the order of the pages.
_EVERYBODY = """
    SELECT r.contact_id, contacts.address, state, sent_at, delivered_at, bounce, not_sent,
        opened_at, clicked_at, opens, clicks
    FROM recipients AS r JOIN contacts ON contacts.id = r.contact_id{joined}
    WHERE r.email_id = :email_id AND {wanted} ORDER BY r.contact_id"""
_AT_ONCE = 2_000  # rows in memory
_REPLY = text(
    "SELECT reply FROM events NATURAL JOIN event_replies"
    f" WHERE email_id = :email_id AND at = :at AND contact_id = :contact_id AND code = {KIND[Kind.BOUNCED]}"
    " ORDER BY value DESC LIMIT 1"
)
_SMALL = (
    "SELECT r.contact_id FROM recipients AS r{joined} WHERE r.email_id = :email_id AND {wanted}"
    " ORDER BY r.contact_id LIMIT :rows OFFSET :skipped"
)
#: The blocks that the page's rows are in, at most as many as rows, and how many are shown in the blocks before.
_PLACES = """
    SELECT block, n, earlier FROM (
        SELECT block, {people} AS n, sum({people}) OVER (ORDER BY block) - ({people}) AS earlier
        FROM recipient_blocks WHERE email_id = :email_id
    ) AS counted WHERE n > 0 AND earlier + n > :skipped AND earlier < :skipped + :rows ORDER BY block"""
#: One of these a block: by numbers that stand in the statement PostgreSQL sees how few people are between them, and
#: both databases stop at the last who is shown.
_BLOCK = (
    "SELECT * FROM (SELECT contact_id FROM recipients WHERE email_id = :email_id"
    " AND contact_id >= {first} AND contact_id < {end} AND {wanted} ORDER BY contact_id LIMIT {n}) AS block{first}"
)


def recipients(connection: Connection, email_id: int, query: Query) -> RecipientPage:
    """The page that the query asks for, and the number of all who are shown."""
    shown, wanted, joined, narrowed = _meant(query)
    skipped, rows = page_of(query)
    values: dict[str, Any] = {"email_id": email_id, "skipped": skipped, "rows": rows, **narrowed}
    total, large = _counted(connection, shown, values, joined, "like" in narrowed, wanted)
    if skipped >= total:
        return RecipientPage(total=total)
    if large and not joined:
        page = _in_blocks(connection, shown, wanted, values)
    else:
        page = _SMALL.format(wanted=wanted, joined=joined)
    found = connection.execute(text(_ROWS.format(page=page)), values)
    people = [_recipient(*row) for row in found]
    if "bounced_hard" in shown or "bounced_soft" in shown:
        people = [replace(one, reply=_reply(connection, email_id, one)) for one in people]
    return RecipientPage(tuple(people), total)


def every_recipient(connection: Connection, email_id: int, query: Query) -> Iterator[Recipient]:
    """Everybody who is on one of the query's pages, some at a time; of one moment, for it is one statement."""
    shown, wanted, joined, narrowed = _meant(query)
    statement = text(_EVERYBODY.format(joined=joined, wanted=wanted))
    values = {"email_id": email_id, **narrowed}
    some = {"yield_per": _AT_ONCE}
    with (
        dialect_of(connection).read_through(connection),
        connection.execute(statement, values, execution_options=some) as found,
    ):
        people = (_recipient(*row) for row in found)
        if "bounced_hard" in shown or "bounced_soft" in shown:
            people = (replace(one, reply=_reply(connection, email_id, one)) for one in people)
        yield from people


def _meant(query: Query) -> tuple[tuple[str, ...], str, str, dict[str, str]]:
    """The counts of who is shown, the condition of SQL that they meet, what to join for it, and its values."""
    shown = SHOWN[query.option("show", "all")]
    wanted = f"state & {sum(1 << STATE_BITS.index(name) for name in shown)} <> 0"
    values: dict[str, str] = {}
    joined, search = "", query.option("search", "").lower()
    if query.list_name is not None:
        joined += (
            " JOIN memberships AS m ON m.email_id = r.email_id AND m.contact_id = r.contact_id"
            " JOIN lists ON lists.id = m.list_id AND lists.name = :list"
        )
        values["list"] = query.list_name
    if search:
        joined += " JOIN contacts AS c ON c.id = r.contact_id AND c.address LIKE :like ESCAPE '!'"
        values["like"] = f"%{search.replace('!', '!!').replace('%', '!%').replace('_', '!_')}%"
    return shown, wanted, joined, values


def _reply(connection: Connection, email_id: int, one: Recipient) -> str | None:
    """The words to somebody's last bounce: its event is among those of the e-mail in that second."""
    if one.bounced_at is None:
        return None
    values = {"email_id": email_id, "at": to_seconds(one.bounced_at), "contact_id": one.number}
    return cast("str | None", connection.execute(_REPLY, values).scalar())


def recipient(connection: Connection, email_id: int, number: int) -> Recipient | None:
    """One contact's own row, by its number; None: it is no recipient of the e-mail."""
    page = "SELECT :number AS contact_id"
    found = connection.execute(text(_ROWS.format(page=page)), {"email_id": email_id, "number": number}).one_or_none()
    return None if found is None else _recipient(*found)


def _in_blocks(connection: Connection, shown: tuple[str, ...], wanted: str, values: dict[str, Any]) -> str:
    """SELECT of the page's contacts from the blocks that they are in; `values` get how many to pass over in these."""
    places = connection.execute(text(_PLACES.format(people=" + ".join(shown))), values).all()
    values["passed"] = values["skipped"] - int(places[0].earlier)
    blocks = (
        _BLOCK.format(first=block * BLOCK, end=(block + 1) * BLOCK, wanted=wanted, n=int(n))
        for block, n, _earlier in places
    )
    return (
        f"SELECT contact_id FROM ({' UNION ALL '.join(blocks)}) AS found ORDER BY contact_id LIMIT :rows OFFSET :passed"
    )


def _counted(
    connection: Connection, shown: tuple[str, ...], values: dict[str, Any], joined: str, search: bool, wanted: str
) -> tuple[int, bool]:
    """How many are shown on all pages, and whether the e-mail is large."""
    people = " + ".join(shown)
    whole = connection.execute(
        text(f"SELECT {people} AS people, sent + not_sent AS everybody FROM email_totals WHERE email_id = :email_id"),
        values,
    ).one_or_none()
    if whole is None:
        return 0, False
    total = whole.people
    if search:
        counted = f"SELECT count(*) FROM recipients AS r{joined} WHERE r.email_id = :email_id AND {wanted}"
        total = connection.execute(text(counted), values).scalar_one()
    elif joined:
        on_list = (
            f"SELECT {people} FROM list_totals JOIN lists ON lists.id = list_id"
            " WHERE email_id = :email_id AND name = :list"
        )
        total = connection.execute(text(on_list), values).scalar() or 0
    return total, whole.everybody >= LARGE


def _recipient(
    number: int,
    address: str | None,
    state: int,
    sent: int | None,
    delivered: int | None,
    bounce: int | None,
    not_sent: int | None,
    opened: int | None,
    clicked: int | None,
    opens: int,
    clicks: int,
) -> Recipient:
    return Recipient(
        number=number,
        address=address,
        states=_states(state),
        sent_at=_instant(sent),
        delivered_at=_instant(delivered),
        bounced_at=_instant(bounce and bounce // BOUNCE_PACK),
        not_sent_at=_instant(not_sent and not_sent // PACK),
        not_sent_reason=None if not_sent is None else str(NOT_SENT_REASON[not_sent % PACK]),
        opened_at=_instant(opened),
        clicked_at=_instant(clicked),
        opens=opens,
        clicks=clicks,
    )


@lru_cache(maxsize=1_024)  # few are met
def _states(state: int) -> tuple[str, ...]:
    return tuple(name for place, name in enumerate(STATE_BITS) if state >> place & 1)


def _instant(seconds: int | None) -> Any:
    return None if seconds is None else from_seconds(seconds)
