"""A report for everybody where the person is: without recipients' addresses, with who shared it."""

from dataclasses import replace

from bot.slack.poster import Refused, post_report, share_here
from bot.slack.services import Asked
from reports.masking import masked, masked_query
from reports.report import Report

#: What Slack says of a place that the app is no member of.
_OUTSIDE = {"not_in_channel", "channel_not_found"}


class NotShared(Exception):
    """Slack takes no message there; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(f"Slack takes no message of the app here ({code}): invite it with /invite, and press again.")


async def share_report(asked: Asked, report: Report) -> None:
    """Raises NotShared."""
    hidden = replace(report if report.masked else masked(report), query=masked_query(report.query))
    words = {"type": "mrkdwn", "text": f"Shared by <@{asked.user}>"}
    head = [{"type": "context", "elements": [words]}]
    try:
        try:
            await post_report(asked, asked.channel, hidden, head=head)
        except Refused as refused:
            if refused.code not in _OUTSIDE:
                raise
            await share_here(asked, hidden, head)
    except Refused as refused:
        raise NotShared(refused.code) from refused
