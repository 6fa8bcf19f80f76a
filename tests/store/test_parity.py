"""People whom others may count otherwise, of one e-mail and of several together."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from reports.events import Event, Kind, MachineReason
from reports.parity import Apart
from store.merge import merge
from store.parity import email_ids, people

AT = datetime(2026, 5, 12, 9, tzinfo=UTC)


def told(contact: str, kind: Kind, minutes: int = 0, email: str = "41", **rest: object) -> Event:
    at = AT + timedelta(minutes=minutes)
    contact = f"{contact}@example.org"
    return Event(kind=kind, at=at, email=email, contact=contact, provider="hubspot", **rest)  # type: ignore[arg-type]


EVENTS = [
    *(told(contact, Kind.SENT) for contact in ("plain", "clicker", "leaver", "twice", "late", "untold")),
    *(told(contact, Kind.DELIVERED, 1) for contact in ("plain", "clicker", "leaver", "late")),
    told("clicker", Kind.CLICKED, 5, link="https://example.org/a"),
    told("clicker", Kind.CLICKED, 60, link="https://example.org/unsubscribe"),
    told("leaver", Kind.CLICKED, 5, link="https://example.org/unsubscribe"),
    told("leaver", Kind.CLICKED, 6, link="https://example.org/preferences"),
    told("untold", Kind.OPENED, 5),
    told("twice", Kind.BOUNCED, 1),
    told("twice", Kind.DELIVERED, 9),
    told("late", Kind.BOUNCED, 9),
    told("robot", Kind.OPENED, 1, email="42", machine=MachineReason.PROVIDER),
]


def test_each_kind_of_them_is_counted_by_person(engine: Engine) -> None:
    merge(engine, EVENTS)
    with engine.connect() as connection:
        counts, apart = people(connection, email_ids(connection, "hubspot", ["41"]))
    assert apart == Apart(opened_by_click=1, clicked_utility=1, inferred=1, bounced_first=1, delivered_first=1)
    assert (counts.sent, counts.delivered, counts.bounced_soft, counts.opened, counts.clicked) == (6, 5, 1, 2, 1)


def test_several_e_mails_add_up(engine: Engine) -> None:
    merge(engine, EVENTS)
    with engine.connect() as connection:
        ids = email_ids(connection, "hubspot", ["42", "41", "no such"])
        counts, apart = people(connection, ids)
        assert len(ids) == 2
        assert email_ids(connection, "mailchimp", ["41"]) == email_ids(connection, "hubspot", []) == []
    assert (counts.machine_opened, apart.inferred) == (1, 2)
