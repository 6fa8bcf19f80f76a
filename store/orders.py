"""Orders and visits into the store: what is told again replaces what was told before."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine
from sqlmodel import SQLModel

from reports.orders import Order, Visit
from store import codes
from store.dialects import dialect_of
from store.engine import writing
from store.interning import intern_contacts
from store.packing import normal
from store.tables import OrderRow, VisitRow


def put_orders(engine: Engine, orders: Sequence[Order]) -> None:
    """In one transaction. Told twice in one call, the later telling stands."""
    latest = {(order.provider, order.id): order for order in orders}
    with writing(engine).begin() as connection:
        contacts = intern_contacts(connection, {normal(order.contact) for order in latest.values()})
        rows = [
            {
                "provider": order.provider,
                "external_id": order.id,
                "contact_id": contacts[normal(order.contact)],
                "at": codes.to_seconds(order.at),
                "currency": order.currency,
                "amount": order.amount,
                "cancelled": order.cancelled,
            }
            for order in latest.values()
        ]
        _put(connection, OrderRow, ("provider", "external_id"), rows)


def put_visits(engine: Engine, visits: Iterable[Visit]) -> None:
    """As `put_orders`."""
    latest = {(visit.day, visit.source, visit.campaign or "", visit.provider): visit for visit in visits}
    rows = [
        {
            **dict(zip(("day", "source", "campaign", "provider"), key, strict=True)),
            "visits": visit.visits,
            "contacts": visit.contacts,
            "customers": visit.customers,
        }
        for key, visit in latest.items()
    ]
    with writing(engine).begin() as connection:
        _put(connection, VisitRow, ("day", "source", "campaign", "provider"), rows)


def _put(connection: Connection, row: type[SQLModel], key: tuple[str, ...], rows: list[dict[str, Any]]) -> None:
    if not rows:
        return
    insert = dialect_of(connection).insert(row.__table__)  # type: ignore[attr-defined]
    changed = {column: insert.excluded[column] for column in rows[0] if column not in key}
    connection.execute(insert.on_conflict_do_update(index_elements=key, set_=changed), rows)
