"""HubSpot's own statistics beside ours."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from bot.sync.api import Api
from providers import hubspot_emails
from providers.hubspot import NotAPage
from providers.hubspot_emails import Statistics
from providers.hubspot_words import PROVIDER
from reports.parity import Line, compare
from store import parity
from store.sync import SyncState

_PATH = "marketing/v3/emails"
_AT_ONCE = 50
#: Until then a provider retries, and figures move (docs/metrics.md).
_PROVISIONAL = timedelta(hours=72)
#: HubSpot's figures are a little behind its events, and ours behind both.
_STALE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Compared:
    """One e-mail's figures, and what is to be known about all of them."""

    name: str
    lines: tuple[Line, ...]
    notes: tuple[str, ...]

    @property
    def explained(self) -> bool:
        """Whether each difference is, to the last person."""
        return all(line.reasons is not None for line in self.lines)


async def statistics(api: Api, since: datetime | None) -> AsyncIterator[Statistics]:
    """HubSpot's figures of the e-mails published since. Raises bot.terminal.Fault and providers.hubspot.NotAPage."""
    parameters: dict[str, str | int] = {"limit": _AT_ONCE, "includeStats": "true", "isPublished": "true"}
    if since is not None:
        parameters["publishedAfter"] = since.isoformat()
    while True:
        page = hubspot_emails.emails_page(await api.get(_PATH, parameters))
        for told in page.statistics():
            yield told
        if page.after is None:
            return
        if page.after == parameters.get("after"):
            raise NotAPage("its pages do not end")
        parameters["after"] = page.after


def compared(connection: Connection, told: Statistics, state: SyncState, now: datetime) -> Compared | None:
    """None where nothing is known of the e-mail here."""
    ids = parity.email_ids(connection, PROVIDER, told.campaigns)
    if not ids:
        return None
    counts, apart = parity.people(connection, ids)
    return Compared(told.name, compare(counts, apart, told.counters), tuple(_notes(told, state, now)))


def _notes(told: Statistics, state: SyncState, now: datetime) -> list[str]:
    notes = []
    if told.sent_at and now - told.sent_at < _PROVISIONAL:
        notes.append("Provisional: sent less than 72 hours ago.")
    if state.finished_at is None or now - state.finished_at > _STALE:
        when = f"last on {state.finished_at:%Y-%m-%d %H:%M} UTC" if state.finished_at else "never to the end"
        notes.append(f"Late events are not here yet: HubSpot was pulled {when}. Run emailstats sync hubspot.")
    if len(told.campaigns) > 1:
        notes.append(f"Went out in {len(told.campaigns)} ways, which HubSpot counts together; so is done here.")
    return notes
