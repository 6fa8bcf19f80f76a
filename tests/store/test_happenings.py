"""One contact's events of one e-mail: all of them, in order, with everything that was told."""

from collections import Counter
from datetime import timedelta
from random import Random

from sqlalchemy import Engine

from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason, Part
from reports.facts import ContactFacts, Happening
from reports.query import Query
from reports.verdicts import DEFAULT_RULES
from store.codes import LARGE
from store.emails import find
from store.facts import load_facts
from store.merge import merge, rebuild
from tests.store.events import START
from tests.store.model import judged
from tests.store.snapshot import everything


def _event(kind: Kind, contact: str = "ann", seconds: int = 0, email: str = "may", **rest: object) -> Event:
    at, address = START + timedelta(seconds=seconds), f"{contact}@example.com"
    return Event(kind=kind, at=at, email=email, contact=address, **rest)  # type: ignore[arg-type]


def _contact(engine: Engine, wanted: str) -> ContactFacts:
    query = Query("may", options=(("contact", wanted),))
    with engine.connect() as connection:
        email = find(connection, "may").email
        assert email is not None
        return load_facts(connection, email, query, frozenset({"contact"})).contact


def _at(seconds: int, kind: Kind, **rest: object) -> Happening:
    return Happening(START + timedelta(seconds=seconds), kind, **rest)  # type: ignore[arg-type]


def test_a_timeline_has_every_event_of_the_contact_and_no_other(engine: Engine) -> None:
    link = "https://example.com/a"
    told = [
        _event(Kind.OPENED, seconds=900, duration_ms=9_000, client="Apple Mail", device="mobile"),
        _event(Kind.OPENED, seconds=60),
        _event(Kind.OPENED, seconds=5, machine=MachineReason.APPLE_PRIVACY),
        _event(Kind.CLICKED, seconds=70, link=link, part=Part.TEXT),
        _event(Kind.CLICKED, seconds=171, link="https://example.com/unsubscribe?u=1", part=Part.HTML),
        _event(Kind.DELIVERED, seconds=1),
        _event(Kind.SENT),
        _event(Kind.SENT, "bob"),
        _event(Kind.OPENED, "bob", 60),
        _event(Kind.OPENED, email="june", seconds=30),
    ]
    merge(engine, told)
    found = _contact(engine, "Ann@Example.com")
    assert found.recipient is not None and found.recipient.address == "ann@example.com"
    assert found.happenings == (
        _at(0, Kind.SENT),
        _at(1, Kind.DELIVERED),
        _at(5, Kind.OPENED, machine=MachineReason.APPLE_PRIVACY),
        _at(60, Kind.OPENED),
        _at(70, Kind.CLICKED, link=link, part=Part.TEXT),
        _at(171, Kind.CLICKED, link="https://example.com/unsubscribe?u=1", part=Part.HTML, utility=True),
        _at(900, Kind.OPENED, looked_ms=9_000, client="Apple Mail", device="mobile"),
    )
    assert _contact(engine, f"#{found.recipient.number}") == found


def test_bounces_and_reasons_stand_with_the_exact_words(engine: Engine) -> None:
    bounce = _event(Kind.BOUNCED, seconds=9, bounce=BounceType.HARD, reply="550 5.1.1 <ann@example.com> unknown")
    later = _event(Kind.DEFERRED, seconds=3, reply="450 4.2.0 later")
    merge(engine, [bounce, later, _event(Kind.NOT_SENT, seconds=1, reason=NotSentReason.SUPPRESSED)])
    assert _contact(engine, "ann@example.com").happenings == (
        _at(1, Kind.NOT_SENT, reason=NotSentReason.SUPPRESSED),
        _at(3, Kind.DEFERRED, reply="450 4.2.0 later"),
        _at(9, Kind.BOUNCED, hard=True, reply="550 5.1.1 <ann@example.com> unknown"),
    )


def test_for_an_address_that_got_nothing_the_nearest_recipients_are_told(engine: Engine) -> None:
    names = ("anna.smith", "annika", "bob", "an_x")
    merge(engine, [_event(Kind.SENT, name) for name in names])
    merge(engine, [_event(Kind.SENT, "anna.smits", email="june")])  # of another e-mail
    assert _contact(engine, "anna.smits@example.com").nearest[0] == "anna.smith@example.com"
    assert "anna.smits@example.com" not in _contact(engine, "anna.smit@example.com").nearest
    assert _contact(engine, "an_@example.com").nearest == ("an_x@example.com",)


def test_a_number_that_nobody_has_offers_nobody(engine: Engine) -> None:
    merge(engine, [_event(Kind.SENT), _event(Kind.SENT, "cy", email="june")])
    assert _contact(engine, "#0") == _contact(engine, "#99") == ContactFacts()


def _told(random: Random, contact: str) -> list[Event]:
    """Up to a dozen events of any kinds, on seconds that are close together or days apart."""
    kinds = [*Kind, Kind.OPENED, Kind.OPENED, Kind.CLICKED, Kind.SENT, Kind.DELIVERED]
    told = []
    for number in range(random.randrange(12)):
        kind = random.choice(kinds)
        engaged = kind in (Kind.OPENED, Kind.CLICKED)
        told.append(
            _event(
                kind,
                contact,
                random.choice([0, 1, 63, 64, 700, 86_400, 86_401, 900_000]),
                key=f"{contact} {number}",
                machine=random.choice([None, None, MachineReason.SCANNER]) if engaged else None,
                link=random.choice(["https://example.com/a", "https://example.com/unsubscribe"]) if engaged else None,
            )
        )
    return told


def test_of_a_large_email_too_every_event_is_found_in_whatever_order_they_came(engine: Engine) -> None:
    random = Random(3)
    names = [f"person{number}" for number in range(60)]
    told = {name: _told(random, name) for name in names}
    early = [one for name in names[:20] for one in told[name]]
    late = [one for name in names for one in told[name]]
    random.shuffle(late)
    merge(engine, [*early, *(_event(Kind.SENT, f"other{number}") for number in range(LARGE))])  # large from here on
    for start in range(0, len(late), 40):
        merge(engine, late[start : start + 40])
    for name in names:
        found = _contact(engine, f"{name}@example.com").happenings
        assert Counter((one.at, one.kind, one.machine) for one in found) == Counter(
            (one.at, one.kind, one.machine) for one in judged(told[name], DEFAULT_RULES)
        )
        assert [one.at for one in found] == sorted(one.at for one in found)
    before = everything(engine)
    assert before["activity"]
    rebuild(engine, [1])
    assert everything(engine) == before
