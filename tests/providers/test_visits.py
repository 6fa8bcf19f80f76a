"""Visits from files."""

from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from providers.own import BadRow
from providers.visits import reader
from reports.orders import Visit
from tests.providers.webhooks.anything import ANY

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LEAST: dict[str, Any] = {"day": "2026-05-12", "source": "email", "visits": 120}


def line(**fields: Any) -> Visit:
    return reader(NOW).line(msgspec.json.encode(LEAST | fields))


def refusal(**fields: Any) -> str:
    with pytest.raises(BadRow) as caught:
        line(**fields)
    return str(caught.value)


def test_the_required_fields_are_enough() -> None:
    told = Visit(provider="file", day=date(2026, 5, 12), source="email", visits=120)
    cells = {"day": "2026-05-12", "source": " email ", "visits": "120", "campaign": ""}
    assert line() == reader(NOW).row(cells) == told


def test_visits_may_name_their_campaign_and_what_became_of_the_visitors() -> None:
    told = line(campaign="newsletter-may", contacts=7, customers=2, provider="analytics")
    assert (told.campaign, told.contacts, told.customers, told.provider) == ("newsletter-may", 7, 2, "analytics")


def test_columns_of_an_analytics_export_are_read_by_a_mapping() -> None:
    mapped = reader(NOW, {"Date": "day", "Session source": "source", "Sessions": "visits", "utm_campaign": "campaign"})
    mapped.check_header(["Date", "Session source", "Sessions", "utm_campaign", "Bounce rate"])
    row = {"Date": "2026-05-12", "Session source": "email", "Sessions": "3", "utm_campaign": "may", "Bounce rate": "1"}
    assert (mapped.row(row).campaign, mapped.row(row).visits) == ("may", 3)


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"day": "12-05-2026"}, "day: '12-05-2026' is not a day; write 2026-05-12"),
        ({"day": "2026-06-03"}, "day: in the future"),
        ({"day": "0001-01-01"}, "day: before 1990"),
        ({"visits": "many"}, "visits: 'many' is not a number; write a whole number, 0 or more"),
        ({"visits": 1.5}, "visits: '1.5' is not a number; write a whole number, 0 or more"),
        ({"visits": -1}, "visits: not between 0 and 2147483647"),
        ({"contacts": 2**31}, "contacts: not between 0 and 2147483647"),
        ({"source": ""}, "source: empty"),
        ({"campaign": "x" * 301}, "campaign: longer than 300 characters"),
        ({"utm_campaign": "may"}, "there is no field 'utm_campaign'; did you mean 'campaign'?"),
    ],
)
def test_a_refusal_says_what_to_mend(fields: dict[str, Any], why: str) -> None:
    assert refusal(**fields) == why


@given(st.fixed_dictionaries({}, optional=dict.fromkeys([*LEAST, "campaign", "contacts", "customers", "other"], ANY)))
def test_any_field_may_be_anything(fields: dict[str, Any]) -> None:
    with suppress(BadRow):
        line(**fields)
