"""Orders from files: our own schema, and Shopify's export with the columns that its shops have."""

import csv
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta, timezone
from io import StringIO
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.orders import SHOPIFY_COLUMNS, reader, shopify_order
from providers.own import BadRow
from reports.orders import Order
from tests.providers.webhooks.anything import ANY

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEAST = {"id": "1001", "contact": "ada@example.org", "at": "2026-05-12T09:30:00Z", "currency": "EUR", "amount": "19.99"}
ORDER = Order(
    provider="file",
    id="1001",
    contact="ada@example.org",
    at=datetime(2026, 5, 12, 9, 30, tzinfo=UTC),
    currency="EUR",
    amount=1999,
)


def line(**fields: Any) -> Order:
    return reader(NOW).line(msgspec.json.encode(LEAST | fields) + b"\n")


def row(**cells: str) -> Order:
    return reader(NOW).row(LEAST | cells)


def refusal(**fields: Any) -> str:
    with pytest.raises(BadRow) as caught:
        line(**fields)
    return str(caught.value)


def test_the_required_fields_are_enough() -> None:
    assert line() == row() == ORDER


def test_an_order_may_name_its_shop_and_be_cancelled() -> None:
    full = msgspec.structs.replace(ORDER, provider="shop", cancelled=True)
    assert line(provider="shop", cancelled=True) == row(provider="shop", cancelled="true") == full


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [("19.9", "EUR", 1990), (19.99, "EUR", 1999), (20, "EUR", 2000), ("1000.00", "JPY", 1000), ("1.234", "kwd ", 1234)],
)
def test_amounts_are_exact_as_numbers_and_as_text(amount: Any, currency: str, units: int) -> None:
    assert line(amount=amount, currency=currency).amount == units


def test_numbers_of_orders_may_be_numbers_and_keep_their_zeros_as_text() -> None:
    assert (line(id=1001).id, row(id="0010").id) == ("1001", "0010")


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"amount": "19,99"}, "amount: '19,99' is not an amount; write 1234.56, in the currency's main unit"),
        ({"amount": "12.345"}, "amount: has more than the 2 decimals of EUR"),
        ({"amount": "-5"}, "amount: less than nothing; tell a refund as the order again, with what is left of it"),
        ({"amount": "NaN"}, "amount: not a number that can be counted"),
        ({"amount": "sNaN"}, "amount: not a number that can be counted"),
        ({"amount": "1e999"}, "amount: not a number that can be counted"),
        ({"currency": "euro"}, "currency: not a code of three capitals, such as EUR"),
        ({"at": "yesterday"}, "at: 'yesterday' is not a time; write 2026-05-12T09:30:00+02:00, or Z for UTC"),
        ({"at": "2026-05-12T09:30:00"}, "at: no time zone; write 2026-05-12T09:30:00+02:00, or Z for UTC"),
        ({"at": "2026-06-03T00:00:00Z"}, "at: in the future"),
        ({"at": "1970-01-01T00:00:00Z"}, "at: before 1990"),
        ({"contact": "nobody"}, "contact: not an e-mail address"),
        ({"id": " "}, "id: empty"),
        ({"id": "x" * 301}, "id: longer than 300 characters"),
        ({"id": "a\0b"}, "id: has a NUL character in it"),
        ({"cancelled": "perhaps"}, "cancelled: 'perhaps' is not yes or no; write true or false"),
        ({"curency": "EUR"}, "there is no field 'curency'; did you mean 'currency'?"),
    ],
)
def test_a_refusal_says_what_to_mend(fields: dict[str, Any], why: str) -> None:
    assert refusal(**fields) == why


def test_a_csv_of_other_columns_is_read_by_a_mapping() -> None:
    mapped = reader(NOW, {"order": "id", "buyer": "contact"})
    columns = ["order", "buyer", "at", "currency", "amount", "note"]
    mapped.check_header(columns)
    cells = ["1001", "ada@example.org", "2026-05-12T09:30:00Z", "EUR", "19.99", "x"]
    assert mapped.row(dict(zip(columns, cells, strict=True))) == ORDER


@pytest.mark.parametrize(
    ("columns", "why"),
    [
        (["id", "contact", "at", "amount"], "no column for currency; the columns are id, contact, at, amount"),
        (["id", "id", "contact", "at", "currency", "amount"], "more than one column is the field id"),
    ],
)
def test_a_header_that_lacks_a_field_says_which(columns: list[str], why: str) -> None:
    with pytest.raises(BadRow, match=why):
        reader(NOW).check_header(columns)


def test_a_mapping_to_no_field_says_what_was_meant() -> None:
    with pytest.raises(BadRow, match="there is no field 'contct'; did you mean 'contact'"):
        reader(NOW, {"buyer": "contct"})


@pytest.mark.parametrize("text", [b"", b"5", b"[]", b"{", b"\xff", b'{"id":"\xff"}', b'{"id":' + b"[" * 100_000])
def test_what_is_no_order_is_refused(text: bytes) -> None:
    with pytest.raises(BadRow):
        reader(NOW).line(text)


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*LEAST, "provider", "cancelled", "other"], ANY)))
def test_any_field_may_be_anything(fields: dict[str, Any]) -> None:
    with suppress(BadRow):
        line(**fields)


