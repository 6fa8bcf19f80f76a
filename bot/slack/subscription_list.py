"""The list of somebody's subscriptions, a page at a time, each with the buttons that they may press."""

import asyncio
from typing import Any

from bot.slack import home
from bot.slack.poster import Blocks, send
from bot.slack.services import Asked
from bot.slack.subscription_rows import button, buttons
from bot.slack.subscription_text import told
from reports.numbers import write_counted
from reports.render.slack import escaped
from store import subscriptions
from store.subscriptions import Subscription

#: A page stays under Slack's limits of blocks and characters.
PAGE = 6
_NONE = (
    "You have no subscriptions, and none come to you here. `/emailstats subscribe overview weekly on Monday at 09:00`"
    " begins one."
)


async def show(asked: Asked, head: str = "", first: int = 0) -> None:
    """Puts the list in the place of the message before it; on the app's home, shows that anew.

    `head` says what has just been done.
    """
    if asked.services.subscribing is None:
        await send(asked, "Subscriptions are not available here.")
        return
    if asked.at_home:  # pressed on the app's home, which shows the list as well
        await home.publish(asked, escaped(head))
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
        blocks += [_section(text), {"type": "actions", "elements": buttons(one, asked)}]
    if len(found) > PAGE:
        blocks.append({"type": "actions", "elements": _pages(first, len(found))})
    await send(asked, "\n\n".join((escaped(opening), *texts)), blocks)


def _load(asked: Asked) -> tuple[Subscription, ...]:
    assert asked.services.subscribing is not None
    with asked.services.subscribing.engine.connect() as connection:
        return subscriptions.of_people(connection, asked.user, [asked.user, asked.channel])


def _pages(first: int, total: int) -> list[dict[str, Any]]:
    earlier = [button("page_back", "Earlier", str(first - PAGE))] if first else []
    later = [button("page_on", "Later", str(first + PAGE))] if first + PAGE < total else []
    return earlier + later


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
