"""Whoever asked for a file is told how far it is, and where it is: in Slack, and by mail where they wished it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from bot.exports.exporting import Link
from bot.exports.mailing import ExportMail, Mailed
from bot.slack import export_text
from bot.slack.export_message import ExportMessages
from store.exports import Job


@dataclass(frozen=True)
class Telling:
    """`url` makes a link of a token. Without `messages` there is no Slack, without `mail` no mail."""

    url: Callable[[str], str]
    messages: ExportMessages | None = None
    mail: ExportMail | None = None

    async def progress(self, job: Job) -> None:
        if self.messages is not None:
            await self.messages.show(job, export_text.progress(job))

    async def made(self, job: Job, token: str, expires: datetime) -> bool:
        """Whether everybody knows, or will never know; False: it is worth another try later."""
        link = Link(self.url(token), expires)
        mailed = Mailed(job) if self.mail is None else await self.mail.send(job, link)
        if self.messages is not None:
            await self.messages.show(mailed.job, export_text.made(job, link, mailed.missed))
        return not mailed.again

    async def failed(self, job: Job) -> bool:
        if self.messages is not None:
            await self.messages.show(job, export_text.failed(job))
        return True

    async def gone(self, job: Job) -> None:
        """The link in its message leads nowhere any more."""
        if self.messages is not None:
            await self.messages.edit(job, export_text.gone(job))
