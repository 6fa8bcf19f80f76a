"""Mailchimp: campaigns that went out, and of each in which something happened its recipients and their acts.

https://mailchimp.com/developer/marketing/api/reports/
"""

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from functools import partial
from urllib.parse import quote

from bot.sync.api import Api, Parameters
from bot.sync.run import Run, Span
from bot.terminal import Fault
from providers import mailchimp_pages as pages
from providers.intake import Intake
from providers.mailchimp_pages import Sent

#: In 10 seconds. Mailchimp counts connections and not requests; one after the other is one of its ten.
REQUESTS = 100
_MOST = 1_000  # items of a page: Mailchimp's bound
#: Recipients bounce and complain without having opened: so long after it was sent, a campaign is looked at each time.
_FRESH = timedelta(days=4)


async def pull(api: Api, run: Run, span: Span) -> None:
    """Brings everything up to now. Raises bot.terminal.Fault with what to mend, and store.sync.LeaseLost.

    In `progress`, all before `until` is read; of the run that began at `begun`, the campaigns in `done` are.
    """
    told = run.progress
    begun = told.get("begun") if span.since is None else None
    done = list(told["done"]) if begun else []
    now = datetime.fromisoformat(begun) if begun else run.time.now()
    until = datetime.fromisoformat(told["until"]) if "until" in told and span.since is None else None
    since = until - span.overlap if until else None
    earliest = span.since or now - span.history
    kept = {"until": told["until"]} if "until" in told else {}
    try:
        await _describe(api, run, earliest if since is None else min(since, now - _FRESH))
        campaigns = [sent for sent in await _campaigns(api, earliest) if since is None or _active(sent, since, now)]
        for place, sent in enumerate(campaigns, start=1):
            if sent.id not in done:
                await _campaign(api, run, sent, since)
                done.append(sent.id)
                point = {**kept, "begun": now.isoformat(), "done": done}
                await run.put_down(point, place / len(campaigns))
    except ValueError as error:
        raise Fault(f"Mailchimp's answer can't be read ({error}). Is providers.mailchimp.base_url right?") from None
    await run.put_down({"until": now.isoformat()}, 1.0)


def _active(sent: Sent, since: datetime, now: datetime) -> bool:
    return sent.last_at >= since or sent.sent_at >= now - _FRESH


async def _describe(api: Api, run: Run, earliest: datetime) -> None:
    parameters = {"status": "sent", "since_send_time": earliest.isoformat()}
    async for body in _pages(api, "campaigns", parameters):
        await run.take(pages.campaigns(body))


async def _campaigns(api: Api, earliest: datetime) -> list[Sent]:
    """The oldest first."""
    found: dict[str, Sent] = {}
    async for body in _pages(api, "reports", {"since_send_time": earliest.isoformat()}):
        found |= {sent.id: sent for sent in pages.sent_campaigns(body)}
    return sorted(found.values(), key=lambda sent: (sent.sent_at, sent.id))


async def _campaign(api: Api, run: Run, sent: Sent, since: datetime | None) -> None:
    """All of a campaign, or what happened since; who was sent it is told once and for all."""
    parts: list[tuple[str, Callable[[bytes], Intake], Parameters]] = [
        ("email-activity", pages.activity, {"since": since.isoformat()} if since else {}),
        ("unsubscribed", pages.departures, {}),
        ("abuse-reports", pages.complaints, {}),
    ]
    if since is None or sent.sent_at >= since - _FRESH:
        parts.insert(0, ("sent-to", partial(pages.recipients, sent_at=sent.sent_at), {}))
    for part, read, parameters in parts:
        async for body in _pages(api, f"reports/{quote(sent.id, safe='')}/{part}", parameters):
            await run.take(read(body))


async def _pages(api: Api, path: str, parameters: Parameters) -> AsyncIterator[bytes]:
    """Raises ValueError for what is no page."""
    offset, total = 0, 1
    while offset < total:
        body = await api.get(path, {**parameters, "count": _MOST, "offset": offset})
        total = pages.total(body)
        yield body
        offset += _MOST
