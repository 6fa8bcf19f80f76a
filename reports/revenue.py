"""Which e-mail an order is credited to, and what sending brought over not sending. Pure.

A touch is a contact's first click on a content link of an e-mail; it counts for the orders that the contact places
within a number of days after it. What is credited of an order always sums to the order, to the last minor unit.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from math import sqrt

from reports.facts import TouchedOrder
from reports.metrics import Z95, wilson

#: Within how many days after a click an order counts, unless the asker says otherwise.
DAYS = "7"


class Rule(StrEnum):
    """How an order is divided among the e-mails that its buyer clicked before it."""

    LAST = "last"  # all of it to the latest touch
    FIRST = "first"  # all of it to the earliest
    LINEAR = "linear"  # in equal parts


def credits_of(order: TouchedOrder, rule: Rule, within: timedelta) -> Mapping[int, int]:
    """Minor units by e-mail; empty where no touch is near enough. They sum to the order's amount exactly.

    Units that equal parts leave over go one by one to the latest touches. Touches of one second are told apart by the
    e-mail's number, so that the same order is always divided in the same way.
    """
    near = sorted((at, email) for email, at in order.touches if timedelta() <= order.at - at <= within)
    if not near:
        return {}
    if rule is not Rule.LINEAR:
        return {near[-1 if rule is Rule.LAST else 0][1]: order.amount}
    part, over = divmod(order.amount, len(near))
    return {email: part + (place >= len(near) - over) for place, (_at, email) in enumerate(near)}


@dataclass(frozen=True, slots=True)
class Credit:
    """What an e-mail is credited with in one currency: minor units, and distinct orders and buyers behind them."""

    amount: int = 0
    orders: int = 0
    buyers: int = 0


def credited(orders: Iterable[TouchedOrder], email_id: int, rule: Rule, within: timedelta) -> dict[str, Credit]:
    """By currency, in order of the currency's code."""
    amounts: dict[str, list[tuple[int, int]]] = {}
    for order in orders:
        parts = credits_of(order, rule, within)
        if email_id in parts:
            amounts.setdefault(order.currency, []).append((parts[email_id], order.contact_id))
    return {
        currency: Credit(sum(amount for amount, _ in found), len(found), len({contact for _, contact in found}))
        for currency, found in sorted(amounts.items())
    }


@dataclass(frozen=True, slots=True)
class Group:
    """One arm of a comparison with a hold-out: people, those of them who bought, and by currency the sums of what each
    person spent and of its square (minor units).
    """

    people: int
    buyers: int
    spent: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Lift:
    """A difference, treated less held out, with its 95 % interval."""

    value: float
    low: float
    high: float


def lift_of_shares(treated: int, trials: int, held_out: int, other_trials: int) -> Lift | None:
    """Of two shares, as a fraction of one; None where one of the groups is empty.

    The interval is Newcombe's hybrid score interval (R. G. Newcombe, Statistics in Medicine 17, 1998, method 10): it is
    made of the two Wilson intervals and holds for small counts, where the difference of normal quantiles does not.
    """
    one, other = wilson(treated, trials), wilson(held_out, other_trials)
    if one is None or other is None:
        return None
    p, q = treated / trials, held_out / other_trials
    below = sqrt((p - one[0]) ** 2 + (other[1] - q) ** 2)
    above = sqrt((one[1] - p) ** 2 + (q - other[0]) ** 2)
    return Lift(p - q, p - q - below, p - q + above)


def lift_of_means(treated: Sequence[int], held_out: Sequence[int]) -> Lift | None:
    """Of two means, each group told as (people, sum, sum of squares); None with fewer than two people in one.

    Welch's standard error with the normal quantile: groups of a hold-out are hundreds at least.
    """
    (n, total, squares), (m, other_total, other_squares) = treated, held_out
    if n < 2 or m < 2:
        return None
    difference = total / n - other_total / m
    variance = _variance(n, total, squares) / n + _variance(m, other_total, other_squares) / m
    margin = Z95 * sqrt(variance)
    return Lift(difference, difference - margin, difference + margin)


def _variance(n: int, total: int, squares: int) -> float:
    """Of a sample; in whole numbers up to the last division, for squares of cents lose their ends in a float."""
    return (n * squares - total * total) / (n * (n - 1))
