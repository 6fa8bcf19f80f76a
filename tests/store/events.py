"""Events for tests of the store: hypothesis strategies over few people, links and seconds, so that things collide."""

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from reports.events import BounceType, Event, Kind, MachineReason, NotSentReason, Part

START = datetime(2026, 5, 4, 9, 0, tzinfo=UTC)

_contacts = st.sampled_from(["person0@example.com", "Person1@Example.org", "a-number-and-no-address"])
_emails = st.sampled_from(["may", "june"])
#: Seconds after START: a few close together, and some in other quarters of the hour and on other days.
_seconds = st.sampled_from([0, 1, 120, 121, 900, 1799, 86400])
_links = st.sampled_from(["https://example.com/a", "https://example.com/b", "https://example.com/unsubscribe?u=1"])
_machines = st.sampled_from([None, None, MachineReason.APPLE_PRIVACY, MachineReason.SCANNER])
_clients = st.sampled_from([(None, None), ("Apple Mail", "mobile"), ("Outlook", "desktop")])


def _reply(bounce: BounceType | None, seconds: int) -> str:
    """One for each second and type: which of several in one second is the last, nobody can know."""
    if bounce is BounceType.HARD:
        return "550 5.1.1 unknown"
    return "452 4.2.2 full" if seconds % 2 else "421 4.7.0 later"


@st.composite
def events(draw: st.DrawFn) -> Event:
    kind = draw(st.sampled_from(list(Kind)))
    client, device = draw(_clients)
    seconds, bounce = draw(_seconds), draw(st.sampled_from([None, *BounceType]))
    engaged = kind in (Kind.OPENED, Kind.CLICKED)
    return Event(
        kind=kind,
        at=START + timedelta(seconds=seconds),
        email=draw(_emails),
        contact=draw(_contacts),
        key=draw(st.uuids()).hex,
        link=draw(_links) if kind is Kind.CLICKED else None,
        part=draw(st.sampled_from([None, *Part])) if kind is Kind.CLICKED else None,
        client=client if engaged else None,
        device=device if engaged else None,
        machine=draw(_machines) if engaged else None,
        duration_ms=draw(st.sampled_from([None, 500, 2000, 7999, 8000])) if kind is Kind.OPENED else None,
        bounce=bounce if kind is Kind.BOUNCED else None,
        reason=draw(st.sampled_from(list(NotSentReason))) if kind is Kind.NOT_SENT else None,
        reply=_reply(bounce, seconds) if kind is Kind.BOUNCED else None,
        lists=tuple(draw(st.sets(st.sampled_from(["NL", "BE"])))) if kind is Kind.SENT else (),
    )
