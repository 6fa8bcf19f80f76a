"""Pages of recipients: everybody once, in one order, whatever is asked for and however large the e-mail is."""

from collections.abc import Iterable
from datetime import timedelta
from random import Random

import pytest
from sqlalchemy import Engine, text

from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason
from reports.facts import Counts, Recipient, RecipientPage
from reports.query import Query
from reports.recipients import SHOWN
from store.codes import BLOCK, LARGE, STATE_BITS
from store.emails import load_email
from store.facts import load_facts
from store.merge import merge, rebuild
from tests.store.events import START
from tests.store.snapshot import everything


def _event(kind: Kind, contact: str, seconds: int = 0, **rest: object) -> Event:
    at = START + timedelta(seconds=seconds)
    return Event(kind=kind, at=at, email="may", contact=f"{contact}@example.com", **rest)  # type: ignore[arg-type]


def _page(engine: Engine, list_name: str | None = None, **options: str) -> RecipientPage:
    query = Query("may", list_name=list_name, options=tuple(options.items()))
    with engine.connect() as connection:
        return load_facts(connection, load_email(connection, 1), query, frozenset({"recipients"})).recipients


def _names(page: RecipientPage) -> list[str]:
    return [(one.address or "").removesuffix("@example.com") for one in page.rows]


_FEW = [
    _event(Kind.SENT, "ann", lists=("NL", "BE")),
    _event(Kind.DELIVERED, "ann", 1),
    _event(Kind.OPENED, "ann", 60),
    _event(Kind.OPENED, "ann", 90),
    _event(Kind.CLICKED, "ann", 100, link="https://example.com/a"),
    _event(Kind.UNSUBSCRIBED, "ann", 200),
    _event(Kind.SENT, "bob", lists=("NL",)),
    _event(Kind.BOUNCED, "bob", 5, bounce=BounceType.HARD),
    _event(Kind.NOT_SENT, "cy", reason=NotSentReason.PREVIOUSLY_BOUNCED),
    _event(Kind.DELIVERED, "di_"),
    _event(Kind.OPENED, "di_", 9, machine=MachineReason.APPLE_PRIVACY),
    _event(Kind.DELIVERED, "dix"),
    _event(Kind.SENT, "eve"),
    _event(Kind.DEFERRED, "eve", 3),
]


@pytest.fixture
def few(engine: Engine) -> Engine:
    for told in _FEW:  # one by one, so that contacts are numbered in this order
        merge(engine, [told])
    return engine


@pytest.mark.parametrize(
    ("show", "names"),
    [
        ("all", ["ann", "bob", "cy", "di_", "dix", "eve"]),
        ("sent", ["ann", "bob", "di_", "dix", "eve"]),
        ("delivered", ["ann", "di_", "dix"]),
        ("clicked", ["ann"]),
        ("bounced", ["bob"]),
        ("bounced-soft", []),
        ("pending", ["eve"]),
        ("unsubscribed", ["ann"]),
        ("not-sent", ["cy"]),
        ("machine-only", ["di_"]),
    ],
)
def test_each_kind_of_recipient_can_be_asked_for(few: Engine, show: str, names: list[str]) -> None:
    page = _page(few, show=show)
    assert (_names(page), page.total) == (names, len(names))


def test_a_recipient_has_what_is_known_of_it(few: Engine) -> None:
    ann, bob, cy = _page(few, rows="3").rows
    assert ann == Recipient(
        number=ann.number,
        address="ann@example.com",
        states=("sent", "delivered", "opened", "clicked", "unsubscribed"),
        sent_at=START,
        delivered_at=START + timedelta(seconds=1),
        opened_at=START + timedelta(seconds=60),
        clicked_at=START + timedelta(seconds=100),
        opens=2,
        clicks=1,
    )
    assert (bob.states, bob.bounced_at) == (("sent", "bounced_hard"), START + timedelta(seconds=5))
    assert (cy.not_sent_at, cy.not_sent_reason) == (START, "previously bounced")


def test_a_search_is_for_a_part_of_the_address_as_it_is_typed(few: Engine) -> None:
    assert _names(_page(few, search="DI")) == ["di_", "dix"]
    assert _names(_page(few, search="di_")) == ["di_"]
    assert _names(_page(few, search="%")) == []
    assert _names(_page(few, search="@example")) == ["ann", "bob", "cy", "di_", "dix", "eve"]
    found = _page(few, search="example", show="delivered", rows="2", page="2")
    assert (_names(found), found.total) == (["dix"], 3)


def test_a_list_shows_its_members_alone(few: Engine) -> None:
    assert (_names(_page(few, "NL")), _page(few, "NL").total) == (["ann", "bob"], 2)
    assert (_names(_page(few, "NL", show="clicked", search="a")), _page(few, "BE").total) == (["ann"], 1)
    assert _page(few, "no such list") == RecipientPage()


def test_a_page_after_the_last_is_empty_and_knows_how_many_there_are(few: Engine) -> None:
    assert _page(few, page="2") == RecipientPage((), 6)


def _people(numbers: Iterable[int], random: Random) -> list[Event]:
    """Somewhat of everything, much of it rare, and some people who get no further than a number."""
    told = [_event(Kind.SENT, f"person{number}") for number in numbers]
    for event in list(told):
        name = event.contact.removesuffix("@example.com")
        dice = random.random()
        if dice < 0.9:
            told.append(_event(Kind.DELIVERED, name, 5))
        if dice < 0.3:
            told.append(_event(Kind.OPENED, name, 60))
        if dice < 0.002:
            told.append(_event(Kind.COMPLAINED, name, 90))
        if dice > 0.97:
            told.append(_event(Kind.BOUNCED, name, 7, bounce=BounceType.HARD if dice > 0.99 else BounceType.SOFT))
    random.shuffle(told)
    return told


def test_pages_of_a_large_email_are_those_of_counting_everybody(engine: Engine) -> None:
    random = Random(1)
    merge(engine, _people(range(LARGE - 1), random))
    assert everything(engine)["recipient_blocks"] == []
    merge(engine, _people(range(LARGE - 1, LARGE + 3 * BLOCK), random))  # now it is large
    merge(engine, [_event(Kind.BOUNCED, "person17", 900), _event(Kind.REPLIED, "person9000", 900)])
    with engine.connect() as connection:
        rows = connection.execute(text("SELECT contact_id, state FROM recipients ORDER BY 1")).all()
    states = {row.contact_id: row.state for row in rows}
    for show, names in SHOWN.items():
        bits = sum(1 << STATE_BITS.index(name) for name in names)
        everybody = [number for number, state in states.items() if state & bits]
        for page in {1, 2, random.randrange(1, 50), len(everybody) // 50, len(everybody) // 50 + 1} - {0}:
            found = _page(engine, show=show, page=str(page), rows="50")
            assert [one.number for one in found.rows] == everybody[(page - 1) * 50 : page * 50], (show, page)
            assert found.total == len(everybody)
    before = everything(engine)
    rebuild(engine, [1])
    assert everything(engine) == before


def test_what_is_shown_is_counted_by_the_email_and_by_its_blocks() -> None:
    counted = {name for names in SHOWN.values() for name in names}
    assert counted == set(STATE_BITS) <= {*Counts.__dataclass_fields__}
