"""The list of reports or dashboards that somebody sees, a page at a time, with what they may do to each."""

import asyncio
from collections.abc import Sequence
from typing import Any

from bot.slack import home
from bot.slack.poster import Blocks, send
from bot.slack.saved_rows import buttons, undo_button, words
from bot.slack.services import Asked
from reports.numbers import write_counted
from store.saved import Saved, visible
from store.subscriptions import Kind

#: A page stays under Slack's limits of blocks and characters.
PAGE = 6
_NONE = {
    Kind.REPORT: (
        "You see no saved reports yet. Press *Save* under an answer, or ask something and type `/emailstats save NAME`:"
        " it is kept with its filters, for you, your team or everyone."
    ),
    Kind.DASHBOARD: (
        "You see no dashboards yet. A dashboard is several saved reports in one place: press *Save* under an answer,"
        " and choose “A new one” where the form asks for the dashboard."
    ),
}
UNAVAILABLE = "Nothing can be saved here."


async def show(asked: Asked, kind: Kind, head: str = "", first: int = 0, undo: Saved | None = None) -> None:
    """Puts the list in the place of the message before it; on the app's home, shows that anew.

    `head` says what has just been done, in Slack's markup; `undo` is what it was done to, where it can be undone.
    """
    if asked.services.saving is None:
        await send(asked, UNAVAILABLE)
        return
    if asked.at_home:  # pressed on the app's home, which shows the list as well
        await home.publish(asked, head, undo)
        return
    found = await asyncio.to_thread(_load, asked, kind)
    first = max(0, min(first, (len(found) - 1) // PAGE * PAGE))
    page = found[first : first + PAGE]
    texts = [words(asked, one) for one in page]
    title = f"{write_counted(len(found), str(kind), f'{kind}s', asked.reader.locale)}." if found else _NONE[kind]
    opening = f"{head} {title}" if head else title
    blocks: Blocks = [_section(opening)]
    if undo is not None:
        blocks.append(_actions(undo_button(undo)))
    for one, text in zip(page, texts, strict=True):
        blocks += [_section(text), _actions(*buttons(one, asked))]
    if len(found) > PAGE:
        blocks.append(_actions(*_pages(kind, first, len(found))))
    await send(asked, "\n\n".join((opening, *texts)), blocks)


def _pages(kind: Kind, first: int, total: int) -> list[dict[str, Any]]:
    earlier = [_page("back", "Earlier", kind, first - PAGE)] if first else []
    later = [_page("on", "Later", kind, first + PAGE)] if first + PAGE < total else []
    return earlier + later


def _page(action: str, label: str, kind: Kind, first: int) -> dict[str, Any]:
    text = {"type": "plain_text", "text": label, "emoji": False}
    return {"type": "button", "action_id": f"saved_page_{action}", "text": text, "value": f"{kind} {first} 0"}


def _load(asked: Asked, kind: Kind) -> Sequence[Saved]:
    assert asked.services.saving is not None, "asked before"
    with asked.services.saving.engine.connect() as connection:
        return visible(connection, asked.viewer, kind)


def _section(text: str) -> dict[str, Any]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def _actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}
