"""Every rate once: numerator, denominator, direction and definition; integers in, Fraction or None out.

The definitions are those of docs/metrics.md. A rate without a denominator is None: unknown is not zero.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import erfc, sqrt

from reports.facts import Counts

#: Two-sided 95 % quantile of the normal distribution.
Z95 = 1.959963984540054


class Better(StrEnum):
    """In which direction a change is good."""

    UP = "up"
    DOWN = "down"
    NEITHER = "neither"


@dataclass(frozen=True, slots=True)
class Metric:
    """A rate over Counts."""

    key: str
    label: str
    numerator: Callable[[Counts], int]
    denominator: Callable[[Counts], int]
    better: Better
    definition: str


@dataclass(frozen=True, slots=True)
class Rate:
    """A metric's value for some counts, with its Wilson 95 % interval as fractions of one."""

    metric: Metric
    numerator: int
    denominator: int
    value: Fraction | None
    low: float | None
    high: float | None


def _bounced(counts: Counts) -> int:
    return counts.bounced_hard + counts.bounced_soft


def _delivered(counts: Counts) -> int:
    return counts.delivered


def _sent(counts: Counts) -> int:
    return counts.sent


def _timed(counts: Counts) -> int:
    return counts.read + counts.skimmed + counts.glanced


METRICS = {
    metric.key: metric
    for metric in (
        Metric(
            "open_rate",
            "Open rate",
            lambda c: c.opened,
            _delivered,
            Better.UP,
            "People who opened, or clicked a content link, per delivered; machine opens left out.",
        ),
        Metric(
            "identifiable_open_rate",
            "Open rate, identifiable",
            lambda c: c.opened,
            lambda c: c.delivered - c.machine_opened,
            Better.UP,
            "As the open rate, leaving out recipients of whom only machine opens are known; "
            "assumes that they behave like the rest.",
        ),
        Metric(
            "raw_open_rate",
            "Open rate, raw",
            lambda c: c.opened + c.machine_opened,
            _delivered,
            Better.NEITHER,
            "As the open rate, with recipients of whom only machine opens are known counted as opened.",
        ),
        Metric(
            "click_rate",
            "Click rate",
            lambda c: c.clicked,
            _delivered,
            Better.UP,
            "People who clicked a content link per delivered; unsubscribe and preference links left out.",
        ),
        Metric(
            "click_through_rate",
            "Click-through (of openers)",
            lambda c: c.clicked,
            lambda c: c.opened,
            Better.UP,
            "People who clicked a content link per person who opened.",
        ),
        Metric("delivery_rate", "Delivery rate", _delivered, _sent, Better.UP, "Delivered per sent."),
        Metric("bounce_rate", "Bounce rate", _bounced, _sent, Better.DOWN, "Hard and soft bounces per sent."),
        Metric(
            "hard_bounce_rate",
            "Hard bounce rate",
            lambda c: c.bounced_hard,
            _sent,
            Better.DOWN,
            "Permanent bounces per sent.",
        ),
        Metric(
            "soft_bounce_rate",
            "Soft bounce rate",
            lambda c: c.bounced_soft,
            _sent,
            Better.DOWN,
            "Temporary bounces per sent.",
        ),
        Metric(
            "unsubscribe_rate",
            "Unsubscribe rate",
            lambda c: c.unsubscribed,
            _delivered,
            Better.DOWN,
            "People who unsubscribed per delivered; those within 120 seconds of delivery without any other act "
            "are likely a scanner's and counted apart.",
        ),
        Metric(
            "spam_rate",
            "Spam report rate",
            lambda c: c.complained,
            _delivered,
            Better.DOWN,
            "Spam reports per delivered.",
        ),
        Metric(
            "reply_rate", "Reply rate", lambda c: c.replied, _delivered, Better.UP, "People who replied per delivered."
        ),
        Metric(
            "not_sent_rate",
            "Not sent",
            lambda c: c.not_sent,
            lambda c: c.sent + c.not_sent,
            Better.DOWN,
            "Selected contacts that the provider did not send to, per selected.",
        ),
        Metric(
            "read_rate",
            "Read (8 s and more)",
            lambda c: c.read,
            _timed,
            Better.UP,
            "People whose longest look took 8 seconds or more, per person with a timing.",
        ),
        Metric(
            "skimmed_rate",
            "Skimmed (2 to 8 s)",
            lambda c: c.skimmed,
            _timed,
            Better.NEITHER,
            "People whose longest look took 2 to 8 seconds, per person with a timing.",
        ),
        Metric(
            "glanced_rate",
            "Glanced (under 2 s)",
            lambda c: c.glanced,
            _timed,
            Better.NEITHER,
            "People whose longest look took less than 2 seconds, per person with a timing.",
        ),
    )
}

