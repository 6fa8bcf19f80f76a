"""The step “Get e-mail statistics” of Workflow Builder: an e-mail's name in, its figures out.

It has the rights of whoever started the workflow, as Slack tells it: nobody can put somebody else in their place. What
it gives is for others too, and so has no addresses.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

import structlog
from aiohttp import ClientError
from slack_bolt.async_app import AsyncApp
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.grammar import Misread, parse, to_command
from bot.slack import faults
from bot.slack.answering import report_of
from bot.slack.services import Asked, Services
from reports.render.slack import render
from reports.report import Figure, Report
from reports.section import Scope
from reports.views import scope_of

NAME = "get_email_statistics"

_LOG = structlog.get_logger(__name__)
_SECTIONS = ("summary",)
_RATES = ("open_rate", "click_rate", "click_through_rate", "bounce_rate", "unsubscribe_rate")
#: Counts, by the rate of which each is the numerator.
_COUNTS = {"opened": "open_rate", "clicked": "click_rate"}
_NOBODY = "Nobody is known to have started this: let the workflow begin with a link or a button that somebody presses."
_ONE = "The step tells of one e-mail: give its name, its subject, or latest."


def register(
    app: AsyncApp, client: AsyncWebClient, services: Services, introduce: Callable[[Asked], Awaitable[Asked]]
) -> None:
    """Tells Bolt of it. `introduce` finds out who asks."""

    async def on_step(body: dict[str, Any]) -> None:
        event = body["event"]
        execution, inputs = event["function_execution_id"], event.get("inputs") or {}
        if event["function"]["callback_id"] == NAME and services.first_time(f"step {execution}"):
            user = str((inputs.get("person") or {}).get("id") or "")
            asked = Asked(str(inputs.get("email") or ""), user, services.defaults, "", client, services)
            services.start(complete(asked, execution))

    async def complete(asked: Asked, execution: str) -> None:
        try:
            try:
                outputs = await _figures(asked, introduce)
            except Exception as error:  # noqa: BLE001 - every error ends as a sentence, which the workflow's maker reads
                told = faults.sentence(error)
                await client.functions_completeError(function_execution_id=execution, error=told)
            else:
                await client.functions_completeSuccess(function_execution_id=execution, outputs=outputs)
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            _LOG.error("Slack did not take what a workflow asked for", cause=type(error).__name__)

    app.event("function_executed")(on_step)


async def _figures(asked: Asked, introduce: Callable[[Asked], Awaitable[Asked]]) -> dict[str, Any]:
    """Raises what is to be told."""
    if not asked.user:
        raise Misread(_NOBODY)
    asked = await introduce(asked)
    query = parse(asked.text, asked.reader.zone, asked.reader.locale, asked.today)
    if scope_of(query.sections) is not Scope.EMAIL:
        raise Misread(_ONE)
    query = replace(query, sections=_SECTIONS, options=())
    return outputs_of(await report_of(asked, query, asked.access.for_others))


def outputs_of(report: Report) -> dict[str, Any]:
    """By the names in the manifest: counts of people, rates in percent. What is not known is not there."""
    figures = {figure.key: figure for result in report.results for figure in result.figures}
    rates = {key: _percent(figures.get(key)) for key in _RATES}
    counts = {key: figures[of].numerator for key, of in _COUNTS.items() if of in figures}
    delivered = figures["open_rate"].denominator if "open_rate" in figures else None
    known = {"subject": report.subject.subject, "delivered": delivered, **counts, **rates}
    return {
        "name": report.subject.name,
        **{key: value for key, value in known.items() if value is not None},
        "provisional": report.provisional,
        "summary": render(report, to_command(report.query)).text,
    }


def _percent(figure: Figure | None) -> float | None:
    """To a hundredth."""
    if figure is None or not isinstance(figure.value, Fraction | int):
        return None
    return float(round(figure.value * Fraction(100), 2))
