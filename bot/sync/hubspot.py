"""HubSpot: descriptions of e-mails first, then events by window, the oldest window first and each newest first.

What is put down after each page is the end of what is left of its window, not HubSpot's offset: an offset is good for
minutes and the same question only, a time is good for ever.
"""

from collections.abc import AsyncIterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import msgspec

from bot.sync.api import Api, Parameters, Refused
from bot.sync.run import Run, Span
from bot.terminal import Fault
from providers import hubspot, hubspot_emails
from providers.hubspot import NotAPage, Page
from providers.hubspot_emails import EmailsPage, Names
from providers.hubspot_words import PROVIDER
from providers.intake import Intake
from reports.events import Event, Kind
from store import emails

_EVENTS, _CAMPAIGNS = "email/public/v1/events", "email/public/v1/campaigns"
_EMAILS, _LISTS, _TEAMS = "marketing/v3/emails", "crm/v3/lists", "settings/v3/users/teams"
_MOST = 1_000  # events of a page: HubSpot's bound
_EMAILS_AT_ONCE = 50  # each with its content
_WINDOW = 24 * 60 * 60 * 1000  # milliseconds, as all of HubSpot's times
_MILLISECOND = timedelta(milliseconds=1)
_POINT = ("until", "end", "left")
#: Campaigns asked for one by one in a run: of a large history some wait for the next.
_CAMPAIGNS_AT_ONCE = 500
#: How often the rest of a window is asked for anew when its offset is no longer good and nothing came meanwhile.
_STALE = 3


async def pull(api: Api, run: Run, span: Span) -> None:
    """Brings everything up to now. Raises bot.terminal.Fault with what to mend, and store.sync.LeaseLost."""
    try:
        only_lists = await _describe(api, run, span)
        await _events(api, run, span, only_lists)
        await _describe_rest(api, run)
    except NotAPage as error:
        raise Fault(f"HubSpot's answer can't be read ({error}). Is providers.hubspot.base_url right?") from None


def _ms(at: datetime) -> int:
    return (at - datetime(1970, 1, 1, tzinfo=UTC)) // _MILLISECOND


async def _events(api: Api, run: Run, span: Span, only_lists: Mapping[str, str]) -> None:
    """In `progress`, all before `until` is read, and of the window from there to `end` all from `left` on.

    A window is put down before it is begun, so that who goes on does not begin with the overlap again.
    """
    now = _ms(run.time.now())
    start, end, left = _begin(run.progress, span, now)
    first = start
    while start < now:
        if end is None or left is None:
            end = left = min(start + _WINDOW, now)
        await _put_down(run, first, now, {"until": start, "end": end, "left": left})
        async for page, rest in _pages(api, start, left):
            await run.take(_listed(page, only_lists), page.obsolete)
            await _put_down(run, first, now, {"until": start, "end": end, "left": rest})
        start, end, left = end, None, None
    await _put_down(run, first, now, {"until": start})


def _begin(told: Mapping[str, Any], span: Span, now: int) -> tuple[int, int | None, int | None]:
    """Where to start, and the end and the rest of a window that was cut off."""
    if span.since is not None:
        return _ms(span.since), None, None
    if "until" not in told:
        return now - span.history // _MILLISECOND, None, None
    if "left" in told:
        return told["until"], told["end"], told["left"]
    return told["until"] - span.overlap // _MILLISECOND, None, None


async def _put_down(run: Run, first: int, now: int, point: dict[str, int]) -> None:
    done = point["until"] - first + point.get("end", 0) - point.get("left", 0)
    others = {key: value for key, value in run.progress.items() if key not in _POINT}
    await run.put_down(others | point, min(done / max(now - first, 1), 1.0))


async def _pages(api: Api, start: int, left: int) -> AsyncIterator[tuple[Page, int]]:
    """The pages of a window, and after each the end of what is left of it."""
    asked, offset, stale = left, None, 0
    while True:
        # A millisecond more at both ends: HubSpot does not say whether they belong to it.
        question: dict[str, str | int] = {"startTimestamp": start - 1, "endTimestamp": asked + 1, "limit": _MOST}
        try:
            page = hubspot.page(await api.get(_EVENTS, question | ({"offset": offset} if offset else {})))
        except Refused as error:
            if error.status != 400 or offset is None or stale == _STALE:
                raise
            asked, offset, stale = left, None, stale + 1  # the offset has grown old: the rest is asked for anew
            continue
        if page.oldest is not None and start < (before := _ms(page.oldest) + 1) < left:
            left, stale = before, 0
        yield page, left
        if page.offset is None:
            return
        if page.offset == offset:
            raise NotAPage("its pages do not end")
        offset = page.offset