#: Counts that may stand in a table or in a chart, with their labels; every rate may as well.
COUNTS = {
    "sent": "Sent",
    "delivered": "Delivered",
    "opened": "Opened",
    "clicked": "Clicked",
    "replied": "Replied",
    "unsubscribed": "Unsubscribed",
    "complained": "Spam reports",
    "bounced_hard": "Hard bounces",
    "bounced_soft": "Soft bounces",
}
#: What people call a metric besides its key.
_CALLED = {
    "open": "open_rate",
    "opens": "open_rate",
    "click": "click_rate",
    "clicks": "click_rate",
    "ctr": "click_rate",
    "ctor": "click_through_rate",
    "click_to_open_rate": "click_through_rate",
    "delivery": "delivery_rate",
    "bounces": "bounce_rate",
    "unsubscribes": "unsubscribe_rate",
    "spam": "spam_rate",
    "replies": "reply_rate",
}


def metric_key(called: str) -> str | None:
    """The key of a metric by what people call it, such as "Click rate" or "clicks"; None: there is none so called."""
    folded = "_".join(re.findall(r"[a-z]+", called.casefold()))
    key = _CALLED.get(folded, folded)
    return next((known for known in METRICS if key in (known, known.removesuffix("_rate"))), None)


def figure_key(called: str) -> str | None:
    """As `metric_key`, counts among them: "sent", "hard bounces"."""
    folded = "_".join(re.findall(r"[a-z]+", called.casefold()))
    by_label = {"_".join(label.casefold().split()): key for key, label in COUNTS.items()}
    return folded if folded in COUNTS else by_label.get(folded) or metric_key(called)


def label_of(key: str) -> str:
    """A count's or a metric's. Raises KeyError for an unknown one."""
    return COUNTS[key] if key in COUNTS else METRICS[key].label


def value_of(key: str, counts: Counts) -> int | Fraction | None:
    """A count, or a metric's value, which is None where there is nothing to divide by. Raises KeyError as above."""
    return getattr(counts, key) if key in COUNTS else rate(key, counts).value


def rate(key: str, counts: Counts) -> Rate:
    """A metric for some counts. Raises KeyError for an unknown metric."""
    metric = METRICS[key]
    numerator, denominator = metric.numerator(counts), metric.denominator(counts)
    interval = wilson(numerator, denominator)
    low, high = interval or (None, None)
    return Rate(metric, numerator, denominator, ratio(numerator, denominator), low, high)


def ratio(numerator: int, denominator: int) -> Fraction | None:
    """None where there is nothing to divide by."""
    return Fraction(numerator, denominator) if denominator > 0 else None


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """Wilson's score interval at 95 % (E. B. Wilson, 1927), as fractions of one; None without trials."""
    if trials <= 0:
        return None
    share = successes / trials
    spread = Z95**2 / trials
    centre = share + spread / 2
    margin = Z95 * sqrt(share * (1 - share) / trials + spread / (4 * trials))
    # At its ends the interval is exact; rounding would leave a trace of it there.
    low = 0.0 if successes == 0 else max(0.0, (centre - margin) / (1 + spread))
    high = 1.0 if successes == trials else min(1.0, (centre + margin) / (1 + spread))
    return low, high


def two_proportion_z(successes: int, trials: int, others: int, other_trials: int) -> tuple[float, float] | None:
    """z and two-sided p of the pooled two-proportion test; None where it says nothing (no trials, or no variation)."""
    if trials <= 0 or other_trials <= 0:
        return None
    pooled = (successes + others) / (trials + other_trials)
    variance = pooled * (1 - pooled) * (1 / trials + 1 / other_trials)
    if variance <= 0:
        return None
    z = (successes / trials - others / other_trials) / sqrt(variance)
    return z, erfc(abs(z) / sqrt(2))
