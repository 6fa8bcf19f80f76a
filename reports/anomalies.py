"""How often chance alone makes a rate as far from its own history as this one. Pure.

E-mails differ by more than the luck of the draw: subjects, seasons and lists move a rate from one to the next. So it is
not held against a binomial spread but against the spread that its own history shows.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, lgamma, log, log1p

#: Earlier e-mails below which nothing is said: their spread is not known.
ENOUGH = 8
_STEPS = 2_000
_EXACT = 1e-12
_TINY = 1e-300


@dataclass(frozen=True, slots=True)
class History:
    """The rate of earlier e-mails together, and how alike recipients of one e-mail are: 0 is pure luck of the draw."""

    mean: float
    alike: float
    emails: int


def history_of(groups: Sequence[tuple[int, int]]) -> History | None:
    """From (successes, trials) of each earlier e-mail; None below ENOUGH, or where they have nobody.

    The mean has half a success and half a failure more (H. Jeffreys), so that what never happened may still.
    The likeness is the intraclass correlation by analysis of variance (M. S. Ridout, C. G. B. Demétrio and D. Firth,
    Biometrics 55, 1999), never below 0.
    """
    groups = [group for group in groups if group[1] > 0]
    trials = sum(n for _, n in groups)
    if len(groups) < ENOUGH:
        return None
    successes = sum(x for x, _ in groups)
    mean = (successes + 0.5) / (trials + 1)
    between = sum(n * (x / n - successes / trials) ** 2 for x, n in groups) / (len(groups) - 1)
    within = sum(x * (1 - x / n) for x, n in groups) / max(1, trials - len(groups))
    size = (trials - sum(n * n for _, n in groups) / trials) / (len(groups) - 1)
    spread = between + (size - 1) * within
    return History(mean, max(0.0, (between - within) / spread) if spread > 0 else 0.0, len(groups))


def chance(successes: int, trials: int, history: History) -> float:
    """The share of such e-mails that lie as far from the mean, on the same side, by chance: at most 1.

    The tail of a binomial with as many trials as the likeness leaves worth, n / (1 + (n - 1) alike), by the incomplete
    beta function (J. N. K. Rao and A. J. Scott, Biometrics 48, 1992, for the effective size). A mean and a likeness of
    few e-mails are uncertain: for it the variance is that of Student's t, with the mean's own variance,
    (k + 1) / k · (k - 1) / (k - 3).
    """
    k = history.emails
    unsure = (k + 1) / k * (k - 1) / (k - 3)
    worth = 1 / ((1 + (trials - 1) * history.alike) * unsure)
    n, x = trials * worth, successes * worth
    if successes >= trials * history.mean:
        return incomplete_beta(x, n - x + worth, history.mean) if x > 0 else 1.0
    return incomplete_beta(n - x, x + worth, 1 - history.mean)


def incomplete_beta(a: float, b: float, x: float) -> float:
    """The regularised incomplete beta function, by its continued fraction (DLMF 8.17.22, by W. J. Lentz's way)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - incomplete_beta(b, a, 1 - x)
    front = exp(lgamma(a + b) - lgamma(a) - lgamma(b) + a * log(x) + b * log1p(-x)) / a
    above, below = 1.0, 1 / _off_zero(1 - (a + b) * x / (a + 1))
    value = below
    for m in range(1, _STEPS):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            above, below = _off_zero(1 + term / above), 1 / _off_zero(1 + term * below)
            value *= above * below
        if abs(above * below - 1) < _EXACT:
            break
    return min(1.0, max(0.0, front * value))


def _off_zero(value: float) -> float:
    return value if abs(value) > _TINY else _TINY
