"""Whoever asked for a file is told how far it is, and where it is: in Slack, and by mail where they wished it."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from bot.exports.exporting import Link
from bot.slack import export_text
from bot.slack.export_message import ExportMessages
from store.exports import Job


@dataclass(frozen=True)
class Telling:
    """`url` makes a link of a token. Without `messages` there is no Slack, without `mail` no mail."""

    url: Callable[[str], str]
    messages: ExportMessages | None = None
    mail: Callable[[Job, Link], Awaitable[None]] | None = None

    async def progress(self, job: Job) -> None:
        if self.messages is not None:
            await self.messages.show(job, export_text.progress(job))

    async def made(self, job: Job, token: str, expires: datetime) -> None:
        link = Link(self.url(token), expires)
        if self.messages is not None:
            await self.messages.show(job, export_text.made(job, link))
        if self.mail is not None:
            await self.mail(job, link)

    async def failed(self, job: Job) -> None:
        if self.messages is not None:
            await self.messages.show(job, export_text.failed(job))
