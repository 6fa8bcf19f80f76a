"""Whether rates of several e-mails differ, and how many more recipients a call would take. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations
from math import ceil, sqrt
from statistics import NormalDist

from reports.metrics import two_proportion_z

ALPHA = 0.05  #: chance of calling a difference where there is none, over all pairs together
POWER = 0.8  #: chance of calling the difference that was seen, if it is real
_NORMAL = NormalDist()


class Verdict(StrEnum):
    """What a pair's test comes to."""

    DIFFERENT = "different"
    OPEN = "open"  # no call yet
    SILENT = "silent"  # the test can say nothing: nobody to count, or all alike


@dataclass(frozen=True, slots=True)
class Pair:
    """Two of the groups by their places; `p` is corrected by Holm. `more` is how many more recipients on each side."""

    one: int
    other: int
    verdict: Verdict
    p: float | None
    more: int | None = None  #: None: the two rates are equal, or the verdict is not open


def compare(groups: Sequence[tuple[int, int]]) -> list[Pair]:
    """Every pair of groups (successes, trials) by the pooled two-proportion z test, two-sided, at ALPHA over all.

    With more than two groups, p values are corrected by Holm's step-down procedure (S. Holm, Scandinavian Journal of
    Statistics 6, 1979).
    """
    pairs = list(combinations(range(len(groups)), 2))
    tests = [two_proportion_z(*groups[one], *groups[other]) for one, other in pairs]
    corrected = iter(holm([test[1] for test in tests if test is not None]))
    found = []
    for (one, other), test in zip(pairs, tests, strict=True):
        if test is None:
            found.append(Pair(one, other, Verdict.SILENT, None))
            continue
        p = next(corrected)
        if p < ALPHA:
            found.append(Pair(one, other, Verdict.DIFFERENT, p))
        else:
            more = _more(groups[one], groups[other], len(pairs))
            found.append(Pair(one, other, Verdict.OPEN, p, more))
    return found


def holm(ps: Sequence[float]) -> list[float]:
    """Corrected p values in the order given: the smallest times their number, the next times one less, and so on."""
    order = sorted(range(len(ps)), key=lambda place: ps[place])
    corrected = [0.0] * len(ps)
    highest = 0.0
    for rank, place in enumerate(order):
        highest = max(highest, min(1.0, ps[place] * (len(ps) - rank)))
        corrected[place] = highest
    return corrected


def needed(p: float, q: float, alpha: float = ALPHA, power: float = POWER) -> int | None:
    """Trials a side that find the difference of two rates with that power; None for equal rates, which none would.

    J. L. Fleiss, Statistical Methods for Rates and Proportions, for a two-sided test without continuity correction:
    n = (z(1 − α/2) √(2 m (1 − m)) + z(power) √(p (1 − p) + q (1 − q)))² / (p − q)², with m the mean of p and q.
    """
    if p == q:
        return None
    mean = (p + q) / 2
    pooled = _NORMAL.inv_cdf(1 - alpha / 2) * sqrt(2 * mean * (1 - mean))
    apart = _NORMAL.inv_cdf(power) * sqrt(p * (1 - p) + q * (1 - q))
    return ceil((pooled + apart) ** 2 / (p - q) ** 2)


def _more(one: tuple[int, int], other: tuple[int, int], pairs: int) -> int | None:
    """Beyond the smaller side, at the share of ALPHA that each of the pairs has at the least."""
    wanted = needed(one[0] / one[1], other[0] / other[1], ALPHA / pairs)
    return None if wanted is None else max(1, wanted - min(one[1], other[1]))