EXPORT = """\
Name,Email,Financial Status,Paid at,Fulfillment Status,Accepts Marketing,Currency,Subtotal,Shipping,Taxes,Total,\
Discount Code,Created at,Lineitem quantity,Lineitem name,Lineitem price,Cancelled at,Refunded Amount,Id
#1050,ada@example.org,paid,2026-05-01 10:00:00 +0200,fulfilled,yes,EUR,100.90,0.00,8.33,100.90,,\
2026-05-01 09:59:00 +0200,1,"Tea, 100 g",62.95,,0.00,555
#1050,ada@example.org,,,,,,,,,,,2026-05-01 09:59:00 +0200,1,"Tea, 50 g",37.95,,,
#1051,bob@example.org,partially_refunded,2026-05-02 10:00:00 +0200,fulfilled,no,EUR,50.00,5.00,0.00,55.00,,\
2026-05-02 09:59:00 +0200,1,Pot,50.00,,20.00,556
#1052,eve@example.org,voided,,unfulfilled,no,EUR,10.00,0.00,0.00,10.00,,\
2026-05-03 09:59:00 +0200,1,Cup,10.00,2026-05-03 11:00:00 +0200,0.00,557
#1053,,paid,2026-05-04 10:00:00 +0200,fulfilled,no,EUR,3.00,0.00,0.00,3.00,,2026-05-04 10:00:00 +0200,1,Cup,3.00,,,558
"""
SUMMER = timezone(timedelta(hours=2))


def shopify(number: str, contact: str, day: int, amount: int, *, cancelled: bool = False) -> Order:
    at = datetime(2026, 5, day, 9, 59, tzinfo=SUMMER)
    return Order(
        provider="shopify", id=number, contact=contact, at=at, currency="EUR", amount=amount, cancelled=cancelled
    )


def test_an_order_of_several_items_is_one_order_and_refunds_are_taken_off() -> None:
    rows = list(csv.DictReader(StringIO(EXPORT)))
    assert rows[0].keys() >= SHOPIFY_COLUMNS
    assert [shopify_order(row, NOW) for row in rows] == [
        shopify("#1050", "ada@example.org", 1, 10_090),
        None,  # the second item
        shopify("#1051", "bob@example.org", 2, 3_500),
        shopify("#1052", "eve@example.org", 3, 1_000, cancelled=True),
        None,  # over the counter: the order of nobody
    ]


def one(**cells: str) -> Order | None:
    told = {
        "Name": "#1",
        "Email": "ada@example.org",
        "Financial Status": "paid",
        "Currency": "EUR",
        "Total": "10.00",
        "Created at": "2026-05-01 09:59:00 +0200",
    }
    return shopify_order(told | cells, NOW)


@pytest.mark.parametrize(
    ("status", "cancelled"),
    [("paid", False), ("pending", False), ("partially_refunded", False), ("voided", True), ("Refunded", True)],
)
def test_what_was_given_back_whole_or_never_charged_is_not_counted(status: str, cancelled: bool) -> None:
    order = one(**{"Financial Status": status})
    assert order and order.cancelled is cancelled


@pytest.mark.parametrize(
    "time",
    ["2026-05-01 09:59:00 +0200", "2026-05-01 07:59:00 UTC", "2026-05-01T09:59:00+02:00", " 2026-05-01 07:59:00Z"],
)
def test_shops_write_time_in_their_own_zone(time: str) -> None:
    order = one(**{"Created at": time})
    assert order and order.at == datetime(2026, 5, 1, 7, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"Total": "10,00"}, "Total: '10,00' is not an amount"),
        ({"Total": "sNaN"}, "amount: not a number"),
        ({"Total": "1E+9999999"}, "amount: not a number"),
        ({"Refunded Amount": "11.00"}, "amount: less than nothing"),
        ({"Refunded Amount": "?"}, r"Refunded Amount: '\?' is not an amount"),
        ({"Currency": ""}, "currency: not a code"),
        ({"Email": "nobody"}, "Email: not an e-mail address"),
        ({"Name": " "}, "Name: empty"),
        ({"Created at": "soon"}, "Created at: 'soon' is not a time"),
        ({"Created at": "2026-05-01 09:59:00"}, "Created at: no time zone"),
    ],
)
def test_a_row_of_shopify_s_that_makes_no_sense_says_what_to_mend(cells: Mapping[str, str], why: str) -> None:
    with pytest.raises(ValueError, match=why):
        one(**cells)


COLUMNS = [*sorted(SHOPIFY_COLUMNS), "Refunded Amount", "Cancelled at"]


@given(st.dictionaries(st.sampled_from(COLUMNS), st.text(max_size=12)))
def test_any_cell_may_be_anything(cells: dict[str, str]) -> None:
    with suppress(ValueError):
        one(**cells)
