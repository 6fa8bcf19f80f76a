"""What the stand-in's providers say is what the real ones would: their own modules prove and read it."""

from datetime import UTC, datetime, timedelta

import pytest

from bot.inbox.drain import all_providers
from bot.sandbox.webhooks import HAPPENINGS, MAILGUN_KEY, PROVIDERS, calls, sendgrid_public
from providers.provider import Credentials, Request
from reports.events import Event, Kind

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=UTC)
KEYS = {"sendgrid": sendgrid_public(), "mailgun": MAILGUN_KEY}
KINDS = {
    "delivered": [Kind.SENT, Kind.DELIVERED],
    "opened": [Kind.OPENED],
    "clicked": [Kind.CLICKED],
    "unsubscribed": [Kind.UNSUBSCRIBED],
    "bounced": [Kind.BOUNCED],
}


@pytest.mark.parametrize("happening", HAPPENINGS)
@pytest.mark.parametrize("name", PROVIDERS)
def test_an_event_is_proved_and_read_as_what_happened(name: str, happening: str) -> None:
    provider = all_providers()[name]
    events: list[Event] = []
    for call in calls(name, happening, "sale", "ada@example.com", NOON):
        request = Request(call.body, {key.lower(): value for key, value in call.headers.items()})
        provider.verify(request, Credentials(secrets=(KEYS[name],), max_age=timedelta(minutes=5)), NOON)
        read = provider.parse(request, provider.identity)
        assert not read.rejects
        events += read.events
    assert [event.kind for event in events] == KINDS[happening]
    assert {(event.email, event.contact, event.machine) for event in events} == {("sale", "ada@example.com", None)}
