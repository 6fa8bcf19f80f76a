"""The list of somebody's files, a page at a time, each with the buttons for what may be done with it."""

import asyncio

from bot.slack.export_text import buttons, listed, page_buttons
from bot.slack.exporting import UNAVAILABLE, exporting_of
from bot.slack.poster import Blocks, send
from bot.slack.services import Asked
from reports.numbers import write_counted

#: A page stays under Slack's limits of blocks and characters.
PAGE = 5
_MOST = 100  # files that are listed: older ones are gone
_NONE = "You have asked for no files. `/emailstats export newsletter-may pdf` asks for one."


async def show(asked: Asked, head: str = "", first: int = 0) -> None:
    """Puts the list in the place of the message before it; `head`, in Slack's markup, says what has just been done."""
    if asked.services.exporting is None:
        await send(asked, UNAVAILABLE)
        return
    found = await asyncio.to_thread(exporting_of(asked).listed, asked.user, _MOST)
    if not found:
        await send(asked, _NONE)
        return
    first = max(0, min(first, (len(found) - 1) // PAGE * PAGE))
    page = found[first : first + PAGE]
    title = f"{write_counted(len(found), 'file', 'files', asked.reader.locale)}, newest first."
    texts = [f"{head}\n{title}" if head else title, *(listed(entry) for entry in page)]
    blocks: Blocks = [_section(texts[0])]
    for entry, text in zip(page, texts[1:], strict=True):
        blocks.append(_section(text))
        if pressed := buttons(entry.job, "exports", linked=entry.until is not None):
            blocks.append({"type": "actions", "elements": pressed})
    if len(found) > PAGE:
        blocks.append({"type": "actions", "elements": page_buttons(first, PAGE, len(found))})
    await send(asked, "\n\n".join(texts), blocks)


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}
