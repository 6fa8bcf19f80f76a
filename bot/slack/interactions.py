"""What people press and fill in: how a button and a modal are declared, and how Bolt is told of them.

A button is a module in bot/slack/actions that exports ACTION, a modal one in bot/slack/modals that exports MODAL.
"""

import asyncio
import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from secrets import token_hex
from typing import Any

import structlog
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_sdk.errors import SlackApiError

from bot.access.rights import NotAllowed
from bot.slack import actions, faults, modals
from bot.slack.poster import add
from bot.slack.services import Asked
from reports.discover import discover

_LOG = structlog.get_logger(__name__)

View = dict[str, Any]
#: Fills in who asks. Raises bot.access.rights.NotAllowed where they may not ask at all.
Introduce = Callable[[Asked], Awaitable[Asked]]

#: Buttons that open an address: the app is told of them and does nothing.
_LINKS = re.compile(r"link_.*")
_ANY = re.compile(r".*")
_INSTEAD = "Ask again for one that works: /emailstats help shows what there is."


@dataclass(frozen=True)
class Action:
    """Buttons and menus of messages: what each does, by its identifier, or by a pattern of many.

    What is asked is the button's value, or that of the option that was chosen.
    """

    runs: Mapping[str | re.Pattern[str], Callable[[Asked], Awaitable[None]]]


@dataclass(frozen=True)
class Filled:
    """A modal as it is before somebody's eyes. `asked` is who and where; its text is the value of what was pressed."""

    asked: Asked
    view: View

    def held(self, block: str) -> Any:
        """What a field holds: text, an identifier, an option's value, or a list of them; None where there is none."""
        for state in self.view["state"]["values"].get(block, {}).values():
            for key, value in state.items():
                if key == "selected_option":
                    return value and value["value"]
                if key == "selected_options":
                    return [option["value"] for option in value]
                if key != "type":
                    return value
        return None

    @property
    def memory(self) -> dict[str, Any]:
        """What the app put into the modal for itself when it built it."""
        return dict(json.loads(self.view.get("private_metadata") or "{}"))


@dataclass(frozen=True)
class Modal:
    """`submit` gives what is wrong, by block, and nothing when it is done; it has three seconds.

    `changed` are by the action's identifier: when a field changes, or a button in the modal is pressed. `offered` fill
    menus for what was typed: options, at most a hundred; in a thread, for they may ask the store.
    """

    name: str
    submit: Callable[[Filled], Awaitable[dict[str, str]]]
    changed: Mapping[str, Callable[[Filled], Awaitable[None]]] = field(default_factory=dict)
    offered: Mapping[str, Callable[[Filled, str], list[dict[str, Any]]]] = field(default_factory=dict)


async def open_modal(asked: Asked, view: View) -> None:
    """Opens a form, which knows where it was asked for: what somebody may do there, they may do in the form."""
    await asked.client.views_open(trigger_id=asked.trigger_id, view=_placed(asked, view))


async def update(filled: Filled, view: View) -> None:
    """Shows another view in a modal's place, unless a later change has been quicker, or it is closed."""
    view = _placed(filled.asked, view)
    try:
        await filled.asked.client.views_update(view_id=filled.view["id"], hash=filled.view["hash"], view=view)
    except SlackApiError as error:
        if error.response.get("error") not in ("hash_conflict", "not_found"):
            raise


def _placed(asked: Asked, view: View) -> View:
    memory = json.loads(view["private_metadata"])
    return {**view, "private_metadata": json.dumps({**memory, "channel": asked.channel})}


def channel_of(view: View) -> str:
    """Where a form was asked for, which Slack does not tell when it is filled in; "" on the app's home."""
    return str(json.loads(view.get("private_metadata") or "{}").get("channel", ""))


def register(app: AsyncApp, asked_by: Callable[[dict[str, Any], str], Asked], introduce: Introduce) -> None:
    """Tells Bolt of every action and modal. `asked_by` makes an Asked of a payload and a text."""
    for action in discover(actions, "ACTION").values():
        for identifier, run in action.runs.items():
            app.action(identifier)(_on_action(run, asked_by, introduce, isinstance(identifier, str)))
    for modal in discover(modals, "MODAL").values():
        app.view(modal.name)(_on_submit(modal, asked_by, introduce))
        for identifier, changed in modal.changed.items():
            app.action(identifier)(_on_change(changed, asked_by, introduce))
        for identifier, offered in modal.offered.items():
            app.options(identifier)(_on_options(offered, asked_by, introduce))
    # Last, for Bolt takes the first that fits: what a message or a form of another version has.
    app.action(_LINKS)(_acknowledge)
    app.action(_ANY)(_on_action(_unknown, asked_by, introduce, distinct=True))
    app.view(_ANY)(_on_unknown_form)
    app.options(_ANY)(_no_options)


