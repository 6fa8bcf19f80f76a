"""Links to our files in messages: what the file is, under the message, as far as whoever posted the link may see.

Nothing of what is in the file is shown, and no address: everybody in the conversation reads it.
"""

import asyncio
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rights import NotAllowed
from bot.answers import EmptyStore, OutOfReach, UnknownEmail, UnknownValue, check
from bot.slack.export_text import shared
from bot.slack.services import Asked, Services
from reports.masking import masked_query
from store import exports
from store.exports import Job

_LOG = structlog.get_logger(__name__)
_PATH = re.compile(r"/d/([\w-]{22})(?:[?#].*)?", re.ASCII)
_MOST = 5  # links of a message that are told of
#: Why somebody does not see what a file is about.
_HIDDEN = (EmptyStore, OutOfReach, UnknownEmail, UnknownValue)


def register(
    app: AsyncApp, client: AsyncWebClient, services: Services, introduce: Callable[[Asked], Awaitable[Asked]]
) -> None:
    """Tells Bolt of it. `introduce` finds out who has posted the link."""

    async def on_links(body: dict[str, Any]) -> None:
        event = body["event"]
        if services.exporting is not None and event.get("user") and services.first_time(body["event_id"]):
            channel, links = event["channel"], [str(link.get("url")) for link in event.get("links", ())]
            asked = Asked("", event["user"], services.defaults, "", client, services, channel=channel)
            services.start(show(asked, links, event))

    async def show(asked: Asked, links: list[str], event: Mapping[str, Any]) -> None:
        try:
            asked = await introduce(asked)
            unfurls = await asyncio.to_thread(_told, asked, links)
            if unfurls:
                await client.chat_unfurl(unfurls=unfurls, **_where(event))
        except NotAllowed:
            pass  # the link stays as it is; nobody asked a question that has to be answered
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            _LOG.warning("a link could not be told of", cause=type(error).__name__)

    app.event("link_shared")(on_links)


def _where(event: Mapping[str, Any]) -> dict[str, Any]:
    """The message; while it is being written, what Slack calls it."""
    if event.get("unfurl_id") and event.get("source"):
        return {"unfurl_id": event["unfurl_id"], "source": event["source"]}
    return {"channel": event["channel"], "ts": event["message_ts"]}


def _told(asked: Asked, links: list[str]) -> dict[str, dict[str, Any]]:
    """What is shown under each link that is ours, good, and about what the person may see."""
    found = ((url, _job(asked, url)) for url in dict.fromkeys(links))
    return {url: {"blocks": shared(job)} for url, job in list(found)[:_MOST] if job is not None}


def _job(asked: Asked, url: str) -> Job | None:
    exporting = asked.services.exporting
    assert exporting is not None, "asked before"
    match = _PATH.fullmatch(url.removeprefix(exporting.public_url)) if url.startswith(exporting.public_url) else None
    if match is None:
        return None
    with exporting.engine.connect() as connection:
        found = exports.of_token(connection, match[1], asked.services.now())
    if found is None:
        return None
    _, job = found
    try:
        for query in job.queries:
            check(exporting.engine, query, asked.access)
    except _HIDDEN:
        return None
    zone, locale = asked.reader.zone, asked.reader.locale
    first, *others = (replace(masked_query(query), zone=zone, locale=locale) for query in job.queries)
    return replace(job, query=first, others=tuple(others))
