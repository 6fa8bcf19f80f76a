"""All rows of long tables, read some at a time: those of the pages, each once and in their order."""

from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from reports.events import BounceType, Event, Kind, NotSentReason
from reports.query import Query
from store.emails import load_email
from store.facts import load_facts
from store.facts.contacts import every_engaged_contact
from store.facts.recipients import every_recipient
from store.merge import merge
from tests.store.events import START

_PEOPLE = 5_100  # more than are read at a time


def _event(kind: Kind, number: int, seconds: int = 0, **rest: object) -> Event:
    at, contact = START + timedelta(seconds=seconds), f"p{number}@example.com"
    return Event(kind=kind, at=at, email="may", contact=contact, **rest)  # type: ignore[arg-type]


@pytest.fixture
def many(engine: Engine) -> Engine:
    told = []
    for n in range(_PEOPLE):
        told.append(_event(Kind.SENT, n, lists=("NL",) if n % 3 else ()))
        if n % 7 == 0:
            told.append(_event(Kind.BOUNCED, n, 5, bounce=BounceType.HARD, reply=f"550 no p{n}@example.com"))
        elif n % 11 == 0:
            told.append(_event(Kind.NOT_SENT, n, reason=NotSentReason.SUPPRESSED))
        elif n % 2:
            told += [_event(Kind.OPENED, n, 60 + k) for k in range(n % 5)]
    merge(engine, told)
    return engine


@pytest.mark.parametrize(
    ("list_name", "options"),
    [
        (None, {}),
        (None, {"show": "opened"}),
        (None, {"show": "not-sent"}),
        (None, {"search": "p99"}),
        ("NL", {}),
        ("NL", {"search": "9@", "show": "sent"}),
        ("XX", {}),
    ],
)
def test_recipients_come_as_their_pages_have_them(many: Engine, list_name: str | None, options: dict[str, str]) -> None:
    with many.connect() as connection:
        email = load_email(connection, 1)
        pages = []
        for page in range(1, 110):
            asked = Query("may", list_name=list_name, options=(*options.items(), ("rows", "50"), ("page", str(page))))
            pages += load_facts(connection, email, asked, frozenset({"recipients"})).recipients.rows
        query = Query("may", list_name=list_name, options=tuple(options.items()))
        assert list(every_recipient(connection, email.id, query)) == pages
    assert list_name == "XX" or pages


def test_whoever_bounced_comes_with_the_reply(many: Engine) -> None:
    with many.connect() as connection:
        found = list(every_recipient(connection, 1, Query("may", options=(("show", "bounced"),))))
    assert len(found) == len(range(0, _PEOPLE, 7))
    assert all(one.reply and one.reply.startswith("550 no p") for one in found)


@pytest.mark.parametrize("by", ["opens", "clicks"])
def test_engaged_contacts_come_as_their_pages_have_them(many: Engine, by: str) -> None:
    with many.connect() as connection:
        email = load_email(connection, 1)
        pages = []
        for page in range(1, 220):
            asked = Query("may", options=(("by", by), ("page", str(page))))
            pages += load_facts(connection, email, asked, frozenset({"engaged_contacts"})).engaged_contacts
        assert list(every_engaged_contact(connection, 1, Query("may", options=(("by", by),)))) == pages


def test_not_all_rows_are_in_memory_at_once(many: Engine) -> None:
    """What is read later is read later: a reader who stops has not read to the end."""
    fetched: list[object] = []

    def seen(_connection: object, cursor: object, *_: object) -> None:
        fetched.append(cursor)

    event.listen(many, "after_cursor_execute", seen)
    with many.connect() as connection:
        people = every_recipient(connection, 1, Query("may"))
        next(people)
        cursor = fetched[-1]
        rest = cursor.fetchall()  # type: ignore[attr-defined]
        people.close()  # type: ignore[attr-defined]
    assert len(rest) >= _PEOPLE - 2_000


@pytest.mark.parametrize("show", ["all", "sent", "opened"])
def test_recipients_are_read_in_the_order_of_their_key_without_sorting(many: Engine, show: str) -> None:
    seen: list[tuple[str, object]] = []
    listen = lambda _c, _cursor, statement, values, *_: seen.append((statement, values))  # noqa: E731
    event.listen(many, "before_cursor_execute", listen)
    with many.connect() as connection:
        list(every_recipient(connection, 1, Query("may", options=(("show", show),))))
        event.remove(many, "before_cursor_execute", listen)
        statement, values = next(one for one in seen if "ORDER BY r.contact_id" in one[0])
        if many.dialect.name == "sqlite":
            plan = [row[-1] for row in connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", values)]
            assert not [step for step in plan if step.startswith("SCAN") or "TEMP" in step]
            assert any("USING PRIMARY KEY (email_id=?)" in step for step in plan), plan
        else:
            connection.exec_driver_sql("ANALYZE recipients, contacts")
            explained = f"EXPLAIN DECLARE reading CURSOR FOR {statement}"  # as it is read: some rows at a time
            plan = [row[0] for row in connection.exec_driver_sql(explained, values)]
            assert not any("Sort" in step for step in plan), plan
