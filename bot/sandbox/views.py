"""Modals of the stand-in: what Slack refuses of one, what a person has filled in, and what an update keeps of it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from bot.sandbox.blocks import arranged
from bot.sandbox.elements import ELEMENTS, Block, elements_of, keys, string, text

#: Seconds in which a trigger opens a view.
TRIGGER_LIFETIME = 3.0
_ALLOWED = {"submit", "close", "private_metadata", "callback_id", "external_id", "clear_on_close", "notify_on_close"}
#: States that hold several, and so nothing at first.
_SEVERAL = {"selected_options", "selected_users", "selected_conversations", "selected_channels"}


@dataclass
class View:
    """One modal before somebody's eyes; `values` are what was filled in, by block and action."""

    id: str
    user: str
    body: dict[str, Any]
    hash: str
    values: dict[str, dict[str, Any]]
    open: bool = True
    root: str = ""  #: the lowest of the stack in which it stands; empty for itself
    previous: str = ""  #: the one that is below it

    @property
    def blocks(self) -> list[Block]:
        return list(self.body["blocks"])

    @property
    def payload(self) -> dict[str, Any]:
        """As Slack shows it to the app, with identifiers for blocks that were given none."""
        return {
            "callback_id": "",
            "private_metadata": "",
            **self.body,
            "id": self.id,
            "hash": self.hash,
            "root_view_id": self.root or self.id,
            "previous_view_id": self.previous or None,
            "state": {"values": self.values},
        }

    def replace(self, body: dict[str, Any], new_hash: str) -> None:
        """What was filled in stays where the block and the action are called as before; else the new beginning."""
        fresh = beginnings(body["blocks"])
        for block, actions in fresh.items():
            for action, value in actions.items():
                before = self.values.get(block, {}).get(action)
                if before and before["type"] == value["type"]:
                    actions[action] = before
        self.body, self.hash, self.values = body, new_hash, fresh


def faults(body: object) -> list[str]:
    """Everything for which Slack would refuse a modal; empty when all is well."""
    if not isinstance(body, dict) or body.get("type") != "modal":
        return ["type is not modal"]
    return [*_envelope(body), *arranged(body.get("blocks"), 100)]


def home_faults(body: object) -> list[str]:
    """Everything for which Slack would refuse what is published on the app's home."""
    if not isinstance(body, dict) or body.get("type") != "home":
        return ["type is not home"]
    return [*keys(body, {"blocks"}, {"private_metadata", "callback_id", "external_id"}), *arranged(body["blocks"], 100)]


def _envelope(body: dict[str, Any]) -> Iterator[str]:
    yield from keys(body, {"title", "blocks"}, _ALLOWED)
    for name in ("title", "submit", "close"):
        if name in body:
            yield from (f"{name}: {fault}" for fault in text(body[name], 24, ("plain_text",)))
    for name, limit in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        if body.get(name):
            yield from string(body[name], limit, name)
    blocks = body.get("blocks")
    if not isinstance(blocks, list):
        return
    if "submit" not in body and any(block.get("type") == "input" for block in blocks):
        yield "submit is missing, and there is something to fill in"
    focused = [element for _, element in elements_of(blocks) if element.get("focus_on_load")]
    if len(focused) > 1:
        yield "focus_on_load is there twice"


def named(body: dict[str, Any], prefix: str) -> dict[str, Any]:
    """The modal with an identifier for each block that has none: Slack gives one."""
    blocks = [{"block_id": f"{prefix}{number}", **block} for number, block in enumerate(body["blocks"])]
    return {**body, "blocks": blocks}


def beginnings(blocks: list[Block]) -> dict[str, dict[str, Any]]:
    """The state of a view that nobody has touched."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in elements_of(blocks):
        rule = ELEMENTS[element["type"]]
        if rule.state:
            empty: Any = [] if rule.state in _SEVERAL else None
            holds = {"type": element["type"], rule.state: element.get(rule.initial, empty)}
            values.setdefault(block["block_id"], {})[element["action_id"]] = holds
    return values
