"""`/emailstats NAME`, and every sub-command that asks for sections: `/emailstats links NAME`."""

from contextlib import suppress

from bot.grammar import Misread, like_a_word, parse, turned
from bot.slack.answering import show_answer
from bot.slack.services import Asked, Command
from reports.query import Query
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
    await show_answer(asked, _query(asked, asked.text), otherwise=_otherwise(asked))


def _query(asked: Asked, text: str) -> Query:
    return parse(text, asked.reader.zone, asked.reader.locale, asked.today)


def _otherwise(asked: Asked) -> Query | None:
    """What was meant where no e-mail is called so: the section after the name, or almost a word that asks for one."""
    text = turned(asked.text) or like_a_word(asked.text, all_words())
    with suppress(Misread):
        return _query(asked, text) if text else None
    return None


COMMAND = Command(words=all_words(), run=run)
