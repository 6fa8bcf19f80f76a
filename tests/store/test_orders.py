"""Orders and visits in the store, and the e-mails that they are credited to."""

from datetime import date, timedelta

import pytest
from sqlalchemy import Engine
from sqlalchemy import event as hooks

from bot.access.rights import OPERATOR
from bot.answers import answer
from reports.events import Event, Kind, NotSentReason
from reports.facts import Facts, Spending
from reports.orders import Order, Visit
from reports.period import Period
from reports.query import Query
from reports.report import Money, Value
from store.emails import find
from store.facts import load_facts
from store.merge import merge
from store.orders import put_orders, put_visits
from tests.store.events import START

DAY = timedelta(days=1)


def event(kind: Kind, contact: str, email: str = "may", days: float = 0, **rest: object) -> Event:
    told = {"kind": kind, "at": START + days * DAY, "email": email, "contact": f"{contact}@example.com", **rest}
    return Event(**told)  # type: ignore[arg-type]


def click(contact: str, email: str = "may", days: float = 1) -> Event:
    return event(Kind.CLICKED, contact, email, days, link="https://example.com/a")


def order(number: str, contact: str, days: float, amount: int = 1000, **rest: object) -> Order:
    told = {"provider": "shop", "id": number, "contact": f"{contact}@example.com", "at": START + days * DAY}
    return Order(**{**told, "currency": "EUR", "amount": amount, **rest})  # type: ignore[arg-type]


def load(engine: Engine, days: str = "7", email: str = "may") -> Facts:
    with engine.connect() as connection:
        found = find(connection, email).email
        assert found is not None
        query = Query(email, options=(("days", days),))
        return load_facts(connection, found, query, frozenset({"orders", "spending"}))


def test_an_order_comes_with_all_the_clicks_before_it_and_none_after(engine: Engine) -> None:
    merge(engine, [click("ann"), click("ann", "june", 2), click("ann", "july", 9), click("bob")])
    put_orders(engine, [order("1", "ann", 3), order("2", "cy", 3), order("3", "bob", 0.5)])
    (found,) = load(engine).orders
    assert (found.amount, found.currency, found.at) == (1000, "EUR", START + 3 * DAY)
    assert [at for _email, at in found.touches] == [START + DAY, START + 2 * DAY]


def test_an_address_is_the_same_buyer_in_whatever_case(engine: Engine) -> None:
    merge(engine, [click("ann")])
    put_orders(engine, [order("1", "ANN", 3)])
    assert len(load(engine).orders) == 1


@pytest.mark.parametrize(("days", "orders"), [("1", 0), ("2", 1), ("90", 1)])
def test_an_order_counts_for_the_days_that_are_asked_for(engine: Engine, days: str, orders: int) -> None:
    merge(engine, [click("ann")])
    put_orders(engine, [order("1", "ann", 3)])
    assert len(load(engine, days).orders) == orders


def test_an_order_told_again_replaces_what_was_told_before(engine: Engine) -> None:
    merge(engine, [click("ann")])
    put_orders(engine, [order("1", "ann", 3), order("1", "ann", 3, 900)])
    put_orders(engine, [order("1", "ann", 3, 800), order("2", "ann", 3)])
    put_orders(engine, [order("2", "ann", 3, cancelled=True)])
    assert [found.amount for found in load(engine).orders] == [800]


def test_what_people_spent_is_told_apart_by_who_was_sent_the_e_mail_and_who_was_held_out(engine: Engine) -> None:
    held_out = {"reason": NotSentReason.HELD_OUT, "lists": ("Hold-out",)}
    merge(
        engine,
        [
            event(Kind.SENT, "ann"),
            event(Kind.DELIVERED, "ann"),
            event(Kind.SENT, "bob"),
            event(Kind.NOT_SENT, "cy", **held_out),
            event(Kind.NOT_SENT, "dee", **held_out),
            event(Kind.NOT_SENT, "eve", reason=NotSentReason.SUPPRESSED),
        ],
    )
    put_orders(
        engine,
        [
            order("1", "ann", 1, 100),
            order("2", "ann", 2, 50),
            order("3", "cy", 3, 70, currency="JPY"),
            order("4", "eve", 1),
            order("5", "bob", 7.5),
            order("6", "dee", -0.5),
        ],
    )
    facts = load(engine)
    (ann, *_), (cy, *_) = facts.spending.sent_spent[0], facts.spending.held_out_spent[0]
    assert facts.spending == Spending(2, ((ann, "EUR", 150),), ((cy, "JPY", 70),))
    assert facts.orders == ()  # nobody clicked


def test_revenue_is_asked_as_any_section(engine: Engine) -> None:
    merge(engine, [click("ann"), event(Kind.SENT, "ann")])
    put_orders(engine, [order("1", "ann", 3, 4995)])
    report = answer(engine, Query("may", ("revenue",)), START + 9 * DAY, OPERATOR)
    assert report.results[0].figures[0].value == Money(4995, "EUR")


def _sources(engine: Engine) -> tuple[tuple[Value, ...], ...]:
    query = Query(sections=("sources",), period=Period("dates", date(2026, 5, 4), date(2026, 5, 5)), zone="Asia/Tokyo")
    table = answer(engine, query, START + 9 * DAY, OPERATOR).results[0].table
    return () if table is None else tuple(row[:4] for row in table.rows)


def test_visits_of_the_period_are_summed_over_days_and_told_again_replaced(engine: Engine) -> None:
    def visit(day: int, campaign: str | None, visits: int, **rest: object) -> Visit:
        told = {"provider": "file", "day": date(2026, 5, day), "campaign": campaign, "source": "email"}
        return Visit(**{**told, "visits": visits, **rest})  # type: ignore[arg-type]

    put_visits(
        engine, [visit(3, "may", 1000), visit(4, "may", 5), visit(5, "may", 7, contacts=2), visit(6, "may", 999)]
    )
    put_visits(engine, [visit(4, "may", 6, customers=1), visit(4, None, 1)])
    assert _sources(engine) == (("E-mail: may", 13, 2, 1), ("E-mail: not told", 1, 0, 0))


def test_orders_are_found_by_time_and_buyers_by_key(engine: Engine) -> None:
    merge(engine, [click("ann"), event(Kind.NOT_SENT, "cy", reason=NotSentReason.HELD_OUT)])
    put_orders(engine, [order("1", "ann", 3)])
    asked: list[tuple[str, object]] = []
    hooks.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    load(engine)
    told = [(sql, values) for sql, values in asked if "FROM orders" in sql]
    assert len(told) == 2
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")
        explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
        for sql, values in told:
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))  # type: ignore[arg-type]
            assert "orders_by_time" in plan, plan
            assert "PRIMARY KEY" in plan or "recipients_pkey" in plan or "recipients_who_clicked" in plan, plan
