"""An order is credited whole and to whom the rule says; lift carries its uncertainty."""

import csv
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.facts import TouchedOrder
from reports.revenue import Credit, Lift, Rule, credited, credits_of, lift_of_means, lift_of_shares

AT = datetime(2026, 5, 20, 12, tzinfo=UTC)
WEEK = timedelta(days=7)
HILLSTROM = Path(__file__).parents[3] / "shared/data/datasets/hillstrom.csv"


def order(amount: int, *touches: tuple[int, float], number: int = 1, currency: str = "EUR") -> TouchedOrder:
    """An order, and the days before it on which e-mails were clicked."""
    told = tuple((email, AT - timedelta(days=days)) for email, days in touches)
    return TouchedOrder(number, number * 10, AT, currency, amount, told)


@pytest.mark.parametrize(
    ("rule", "parts"),
    [(Rule.LAST, {2: 1000}), (Rule.FIRST, {1: 1000}), (Rule.LINEAR, {1: 333, 3: 333, 2: 334})],
)
def test_each_rule_divides_an_order_in_its_own_way(rule: Rule, parts: dict[int, int]) -> None:
    assert credits_of(order(1000, (1, 6), (2, 1), (3, 3)), rule, WEEK) == parts


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("days", [7.001, -0.001])
def test_a_click_after_the_order_or_too_long_before_it_counts_for_nothing(rule: Rule, days: float) -> None:
    assert credits_of(order(1000, (1, days)), rule, WEEK) == {}


@pytest.mark.parametrize("rule", Rule)
@pytest.mark.parametrize("days", [7, 0])
def test_the_ends_of_the_window_belong_to_it(rule: Rule, days: float) -> None:
    assert credits_of(order(1000, (1, days)), rule, WEEK) == {1: 1000}


touches = st.lists(st.tuples(st.integers(1, 9), st.floats(0, 7)), min_size=1, max_size=9, unique_by=lambda t: t[0])


@given(st.integers(0, 10**12), touches, st.sampled_from(Rule), st.randoms())
def test_the_parts_sum_to_the_order_exactly_in_whatever_order_clicks_are_told(
    amount: int, told: list[tuple[int, float]], rule: Rule, random: object
) -> None:
    parts = credits_of(order(amount, *told), rule, WEEK)
    assert sum(parts.values()) == amount
    random.shuffle(told)  # type: ignore[attr-defined]
    assert credits_of(order(amount, *told), rule, WEEK) == parts
    if rule is Rule.LINEAR:
        assert max(parts.values()) - min(parts.values()) <= 1


def test_an_e_mail_is_credited_by_currency_with_its_orders_and_its_buyers() -> None:
    orders = [
        order(1000, (1, 1), (2, 2), number=1),
        order(500, (1, 1), number=2),
        order(90_000, (1, 1), number=3, currency="JPY"),
        order(700, (2, 1), (1, 2), number=4),
    ]
    assert credited(orders, 1, Rule.LAST, WEEK) == {"EUR": Credit(1500, 2, 2), "JPY": Credit(90_000, 1, 1)}
    assert credited(orders, 1, Rule.LINEAR, WEEK)["EUR"] == Credit(500 + 500 + 350, 3, 3)
    assert credited([], 1, Rule.LAST, WEEK) == {}


def test_newcombes_worked_example_comes_out() -> None:
    # Newcombe 1998, table II, method 10: 56/70 against 48/80.
    found = lift_of_shares(56, 70, 48, 80)
    assert found is not None
    assert (found.value, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)


def test_without_people_there_is_no_lift() -> None:
    assert lift_of_shares(0, 0, 1, 10) is None
    assert lift_of_means((1, 5, 25), (10, 0, 0)) is None


def test_a_mean_of_people_who_spent_nothing_and_of_one_who_did() -> None:
    found = lift_of_means((4, 400, 160_000), (4, 0, 0))
    assert found is not None and found.value == 100
    assert found.high - found.value == pytest.approx(1.959964 * (40_000 / 4) ** 0.5)  # variance 40,000 of 400, 0, 0, 0


def _hillstrom() -> dict[str, list[dict[str, str]]]:
    if not HILLSTROM.exists():
        pytest.skip("the data set is not beside the checkout")
    groups: dict[str, list[dict[str, str]]] = {}
    with HILLSTROM.open() as file:
        for row in csv.DictReader(file):
            groups.setdefault(row["segment"], []).append(row)
    return groups


@pytest.mark.parametrize(
    ("segment", "outcome", "percent", "none"),
    [
        ("Mens E-Mail", "visit", 18.28, 10.62),
        ("Womens E-Mail", "visit", 15.14, 10.62),
        ("Mens E-Mail", "conversion", 1.253, 0.573),
        ("Womens E-Mail", "conversion", 0.884, 0.573),
    ],
)
def test_a_real_hold_out_gives_its_published_figures(segment: str, outcome: str, percent: float, none: float) -> None:
    groups = _hillstrom()
    (n, mailed), (m, held_out) = (
        (len(groups[name]), sum(int(row[outcome]) for row in groups[name])) for name in (segment, "No E-Mail")
    )
    assert 100 * mailed / n == pytest.approx(percent, abs=0.005)
    assert 100 * held_out / m == pytest.approx(none, abs=0.005)
    found = lift_of_shares(mailed, n, held_out, m)
    assert isinstance(found, Lift)
    assert 100 * found.value == pytest.approx(percent - none, abs=0.01)
    assert 0 < found.low < found.value < found.high  # all four are published as significant
