"""A real experiment (MineThatData: 64,000 customers, two e-mails, a hold-out) through the store: its published figures.

https://blog.minethatdata.com/2008/03/minethatdata-e-mail-analytics-and-data.html
"""

import csv
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from bot.access.rights import OPERATOR
from bot.answers import answer
from reports.events import Event, Kind, NotSentReason
from reports.orders import Order, Visit, minor_units
from reports.period import Period
from reports.query import Query
from reports.report import Money
from store.merge import merge
from store.orders import put_orders, put_visits

DATA = Path(__file__).parents[3] / "shared/data/datasets/hillstrom.csv"
SENT = datetime(2026, 3, 2, 9, tzinfo=UTC)
NOBODY = "No E-Mail"
EMAILS = ("Mens E-Mail", "Womens E-Mail")


def _events(rows: list[dict[str, str]]) -> Iterator[Event]:
    """Each e-mail has its own group, and both have the customers who got none as those held out."""
    for number, row in enumerate(rows):
        for email in EMAILS if row["segment"] == NOBODY else (row["segment"],):
            told = {"at": SENT, "email": email, "contact": f"customer{number}@example.com"}
            if row["segment"] == NOBODY:
                yield Event(kind=Kind.NOT_SENT, reason=NotSentReason.HELD_OUT, **told)  # type: ignore[arg-type]
            else:
                yield Event(kind=Kind.SENT, **told)  # type: ignore[arg-type]


def _order(number: int, spend: str) -> Order:
    return Order(
        provider="hillstrom",
        id=str(number),
        contact=f"customer{number}@example.com",
        at=SENT + timedelta(days=1),
        currency="USD",
        amount=minor_units(Decimal(spend), "USD"),
    )


def test_a_published_experiment_comes_out_as_it_was_published(engine: Engine) -> None:
    if not DATA.exists():
        pytest.skip("the data set is not beside the checkout")
    with DATA.open() as file:
        rows = list(csv.DictReader(file))
    _fill(engine, rows)
    for email, bought, spent in (("Mens E-Mail", 1.253, "$0.77"), ("Womens E-Mail", 0.884, "$0.42")):
        query = Query(email, ("revenue",), options=(("days", "14"),))
        result = answer(engine, query, SENT + timedelta(days=20), OPERATOR).results[0]
        shares = {figure.key: figure.value for figure in result.figures}
        assert 100 * float(shares["bought_sent"]) == pytest.approx(bought, abs=5e-4)  # type: ignore[arg-type]
        assert 100 * float(shares["bought_held_out"]) == pytest.approx(0.573, abs=5e-4)  # type: ignore[arg-type]
        assert any(note.endswith("Sending brought buyers.") for note in result.notes)
        assert any(f"over those held out: {spent}" in note for note in result.notes)
        assert not [value for value in shares.values() if isinstance(value, Money)]  # nobody clicked: no credit
    query = Query(sections=("sources",), period=Period("30d"))
    table = answer(engine, query, SENT + timedelta(days=20), OPERATOR).results[0].table
    assert table is not None
    # 18.28 %, 15.14 % and 10.62 % of 21,307, 21,387 and 21,306 customers.
    visits = {row[0]: row[1] for row in table.rows}
    assert visits == {"E-mail: Mens E-Mail": 3894, "E-mail: Womens E-Mail": 3238, "direct": 2262}


def _fill(engine: Engine, rows: list[dict[str, str]]) -> None:
    merge(engine, list(_events(rows)))
    put_orders(engine, [_order(number, row["spend"]) for number, row in enumerate(rows) if float(row["spend"])])
    day = (SENT + timedelta(days=1)).date()
    for segment in (*EMAILS, NOBODY):
        visits = sum(int(row["visit"]) for row in rows if row["segment"] == segment)
        source = "direct" if segment == NOBODY else "email"
        put_visits(engine, [Visit(provider="hillstrom", day=day, campaign=segment, source=source, visits=visits)])
