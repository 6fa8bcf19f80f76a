"""What is kept of people does not depend on how their events are cut into batches."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from store import codes
from store.arrays import Columns, chosen
from store.codes import BOUNCE_PACK, NONE, PACK, REPLIES, STATE_BITS
from store.derive import COLUMNS, cohort, first_open, merged, observed, state

_CODES = [*range(11), codes.pack(5, 0, 2), codes.pack(6, 1, 4), codes.pack(codes.UTILITY_CLICK, 2, 4)]
_EVENTS = st.lists(
    st.tuples(st.integers(0, 2), st.sampled_from(_CODES), st.integers(900, 2_000), st.integers(0, 9_000)), max_size=20
)
_PEOPLE = 3

Told = list[tuple[int, int, int, int]]


def _columns(told: Told) -> dict[str, np.ndarray]:
    names = ("person", "code", "at", "value")
    return {name: np.array([row[place] for row in told], np.int64) for place, name in enumerate(names)}


def _seen(told: Told) -> dict[str, np.ndarray]:
    events = _columns(told)
    return observed(events, events["person"], _PEOPLE)


def _person(**known: int) -> Columns:
    nothing = {name: NONE if kept.name != "COUNT" else 0 for name, kept in COLUMNS.items()}
    return {name: np.array([value]) for name, value in (nothing | known).items()}


def _states(**known: int) -> set[str]:
    bits = int(state(_person(**known))[0])
    return {name for place, name in enumerate(STATE_BITS) if bits >> place & 1}


@given(_EVENTS, st.data())
def test_what_two_batches_tell_is_what_both_tell_at_once_in_any_order(told: Told, data: st.DataObject) -> None:
    mixed = data.draw(st.permutations(told))
    cut = data.draw(st.integers(0, len(told)))
    apart = merged(_seen(mixed[:cut]), _seen(mixed[cut:]))
    assert {name: column.tolist() for name, column in apart.items()} == {
        name: column.tolist() for name, column in _seen(told).items()
    }


@given(_EVENTS)
def test_people_are_told_of_by_their_own_events_alone(told: Told) -> None:
    alone = [_seen([row for row in told if row[0] == person]) for person in range(_PEOPLE)]
    for person, columns in enumerate(alone):
        assert {name: int(column[person]) for name, column in columns.items()} == {
            name: int(column[person]) for name, column in _seen(told).items()
        }


def test_nothing_told_is_null_and_no_count() -> None:
    assert chosen(_seen([]), np.array([0])) == {name: column[:1] for name, column in _person().items()}


@pytest.mark.parametrize(
    ("told", "column", "value"),
    [
        ([(0, 0, 950, 0), (0, 0, 940, 0)], "sent_at", 940),
        ([(0, 1, 950, 0), (0, 1, 940, 0)], "delivered_at", 950),
        ([(0, 3, 950, 2 * REPLIES + 7), (0, 3, 940, 0)], "bounce", 950 * BOUNCE_PACK + 2 * REPLIES + 7),
        ([(0, 4, 950, 6)], "not_sent", 950 * PACK + 6),
        ([(0, 5, 950, 3_000), (0, 5, 940, 9)], "viewed_ms", 3_000),
        ([(0, 5, 950, 0)], "viewed_ms", NONE),
        ([(0, codes.pack(5, 0, 2), 950, 3_000)], "viewed_ms", NONE),
        ([(0, codes.pack(5, 0, 2), 950, 0)], "machine_opens", 1),
        ([(0, codes.UTILITY_CLICK, 950, 0)], "clicks", 0),
        ([(0, codes.pack(codes.UTILITY_CLICK, 0, 4), 950, 0)], "machine_clicks", 1),
    ],
)
def test_a_column_keeps_what_it_is_about(told: Told, column: str, value: int) -> None:
    assert int(_seen(told)[column][0]) == value


@pytest.mark.parametrize(
    ("known", "states"),
    [
        ({}, set()),
        ({"sent_at": 900}, {"sent"}),
        ({"sent_at": 900, "deferred_at": 905}, {"sent", "pending"}),
        ({"not_sent": 900 * PACK}, {"not_sent"}),
        ({"not_sent": 900 * PACK, "sent_at": 900}, {"not_sent"}),
        ({"not_sent": 900 * PACK, "deferred_at": 900}, {"sent", "pending"}),
        ({"bounce": 900 * BOUNCE_PACK + 2 * REPLIES}, {"sent", "bounced_hard"}),
        ({"bounce": 900 * BOUNCE_PACK + REPLIES, "opens": 1, "opened_at": 899}, {"sent", "bounced_soft"}),
        ({"bounce": 900 * BOUNCE_PACK, "delivered_at": 901}, {"sent", "delivered"}),
        ({"machine_clicks": 1}, {"sent", "delivered", "machine_clicked"}),
        ({"machine_opens": 1, "clicks": 1, "clicked_at": 900}, {"sent", "delivered", "opened", "clicked"}),
        ({"replied_at": 900}, {"sent", "delivered", "replied"}),
    ],
)
def test_a_state_follows_from_the_columns(known: dict[str, int], states: set[str]) -> None:
    assert _states(**known) == states


def test_the_cohort_is_the_quarter_of_the_best_known_instant() -> None:
    assert cohort(_person(sent_at=1_900, delivered_at=900)).tolist() == [2]
    assert cohort(_person(bounce=900 * BOUNCE_PACK + 5, clicked_at=5_000)).tolist() == [1]
    assert cohort(_person(machine_opens=1)).tolist() == [0]


def test_a_click_proves_an_open() -> None:
    assert first_open(_person(clicked_at=950)).tolist() == [950]
    assert first_open(_person(clicked_at=950, opened_at=940)).tolist() == [940]
