"""An answer to one person: the text at once, the chart after it, then one message that has both."""

from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.async_app import AsyncRespond
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.drawing import DrawingError
from bot.slack.grammar import to_command
from bot.slack.services import Asked
from reports.charts import alt_text
from reports.render import slack
from reports.report import Chart, Report, TimeChart

_LOG = structlog.get_logger(__name__)

#: Slack scans an upload before it can be shown; waits between looks, in seconds.
_LOOKS = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4)


@dataclass(frozen=True)
class Refused(Exception):
    """Slack did not take a message; `code` is its own word for why."""

    code: str


async def send(respond: AsyncRespond, text: str, blocks: list[dict[str, Any]] | None = None) -> None:
    """Puts a private message in the place of the one before it. Raises Refused."""
    response = await respond(text=text, blocks=blocks, response_type="ephemeral", replace_original=True)
    if response.status_code != 200:
        raise Refused(f"{response.status_code} {str(response.body)[:80]}")


async def deliver(asked: Asked, report: Report) -> None:
    """Text first: whatever becomes of the picture, the figures stay. Raises Refused when not even the text is taken."""
    command = to_command(report.query)
    message = slack.render(report, command)
    await send(asked.respond, message.text, message.blocks)
    drawn = _chart(report)
    if drawn is None:
        return
    section, chart = drawn
    try:
        file_id = await _upload(asked, report, chart)
        message = slack.render(report, command, images={section: file_id})
        await send(asked.respond, message.text, message.blocks)
    except (DrawingError, SlackClientError, Refused, OSError, TimeoutError) as error:
        _LOG.warning("a chart could not be shown", cause=type(error).__name__, detail=_code(error))
        message = slack.render(report, command, remark=f"{_apology(error)} The figures above are complete.")
        await send(asked.respond, message.text, message.blocks)


def _chart(report: Report) -> tuple[str, Chart] | None:
    """The chart that says most, and its section: engagement over time where there is one."""
    charts = [(result.section, result.chart) for result in report.results if result.chart is not None]
    return next((drawn for drawn in charts if isinstance(drawn[1], TimeChart)), charts[0] if charts else None)


async def _upload(asked: Asked, report: Report, chart: Chart) -> str:
    """The identifier of a file that Slack is ready to show."""
    png = await asked.services.drawing.draw(chart, asked.services.theme, report.query.locale)
    alt = alt_text(chart, report.query.locale)
    uploaded = await asked.client.files_upload_v2(
        content=png, filename="chart.png", title=chart.title, alt_txt=alt[:1_000], request_file_info=False
    )
    file_id = str(uploaded["files"][0]["id"])
    await _processed(asked, file_id)
    return file_id


async def _processed(asked: Asked, file_id: str) -> None:
    """Returns when Slack can show the file; an image block with it would be refused before."""
    for wait in _LOOKS:
        if (await asked.client.files_info(file=file_id))["file"].get("mimetype"):
            return
        await asked.services.sleep(wait)
    raise TimeoutError("Slack did not finish with the picture in time")


def _code(error: Exception) -> str:
    if isinstance(error, SlackApiError):
        return str(error.response.get("error"))
    return error.code if isinstance(error, Refused) else ""


_MENDS = {
    "missing_scope": "The app lacks the scope files:write or files:read: reinstall it with the manifest.",
    "ratelimited": "Slack asked for a pause: ask again in a minute.",
    "storage_limit_reached": "The workspace's file storage is full.",
    "file_uploads_disabled": "File uploads are switched off in this workspace.",
}


def _apology(error: Exception) -> str:
    mend = _MENDS.get(_code(error))
    return f"The chart could not be shown. {mend}" if mend else "The chart could not be shown this time."
