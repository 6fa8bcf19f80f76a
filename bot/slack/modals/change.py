"""The form in which the owner of a report or a dashboard changes it: its name, what it has, and who sees it."""

import asyncio
import json
from dataclasses import replace

from sqlalchemy import Connection

from bot.access.rights import Right
from bot.grammar import COMMAND, Misread, parse, to_command
from bot.slack.faults import explaining
from bot.slack.interactions import Filled, Modal, open_modal
from bot.slack.modals._fields import Block, Fields, plain
from bot.slack.saved_list import show
from bot.slack.saved_text import seen, seen_options, seen_value
from bot.slack.services import Asked
from reports.masking import masked_query
from reports.query import Query
from reports.render.slack import unmarked
from reports.text import shortened
from store import saving
from store.saved import LONGEST_NAME, MOST_REPORTS, Changed, Draft, Saved, Unreadable, Unsaved, Viewer, get, visible
from store.subscriptions import Kind

NAME = "change"
_FIELDS = Fields(NAME)
_ASKS = "As you type it after /emailstats."
_CHOOSE = f"At most {MOST_REPORTS}, in the order in which you choose them."
_MENU = 100


async def open_form(asked: Asked, saved: Saved, version: int) -> None:
    """`version` is the one that the person looked at. Raises Changed where it is another by now."""
    if saved.version != version:
        raise Changed(saved)
    content = _asks(asked, saved) if saved.kind is Kind.REPORT else await asyncio.to_thread(_reports, asked, saved)
    who = seen_options(asked.viewer)
    if (kept := seen_value(saved)) not in who:  # a team that they have left
        who[kept] = shortened(f"The team {saved.team}", 75)
    view = {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Change"),
        "submit": plain("Save"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps({"url": asked.response_url, "id": saved.id, "version": version}),
        "blocks": [
            _FIELDS.typed("name", "Name", saved.name, most=LONGEST_NAME),
            *content,
            _FIELDS.chosen("seen", "Who sees it", who, kept, told=False),
        ],
    }
    await open_modal(asked, view)


def _asks(asked: Asked, saved: Saved) -> list[Block]:
    return [_FIELDS.typed("asks", "What", _words(asked, saved), hint=_ASKS)]


def _words(asked: Asked, saved: Saved) -> str:
    """What it asks as one types it; whoever may not read addresses reads none of another's, whose copy it may be."""
    try:
        query = saved.query if asked.access.may(Right.RECIPIENTS) else masked_query(saved.query)
    except Unreadable:
        return ""  # it can be asked anew here
    return to_command(query).removeprefix(COMMAND).strip()


def _reports(asked: Asked, dashboard: Saved) -> list[Block]:
    """Those on it stand first; a report that is on it and not shown to its owner any more stays on it."""
    assert asked.services.saving is not None
    with asked.services.saving.engine.connect() as connection:
        found = visible(connection, asked.viewer, Kind.REPORT)
    there = {one.id: one for one in found}
    on = [there[number] for number in dashboard.reports if number in there]
    options = {str(one.id): shortened(one.name, 75) for one in (*on, *(one for one in found if one not in on))}
    if not options:
        return []
    menu = dict(list(options.items())[:_MENU])
    return [_FIELDS.several("reports", "Reports", menu, [str(one.id) for one in on], MOST_REPORTS, _CHOOSE)]


async def _submit(filled: Filled) -> dict[str, str]:
    asked = filled.asked
    try:
        changed = await asyncio.to_thread(_change, filled)
    except Misread as error:
        return {"asks": str(error)}
    except Unsaved as error:
        return {"name": str(error)}
    told = replace(asked, response_url=filled.memory["url"])
    asked.services.start(explaining(told, lambda asked: _tell(asked, changed, filled.memory["version"])))
    return {}


async def _tell(asked: Asked, saved: Saved, before: int) -> None:
    name = unmarked(saved.name)
    if saved.version == before:
        await show(asked, saved.kind, f"*{name}* stays as it is.")
    else:
        await show(asked, saved.kind, f"*{name}* is changed; version {before} is kept.", undo=saved)


def _change(filled: Filled) -> Saved:
    asked, memory = filled.asked, filled.memory
    assert asked.services.saving is not None, "the form is opened only where things can be saved"
    with saving.changing(asked.services.saving.engine) as connection:
        who = asked.viewer
        there = get(connection, who, memory["id"])
        report = there.kind is Kind.REPORT
        content = _asked(filled, there) if report else _chosen(connection, filled, who, there)
        draft = Draft(filled.held("name") or "", content, *seen(filled.held("seen")))
        return saving.amend(connection, who, there.id, memory["version"], draft, asked.services.now())


def _asked(filled: Filled, there: Saved) -> Query:
    """Where the words stand as they were, the question does too: addresses in it may be hidden in them."""
    asked, typed = filled.asked, (filled.held("asks") or "").strip()
    return (
        there.query if typed and typed == _words(asked, there) else parse(typed, asked.reader.zone, asked.reader.locale)
    )


def _chosen(connection: Connection, filled: Filled, who: Viewer, there: Saved) -> tuple[int, ...]:
    """What was chosen, and at the end what is on it and could not be: it is deleted for now, or not shown to them."""
    offered = {one.id for one in visible(connection, who, Kind.REPORT)}
    chosen = [int(value) for value in filled.held("reports") or ()]
    return (*chosen, *(number for number in there.reports if number not in offered))


MODAL = Modal(name=NAME, submit=_submit)
