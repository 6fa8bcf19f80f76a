"""What waits in the inbox becomes events; what makes no sense stays, and costs nothing beside it."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import OperationalError

from bot.inbox.drain import Reader, all_providers, drain, read_all
from providers.intake import Intake
from providers.provider import Provider, Request
from reports.events import Email, Event, Kind
from store import inbox
from store.inbox import FAILED, READ, WAITING, Arrival
from tests.bot.web.test_app import unreachable
from tests.providers.webhooks.case import NOW

KNOWN = all_providers()
READER = Reader(KNOWN, {})


def item(number: int, **fields: object) -> dict[str, object]:
    told = {"event": "open", "email": f"p{number}@example.org", "timestamp": 1_700_000_000, "category": "spring"}
    return told | {"sg_event_id": f"e{number}"} | fields


def put(engine: Engine, *bodies: bytes, provider: str = "sendgrid") -> list[int]:
    inbox.put(engine, [Arrival(provider, NOW, body) for body in bodies])
    with engine.connect() as connection:
        return list(connection.execute(text("SELECT id FROM inbox ORDER BY id")).scalars())[-len(bodies) :]


def body(*items: dict[str, object]) -> bytes:
    return json.dumps(items).encode()


def drained(engine: Engine, reader: Reader = READER) -> int:
    total = 0
    while done := drain(engine, reader, lambda: NOW):
        total += done
    return total


def events(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM events")).scalar_one())


def states(engine: Engine) -> dict[int, int]:
    with engine.connect() as connection:
        return {state: number for state, number in inbox.count(connection).items() if number}


def problems(engine: Engine) -> dict[int, str | None]:
    with engine.connect() as connection:
        return {line.id: line.problem for line in inbox.failures(connection, 100)}


@dataclass(frozen=True)
class Odd:
    """A provider whose parsing is given by a test."""

    parse: Callable[[Request], Intake]

    def reader(self) -> Reader:
        provider: Provider = replace(KNOWN["sendgrid"], parse=lambda request, _paths: self.parse(request))
        return Reader({"sendgrid": provider}, {})


def test_what_waits_is_counted_once_and_waits_no_longer(engine: Engine) -> None:
    put(engine, body(item(1), item(2)), body(item(2), item(3)))
    assert drained(engine) == 2
    assert (events(engine), states(engine)) == (3, {READ: 2})


def test_a_part_that_makes_no_sense_is_told_and_the_rest_is_counted(engine: Engine) -> None:
    _good, bad, worse = put(engine, body(item(1)), body(item(2), {"event": "open"}, item(3)), b"nonsense")
    drained(engine)
    assert events(engine) == 3
    assert states(engine) == {READ: 1, FAILED: 2}
    assert problems(engine) == {bad: "1 of 3: timestamp: not a time", worse: "the body is not JSON"}


def test_an_event_of_the_future_is_not_counted(engine: Engine) -> None:
    ahead = int((NOW + timedelta(days=2)).timestamp())
    near = int((NOW + timedelta(hours=2)).timestamp())  # clocks differ
    (number,) = put(engine, body(item(1), item(2, timestamp=ahead), item(3, timestamp=near)))
    drained(engine)
    assert events(engine) == 2
    assert problems(engine) == {number: "1 of 3: 2026-11-26T12:00:00+00:00 is in the future"}


def test_a_provider_that_is_not_known_any_more_keeps_its_messages(engine: Engine) -> None:
    (number,) = put(engine, b"{}", provider="gone")
    drained(engine)
    assert problems(engine) == {number: "there is no provider gone"}


def test_a_fault_of_ours_keeps_the_message_and_stops_no_other(engine: Engine) -> None:
    def parse(request: Request) -> Intake:
        if b"fault" in request.body:
            raise KeyError("ada@example.org")
        return KNOWN["sendgrid"].parse(request, ())

    bad, _good = put(engine, b"fault", body(item(1)))
    drained(engine, Odd(parse).reader())
    assert events(engine) == 1
    assert problems(engine) == {bad: "reading it failed: KeyError"}


def test_an_event_that_the_store_refuses_costs_no_other(engine: Engine) -> None:
    """One such would fail the whole batch; providers.intake.misfit finds those that are known."""

    def parse(request: Request) -> Intake:
        events = tuple(
            Event(
                kind=Kind.OPENED,
                at=NOW,
                email="spring",
                contact=f"{word}@example.org",
                key=word,
                provider="sendgrid",
                duration_ms=2**80 if word == "bad" else None,
            )
            for word in request.body.decode().split()
        )
        return Intake(events, (Email(id="spring", provider="sendgrid", name="Spring"),))

    put(engine, b"a b c", b"d bad e", b"f g")
    drained(engine, Odd(parse).reader())
    assert events(engine) == 7
    (problem,) = problems(engine).values()
    assert problem and problem.startswith("1 of 3: the store refuses it: ")


def test_many_reasons_are_told_in_short(engine: Engine) -> None:
    (number,) = put(engine, body(*(item(n, category="c" * 400, timestamp=t) for n, t in enumerate([0, 1, 0, 1]))))
    drained(engine)
    problem = problems(engine)[number]
    assert problem and problem.startswith("4 of 4: ") and len(problem) < 500


def test_settings_say_what_names_an_e_mail(engine: Engine) -> None:
    put(engine, body(item(1, campaign="autumn")))
    drained(engine, Reader(KNOWN, {"sendgrid": ("campaign",)}))
    with engine.connect() as connection:
        assert connection.execute(text("SELECT external_id FROM emails")).scalars().all() == ["autumn"]


def test_what_is_read_again_changes_nothing_and_clears_the_problem(engine: Engine) -> None:
    (number,) = put(engine, b"later")
    drained(engine)
    with engine.connect() as connection:
        messages = inbox.kept(connection, [number])

    def parse(_request: Request) -> Intake:
        return KNOWN["sendgrid"].parse(Request(body(item(1))), ("category",))

    for _ in range(2):
        assert read_all(engine, Odd(parse).reader(), messages) == {}
        assert (events(engine), problems(engine), states(engine)) == (1, {}, {READ: 1})


def test_while_the_database_is_away_nothing_is_marked() -> None:
    engine = unreachable()
    with pytest.raises(OperationalError):
        drain(engine, READER, lambda: NOW)
    engine.dispose()


def test_a_process_that_ends_meanwhile_leaves_the_message_waiting(engine: Engine) -> None:
    def parse(_request: Request) -> Intake:
        raise KeyboardInterrupt

    put(engine, body(item(1)))
    with pytest.raises(KeyboardInterrupt):
        drain(engine, Odd(parse).reader(), lambda: NOW)
    assert states(engine) == {WAITING: 1}
