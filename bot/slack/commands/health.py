"""`/emailstats health`: how digests have fared, and one's own that have to be decided, with the buttons for it."""

import asyncio

from bot.digests.health import PERIOD, sentences
from bot.digests.owners import buttons_of
from bot.slack.poster import Blocks, send
from bot.slack.services import Asked, Command
from reports.numbers import write_due
from reports.render.slack import escaped, unmarked
from store.health import Health, Unsettled, health
from store.ledger import DeliveryState
from store.notices import NoticeKind
from store.subscriptions import Channel

USAGE = "`/emailstats health` — whether digests arrive: 30 days, and your own that nobody knows of"
_MOST = 8


async def run(asked: Asked) -> None:
    if asked.services.subscribing is None:
        await send(asked, "Subscriptions are not available here.")
        return
    found = await asyncio.to_thread(_load, asked)
    reachable = {Channel.SLACK} | ({Channel.MAIL} if asked.services.subscribing.confirm else set())
    text = "\n".join(escaped(sentence) for sentence in sentences(found, reachable))
    blocks: Blocks = [_section(text)]
    for one in found.unsettled:
        kind = NoticeKind.DECIDE if one.state is DeliveryState.UNKNOWN else NoticeKind.RETRY
        lines = _lines(one, asked)
        text += f"\n{lines}"
        blocks += [_section(lines), {"type": "actions", "elements": buttons_of(kind, str(one.id))}]
    await send(asked, text, blocks)


def _load(asked: Asked) -> Health:
    assert asked.services.subscribing is not None
    with asked.services.subscribing.engine.connect() as connection:
        return health(connection, asked.services.now() - PERIOD, _MOST, asked.user)


def _lines(one: Unsettled, asked: Asked) -> str:
    due = write_due(one.due_at, asked.reader.locale, asked.reader.zone)
    place = unmarked(one.address) if one.channel is Channel.MAIL else _linked(one.address)
    why = f": {escaped(one.why)}" if one.why else ""
    return f"*{unmarked(one.name)}*, due {escaped(due)}, to {place}, is {one.state}{why}"


def _linked(address: str) -> str:
    return f"<@{address}>" if address[0] in "UW" else f"<#{address}>"


def _section(text: str) -> dict[str, object]:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text[:2_900]}}


COMMAND = Command(words=("health",), run=run, personal=True)
