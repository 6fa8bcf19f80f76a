"""The message of a file: one a file, in its person's conversation with the app, edited as the file comes along."""

import asyncio
from dataclasses import dataclass

import structlog
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient
from sqlalchemy import Engine

from bot.exports.told import Told
from reports.render.slack import Message
from store import exports
from store.exports import Job

_LOG = structlog.get_logger(__name__)
#: The message is not there any more, or may not be changed any more: another takes its place.
_ANEW = {"message_not_found", "edit_window_closed", "cant_update_message", "channel_not_found"}


@dataclass(frozen=True)
class ExportMessages:
    """Posts and edits them."""

    engine: Engine
    client: AsyncWebClient

    async def show(self, job: Job, message: Message) -> None:
        """Tells the file's person, if they are in Slack. Raises SlackClientError and what a connection raises."""
        told = Told.of(job.told)
        if told.person and not (told.ts and await self._edited(told, message)):
            await self._post(job, told, message)

    async def edit(self, job: Job, message: Message) -> None:
        """Changes the message where there is one. Raises as `show`."""
        told = Told.of(job.told)
        if told.ts:
            await self._edited(told, message)

    async def _edited(self, told: Told, message: Message) -> bool:
        try:
            await self.client.chat_update(channel=told.channel, ts=told.ts, text=message.text, blocks=message.blocks)
        except SlackApiError as error:
            if error.response.get("error") not in _ANEW:
                raise
            _LOG.info("the message of a file is gone", code=error.response.get("error"))
            return False
        return True

    async def _post(self, job: Job, told: Told, message: Message) -> None:
        posted = await self.client.chat_postMessage(
            channel=told.person, text=message.text, blocks=message.blocks, unfurl_links=False, unfurl_media=False
        )
        kept = told.with_message(str(posted["channel"]), str(posted["ts"])).to_json()
        await asyncio.to_thread(exports.tell, self.engine, job.id, kept)
