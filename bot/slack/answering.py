"""A question answered to one person: the figures, then the chart, with the buttons that go on from there."""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from functools import partial

from bot.access.rights import Access
from bot.answers import UnknownEmail, UnknownValue
from bot.grammar import to_command
from bot.slack.answer_buttons import buttons_of
from bot.slack.faults import offer
from bot.slack.poster import Block, add_chart, post_report, show_figures
from bot.slack.services import Asked
from reports.query import Query
from reports.report import Report


async def show_answer(
    asked: Asked,
    query: Query,
    remark: str | None = None,
    more: Sequence[Block] = (),
    otherwise: Query | None = None,
) -> None:
    """`remark` stands at the end, such as of which report this is; `more` are blocks after the usual buttons.

    `otherwise` is asked where there is no e-mail of the name that is asked for.
    """
    if asked.block:
        asked.services.replace_answer(asked.block)
    with asked.services.text():
        try:
            report = await _first_of(asked, query, otherwise)
        except (UnknownEmail, UnknownValue) as error:
            await offer(asked, query, error)
            return
        asked.services.remember(asked.user, to_command(report.query), asked.access.reach, report)
        actions = [*buttons_of(report.query, asked), *more]
        if asked.at_home:  # on the app's home there is no place for it
            await post_report(asked, asked.user, report, remark, actions=actions)
            return
        in_blocks = await show_figures(asked, report, remark, actions)
    if in_blocks:  # without them there is no place for a picture
        await add_chart(asked, report, remark, actions)


async def _first_of(asked: Asked, query: Query, otherwise: Query | None) -> Report:
    """Raises what there is to say of the first."""
    try:
        return await report_of(asked, query, asked.access)
    except UnknownEmail:
        if otherwise is None:
            raise
        with suppress(UnknownEmail, UnknownValue):
            return await report_of(asked, otherwise, asked.access)
        raise


async def report_of(asked: Asked, query: Query, access: Access) -> Report:
    """As somebody of that access reads it. Raises what bot.answers.answer raises, and TimeoutError."""
    services = asked.services
    answer = partial(services.answer, query, services.now(), access)
    async with asyncio.timeout(services.patience):
        return await asyncio.get_running_loop().run_in_executor(services.threads, answer)
