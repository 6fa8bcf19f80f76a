"""What providers let through, both databases can hold: one row that they could not would fail its whole batch."""

from datetime import UTC, datetime
from random import Random

from sqlalchemy import Engine

from providers.intake import LONGEST_LOOK, LONGEST_NAME, misfit
from reports.events import Email, Event, Kind
from store.merge import merge


def longest(seed: int) -> str:
    """As long as allowed, of characters of four bytes that nothing compresses."""
    random = Random(seed)
    return "".join(chr(random.randrange(0x10000, 0x10FFFF)) for _ in range(LONGEST_NAME))


def test_the_longest_names_and_looks_are_stored(engine: Engine) -> None:
    event = Event(
        kind=Kind.OPENED,
        at=datetime(2026, 5, 12, 9, 30, tzinfo=UTC),
        email=longest(1),
        contact=longest(2),
        provider=longest(3),
        client=longest(4),
        device=longest(5),
        duration_ms=LONGEST_LOOK,
        lists=(longest(6),),
    )
    email = Email(
        id=event.email,
        provider=event.provider,
        campaign=longest(7),
        business_unit=longest(8),
        team=longest(9),
        workflow=longest(10),
        lists=event.lists,
    )
    assert (misfit(event), misfit(email)) == (None, None)
    assert merge(engine, [event], [email]).new == 1
