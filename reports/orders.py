"""What is known of orders and of visits to a site: values, whatever the shop or the analytics they come from.

An amount is a whole number of minor units of its currency (cents), never a float; how small those are is ISO 4217's.
"""

import re
from datetime import date, datetime
from decimal import Context, Decimal, DecimalException, Inexact, InvalidOperation, Overflow

import msgspec

#: Currencies whose minor unit is not a hundredth: https://www.iso.org/iso-4217-currency-codes.html. Formatting tables
#: such as CLDR's differ from it on purpose (they tell what is shown, not what is counted), so they are of no use here.
_DECIMALS = {
    0: "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF",
    3: "BHD IQD JOD KWD LYD OMR TND",
    4: "CLF UYW",
}
_EXPONENTS = {code: decimals for decimals, codes in _DECIMALS.items() for code in codes.split()}
_LARGEST = 2**63 - 1  # minor units: what both databases hold
_EXACT = Context(prec=40, traps=[Inexact, InvalidOperation, Overflow])  # rounding is an error


class Order(msgspec.Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """One order of one contact. Its identity is (provider, id): told again, the newer telling replaces the older."""

    provider: str  #: the shop or the program that told of it
    id: str  #: the provider's identifier
    contact: str  #: the buyer's address, as received
    at: datetime  #: when it was placed, with a zone
    currency: str  #: ISO 4217, capitals
    amount: int  #: what was charged, in minor units of the currency
    cancelled: bool = False  #: told, and not to be counted as revenue


class Visit(msgspec.Struct, frozen=True, gc=False, kw_only=True, forbid_unknown_fields=True):
    """Visits to the site in one day that came one way. Its identity is (provider, day, campaign, source)."""

    provider: str
    day: date  #: in the time zone of the analytics' own account
    campaign: str | None = None  #: what the link named (utm_campaign, or an e-mail's identifier); None: not told
    source: str  #: e.g. "email", "organic search", "direct"
    visits: int
    contacts: int = 0  #: of the visitors, those who became contacts
    customers: int = 0  #: of the visitors, those who became customers


def exponent(currency: str) -> int:
    """How many decimals the currency's minor unit has: 2 for EUR, 0 for JPY. Raises ValueError for what is no code."""
    if not re.fullmatch(r"[A-Z]{3}", currency):
        raise ValueError("currency: not a code of three capitals, such as EUR")
    return _EXPONENTS.get(currency, 2)


def minor_units(amount: Decimal, currency: str) -> int:
    """The amount in minor units, exactly.

    Raises ValueError for more decimals than the currency has, which is never rounded: 12.345 may be twelve thousand.
    """
    digits = exponent(currency)
    if not amount.is_finite() or amount.copy_abs() > _LARGEST:
        raise ValueError("amount: not a number that can be counted")
    try:
        units = amount.scaleb(digits, _EXACT)
        whole = int(units.to_integral_exact(context=_EXACT))
    except DecimalException:
        raise ValueError(f"amount: has more than the {digits} decimals of {currency}") from None
    if abs(whole) > _LARGEST:
        raise ValueError("amount: not a number that can be counted")
    return whole
