"""Money as whole minor units."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.orders import exponent, minor_units


@pytest.mark.parametrize(
    ("amount", "currency", "units"),
    [
        ("19.99", "EUR", 1999),
        ("19.9", "EUR", 1990),
        ("1000", "USD", 100_000),
        ("1000.00", "JPY", 1000),  # shops write two decimals for every currency
        ("1.234", "KWD", 1234),
        ("0.0001", "CLF", 1),
        ("-5.00", "EUR", -500),
        ("0", "ISK", 0),
        ("1E+3", "EUR", 100_000),
        ("92233720368547758.07", "EUR", 2**63 - 1),
    ],
)
def test_an_amount_is_counted_in_the_units_of_its_currency(amount: str, currency: str, units: int) -> None:
    assert minor_units(Decimal(amount), currency) == units


@pytest.mark.parametrize(
    ("amount", "currency", "why"),
    [
        ("12.345", "EUR", "more than the 2 decimals of EUR"),
        ("1.00000000000000000000000000000000000000000001", "EUR", "more than the 2 decimals"),
        ("0.5", "JPY", "more than the 0 decimals of JPY"),
        ("NaN", "EUR", "not a number"),
        ("Infinity", "EUR", "not a number"),
        ("92233720368547758.08", "EUR", "can be counted"),
        ("1E+999999", "EUR", "can be counted"),
        ("1E+9999999", "EUR", "can be counted"),
        ("1E-999999", "EUR", "more than the 2 decimals"),
        ("1", "eur", "three capitals"),
        ("1", "€", "three capitals"),
        ("1", "", "three capitals"),
        ("1", "EURO", "three capitals"),
        ("1", "EUR\n", "three capitals"),
    ],
)
def test_what_cannot_be_counted_exactly_is_refused(amount: str, currency: str, why: str) -> None:
    with pytest.raises(ValueError, match=why):
        minor_units(Decimal(amount), currency)


@given(st.integers(-(2**63) + 1, 2**63 - 1), st.sampled_from(["EUR", "JPY", "KWD", "CLF"]))
def test_units_written_as_an_amount_are_the_same_units_again(units: int, currency: str) -> None:
    assert minor_units(Decimal(units).scaleb(-exponent(currency)), currency) == units
