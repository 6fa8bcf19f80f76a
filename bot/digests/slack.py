"""Digests in Slack: the text first, pictures and further reports after it, and nothing twice.

A message is posted with metadata that names its delivery, so that one whose answer was lost can be looked for.
"""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from hashlib import blake2b
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

from bot.digests.sender import Mark
from bot.digests.slack_faults import code_of, outcome_of
from bot.digests.slack_message import first, further
from bot.slack.pictures import Pictures, apology, main_chart
from reports.freeze import Digest
from reports.render.slack import Message
from reports.report import Report
from store.ledger import Delivery, Outcome, OutcomeKind

_LOG = structlog.get_logger(__name__)
EVENT = "emailstats_digest"
#: Pages of a conversation's history in which a message is looked for, and messages of each.
_PAGES, _PAGE = 5, 200
#: Messages that are completed with pictures at a time; each keeps a drawing process and Slack busy.
_COMPLETED_AT_ONCE = 3
_PATIENT = 4  # times that a part is tried while Slack asks for pauses
_LONGEST_PAUSE = 60.0  # seconds
#: What a message's form can be refused for: its text says the same.
_FORM = {"invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "blocks_too_long", "msg_too_long"}

Call = Callable[[], Awaitable[AsyncSlackResponse]]


@dataclass(frozen=True)
class Posted:
    """Where a message stands."""

    channel: str
    ts: str


class SlackSender:
    """`client` posts, and must have no retry handlers: the SDK's own would post twice when a connection is lost."""

    def __init__(self, client: AsyncWebClient, pictures: Pictures) -> None:
        self._client = client
        self._pictures = pictures
        self._turn = asyncio.Semaphore(_COMPLETED_AT_ONCE)
        self._completing: set[asyncio.Task[None]] = set()

    async def send(self, delivery: Delivery, digest: Digest, mark: Mark) -> Outcome:
        """See bot.digests.sender.Sender. Pictures and further reports come after it; none of them costs the text."""
        try:
            channel = await self._conversation(delivery)
        except Exception as error:  # noqa: BLE001 - the next line knows what it may be
            return outcome_of(error, posting=False)
        if not await mark():
            return Outcome(OutcomeKind.TRANSIENT, "unmarked")
        message = first(digest)
        try:
            posted = await self._post(channel, message, metadata_of(delivery))
        except Exception as error:  # noqa: BLE001 - as above
            return outcome_of(error, posting=True)
        task = asyncio.create_task(self._complete(posted, digest))
        self._completing.add(task)
        task.add_done_callback(self._completed)
        return Outcome(OutcomeKind.SENT, far_id=f"{posted.channel}:{posted.ts}")

    async def reconcile(self, delivery: Delivery) -> Outcome | None:
        """Looks through the conversation's last messages for the one with this delivery's metadata."""
        cursor = ""
        try:
            channel = await self._conversation(delivery)
            for _ in range(_PAGES):
                page = await self._client.conversations_history(
                    channel=channel, include_all_metadata=True, limit=_PAGE, cursor=cursor or None
                )
                for message in page["messages"]:
                    if message.get("metadata") == metadata_of(delivery):
                        return Outcome(OutcomeKind.SENT, far_id=f"{channel}:{message['ts']}")
                cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                if not cursor:
                    return Outcome(OutcomeKind.TRANSIENT, "absent", "it is not in the conversation")
        except Exception as error:  # noqa: BLE001 - it stays unknown
            _LOG.warning(
                "a conversation can't be read", delivery=delivery.id, cause=outcome_of(error, posting=False).code
            )
        return None

    async def finish(self, patience: float) -> None:
        """Lets pictures that are under way arrive; after so many seconds they are given up."""
        if self._completing:
            _, late = await asyncio.wait(self._completing, timeout=patience)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _completed(self, task: asyncio.Task[None]) -> None:
        self._completing.discard(task)
        if not task.cancelled() and (error := task.exception()):
            _LOG.error("a digest could not be completed", exc_info=error)

    async def _conversation(self, delivery: Delivery) -> str:
        """A channel's own identifier, or that of the conversation with a person."""
        if delivery.address[0] not in "UW":
            return delivery.address
        opened = await self._client.conversations_open(users=delivery.address)
        return str(opened["channel"]["id"])

    async def _post(self, channel: str, message: Message, metadata: dict[str, Any]) -> Posted:
        post = partial(
            self._client.chat_postMessage,
            channel=channel,
            text=message.text,
            metadata=metadata,
            unfurl_links=False,
            unfurl_media=False,
        )
        try:
            answer = await post(blocks=message.blocks)
        except SlackApiError as error:
            if code_of(error) not in _FORM:
                raise
            _LOG.warning("Slack refused blocks", code=code_of(error))
            answer = await post()
        return Posted(str(answer["channel"]), str(answer["ts"]))

    async def _complete(self, posted: Posted, digest: Digest) -> None:
        """The picture of the first report, then the others in the thread, each with its own."""
        report, *others = digest.reports
        async with self._turn:
            await self._illustrate(posted, report, partial(first, digest))
            for other in others:
                try:
                    message = further(other)
                    thread = partial(
                        self._client.chat_postMessage,
                        channel=posted.channel,
                        thread_ts=posted.ts,
                        text=message.text,
                        blocks=message.blocks,
                        unfurl_links=False,
                    )
                    answer = await self._patiently(thread)
                except Exception as error:  # noqa: BLE001 - one part must not cost the others
                    _LOG.error("a report of a digest could not be posted", cause=type(error).__name__)
                    await self._say(posted, first(digest, remark="A report could not be posted this time."))
                    continue
                place = Posted(str(answer["channel"]), str(answer["ts"]))
                await self._illustrate(place, other, partial(further, other))

    async def _illustrate(self, posted: Posted, report: Report, message: Callable[..., Message]) -> None:
        drawn = main_chart(report)
        if drawn is None:
            return
        section, chart = drawn
        try:
            images = {section: await self._pictures.upload(chart, report.query.locale)}
            await self._update(posted, message(images=images))
        except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the figures that already stand
            _LOG.warning("a chart could not be shown", cause=type(error).__name__)
            await self._say(posted, message(remark=apology(error)))

    async def _say(self, posted: Posted, message: Message) -> None:
        """Changes a message where that can be done: it stands without it."""
        with suppress(SlackClientError, ClientError, OSError, TimeoutError):
            await self._update(posted, message)

    async def _update(self, posted: Posted, message: Message) -> None:
        update = partial(
            self._client.chat_update, channel=posted.channel, ts=posted.ts, text=message.text, blocks=message.blocks
        )
        await self._patiently(update)

    async def _patiently(self, call: Call) -> AsyncSlackResponse:
        """Again where Slack asked for a pause, which says that nothing has happened."""
        for _ in range(_PATIENT):
            try:
                return await call()
            except SlackApiError as error:
                outcome = outcome_of(error, posting=True)
                if outcome.kind is not OutcomeKind.TRANSIENT:
                    raise
                await self._pictures.sleep(min(outcome.retry_after.total_seconds(), _LONGEST_PAUSE))
        return await call()


def metadata_of(delivery: Delivery) -> dict[str, Any]:
    """Every app and member may read it: a name of the delivery that tells nothing."""
    name = blake2b(str(delivery.id).encode(), key=delivery.leave_token.encode(), digest_size=16).hexdigest()
    return {"event_type": EVENT, "event_payload": {"delivery": name}}
