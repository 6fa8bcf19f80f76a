"""The most engaged contacts come in pages, by an index that holds nobody else."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from reports.events import Event, Kind
from reports.facts import EngagedContact
from reports.options import PAGE_ROWS
from reports.query import Query
from store.emails import load_email
from store.facts import load_facts
from store.merge import merge
from tests.store.events import START

_NEEDS = frozenset({"engaged_contacts"})


def _event(kind: Kind, contact: str, seconds: int, **rest: object) -> Event:
    at = START + timedelta(seconds=seconds)
    return Event(kind=kind, at=at, email="may", contact=f"{contact}@example.com", **rest)  # type: ignore[arg-type]


def _opens(contact: str, number: int) -> list[Event]:
    return [_event(Kind.OPENED, contact, 60 + n) for n in range(number)]


def _clicks(contact: str, number: int) -> list[Event]:
    return [_event(Kind.CLICKED, contact, 900 + n, link="https://a.b/") for n in range(number)]


def _load(engine: Engine, *options: tuple[str, str]) -> tuple[EngagedContact, ...]:
    with engine.connect() as connection:
        query = Query("x", options=options)
        return load_facts(connection, load_email(connection, 1), query, _NEEDS).engaged_contacts


def _names(found: tuple[EngagedContact, ...]) -> list[str]:
    return [one.address.partition("@")[0] for one in found if one.address]


def test_contacts_rank_by_opens_or_by_clicks_and_bounced_ones_are_left_out(engine: Engine) -> None:
    merge(engine, [_event(Kind.DELIVERED, name, 1) for name in ("ann", "bob", "cy", "dee")])
    merge(engine, [*_opens("ann", 2), *_clicks("ann", 1), *_opens("bob", 5), *_clicks("cy", 3), *_opens("dee", 9)])
    merge(engine, [_event(Kind.BOUNCED, "dee", 2_000)])
    assert _names(_load(engine)) == ["bob", "ann", "cy"]
    assert _names(_load(engine, ("by", "clicks"))) == ["cy", "ann"]
    first = _load(engine, ("by", "clicks"))[0]
    assert (first.opens, first.clicks, first.opened_at) == (0, 3, None)
    assert first.clicked_at == START + timedelta(seconds=900)


def test_pages_follow_each_other_without_gap_or_repetition(engine: Engine) -> None:
    merge(engine, [made for n in range(PAGE_ROWS * 2 + 3) for made in _opens(f"person{n}", 1 + n % 2)])
    pages = [_load(engine, ("page", str(page))) for page in (1, 2, 3, 4)]
    assert [len(page) for page in pages] == [PAGE_ROWS, PAGE_ROWS, 3, 0]
    assert [len(_load(engine, ("page", "2"), ("rows", "20")))] == [3]
    everybody = [one for page in pages for one in page]
    assert len(set(_names(tuple(everybody)))) == len(everybody)
    assert [one.opens for one in everybody] == sorted((one.opens for one in everybody), reverse=True)


def test_later_events_move_a_contact_up(engine: Engine) -> None:
    merge(engine, [*_opens("ann", 3), *_opens("bob", 1)])
    merge(engine, _opens("bob", 4))
    assert _names(_load(engine)) == ["bob", "ann"]


@pytest.mark.parametrize("by", ["opens", "clicks"])
def test_the_ranking_is_read_from_its_index_and_nothing_is_sorted_but_the_page(engine: Engine, by: str) -> None:
    merge(engine, [made for n in range(300) for made in (*_opens(f"p{n}", 1 + n % 3), *_clicks(f"p{n}", 1))])
    asked: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    _load(engine, ("by", by))
    sql, values = next((sql, values) for sql, values in asked if "OFFSET" in sql)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # three hundred rows are scanned whatever the index
            connection.exec_driver_sql("SET enable_bitmapscan = off")
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))  # type: ignore[arg-type]
    assert re.search(rf"USING INDEX recipients_by_{by}|Index Only Scan Backward using recipients_by_{by}", plan), plan
