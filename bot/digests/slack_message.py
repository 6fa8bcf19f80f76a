"""A digest as messages in Slack: one that everybody sees, and further reports in its thread. Pure."""

from collections.abc import Mapping

from bot.grammar import to_command
from reports.freeze import Digest
from reports.numbers import UNKNOWN, write_counted
from reports.render.slack import Block, Message, escaped, render
from reports.report import Report
from reports.text import plain, shortened

_MANAGE = "/emailstats subscriptions changes or ends this."
#: Slack takes no longer text when a message is changed.
_MOST_TEXT = 3_990


def first(digest: Digest, images: Mapping[str, str] | None = None, remark: str | None = None) -> Message:
    """What arrives: which digest it is and about when, its first report, and what else there is."""
    report, *others = digest.reports
    closing = [remark] if remark else []
    if others:
        counted = write_counted(len(others), "more report is", "more reports are", report.query.locale)
        closing.append(f"{counted} in the thread.")
    closing.append(_MANAGE)
    message = render(report, to_command(report.query), images, " ".join(closing))
    said = " ".join((f"{_title(digest)}{_period(digest)}.", *_missed(digest)))
    return Message(_within(f"{escaped(said)} {message.text}"), [_head(digest), *message.blocks])


def further(report: Report, images: Mapping[str, str] | None = None, remark: str | None = None) -> Message:
    """One of the other reports."""
    return render(report, to_command(report.query), images, remark)


def _title(digest: Digest) -> str:
    return shortened(plain(digest.title), 150) or UNKNOWN


def _period(digest: Digest) -> str:
    return f", {digest.period}" if digest.period else ""


def _missed(digest: Digest) -> list[str]:
    """After a downtime: which periods nobody was told of."""
    return [f"Not sent while the service was down: {'; '.join(digest.skipped)}."] if digest.skipped else []


def _head(digest: Digest) -> Block:
    """One block, where Slack reads no markup: which digest this is, about when, and what it makes up for."""
    named = [{"type": "text", "text": _title(digest), "style": {"bold": True}}]
    if digest.period:
        named.append({"type": "text", "text": _period(digest)})
    lines = [named, *([{"type": "text", "text": missed}] for missed in _missed(digest))]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": line} for line in lines]}


def _within(text: str) -> str:
    """Cut between sentences, never within a number."""
    return text if len(text) <= _MOST_TEXT else f"{text[:_MOST_TEXT].rpartition('. ')[0]}."
