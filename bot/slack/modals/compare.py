"""The form in which somebody picks the e-mail with which to compare another."""

import json
from dataclasses import asdict, replace
from typing import Any

from bot.answers import numbers_within
from bot.slack.answering import show_answer
from bot.slack.faults import explaining
from bot.slack.interactions import Filled, Modal, open_modal
from bot.slack.modals._fields import Fields, option, plain
from bot.slack.services import Asked, Place
from reports.query import Query
from reports.text import plain as one_line
from reports.text import shortened
from store.emails import names_like

NAME = "compare"
_FIELDS = Fields(NAME)
_VALUE, _LABEL = 150, 75


async def open_form(asked: Asked, query: Query) -> None:
    """Opens the form for the e-mail of an answer, in whose place the comparison comes."""
    text = f"Compare “{shortened(one_line(query.email), 200)}” with another e-mail."
    view = {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Compare"),
        "submit": plain("Compare"),
        "close": plain("Cancel"),
        "private_metadata": json.dumps(
            {"url": asked.response_url, "email": query.email, "place": asked.place and asdict(asked.place)}
        ),
        "blocks": [
            {"type": "section", "block_id": "what", "text": plain(text)},
            _FIELDS.offered("with", "With", told=False),
        ],
    }
    await open_modal(asked, view)


async def _submit(filled: Filled) -> dict[str, str]:
    asked, memory = filled.asked, filled.memory
    others = (filled.held("with"),)
    query = Query(memory["email"], ("compare",), zone=asked.reader.zone, locale=asked.reader.locale, others=others)
    told = replace(asked, response_url=memory["url"], place=memory.get("place") and Place(**memory["place"]))
    if told.public:
        told = replace(told, access=told.access.for_others)
    asked.services.start(explaining(told, lambda asked: show_answer(asked, query)))
    return {}


def _emails(filled: Filled, typed: str) -> list[dict[str, Any]]:
    saving = filled.asked.services.saving
    assert saving is not None, "the form is opened only where there is a store to look into"
    with saving.engine.connect() as connection:
        names = names_like(connection, typed, numbers_within(connection, filled.asked.access.reach))
    return [option(shortened(one_line(name), _LABEL) or "—", name) for name in names if len(name) <= _VALUE]


MODAL = Modal(name=NAME, submit=_submit, offered={f"{NAME}_with": _emails})
