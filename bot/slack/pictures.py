"""Charts as files in Slack: drawn, uploaded, and ready to stand in a message."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.services import Draws
from reports.charts import ThemeName, alt_text
from reports.report import Chart, Report, TimeChart

#: Slack scans an upload before it can be shown; waits between looks, in seconds.
_LOOKS = (0.2, 0.4, 0.8, 1.6, 3.2, 6.4)
_MENDS = {
    "missing_scope": "The app lacks the scope files:write or files:read: reinstall it with the manifest.",
    "ratelimited": "Slack asked for a pause: ask again in a minute.",
    "storage_limit_reached": "The workspace's file storage is full.",
    "file_uploads_disabled": "File uploads are switched off in this workspace.",
}


@dataclass(frozen=True)
class Pictures:
    """Makes files of charts; `client` may wait where Slack asks for a pause."""

    client: AsyncWebClient
    drawing: Draws
    theme: ThemeName
    sleep: Callable[[float], Awaitable[None]]

    async def upload(self, chart: Chart, locale: str) -> str:
        """The identifier of a file that Slack is ready to show. Raises what drawing and Slack's client raise."""
        png = await self.drawing.draw(chart, self.theme, locale)
        alt = alt_text(chart, locale)
        uploaded = await self.client.files_upload_v2(
            content=png, filename="chart.png", title=chart.title, alt_txt=alt[:1_000], request_file_info=False
        )
        file_id = str(uploaded["files"][0]["id"])
        await self._processed(file_id)
        return file_id

    async def _processed(self, file_id: str) -> None:
        """Returns when Slack can show the file; an image block with it would be refused before."""
        for wait in (*_LOOKS, None):
            if (await self.client.files_info(file=file_id))["file"].get("mimetype"):
                return
            if wait is not None:
                await self.sleep(wait)
        raise TimeoutError("Slack did not finish with the picture in time")


def main_chart(report: Report) -> tuple[str, Chart] | None:
    """The chart that says most, and its section: engagement over time where there is one."""
    charts = [(result.section, result.chart) for result in report.results if result.chart is not None]
    return next((drawn for drawn in charts if isinstance(drawn[1], TimeChart)), charts[0] if charts else None)


def apology(error: Exception) -> str:
    """Why a chart is missing, and what mends it."""
    mend = _MENDS.get(str(error.response.get("error"))) if isinstance(error, SlackApiError) else None
    return f"The chart could not be shown. {mend}" if mend else "The chart could not be shown this time."
