"""`/emailstats NAME`, and every sub-command that asks for sections: `/emailstats links NAME`."""

from bot.grammar import parse
from bot.slack.answering import show_answer
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
    await show_answer(asked, parse(asked.text, asked.reader.zone, asked.reader.locale))


COMMAND = Command(words=all_words(), run=run)
