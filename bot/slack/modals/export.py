"""The form with which somebody asks for a file: of what, which parts, in which format, and who gets the link.

Which parts there are follows what is asked about: one e-mail, several, or all of them.
"""

import asyncio
import json
from dataclasses import dataclass, replace
from typing import Any

from bot.answers import EmptyStore, UnknownEmail, UnknownValue, check
from bot.exports.exporting import Denied
from bot.exports.words import Question
from bot.grammar import Misread
from bot.slack.exporting import BEGUN, exporting_of, read
from bot.slack.faults import explaining
from bot.slack.interactions import Filled, Modal, View, open_modal, update
from bot.slack.modals._fields import Fields, plain
from bot.slack.poster import add, send
from bot.slack.services import Asked
from bot.subscriptions.addresses import BadAddress
from reports.compile import SECTIONS
from reports.section import Scope
from reports.views import scope_of
from store.saved import Unsaved

NAME = "export"
#: What each format is for, by its word.
FORMATS = {
    "xlsx": "Excel: all rows, one sheet for each table",
    "csv": "CSV: all rows",
    "pdf": "PDF: charts, figures and the first rows",
    "png": "PNG: the same as one picture",
    "zip": "ZIP: everything, each chart and table by itself",
}
_USUAL = "xlsx"
_FIELDS = Fields(NAME)
_LATEST = "latest"
_NEEDS = "contact"  # an option without which a section has nothing to tell: it is asked for by a question alone
_ASKS = (
    "As you type it after /emailstats: newsletter-may, recipients latest show:bounced, overview team:growth. Or what"
    " you have saved: report Growth, dashboard Monday. Enter shows the parts that there are."
)
_PARTS = "In the order of your choice; without one, what the question asks."
_CALLED = "What the file is called; without one, it is named after what it is about."
_MAILED = "Who gets the link as well, one address a line. A file that others get hides recipients' addresses."


@dataclass(frozen=True)
class _Memory:
    """What a form remembers. `url` is where it is said what became of it, `beside` what stands there already."""

    url: str
    beside: bool
    scope: Scope

    def to_json(self) -> str:
        return json.dumps({"url": self.url, "beside": self.beside, "scope": self.scope})

    @classmethod
    def of(cls, filled: Filled) -> "_Memory":
        memory = filled.memory
        return cls(memory["url"], memory["beside"], Scope(memory["scope"]))


async def open_for(asked: Asked, text: str, word: str | None, *, beside: bool = False) -> None:
    """Opens the form, filled in as far as was said. `beside`: what is said afterwards leaves the message there."""
    try:
        scope = _scope(await read(asked, text or _LATEST))
    except (Misread, Unsaved):  # it is said when the form is submitted
        scope = Scope.EMAIL
    memory = _Memory(asked.response_url, beside, scope)
    view = _view(memory, text or _LATEST, word or _USUAL, mailed=exporting_of(asked).rules is not None)
    await open_modal(asked, view)


def _view(memory: _Memory, text: str, word: str, *, mailed: bool) -> View:
    about = ((name, section) for name, section in SECTIONS.items() if section.scope is memory.scope)
    parts = {name: section.title for name, section in about if _NEEDS not in section.options}
    by_title = dict(sorted(parts.items(), key=lambda part: part[1]))
    blocks = [
        _FIELDS.typed("asks", "What", text, hint=_ASKS, told=True),
        _FIELDS.several(_parts(memory.scope), "Parts", by_title, (), len(by_title), _PARTS),
        _FIELDS.chosen("format", "Format", FORMATS, word, told=False),
        _FIELDS.typed("name", "Name", optional=True, most=80, hint=_CALLED),
    ]
    if mailed:
        blocks.append(_FIELDS.typed("mail", "Mail addresses", optional=True, lines=True, hint=_MAILED))
    return {
        "type": "modal",
        "callback_id": NAME,
        "title": plain("Export"),
        "submit": plain("Make the file"),
        "close": plain("Cancel"),
        "private_metadata": memory.to_json(),
        "blocks": blocks,
    }


def _parts(scope: Scope) -> str:
    """The block of the parts: another for each scope, so that what was chosen of one is not kept for the next."""
    return f"parts_{scope}"


async def _changed(filled: Filled) -> None:
    """Another question may have other parts."""
    memory, text = _Memory.of(filled), filled.held("asks") or ""
    try:
        scope = _scope(await read(filled.asked, text))
    except (Misread, Unsaved):
        return
    if scope is not memory.scope:
        mailed = exporting_of(filled.asked).rules is not None
        word = filled.held("format") or _USUAL
        await update(filled, _view(replace(memory, scope=scope), text, word, mailed=mailed))


async def _submit(filled: Filled) -> dict[str, str]:
    asked, exporting = filled.asked, exporting_of(filled.asked)
    errors: dict[str, str] = {}
    wanted: Question | None = None
    mail: tuple[str, ...] = ()
    try:
        wanted = _narrowed(filled, await read(asked, filled.held("asks") or ""))
        for query in wanted.queries:
            await asyncio.to_thread(check, exporting.engine, query, asked.access)
    except _OtherParts:
        errors[_parts(_Memory.of(filled).scope)] = "These are no parts of what you ask. Take them out, or ask anew."
    except (Misread, Unsaved, EmptyStore, UnknownEmail, UnknownValue) as error:
        errors["asks"] = str(error)
    try:
        mail = exporting.addresses(filled.held("mail") or "")
    except BadAddress as error:
        errors["mail"] = str(error)
    if errors or wanted is None:
        return errors
    name = filled.held("name") or wanted.name
    try:
        await asyncio.to_thread(exporting.ask, asked.user, wanted.queries, filled.held("format"), name, mail)
    except Denied as denied:
        return {"asks": str(denied)}
    memory = _Memory.of(filled)
    asked.services.start(explaining(replace(asked, response_url=memory.url), _beside if memory.beside else _instead))
    return {}


class _OtherParts(Exception):
    """Parts of one e-mail were chosen, and the question is about all of them, or the other way round."""


def _narrowed(filled: Filled, wanted: Question) -> Question:
    """The question about the parts that were chosen. Raises _OtherParts."""
    scope = _Memory.of(filled).scope
    chosen: Any = filled.held(_parts(scope)) or ()
    if not chosen:
        return wanted
    if len(wanted.queries) > 1 or _scope(wanted) is not scope:
        raise _OtherParts
    return replace(wanted, queries=(replace(wanted.queries[0], sections=tuple(chosen)),))


def _scope(wanted: Question) -> Scope:
    """What the question is about; a dashboard as its first report."""
    return scope_of(wanted.queries[0].sections)


async def _beside(asked: Asked) -> None:
    await add(asked, BEGUN)


async def _instead(asked: Asked) -> None:
    await send(asked, BEGUN)


MODAL = Modal(name=NAME, submit=_submit, changed={f"{NAME}_asks": _changed})
