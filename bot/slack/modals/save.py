"""The form with which somebody saves what they ask: under a name, for whom, and on which dashboard."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Connection

from bot.grammar import Misread, parse
from bot.slack.interactions import Filled, Modal, View, open_modal, update
from bot.slack.modals._fields import Block, Fields, plain
from bot.slack.poster import add, send
from bot.slack.saved_text import seen, seen_options, what
from bot.slack.services import Asked
from reports.render.slack import unmarked
from reports.text import shortened
from store.saved import LONGEST_NAME, Draft, NameTaken, Saved, Unsaved, Viewer, visible
from store.saving import changing, put_on, save
from store.subscriptions import Kind

NAME = "save"
_FIELDS = Fields(NAME)
_ASKS = "As you type it after /emailstats. Its filters and its period are kept."
_NEW, _NONE = "new", "none"
_MENU = 98  # of Slack's hundred, with the two that stand before them
_REPLACE = {"replace": "Put this in its place; the earlier one is kept as a version"}


async def open_form(asked: Asked, asks: str, name: str = "", *, beside: bool = False) -> None:
    """Opens the form for a command without its first word; `beside` what stands there it is told what became of it."""
    dashboards = await asyncio.to_thread(_own_dashboards, asked)
    memory = {"url": asked.response_url, "beside": beside}
    view = _view(asked, memory, dashboards, asks=asks, name=name[:LONGEST_NAME])
    await open_modal(asked, view)


def _own_dashboards(asked: Asked) -> tuple[Saved, ...]:
    assert asked.services.saving is not None, "the form is opened only where things can be saved"
    with asked.services.saving.engine.connect() as connection:
        found = visible(connection, asked.viewer, Kind.DASHBOARD)
    return tuple(one for one in found if one.owner == asked.user)


def _view(
    asked: Asked,
    memory: dict[str, Any],
    dashboards: Sequence[Saved],
    *,
    asks: str = "",
    name: str = "",
    dashboard: str = _NONE,
) -> View:
    own = {str(one.id): shortened(one.name, 75) for one in dashboards[:_MENU]}
    choices = {_NONE: "None", _NEW: "A new one", **own}
    who = seen_options(asked.viewer)
    return {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Save"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(memory),
        "blocks": [
            _FIELDS.typed("asks", "What", asks, hint=_ASKS),
            _FIELDS.typed("name", "Name", name, most=LONGEST_NAME),
            _FIELDS.chosen("seen", "Who sees it", who, "private", told=False),
            _FIELDS.chosen("dashboard", "Dashboard", choices, dashboard),
            *(_new_dashboard(who) if dashboard == _NEW else []),
            _FIELDS.ticked("replace", "If I have one of that name", _REPLACE, [], optional=True),
        ],
    }


def _new_dashboard(who: dict[str, str]) -> list[Block]:
    return [
        _FIELDS.typed("new_name", "Name of the dashboard", most=LONGEST_NAME),
        _FIELDS.chosen("new_seen", "Who sees the dashboard", who, "private", told=False),
    ]


async def _changed(filled: Filled) -> None:
    """A new dashboard needs a name and viewers of its own."""
    dashboards = await asyncio.to_thread(_own_dashboards, filled.asked)
    await update(filled, _view(filled.asked, filled.memory, dashboards, dashboard=filled.held("dashboard")))


async def _submit(filled: Filled) -> dict[str, str]:
    asked = filled.asked
    try:
        query = parse(filled.held("asks") or "", asked.reader.zone, asked.reader.locale)
    except Misread as error:
        return {"asks": str(error)}
    try:
        draft = Draft(filled.held("name") or "", query, *seen(filled.held("seen")))
    except Unsaved as error:
        return {"name": str(error)}
    errors, head = await asyncio.to_thread(_saved, filled, draft)
    if not errors:
        asked.services.start(_tell(replace(asked, response_url=filled.memory["url"]), head, filled.memory["beside"]))
    return errors


async def _tell(asked: Asked, head: str, beside: bool) -> None:
    await (add if beside else send)(asked, head)


def _saved(filled: Filled, draft: Draft) -> tuple[dict[str, str], str]:
    """What is wrong, by block, and else what became of it, in Slack's markup. All of it counts, or none."""
    asked = filled.asked
    assert asked.services.saving is not None, "the form is opened only where things can be saved"
    who, block = asked.viewer, "name"
    try:
        with changing(asked.services.saving.engine) as connection:
            replacing = bool(filled.held("replace"))
            report, new = save(connection, who, draft, asked.services.now(), replacing=replacing)
            block = "new_name" if filled.held("dashboard") == _NEW else "dashboard"
            dashboard = _dashboard(connection, filled, who, report)
    except NameTaken as taken:
        hint = " Or tick below that this is to take its place." if block == "name" else ""
        return {block: f"{taken}{hint}"}, ""
    except Unsaved as error:
        return {block: str(error)}, ""
    done = "Saved" if new else "There it is, as you have it now"
    on = f", on the dashboard *{unmarked(dashboard.name)}*" if dashboard else ""
    return {}, f"{done}: *{unmarked(report.name)}*{on}. {what(report, reveal=True)}\nSee it with `/emailstats reports`."


def _dashboard(connection: Connection, filled: Filled, who: Viewer, report: Saved) -> Saved | None:
    chosen, now = filled.held("dashboard"), filled.asked.services.now()
    if chosen == _NONE:
        return None
    if chosen != _NEW:
        return put_on(connection, who, int(chosen), report.id, now)
    draft = Draft(filled.held("new_name") or "", (report.id,), *seen(filled.held("new_seen")))
    return save(connection, who, draft, now)[0]


MODAL = Modal(name=NAME, submit=_submit, changed={f"{NAME}_dashboard": _changed})
