"""Bounced recipients by what the server said: the last bounce of each counts, by the pattern of its reply."""

from datetime import timedelta

from sqlalchemy import Engine

from reports.events import BounceType, Event, Kind
from reports.facts import Bounced, Recipient
from reports.query import Query
from store.emails import load_email
from store.facts import load_facts
from store.merge import merge
from tests.store.events import START

_HARD, _SOFT = BounceType.HARD, BounceType.SOFT


def _bounce(contact: str, reply: str | None, bounce: BounceType = _HARD, seconds: int = 0) -> Event:
    at, address = START + timedelta(seconds=seconds), f"{contact}@example.com"
    return Event(kind=Kind.BOUNCED, at=at, email="may", contact=address, bounce=bounce, reply=reply)


def _bounces(engine: Engine) -> tuple[Bounced, ...]:
    with engine.connect() as connection:
        return load_facts(connection, load_email(connection, 1), Query("may"), frozenset({"bounces"})).bounces


def _bounced(engine: Engine) -> list[Recipient]:
    query = Query("may", options=(("show", "bounced"),))
    with engine.connect() as connection:
        facts = load_facts(connection, load_email(connection, 1), query, frozenset({"recipients"}))
    return list(facts.recipients.rows)


def test_replies_that_say_the_same_are_one_with_everybody_in_it(engine: Engine) -> None:
    told = [_bounce(name, f"550 5.1.1 <{name}@example.com> unknown") for name in ("ann", "bob", "cy")]
    merge(engine, [*told, _bounce("di", None, _SOFT)])
    merge(engine, told)
    assert _bounces(engine) == (Bounced(True, "550 5.1.1 … unknown", 3), Bounced(False, None, 1))


def test_the_last_bounce_of_a_contact_counts_and_a_later_delivery_undoes_it(engine: Engine) -> None:
    merge(engine, [_bounce("ann", "550 5.1.1 unknown", _HARD, 900)])
    merge(engine, [_bounce("ann", "452 4.2.2 full", _SOFT, 60)])  # told late
    assert _bounces(engine) == (Bounced(True, "550 5.1.1 unknown", 1),)
    merge(engine, [_bounce("ann", "421 4.4.1 no answer", _SOFT, 1_800)])
    assert _bounces(engine) == (Bounced(False, "421 4.4.1 no answer", 1),)
    merge(engine, [Event(kind=Kind.DELIVERED, at=START + timedelta(days=1), email="may", contact="ann@example.com")])
    assert _bounces(engine) == ()


def test_of_two_bounces_in_one_second_the_hard_one_is_the_last(engine: Engine) -> None:
    merge(engine, [_bounce("ann", "550 5.1.1 unknown", _HARD)])
    merge(engine, [_bounce("bob", "452 4.2.2 full", _SOFT), _bounce("ann", "452 4.2.2 full", _SOFT, 0)])
    merge(engine, [Event(kind=Kind.BOUNCED, at=START, email="may", contact="ann@example.com", key="2", reply="later")])
    assert _bounces(engine) == (Bounced(True, "550 5.1.1 unknown", 1), Bounced(False, "452 4.2.2 full", 1))


def test_whoever_bounced_is_shown_with_the_exact_reply(engine: Engine) -> None:
    merge(engine, [_bounce("ann", "550 5.1.1 <ann@example.com> unknown"), _bounce("bob", None, _SOFT)])
    merge(engine, [_bounce("ann", "552 5.2.2 full, said mx1", _HARD, 300)])
    replies = {one.address: one.reply for one in _bounced(engine)}
    assert replies == {"ann@example.com": "552 5.2.2 full, said mx1", "bob@example.com": None}