def _on_action(
    run: Callable[[Asked], Awaitable[None]], asked_by: Callable[..., Asked], introduce: Introduce, distinct: bool
) -> Callable[..., Awaitable[None]]:
    """`distinct`: buttons of one identifier in a message are different things, told apart by their values."""

    async def handle(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        pressed = body["actions"][0]
        value = pressed.get("value") or (pressed.get("selected_option") or {}).get("value") or ""
        asked = asked_by(body, value)
        what = f"{pressed['action_id']} {value}" if distinct else run.__name__
        key = f"{asked.user} {_place(body)} {what}"
        asked.services.start_once(key, _answered(asked, introduce, run))

    return handle


def _place(body: dict[str, Any]) -> str:
    """The message, or the view, in which something was pressed; it has a trigger of its own for every click."""
    container = body.get("container") or {}
    return f"{container.get('channel_id', '')} {container.get('message_ts') or container.get('view_id', '')}"


async def _acknowledge(ack: AsyncAck) -> None:
    await ack()


async def _unknown(asked: Asked) -> None:
    _LOG.warning("a button is not known")
    await add(asked, f"This button is from another version of the app. {_INSTEAD}")


async def _on_unknown_form(ack: AsyncAck) -> BoltResponse:
    _LOG.warning("a form is not known")
    return await ack(response_action="update", view=_told(f"This form is from another version of the app. {_INSTEAD}"))


async def _no_options(ack: AsyncAck) -> BoltResponse:
    return await ack(options=[])


async def _answered(asked: Asked, introduce: Introduce, run: Callable[[Asked], Awaitable[None]]) -> None:
    try:
        await run(await introduce(asked))
    except Exception as error:  # noqa: BLE001 - as in bot.slack.app: every error ends as a sentence or in the log
        await faults.explain(asked, error)


def _on_change(
    changed: Callable[[Filled], Awaitable[None]], asked_by: Callable[..., Asked], introduce: Introduce
) -> Callable[..., Awaitable[None]]:
    async def handle(ack: AsyncAck, body: dict[str, Any]) -> None:
        await ack()
        asked = asked_by(body, str(body["actions"][0].get("value") or ""))

        async def run(asked: Asked) -> None:
            await changed(Filled(asked, body["view"]))

        asked.services.start(_answered(asked, introduce, run))

    return handle


def _on_submit(
    modal: Modal, asked_by: Callable[..., Asked], introduce: Introduce
) -> Callable[..., Awaitable[BoltResponse | None]]:
    async def handle(ack: AsyncAck, body: dict[str, Any]) -> BoltResponse | None:
        asked = asked_by(body, "")
        try:
            asked = await introduce(asked)
            errors = await modal.submit(Filled(asked, body["view"]))
        except faults.TOLD as error:
            errors = {"": str(error)}
        except Exception as error:  # noqa: BLE001 - what was filled in stays before the person's eyes
            reference = token_hex(4)
            _LOG.error("a form could not be taken", modal=modal.name, reference=reference, exc_info=error)
            sentence = f"This could not be saved. Try again, and if it stays, give your operator this: {reference}."
            errors = {"": sentence}
        return await (_refuse(ack, body["view"], errors) if errors else ack())

    return handle


async def _refuse(ack: AsyncAck, view: View, errors: dict[str, str]) -> BoltResponse:
    """Says what is wrong beside its field; where the form has none to say it beside, in the form's place."""
    fields = [str(block["block_id"]) for block in view["blocks"] if block["type"] == "input"]
    if not fields:
        return await ack(response_action="update", view=_told(" ".join(errors.values())))
    beside: dict[str, str] = {}
    for block, error in errors.items():
        field = block if block in fields else fields[0]
        beside[field] = f"{beside[field]} {error}" if field in beside else error
    return await ack(response_action="errors", errors=beside)


def _told(sentence: str) -> View:
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": sentence, "emoji": False}}]
    title, close = ({"type": "plain_text", "text": text, "emoji": False} for text in ("emailstats", "Close"))
    return {"type": "modal", "title": title, "close": close, "blocks": blocks}


def _on_options(
    offered: Callable[[Filled, str], list[dict[str, Any]]], asked_by: Callable[..., Asked], introduce: Introduce
) -> Callable[..., Awaitable[BoltResponse]]:
    async def handle(ack: AsyncAck, body: dict[str, Any]) -> BoltResponse:
        try:
            filled = Filled(await introduce(asked_by(body, "")), body["view"])
        except NotAllowed:
            return await ack(options=[])
        return await ack(options=await asyncio.to_thread(offered, filled, body["value"]))

    return handle
