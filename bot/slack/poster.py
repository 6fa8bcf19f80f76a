"""An answer: the text at once, the chart after it, then one message that has both.

It goes to the response URL of what was done, for one person, or as a message of the app to where it was asked.

A response URL takes five posts, and at most four are used: the figures, the same with the chart, where that is refused
the figures with an apology, and where blocks are refused their text.
"""

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

import structlog
from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookResponse
from slack_sdk.webhook.async_client import AsyncWebhookClient

from bot.grammar import to_command
from bot.slack.pictures import Pictures, apology, main_chart
from bot.slack.services import Asked, Place
from reports.render import slack
from reports.report import Report

_LOG = structlog.get_logger(__name__)

Block = dict[str, Any]
Blocks = list[Block]

#: What a call of Slack's Web API raises.
_FAULTS = (SlackClientError, ClientError, OSError, TimeoutError)
_LONGEST_PAUSE = 30.0  # seconds that Slack may ask us to wait while somebody is waiting for an answer


class Refused(Exception):
    """Slack did not take a message; `code` is its own word for why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


async def send(asked: Asked, text: str, blocks: Blocks | None = None) -> bool:
    """Puts a message in the place of the one before it, or sends a direct message where Slack takes no other.

    Whether the person sees the blocks: where Slack refuses them, the text says the same. Raises Refused.
    """
    try:
        await _post(asked, text, blocks)
    except Refused as refused:
        _LOG.warning("Slack refused a message", code=refused.code)
        if not blocks or "invalid_blocks" not in refused.code:
            posted = await direct_message(asked, text, blocks)
            if asked.place is not None:  # what follows goes there as well
                asked.place.channel, asked.place.ts = posted
            return True
        await _post(asked, text)
        return False
    return True


async def add(asked: Asked, text: str, blocks: Blocks | None = None, *, public: bool = False) -> None:
    """One more message beside the one that was pressed: private, or for the whole conversation. Raises Refused.

    Where Slack takes none there, a private one comes as a direct message.
    """
    try:
        await _post(asked, text, blocks, public=public, replace=False)
    except Refused as refused:
        if public:
            raise
        _LOG.warning("Slack refused a message", code=refused.code)
        await direct_message(asked, text, blocks)


async def show_figures(asked: Asked, report: Report, remark: str | None = None, actions: Sequence[Block] = ()) -> bool:
    """The report without its chart. Whether the person sees blocks; raises Refused when not even the text is taken."""
    message = slack.render(report, to_command(report.query), remark=remark, actions=actions)
    return await send(asked, message.text, message.blocks)


async def add_chart(asked: Asked, report: Report, remark: str | None = None, actions: Sequence[Block] = ()) -> None:
    """Puts the chart into the message; whatever becomes of it, the figures stay. Raises Refused."""
    drawn = main_chart(report)
    if drawn is None:
        return
    section, chart = drawn
    command = to_command(report.query)
    await asked.services.quiet()
    try:
        file_id = await _pictures(asked).upload(chart, report.query.locale)
        if _is_replaced(asked, actions):
            return
        message = slack.render(report, command, {section: file_id}, remark, actions)
        await _post(asked, message.text, message.blocks)
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the figures that already stand
        _LOG.warning("a chart could not be shown", cause=type(error).__name__, code=_code(error))
        if _is_replaced(asked, actions):
            return
        sorry = f"{apology(error)} The figures above are complete."
        message = slack.render(report, command, remark=_both(remark, sorry), actions=actions)
        await send(asked, message.text, message.blocks)


def _is_replaced(asked: Asked, actions: Sequence[Block]) -> bool:
    """Whether the person has gone on from the answer with these buttons, and something else stands in its place."""
    return any(asked.services.is_replaced(block.get("block_id", "")) for block in actions)


def _both(remark: str | None, sorry: str) -> str:
    return f"{remark}. {sorry}" if remark else sorry


async def _post(
    asked: Asked, text: str, blocks: Blocks | None = None, *, public: bool = False, replace: bool = True
) -> None:
    """One use of the response URL, after a pause where Slack asks for one; or a message to the place.

    Raises Refused.
    """
    if asked.place is not None and replace:
        await _put(asked, asked.place, text, blocks)
        return
    if not asked.response_url:  # pressed in a form or on the app's home, or said in a conversation
        raise Refused("no_response_url")
    if replace and asked.block:
        asked.services.replace_answer(asked.block)
    body = {
        "text": text,
        "blocks": blocks,
        "response_type": "in_channel" if public else "ephemeral",
        "replace_original": replace,
    }
    response = await _respond(asked, body)
    if response.status_code == 429:
        await asked.services.sleep(min(_pause(response), _LONGEST_PAUSE))
        response = await _respond(asked, body)
    if response.status_code != 200:  # it never raises
        raise Refused(f"{response.status_code} {str(response.body)[:80]}")


async def _put(asked: Asked, place: Place, text: str, blocks: Blocks | None) -> None:
    """Posts a message of the app, and replaces it the next time. Raises Refused."""
    if place.ts:
        await update_message(asked, (place.channel, place.ts), text, blocks)
    else:
        posted = await post_message(asked, place.channel, text, blocks, thread=place.thread)
        place.channel, place.ts = posted


async def _respond(asked: Asked, body: dict[str, Any]) -> WebhookResponse:
    webhook = AsyncWebhookClient(asked.response_url, session=asked.client.session)
    try:
        return await webhook.send_dict(body)
    except (ClientError, OSError, TimeoutError) as error:
        raise Refused(type(error).__name__) from error


def _pause(response: WebhookResponse) -> float:
    told = next((value for name, value in response.headers.items() if name.casefold() == "retry-after"), "1")
    return float(told) if told.isdecimal() else 1.0


async def direct_message(asked: Asked, text: str, blocks: Blocks | None = None) -> tuple[str, str]:
    """To the person alone, outside of any conversation; also where the response URL is used up.

    The conversation and the time by which Slack knows the message. Raises Refused.
    """
    return await post_message(asked, asked.user, text, blocks)


async def post_message(
    asked: Asked, place: str, text: str, blocks: Blocks | None = None, *, thread: str = ""
) -> tuple[str, str]:
    """As the app, into a channel that it is in, or to a person. As direct_message."""
    try:
        posted = await asked.client.chat_postMessage(
            channel=place,
            text=text,
            blocks=blocks,
            thread_ts=thread or None,
            unfurl_links=False,
        )
    except _FAULTS as error:
        raise Refused(_code(error) or type(error).__name__) from error
    return str(posted["channel"]), str(posted["ts"])


async def update_message(asked: Asked, place: tuple[str, str], text: str, blocks: Blocks | None) -> None:
    """Replaces a message of the app, by its conversation and time. Raises Refused."""
    channel, ts = place
    try:
        await asked.client.chat_update(channel=channel, ts=ts, text=text, blocks=blocks or [])
    except _FAULTS as error:
        raise Refused(_code(error) or type(error).__name__) from error


async def post_report(
    asked: Asked,
    place: str,
    report: Report,
    remark: str | None = None,
    head: Sequence[Block] = (),
    actions: Sequence[Block] = (),
) -> None:
    """A report as a message of the app: the text at once, its chart after it. `head` goes before it. Raises Refused."""
    command = to_command(report.query)
    message = slack.render(report, command, remark=remark, actions=actions)
    posted = await post_message(asked, place, message.text, [*head, *message.blocks])
    drawn = main_chart(report)
    if drawn is None:
        return
    section, chart = drawn
    try:
        images = {section: await _pictures(asked).upload(chart, report.query.locale)}
        message = slack.render(report, command, images, remark, actions)
        await update_message(asked, posted, message.text, [*head, *message.blocks])
    except Exception as error:  # noqa: BLE001 - whatever it is, it must not cost the figures that already stand
        _LOG.warning("a chart could not be shown", cause=type(error).__name__, code=_code(error))
        message = slack.render(report, command, remark=_both(remark, apology(error)), actions=actions)
        with suppress(Refused):
            await update_message(asked, posted, message.text, [*head, *message.blocks])


async def share_here(asked: Asked, report: Report, head: Blocks) -> None:
    """A report for everybody where the person is, though the app is no member there. Raises Refused.

    Such a message can't be changed afterwards: its chart comes with it, or not at all.
    """
    images, remark, drawn = {}, None, main_chart(report)
    if drawn is not None:
        section, chart = drawn
        try:
            images = {section: await _pictures(asked).upload(chart, report.query.locale)}
        except Exception as error:  # noqa: BLE001 - as above
            _LOG.warning("a chart could not be shown", cause=type(error).__name__, code=_code(error))
            remark = apology(error)
    message = slack.render(report, to_command(report.query), images, remark)
    await add(asked, message.text, [*head, *message.blocks], public=True)


def _pictures(asked: Asked) -> Pictures:
    services = asked.services
    return Pictures(asked.client, services.drawing, services.theme, services.sleep)


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return error.code if isinstance(error, Refused) else ""
