"""Orders and visits of the sample data go with its events."""

from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.answers import answer
from bot.demo import generate, shop
from bot.importing.tables import Table, import_tables
from reports.events import Event, Kind, NotSentReason
from reports.query import Query
from reports.report import Money
from store.merge import merge

UNTIL = datetime(2026, 11, 23, 12, tzinfo=UTC)
ITEMS = list(generate(emails=12, events=40_000, seed=1, until=UNTIL))


def test_buyers_are_recipients_and_buy_in_the_days_after() -> None:
    orders = list(shop.orders(ITEMS, 1, UNTIL))
    known = {item.contact for item in ITEMS if isinstance(item, Event)}
    assert len(orders) > 50
    assert {order.contact for order in orders} <= known
    assert len({order.id for order in orders}) == len(orders)
    assert all(order.at <= UNTIL and order.amount > 0 for order in orders)
    assert orders == list(shop.orders(ITEMS, 1, UNTIL)) != list(shop.orders(ITEMS, 2, UNTIL))


def test_visits_by_e_mail_are_its_clicks_beside_other_sources() -> None:
    visits = list(shop.visits(ITEMS, 1, UNTIL))
    mail = [visit for visit in visits if visit.source == "email"]
    clicks = [item for item in ITEMS if isinstance(item, Event) and item.kind is Kind.CLICKED and item.machine is None]
    assert 0 < sum(visit.visits for visit in mail) <= len(clicks)
    assert {visit.source for visit in visits} > {"email", "direct"}
    assert all(visit.contacts <= visit.visits and visit.customers <= visit.visits for visit in visits)
    assert len({(visit.day, visit.source, visit.campaign) for visit in visits}) == len(visits)


def test_one_e_mail_holds_a_tenth_out() -> None:
    held_out = [item for item in ITEMS if isinstance(item, Event) and item.reason is NotSentReason.HELD_OUT]
    (email,) = {event.email for event in held_out}
    selected = {item.contact for item in ITEMS if isinstance(item, Event) and item.email == email}
    assert len(held_out) / len(selected) == pytest.approx(0.1, abs=0.02)


@pytest.mark.parametrize(("table", "made"), [(Table.ORDERS, shop.orders), (Table.VISITS, shop.visits)])
def test_what_is_written_is_read_in_and_answers(engine: Engine, tmp_path: Path, table: Table, made: object) -> None:
    file = BytesIO()
    count = shop.write_rows(made(ITEMS, 1, UNTIL), file)  # type: ignore[operator]
    path = tmp_path / f"{table}.ndjson"
    path.write_bytes(file.getvalue())
    merge(engine, [item for item in ITEMS if isinstance(item, Event)])
    summary = import_tables(engine, table, [path], now=UNTIL, quarantine_path=tmp_path / "q")
    assert (summary.new, summary.quarantined) == (count, 0)
    query = Query("email-0", ("revenue",)) if table is Table.ORDERS else Query("", ("sources",))
    figures = answer(engine, query, UNTIL + timedelta(days=1), OPERATOR).results[0].figures
    value = figures[0].value
    assert (value.units if isinstance(value, Money) else value) > 0  # type: ignore[operator]
