"""Saved reports and dashboards shown: as an answer to the person, or to everybody where they are."""

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from bot.slack.answering import report_of, show_answer
from bot.slack.poster import send
from bot.slack.services import Asked
from bot.slack.sharing import share_report
from reports.query import Query
from reports.render.slack import unmarked
from reports.text import plain, shortened
from store.saved import Saved, reports_on
from store.subscriptions import Kind

_LABEL = 75


async def show(asked: Asked, saved: Saved, place: int = 0) -> None:
    """A report as an answer; of a dashboard the report at a place, with a button for the next one."""
    if saved.kind is Kind.REPORT:
        await show_answer(asked, _own(asked, saved.query), f"Report: {saved.name}", [_block(_back(saved))])
        return
    found = await asyncio.to_thread(reports, asked, saved)
    if not found:
        await send(asked, _empty(saved))
        return
    place = min(place, len(found) - 1)
    report = found[place]
    remark = f"Dashboard: {saved.name}, report {place + 1} of {len(found)}: {report.name}"
    await show_answer(asked, _own(asked, report.query), remark, [_buttons(saved, found, place)])


async def share(asked: Asked, dashboard: Saved) -> None:
    """Every report of a dashboard, for everybody where the person is. Raises Unsaved, Refused."""
    for report in await asyncio.to_thread(reports, asked, dashboard):
        await share_report(asked, await report_of(asked, _own(asked, report.query), asked.access.for_others))


def reports(asked: Asked, dashboard: Saved) -> Sequence[Saved]:
    """What of a dashboard the person may see."""
    assert asked.services.saving is not None, "what was saved is shown only where things can be saved"
    with asked.services.saving.engine.connect() as connection:
        return reports_on(connection, asked.viewer, dashboard)


def _own(asked: Asked, query: Query) -> Query:
    """In the zone and language of whoever looks."""
    return replace(query, zone=asked.reader.zone, locale=asked.reader.locale)


def _buttons(dashboard: Saved, found: Sequence[Saved], place: int) -> dict[str, Any]:
    pages = [("back", "Previous", place - 1)] if place else []
    pages += [("on", f"Next: {found[place + 1].name}", place + 1)] if place + 1 < len(found) else []
    turning = [_button(f"dashboard_{way}", label, f"dashboard {dashboard.id} {to}") for way, label, to in pages]
    whole = [_button("dashboard_share", "Share all in channel", f"dashboard {dashboard.id} 0")]
    return _block(*turning, *(whole if len(found) > 1 else []), _back(dashboard))


def _back(saved: Saved) -> dict[str, Any]:
    return _button("saved_page_list", f"All {saved.kind}s", f"{saved.kind} 0 0")


def _block(*buttons: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(buttons)}


def _button(action: str, label: str, value: str) -> dict[str, Any]:
    text = {"type": "plain_text", "text": shortened(plain(label), _LABEL), "emoji": False}
    return {"type": "button", "action_id": action, "text": text, "value": value}


def _empty(dashboard: Saved) -> str:
    return (
        f"There is nothing on the dashboard *{unmarked(dashboard.name)}* that you may see. Put a report on it: press"
        " *Save* under an answer and choose the dashboard."
    )
