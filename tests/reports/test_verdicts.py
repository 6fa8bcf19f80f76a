"""Which clicks are a machine's, by what else somebody did with the message."""

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.verdicts import Act, Rule, Rules, judge

_DELIVERED = 1_000


def _clicks(*times: int, same: bool = False) -> list[Act]:
    return [Act(at, content="a" if same else number) for number, at in enumerate(times)]


@pytest.mark.parametrize(
    ("acts", "delivered", "verdict"),
    [
        (_clicks(5_000, 5_002, 5_004, 5_006, 5_010), _DELIVERED, Rule.BURST),
        (_clicks(5_000, 5_002, 5_004, 5_006, 5_011), _DELIVERED, None),  # a second too long
        (_clicks(5_000, 5_002, 5_004, 5_006), _DELIVERED, None),  # a link too few, long after delivery
        (_clicks(5_000, 5_000, 5_000, 5_000, 5_000, same=True), _DELIVERED, None),  # one link again and again
        (_clicks(1_120, 1_125, 1_130), _DELIVERED, Rule.EARLY),
        (_clicks(1_121, 1_125, 1_130), _DELIVERED, None),
        (_clicks(990, 991, 992), _DELIVERED, Rule.EARLY),  # scanned before it was taken
        (_clicks(980, 981, 982), _DELIVERED, None),
        (_clicks(1_001, 1_002, 1_003), None, None),  # of no delivery nothing is early
        (_clicks(1_001, 1_002), _DELIVERED, None),
        ([], _DELIVERED, None),
    ],
)
def test_bursts_are_told_by_different_links_within_seconds(
    acts: list[Act], delivered: int | None, verdict: Rule | None
) -> None:
    assert judge(acts, delivered, Rules()) == [verdict] * len(acts)


def test_every_click_within_a_burst_is_the_machines_and_others_are_not() -> None:
    burst = _clicks(5_000, 5_001, 5_002, 5_003, 5_004)
    beside = [Act(5_003, content=None), Act(5_009, content=0)]  # a link of no content, and one that is clicked again
    later = [Act(9_000, content=1)]
    assert judge([*later, *burst, *beside], None, Rules()) == [None, *[Rule.BURST] * 7]


def test_unsubscribing_beside_a_content_link_is_a_machines_work() -> None:
    content, link, told = Act(100, content="a"), Act(160, leaves=True), Act(40, click=False, leaves=True)
    assert judge([content, link], None, Rules()) == [Rule.LEAVING] * 2
    assert judge([content, told], None, Rules()) == [Rule.LEAVING, None]  # no click: it has no verdict
    assert judge([content, link._replace(at=161)], None, Rules()) == [None, None]
    assert judge([link, told], None, Rules()) == [None, None]


def test_the_surest_reason_stands() -> None:
    acts = [*_clicks(1_001, 1_001, 1_001, 1_002, 1_002), Act(1_003, leaves=True)]
    assert judge(acts, _DELIVERED, Rules()) == [Rule.BURST] * 6
    assert judge(acts, _DELIVERED, Rules(burst_links=0)) == [Rule.EARLY] * 6
    assert judge(acts, _DELIVERED, Rules(burst_links=0, early_links=0)) == [Rule.LEAVING] * 6
    assert judge(acts, _DELIVERED, Rules(burst_links=0, early_links=0, leaving_seconds=0)) == [None] * 6


_ACTS = st.lists(
    st.builds(
        Act,
        at=st.integers(0, 200),
        content=st.sampled_from([None, *"abcdef"]),
        leaves=st.booleans(),
        click=st.just(True),
    ),
    max_size=25,
)


@given(_ACTS, st.sampled_from([None, 0, 50]), st.randoms())
def test_the_order_in_which_acts_become_known_does_not_matter(
    acts: list[Act], delivered: int | None, random: Random
) -> None:
    verdicts = judge(acts, delivered, Rules())
    places = list(range(len(acts)))
    random.shuffle(places)
    shuffled = judge([acts[place] for place in places], delivered, Rules())
    assert [shuffled[places.index(place)] for place in range(len(acts))] == verdicts


@given(_ACTS, _ACTS)
def test_a_machines_click_stays_one_whatever_else_becomes_known(acts: list[Act], more: list[Act]) -> None:
    before, after = judge(acts, 0, Rules()), judge([*acts, *more], 0, Rules())
    assert all(then for now, then in zip(before, after, strict=False) if now)


@given(_ACTS, st.integers(0, 10**9))
def test_only_distances_count(acts: list[Act], shift: int) -> None:
    later = [act._replace(at=act.at + shift) for act in acts]
    assert judge(later, 50 + shift, Rules()) == judge(acts, 50, Rules())


def test_rules_have_a_fingerprint_that_tells_them_apart() -> None:
    assert Rules().fingerprint == Rules().fingerprint
    assert len({Rules().fingerprint, Rules(burst_links=6).fingerprint, Rules(early_links=5).fingerprint}) == 3
    assert 0 <= Rules().fingerprint < 2**63