def _listed(page: Page, only_lists: Mapping[str, str]) -> Intake:
    """Whoever was selected for an e-mail that went to one list is on that list."""
    selected = (Kind.SENT, Kind.NOT_SENT)

    def listed(event: Event) -> Event:
        name = only_lists.get(event.email) if event.kind in selected else None
        return msgspec.structs.replace(event, lists=(name,)) if name else event

    return replace(page.intake, events=tuple(map(listed, page.intake.events)))


async def _describe(api: Api, run: Run, span: Span) -> dict[str, str]:
    """Marketing e-mails that changed; gives, by campaign, the one list that it went to."""
    told = run.progress.get("described")
    parameters: dict[str, str | int] = {
        "limit": _EMAILS_AT_ONCE,
        "marketingCampaignNames": "true",
        "workflowNames": "true",
    }
    if told is not None and span.since is None:
        # What changed in the overlap is read again: its events are, and their lists have to be known.
        parameters["updatedAfter"] = (datetime.fromisoformat(told) - span.overlap).isoformat()
    only_lists: dict[str, str] = {}
    teams = await _optional(api, run, _TEAMS, {}, "settings.users.teams.read", "teams")
    names = Names({}, hubspot_emails.team_names(teams) if teams else {})
    latest: datetime | None = None
    while True:
        body = await _optional(api, run, _EMAILS, parameters, "marketing-email (content)", "marketing e-mails")
        if body is None:
            return {}
        page = hubspot_emails.emails_page(body)
        names = replace(names, lists={**names.lists, **await _list_names(api, run, page, names)})
        await run.take(page.intake(names))
        only_lists |= page.only_lists(names)
        latest = max(filter(None, (latest, page.updated_at)), default=None)
        if page.after is None:
            break
        if page.after == parameters.get("after"):
            raise NotAPage("its pages do not end")
        parameters["after"] = page.after
    if latest is not None:
        await run.put_down({**run.progress, "described": latest.isoformat()}, 0.0)
    return only_lists


async def _list_names(api: Api, run: Run, page: EmailsPage, known: Names) -> dict[str, str]:
    found: dict[str, str] = {}
    for number in page.list_ids:
        if number not in known.lists:
            body = await _optional(api, run, f"{_LISTS}/{quote(number, safe='')}", {}, "crm.lists.read", "lists")
            found |= hubspot_emails.list_name(body) if body else {}
    return found


async def _optional(api: Api, run: Run, path: str, parameters: Parameters, scope: str, thing: str) -> bytes | None:
    """An answer that figures do without: None, and a note, where the token's scopes leave it out."""
    try:
        return await api.get(path, parameters)
    except Refused as error:
        if error.status == 403:
            run.note(f"The private app may not read {thing}: give it the scope {scope} to have their names.")
        elif error.status != 404:  # a list that was deleted
            raise
        return None


async def _describe_rest(api: Api, run: Run) -> None:
    """Campaigns that events name and no marketing e-mail described, one by one."""
    unknown = set(await run.ask_store(emails.undescribed, PROVIDER, _CAMPAIGNS_AT_ONCE))
    offset: str | None = None
    while unknown:
        parameters = {"limit": _MOST} | ({"offset": offset} if offset else {})
        applications, after = hubspot_emails.campaigns_page(await api.get(f"{_CAMPAIGNS}/by-id", parameters))
        for number in sorted(unknown & applications.keys()):
            path = f"{_CAMPAIGNS}/{quote(number, safe='')}"
            body = await _optional(api, run, path, {"appId": applications[number]}, "content", "campaigns")
            if body is not None:
                await run.take(hubspot_emails.campaign(body))
        unknown -= applications.keys()
        if after is None or after == offset:
            return
        offset = after
