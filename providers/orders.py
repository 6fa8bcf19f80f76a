"""Orders: our own schema (docs/orders.md), and Shopify's export of orders.

https://help.shopify.com/en/manual/fulfillment/managing-orders/exporting-orders
"""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal, InvalidOperation

import msgspec

from providers.rows import TIME
from providers.tables import TableReader, address, name, past
from reports.orders import Order, minor_units

SHOPIFY = "shopify"
#: By these a CSV is known to be Shopify's.
SHOPIFY_COLUMNS = frozenset({"Name", "Email", "Financial Status", "Currency", "Total", "Created at"})

_AMOUNT = ("an amount", "write 1234.56, in the currency's main unit")
_HINTS = {"at": TIME, "amount": _AMOUNT, "cancelled": ("yes or no", "write true or false")}
_NOT_TO_COUNT = {"voided", "refunded", "expired"}


class Told(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The fields of an order in a file."""

    id: str | int  #: the order's number
    contact: str  #: the buyer's address
    at: datetime  #: when it was placed, with a zone
    currency: str  #: ISO 4217, such as EUR
    amount: Decimal  #: what was charged, in the currency's main unit
    provider: str = "file"  #: the shop
    cancelled: bool = False  #: told, and not to be counted


def reader(now: datetime, mapping: Mapping[str, str] | None = None) -> TableReader[Told, Order]:
    """A reader of our own schema; an order from the future is a mistake. Raises BadRow for a mapping to no field."""

    def made(told: Told) -> Order:
        currency = told.currency.strip().upper()
        return Order(
            provider=name("provider", told.provider),
            id=name("id", told.id),
            contact=address("contact", told.contact),
            at=past("at", told.at, now),
            currency=currency,
            amount=_not_negative(minor_units(told.amount, currency)),
            cancelled=told.cancelled,
        )

    return TableReader(Told, made, _HINTS, mapping)


def shopify_order(row: Mapping[str, str], now: datetime) -> Order | None:
    """The order of a row of Shopify's export; None for a further item of an order, and for an order of nobody.

    An order has a row for each of its items, and its own figures in the first of them only. What was refunded was not
    charged. Raises ValueError for a row that makes no sense.
    """
    if not row["Total"].strip() or not row["Email"].strip():
        return None
    currency = row["Currency"].strip().upper()
    charged = _units("Total", row["Total"].strip(), currency)
    refunded = _units("Refunded Amount", row.get("Refunded Amount", "").strip() or "0", currency)
    status = row["Financial Status"].strip().lower()
    return Order(
        provider=SHOPIFY,
        id=name("Name", row["Name"]),  # the export's "Id" came later, and old exports are without
        contact=address("Email", row["Email"]),
        at=past("Created at", _instant("Created at", row["Created at"]), now),
        currency=currency,
        amount=_not_negative(charged - refunded),
        cancelled=bool(row.get("Cancelled at", "").strip()) or status in _NOT_TO_COUNT,
    )


def _not_negative(units: int) -> int:
    if units < 0:
        raise ValueError("amount: less than nothing; tell a refund as the order again, with what is left of it")
    return units


def _units(field: str, text: str, currency: str) -> int:
    try:
        return minor_units(Decimal(text), currency)
    except InvalidOperation:
        raise ValueError(f"{field}: {text[:40]!r} is not {_AMOUNT[0]}; {_AMOUNT[1]}") from None


def _instant(field: str, text: str) -> datetime:
    """Shopify writes 2026-05-12 09:30:00 +0200, in the shop's own time zone."""
    told = text.strip().replace(" UTC", " +0000")
    try:
        return datetime.fromisoformat("".join(told.rsplit(" ", 1)) if told.count(" ") > 1 else told)
    except ValueError:
        raise ValueError(f"{field}: {text[:40]!r} is not {TIME[0]}; {TIME[1]}") from None
