"""Owners of subscriptions are told in Slack what stopped, with the button that mends it."""

from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.digests.slack_faults import outcome_of
from store.ledger import OutcomeKind
from store.notices import NoticeKind, Waiting

_LOG = structlog.get_logger(__name__)
_TWICE = {
    "title": {"type": "plain_text", "text": "Send it again?"},
    "text": {"type": "plain_text", "text": "If it has arrived after all, it will be there twice."},
    "confirm": {"type": "plain_text", "text": "Send it again"},
    "deny": {"type": "plain_text", "text": "Leave it"},
}


class SlackOwners:
    """Writes to them directly; an owner that is no member of Slack has `emailstats health`."""

    def __init__(self, client: AsyncWebClient) -> None:
        self._client = client

    async def tell(self, waiting: Waiting) -> bool:
        """See bot.digests.service.Tells."""
        notice = waiting.notice
        if notice.owner[0] not in "UW":
            return True
        blocks: list[dict[str, Any]] = [{"type": "section", "text": {"type": "mrkdwn", "text": notice.text}}]
        if buttons := buttons_of(notice.kind, str(notice.about)):
            blocks.append({"type": "actions", "elements": buttons})
        try:
            await self._client.chat_postMessage(
                channel=notice.owner, text=notice.text, blocks=blocks, unfurl_links=False
            )
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            outcome = outcome_of(error, posting=False)
            _LOG.warning("an owner could not be told", subscription=notice.subscription_id, code=outcome.code)
            # A token that is revoked may be given anew: what it was about is told then.
            return outcome.kind is OutcomeKind.PERMANENT and not outcome.suppress
        return True


def buttons_of(kind: NoticeKind, about: str) -> list[dict[str, Any]]:
    """What an owner can do about a notice; `about` is the number of its target or delivery."""
    if kind is NoticeKind.MEND:
        return [_button("mend", "It is mended: go on", about)]
    if kind is NoticeKind.RETRY:
        return [_button("resend", "Try again", about)]
    if kind is NoticeKind.DECIDE:
        again = {**_button("resend", "Send it again", about), "confirm": _TWICE}
        return [_button("arrived", "It has arrived", about), again]
    return []


def _button(action: str, label: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": f"digest_{action}", "text": text, "value": value}
