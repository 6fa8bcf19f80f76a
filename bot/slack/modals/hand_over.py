"""The form in which a report or a dashboard is given to another owner."""

import asyncio
import json
from contextlib import suppress
from dataclasses import replace

from bot.slack.faults import explaining
from bot.slack.interactions import Filled, Modal, open_modal
from bot.slack.modals._fields import Fields, plain
from bot.slack.poster import Refused, direct_message
from bot.slack.saved_list import show
from bot.slack.services import Asked
from reports.render.slack import unmarked
from reports.text import plain as one_line
from store import saving
from store.saved import Saved, Unsaved
from store.subscriptions import Kind

NAME = "hand_over"
_FIELDS = Fields(NAME)
_HINT = "They alone can change it then. You still see it if it is shown to everyone, or to a team of yours."


async def open_form(asked: Asked, saved: Saved, version: int) -> None:
    memory = {"url": asked.response_url, "kind": saved.kind, "id": saved.id, "version": version}
    view = {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Hand over"),
        "submit": plain("Hand over"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(memory),
        "blocks": [
            {"type": "header", "text": plain(one_line(saved.name))},
            _FIELDS.person("owner", "To whom", hint=_HINT),
        ],
    }
    await open_modal(asked, view)


async def _submit(filled: Filled) -> dict[str, str]:
    asked, memory, owner = filled.asked, filled.memory, filled.held("owner")
    try:
        given = await asyncio.to_thread(_given, filled, owner)
    except Unsaved as error:
        return {"owner": str(error)}
    if given.version == memory["version"]:
        return {"owner": "It is theirs already." if owner != asked.user else "It is yours already."}
    told = replace(asked, response_url=memory["url"])
    asked.services.start(explaining(told, lambda asked: _tell(asked, given)))
    return {}


def _given(filled: Filled, owner: str) -> Saved:
    asked, memory = filled.asked, filled.memory
    assert asked.services.saving is not None, "the form is opened only where things can be saved"
    with saving.changing(asked.services.saving.engine) as connection:
        who, now = asked.viewer, asked.services.now()
        return saving.hand_over(connection, who, memory["id"], memory["version"], owner, now)


async def _tell(asked: Asked, given: Saved) -> None:
    """The new owner as well, who did not ask for it."""
    name, kinds = unmarked(given.name), f"{given.kind}s"
    words = f"<@{asked.user}> has handed the {given.kind} *{name}* over to you. `/emailstats {kinds}` shows it."
    if given.owner != asked.user:
        with suppress(Refused):  # whoever gave it away reads below that it is theirs
            await direct_message(replace(asked, user=given.owner), words)
    await show(asked, Kind(given.kind), f"*{name}* is <@{given.owner}>'s now.")


MODAL = Modal(name=NAME, submit=_submit)
