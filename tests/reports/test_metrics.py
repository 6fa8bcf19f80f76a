"""Rates are those of METRICS.md: its golden vectors, and what must hold for any counts."""

from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.facts import Counts
from reports.metrics import METRICS, Better, rate, ratio, two_proportion_z, wilson

_DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"

_FIRST = Counts(sent=704, delivered=704, not_sent=1, opened=443, clicked=8)
_SECOND = Counts(sent=5, delivered=4, not_sent=1, bounced_hard=1, opened=4)
_IDEAS = Counts(sent=138, delivered=138, opened=47, machine_opened=41)


@pytest.mark.parametrize(
    ("counts", "key", "percent"),
    [
        (_FIRST, "open_rate", 62.926),
        (_FIRST, "click_rate", 1.136),
        (_FIRST, "click_through_rate", 1.806),
        (_FIRST, "delivery_rate", 100),
        (_FIRST, "not_sent_rate", 0.142),
        (_SECOND, "bounce_rate", 20),
        (_SECOND, "hard_bounce_rate", 20),
        (_SECOND, "soft_bounce_rate", 0),
        (_SECOND, "click_through_rate", 0),
        (_IDEAS, "open_rate", 34.058),
        (_IDEAS, "raw_open_rate", 63.768),
        (_IDEAS, "identifiable_open_rate", 48.454),
    ],
)
def test_rates_agree_with_published_figures(counts: Counts, key: str, percent: float) -> None:
    value = rate(key, counts).value
    assert value is not None
    assert round(float(value) * 100, 3) == percent


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"), [(8, 704, 0.577, 2.226), (47, 138, 26.68, 42.30), (0, 40, 0, 8.76)]
)
def test_wilson_intervals_agree_with_published_figures(successes: int, trials: int, low: float, high: float) -> None:
    interval = wilson(successes, trials)
    assert interval is not None
    assert [100 * bound for bound in interval] == pytest.approx([low, high], abs=0.006)


@given(st.integers(1, 10**9))
def test_an_interval_ends_exactly_at_none_and_at_all(trials: int) -> None:
    none, every = wilson(0, trials), wilson(trials, trials)
    assert none is not None and every is not None
    assert (none[0], every[1]) == (0, 1)
    assert none[1] > 0 and every[0] < 1


def test_the_two_proportion_test_agrees_with_published_figures() -> None:
    found = two_proportion_z(8, 704, 20, 710)
    assert found is not None
    assert (round(found[0], 3), round(found[1], 4)) == (-2.268, 0.0233)


@pytest.mark.parametrize("counts", [(0, 0, 1, 2), (1, 2, 0, 0), (0, 5, 0, 7), (5, 5, 7, 7)])
def test_the_two_proportion_test_says_nothing_without_trials_or_variation(counts: tuple[int, int, int, int]) -> None:
    assert two_proportion_z(*counts) is None


@pytest.mark.parametrize("key", METRICS)
def test_without_a_denominator_a_rate_is_unknown_not_zero(key: str) -> None:
    found = rate(key, Counts())
    assert (found.value, found.low, found.high) == (None, None, None)


def test_when_every_delivered_was_only_opened_by_machines_nobody_is_identifiable() -> None:
    assert rate("identifiable_open_rate", Counts(sent=3, delivered=3, machine_opened=3)).value is None


@st.composite
def _counts(draw: st.DrawFn) -> Counts:
    """Counts as the store keeps them: clicked within opened within delivered within sent."""
    sent = draw(st.integers(0, 10**9))
    delivered = draw(st.integers(0, sent))
    opened = draw(st.integers(0, delivered))
    machine = draw(st.integers(0, delivered - opened))
    return Counts(
        sent=sent,
        delivered=delivered,
        opened=opened,
        machine_opened=machine,
        clicked=draw(st.integers(0, opened)),
        not_sent=draw(st.integers(0, 10**9)),
    )


@given(_counts(), st.sampled_from(sorted(METRICS)))
def test_a_rate_is_between_zero_and_one_and_inside_its_interval(counts: Counts, key: str) -> None:
    found = rate(key, counts)
    if found.value is None:
        assert found.denominator == 0
        return
    assert found.low is not None
    assert found.high is not None
    assert 0 <= found.value <= 1
    assert 0 <= found.low <= float(found.value) + 1e-9
    assert float(found.value) - 1e-9 <= found.high <= 1


@given(_counts())
def test_the_headline_open_rate_lies_below_the_raw_and_the_identifiable(counts: Counts) -> None:
    headline, raw, identifiable = (
        rate(key, counts).value for key in ("open_rate", "raw_open_rate", "identifiable_open_rate")
    )
    if headline is not None and raw is not None:
        assert headline <= raw
    if headline is not None and identifiable is not None:
        assert headline <= identifiable


def test_a_ratio_is_exact() -> None:
    assert ratio(1, 3) == Fraction(1, 3)


def test_less_is_better_for_what_goes_wrong() -> None:
    worse = {key for key, metric in METRICS.items() if metric.better is Better.DOWN}
    assert {"bounce_rate", "unsubscribe_rate", "spam_rate", "not_sent_rate"} <= worse


@pytest.mark.parametrize("metric", METRICS.values(), ids=lambda metric: metric.key)
def test_every_metric_is_documented_in_its_own_words(metric: object) -> None:
    documented = _DOCS.read_text(encoding="utf-8")
    assert f"| `{metric.key}` | {metric.label} | {metric.definition} |" in documented  # type: ignore[attr-defined]
