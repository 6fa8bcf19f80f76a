"""Facts come from the rollups, whole and in order."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import Engine, event

from reports.events import Email, Event, Kind, MachineReason, NotSentReason, Part
from reports.facts import ClientFacts, Counts, Facts, LinkFacts, Moment
from reports.query import Query
from store.emails import find, load_email
from store.facts import load_facts
from store.merge import merge
from tests.store.events import START

_ALL = frozenset({"counts", "not_sent_reasons", "list_counts", "moments", "links", "clients", "engaged_contacts"}) | {
    "machine_reasons",
    "domains",
    "domains_known",
    "on_no_list",
}


def _event(kind: Kind, contact: str, seconds: int = 0, **rest: object) -> Event:
    at = START + timedelta(seconds=seconds)
    return Event(kind=kind, at=at, email="may", contact=f"{contact}@example.com", **rest)  # type: ignore[arg-type]


_EVENTS = [
    _event(Kind.SENT, "ann", lists=("NL", "BE")),
    _event(Kind.DELIVERED, "ann", 1),
    _event(Kind.OPENED, "ann", 60, duration_ms=9000, client="Apple Mail", device="mobile"),
    _event(Kind.CLICKED, "ann", 1000, link="https://example.com/a", part=Part.HTML),
    _event(Kind.CLICKED, "ann", 1001, link="https://example.com/a", part=Part.TEXT),
    _event(Kind.SENT, "bob", lists=("NL",)),
    _event(Kind.DELIVERED, "bob", 2),
    _event(Kind.CLICKED, "bob", 3, link="https://example.com/a", machine=MachineReason.SCANNER),
    _event(Kind.CLICKED, "bob", 5000, link="https://example.com/unsubscribe", part=Part.HTML),
    _event(Kind.NOT_SENT, "cy", reason=NotSentReason.PREVIOUSLY_BOUNCED),
]


def _load(engine: Engine, needs: frozenset[str]) -> Facts:
    with engine.connect() as connection:
        email = find(connection, "may").email
        assert email is not None
        return load_facts(connection, email, Query("x"), needs)


@pytest.fixture
def facts(engine: Engine) -> Facts:
    merge(engine, _EVENTS)
    return _load(engine, _ALL)


def test_counts_are_of_people_and_of_events(facts: Facts) -> None:
    assert facts.counts == Counts(
        sent=2,
        delivered=2,
        not_sent=1,
        opened=1,
        clicked=1,
        machine_clicked=1,
        read=1,
        open_events=1,
        click_events=2,
        machine_click_events=1,
    )


def test_a_person_on_two_lists_counts_in_both(facts: Facts) -> None:
    assert [(name, counts.delivered, counts.opened) for name, counts in facts.list_counts] == [
        ("BE", 1, 1),
        ("NL", 2, 1),
    ]


def test_who_is_on_no_list_is_told_until_a_list_is_heard_of(engine: Engine) -> None:
    merge(engine, [*_EVENTS, _event(Kind.OPENED, "dee", 90)])
    assert _load(engine, _ALL).on_no_list == Counts(sent=1, delivered=1, not_sent=1, opened=1, open_events=1)
    merge(engine, [_event(Kind.SENT, "dee", lists=("NL",))])
    assert _load(engine, _ALL).on_no_list == Counts(not_sent=1)


def test_links_say_which_part_was_clicked_and_what_is_not_content(facts: Facts) -> None:
    assert facts.links == (
        LinkFacts("https://example.com/a", True, 1, 1, 0, 1, 1, 1, 1),
        LinkFacts("https://example.com/unsubscribe", False, 1, 0, 0, 1, 1, 0, 0),
    )


def test_moments_are_quarters_of_an_hour_in_order(facts: Facts) -> None:
    # opens, clicks, openers, clickers, machine opens, machine clicks
    assert facts.moments == (
        Moment(
            START, open_events=1, click_events=0, openers=1, clickers=0, machine_open_events=0, machine_click_events=1
        ),
        Moment(START + timedelta(minutes=15), 0, 2, 0, 1, 0, 0),
    )


def test_clients_are_told_with_their_devices(facts: Facts) -> None:
    assert facts.clients == (ClientFacts("Apple Mail", "mobile", opens=1, clicks=0, openers=1, clickers=0),)


def test_the_emails_of_a_workflow_are_told_and_no_others(engine: Engine) -> None:
    described = [
        Email(id="may", name="first", workflow="Onboarding"),
        Email(id="june", name="second", workflow="Onboarding", sent_at=START),
        Email(id="july", name="elsewhere", workflow="Sales"),
    ]
    others = [
        Event(kind=Kind.DELIVERED, at=START, email=name, contact="ann@example.com")
        for name in ("june", "july", "august")
    ]
    merge(engine, [*_EVENTS, *others], described)
    needs = frozenset({"workflow_emails"})
    with engine.connect() as connection:
        told = {name: find(connection, name).email for name in ("first", "august")}
        assert told["first"] and told["august"]
        siblings = load_facts(connection, told["first"], Query("x"), needs).workflow_emails
        assert load_facts(connection, told["august"], Query("x"), needs).workflow_emails == ()
    assert sorted((one.name, one.sent_at, one.counts.sent) for one in siblings) == [
        ("first", START, 2),
        ("second", START, 1),
    ]


def test_reasons_for_not_sending_and_the_last_event_are_told(facts: Facts) -> None:
    assert facts.not_sent_reasons == (("previously bounced", 1),)
    assert facts.last_event_at == START + timedelta(seconds=5000)


def test_only_what_is_needed_is_loaded_and_never_the_events(engine: Engine) -> None:
    merge(engine, _EVENTS)
    asked: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append(call[2]))
    loaded = _load(engine, frozenset({"counts"}))
    assert (loaded.moments, loaded.links) == ((), ()) and loaded.counts.sent == 2
    assert not [sql for sql in asked if re.search(r"(FROM|JOIN) (events|recipients|moments|link_)", sql)]


def test_every_part_of_the_facts_is_found_by_key_and_none_by_a_scan(engine: Engine) -> None:
    merge(engine, _EVENTS)
    asked: list[tuple[str, object]] = []
    event.listen(engine, "before_cursor_execute", lambda *call: asked.append((call[2], call[3])))
    with engine.connect() as connection:
        for need in sorted(_ALL):
            email = load_email(connection, 1)
            load_facts(connection, email, Query("x"), frozenset({need}))
    told = [(sql, values) for sql, values in asked if re.search(r"FROM \w+_totals|FROM moments", sql)]
    assert len(told) >= len(_ALL)
    with engine.connect() as connection:
        if engine.dialect.name == "postgresql":
            connection.exec_driver_sql("SET enable_seqscan = off")  # five rows are scanned whatever the index
        for sql, values in told:
            explain = "EXPLAIN QUERY PLAN " if engine.dialect.name == "sqlite" else "EXPLAIN "
            plan = "\n".join(str(row) for row in connection.exec_driver_sql(explain + sql, values))  # type: ignore[arg-type]
            assert re.search(r"(_totals|moments) USING PRIMARY KEY|(_totals|moments)_pkey", plan), plan


def test_the_html_of_an_email_is_loaded_for_who_asks_for_it_and_none_is_none(engine: Engine) -> None:
    merge(engine, _EVENTS, [Email(id="may", html="<p>first</p>")])
    merge(engine, [], [Email(id="may", html="<p>\u20ac \u05e9\u05dc\u05d5\u05dd</p>"), Email(id="june", name="june")])
    assert _load(engine, frozenset({"html"})).html == "<p>\u20ac \u05e9\u05dc\u05d5\u05dd</p>"
    assert _load(engine, frozenset({"links"})).html is None
    with engine.connect() as connection:
        june = find(connection, "june").email
        assert june is not None
        assert load_facts(connection, june, Query("june"), frozenset({"html"})).html is None


def test_peers_are_the_earlier_ones_of_the_type_that_no_workflow_sends_the_latest_first(engine: Engine) -> None:
    described = [
        Email(id="first", type="blog", sent_at=START),
        Email(id="second", type="blog", sent_at=START + timedelta(days=1)),
        Email(id="other", type="sale", sent_at=START + timedelta(days=2)),
        Email(id="flow", type="blog", workflow="Onboarding", sent_at=START + timedelta(days=3)),
        Email(id="untyped", sent_at=START + timedelta(days=4)),
        Email(id="this", type="blog", sent_at=START + timedelta(days=5)),
        Email(id="later", type="blog", sent_at=START + timedelta(days=6)),
    ]
    sent = [Event(kind=Kind.SENT, at=START, email=one.id, contact="ann@example.com") for one in described]
    merge(engine, sent, described)
    with engine.connect() as connection:
        numbers = {}
        for name in ("first", "second", "this", "untyped"):
            email = find(connection, name).email
            assert email is not None
            numbers[name] = load_facts(connection, email, Query(name), frozenset({"peers"})), email.id
    peers = {name: [peer.email_id for peer in facts.peers] for name, (facts, _) in numbers.items()}
    assert peers == {
        "this": [numbers["second"][1], numbers["first"][1]],
        "second": [numbers["first"][1]],
        "first": [],
        "untyped": [],
    }
    assert numbers["second"][0].peers[0].counts.sent == 1
