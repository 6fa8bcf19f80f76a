"""The list of somebody's subscriptions, a page at a time, each with the buttons that they may press."""

import asyncio
from typing import Any

from bot.slack.poster import Blocks, send
from bot.slack.services import Asked
from bot.slack.subscription_text import told
from reports.numbers import write_counted
from reports.render.slack import escaped
from store import subscriptions
from store.subscriptions import Channel, State, Subscription, Target, TargetState

#: A page stays under Slack's limits of blocks and characters.
PAGE = 6
_NONE = (
    "You have no subscriptions, and none come to you here. `/emailstats subscribe overview weekly on Monday at 09:00`"
    " begins one."
)
_ENDING = {
    "title": {"type": "plain_text", "text": "End this subscription?"},
    "text": {"type": "plain_text", "text": "It stops for everybody it goes to."},
    "confirm": {"type": "plain_text", "text": "End it"},
    "deny": {"type": "plain_text", "text": "Keep it"},
    "style": "danger",
}


async def show(asked: Asked, head: str = "", first: int = 0) -> None:
    """Puts the list in the place of the message before it; `head` says what has just been done."""
    if asked.services.subscribing is None:
        await send(asked, "Subscriptions are not available here.")
        return
    found = await asyncio.to_thread(_load, asked)
    if not found:
        await send(asked, f"{escaped(head)}\n{_NONE}" if head else _NONE)
        return
    first = min(first, (len(found) - 1) // PAGE * PAGE)
    page = found[first : first + PAGE]
    texts = [told(one, asked.user, asked.services.now(), asked.reader.locale) for one in page]
    title = f"{write_counted(len(found), 'subscription', 'subscriptions', asked.reader.locale)}."
    opening = f"{head} {title}" if head else title
    blocks: Blocks = [_section(escaped(opening))]
    for one, text in zip(page, texts, strict=True):
        blocks += [_section(text), {"type": "actions", "elements": _buttons(one, asked)}]
    if len(found) > PAGE:
        blocks.append({"type": "actions", "elements": _pages(first, len(found))})
    await send(asked, "\n\n".join((escaped(opening), *texts)), blocks)


def mine(subscription: Subscription, asked: Asked) -> Target | None:
    """The target with which a subscription comes to the person, or else to the channel they are in."""
    addresses = [
        target
        for target in subscription.targets
        if target.channel is Channel.SLACK and target.state is TargetState.ACTIVE
    ]
    return next((one for here in (asked.user, asked.channel) for one in addresses if one.address == here), None)


def _load(asked: Asked) -> tuple[Subscription, ...]:
    assert asked.services.subscribing is not None
    with asked.services.subscribing.engine.connect() as connection:
        return subscriptions.of_people(connection, asked.user, [asked.user, asked.channel])


def _buttons(subscription: Subscription, asked: Asked) -> list[dict[str, Any]]:
    """What the person may do: all to their own, and leave any that comes to them or to the channel they are in."""
    number = str(subscription.id)
    buttons = [_button("preview", "Preview", number), _button("to_me", "Send to me", number)]
    if subscription.promise.owner == asked.user:
        paused = subscription.state is State.PAUSED
        buttons += [
            _button("edit", "Change", number),
            _button("resume", "Resume", number) if paused else _button("pause", "Pause", number),
            {**_button("end", "End", number), "style": "danger", "confirm": _ENDING},
        ]
    if (target := mine(subscription, asked)) is not None:
        buttons.append(_button("leave", "Leave" if target.address == asked.user else "Leave with this channel", number))
    return buttons


def _pages(first: int, total: int) -> list[dict[str, Any]]:
    earlier = [_button("page_back", "Earlier", str(first - PAGE))] if first else []
    later = [_button("page_on", "Later", str(first + PAGE))] if first + PAGE < total else []
    return earlier + later


def _button(action: str, label: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": f"subscription_{action}", "text": text, "value": value}


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
