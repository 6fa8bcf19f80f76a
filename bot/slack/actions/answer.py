"""The buttons under an answer: share, save, subscribe to, or compare it. Their value is the command that it answers."""

from bot.grammar import COMMAND, parse, to_command
from bot.slack.answering import report_of
from bot.slack.interactions import Action
from bot.slack.modals import compare, save, subscribe
from bot.slack.poster import add
from bot.slack.services import Asked
from bot.slack.sharing import NotShared, share_report
from reports.query import Query


async def _share(asked: Asked) -> None:
    """What the person was shown, or where that is not known any more, what is there now."""
    shown = asked.services.shown(asked.user, asked.text, asked.access.reach)
    report = shown or await report_of(asked, _query(asked), asked.access.for_others)
    try:
        await share_report(asked, report)
    except NotShared as refused:
        await add(asked, str(refused))


async def _save(asked: Asked) -> None:
    await save.open_form(asked, _words(asked), beside=True)


async def _subscribe(asked: Asked) -> None:
    await subscribe.open_form(asked, _words(asked), beside=True)


async def _compare(asked: Asked) -> None:
    await compare.open_form(asked, _query(asked))


def _query(asked: Asked) -> Query:
    return parse(asked.text, asked.reader.zone, asked.reader.locale)


def _words(asked: Asked) -> str:
    return to_command(_query(asked)).removeprefix(COMMAND).strip()


ACTION = Action(
    {"answer_share": _share, "answer_save": _save, "answer_subscribe": _subscribe, "answer_compare": _compare}
)
