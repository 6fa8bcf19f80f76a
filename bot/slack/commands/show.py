"""`/emailstats NAME`, and every sub-command that asks for sections: `/emailstats links NAME`."""

import asyncio
from functools import partial

from bot.answers import UnknownEmail, UnknownValue
from bot.grammar import parse
from bot.slack.faults import offer
from bot.slack.poster import add_chart, show_figures
from bot.slack.services import Asked, Command
from reports.views import all_words

#: What a question that names no sub-command means.
USAGE = (
    "`/emailstats newsletter-may` — figures and chart of an e-mail, by its name\n"
    '`/emailstats "Spring is here"` — by its subject\n'
    "`/emailstats latest` — the e-mail sent last\n"
    "Add `first 24h`, `48h`, `7d` or `30d` for the first hours or days after sending, or"
    " `since 2026-05-01` or `from 2026-05-01 to 2026-05-31`, `by hour`, `day` or `week` for"
    ' the chart, and `list:"Customers NL"` for one recipient list.'
)


async def run(asked: Asked) -> None:
    query = parse(asked.text, asked.reader.zone, asked.reader.locale)
    services = asked.services
    answer = partial(services.answer, query, services.now(), reveal=asked.user in services.see_recipients)
    with services.text():
        try:
            async with asyncio.timeout(services.patience):
                report = await asyncio.get_running_loop().run_in_executor(services.threads, answer)
        except (UnknownEmail, UnknownValue) as error:
            await offer(asked, query, error)
            return
        in_blocks = await show_figures(asked, report)
    if in_blocks:  # without them there is no place for a picture
        await add_chart(asked, report)


COMMAND = Command(words=all_words(), run=run)
