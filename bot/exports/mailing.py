"""The mail that says that a file is there: with its link, until when that is good, and what is in it."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import structlog
from sqlalchemy import Engine

from bot.exports.exporting import Link
from bot.exports.storage import Storage
from bot.exports.told import Told
from bot.exports.words import asks, kind_of
from bot.mail.letter import Attachment
from reports.numbers import write_due, write_instant, write_size
from store import exports
from store.exports import Job
from store.ledger import Outcome, OutcomeKind

_LOG = structlog.get_logger(__name__)


class Notifies(Protocol):
    """What sends a mail about one thing: bot.mail.notices.Notices.notify."""

    async def __call__(
        self,
        to: str,
        subject: str,
        paragraphs: Sequence[str],
        link: tuple[str, str] | None = None,
        attachments: Sequence[Attachment] = (),
    ) -> Outcome: ...


@dataclass(frozen=True, slots=True)
class Mailed:
    """The job with what is kept of it, the addresses that got no mail, and whether another try may reach some."""

    job: Job
    missed: tuple[str, ...] = ()
    again: bool = False


@dataclass(frozen=True)
class ExportMail:
    """Mails links; a file of at most `attached` bytes comes along. bot.exports.exporting sees to it that recipients'
    addresses stand in no file that is mailed.
    """

    engine: Engine
    notify: Notifies
    storage: Storage
    attached: int = 0

    async def send(self, job: Job, link: Link) -> Mailed:
        """To every address that is not done with yet; what is done is kept one by one, for a process may die here."""
        told = Told.of(job.told)
        to = [address for address in told.mail if address not in told.mailed]
        if not to:
            return Mailed(job)
        attachments = await self._attachments(job)
        paragraphs = _paragraphs(job, link, attached=bool(attachments))
        refused, waiting = [], []
        for address in to:
            kind = await self._sent(address, job, paragraphs, link, attachments)
            if kind is OutcomeKind.TRANSIENT:
                waiting.append(address)
                continue
            if kind is OutcomeKind.PERMANENT:
                refused.append(address)
            told = told.with_mailed(address)
            await asyncio.to_thread(exports.tell, self.engine, job.id, told.to_json())
        return Mailed(replace(job, told=told.to_json()), (*refused, *waiting), bool(waiting))

    async def _sent(
        self, to: str, job: Job, paragraphs: Sequence[str], link: Link, attachments: Sequence[Attachment]
    ) -> OutcomeKind:
        """Unknown is when it may have come: then it is not sent twice."""
        outcome = await self.notify(to, f"{job.name} is ready", paragraphs, ("Download", link.url), attachments)
        if outcome.kind is not OutcomeKind.SENT:
            _LOG.warning("a file's mail was not taken", export=job.id, kind=outcome.kind, code=outcome.code)
        return outcome.kind

    async def _attachments(self, job: Job) -> tuple[Attachment, ...]:
        if job.size is None or job.file is None or job.size > self.attached or job.reveal:
            return ()
        content = b"".join([piece async for piece in self.storage.read(job.file, 0, job.size)])
        return (Attachment(job.name or "report", job.media_type or "application/octet-stream", content),)


def _paragraphs(job: Job, link: Link, *, attached: bool) -> list[str]:
    locale, zone = job.query.locale, job.query.zone
    as_of = write_instant(job.finished_at or job.created_at, locale, zone)
    until = write_due(link.expires, locale, zone)
    told = [
        f"{job.name} ({kind_of(job)}, {write_size(job.size or 0, locale)}) holds: {asks(job.queries)}. As of {as_of}.",
        f"The link is good until {until}. Whoever has it can fetch the file: pass it on with care.",
        "Recipients' addresses are hidden in it. Whoever asked for it can make a new link, and end this one.",
    ]
    return [*told, "The file is attached as well."] if attached else told
