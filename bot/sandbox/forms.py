"""A person before a modal: fills in, chooses, presses and submits, as Slack's client lets them."""

import json
from dataclasses import dataclass
from typing import Any

from bot.sandbox.doors import NotAcknowledged, Person, in_view, taken
from bot.sandbox.elements import ELEMENTS, Block, elements_of
from bot.sandbox.methods import TEAM, Arguments, Workspace
from bot.sandbox.views import View, beginnings, faults, named


class NotFilled(Exception):
    """Slack's client keeps a form back that lacks something; the app hears nothing of it."""


async def form_of(person: Person) -> "Form":
    """The modal that the app opens for somebody, once it is open. Raises TimeoutError."""

    def opened(workspace: Workspace) -> list[View]:
        return [view for view in workspace.views.values() if view.open and view.user == person.user]

    await person.sandbox.until(lambda workspace: bool(opened(workspace)))
    return Form(person, opened(person.sandbox.workspace)[-1])


@dataclass(frozen=True, slots=True)
class Form:
    """One modal of one person. A field is named by its label, or by its placeholder where it has no label."""

    person: Person
    view: View

    async def fill(self, label: str, value: Any) -> None:
        """Type or choose: text, the words of an option or a list of them, identifiers, "09:00"; None empties it.

        The app hears of it where it asked to. Of a menu that the app fills, the option of those words is taken, or else
        the first.
        """
        block, element = self._field(label)
        rule = ELEMENTS[element["type"]]
        if element["type"] == "external_select" and value is not None:
            value = taken(await self.offered(label, value), value)
        elif element["type"] == "multi_external_select":
            value = [taken(await self.offered(label, one), one) for one in value or ()]
        elif rule.state in {"selected_option", "selected_options"} and value is not None:
            value = _options(element, value)
        state = {"type": element["type"], rule.state: value}
        self.view.values[block["block_id"]][element["action_id"]] = state
        if block["type"] != "input" or block.get("dispatch_action"):
            await self._act({**state, "action_id": element["action_id"], "block_id": block["block_id"]})

    async def press(self, label: str) -> None:
        """Press a button inside the modal."""
        block, button = self._button(label)
        told: Block = {key: button[key] for key in ("type", "action_id", "text", "value") if key in button}
        await self._act({**told, "block_id": block["block_id"]})

    async def offered(self, label: str, typed: str) -> list[Block]:
        """What the app offers in a menu that it fills, for what was typed into it."""
        block, element = self._field(label)
        return await self.person.offered({**element, "block_id": block["block_id"]}, typed, in_view(self.view))

    async def submit(self) -> dict[str, str]:
        """What the app finds wrong, by the field's label; nothing: the modal is closed or shows something else.

        Raises NotFilled where Slack's own client would not send it.
        """
        missing = [block["label"]["text"] for block in self.view.blocks if self._lacks(block)]
        if missing:
            raise NotFilled(", ".join(missing))
        body = await self._send({"type": "view_submission", "response_urls": []})
        match (body or {}).get("response_action"):
            case "errors":
                labels = {b["block_id"]: b["label"]["text"] for b in self.view.blocks if b["type"] == "input"}
                if not body["errors"] or not body["errors"].keys() <= labels.keys():
                    raise NotAcknowledged(f"errors of blocks that take no input: {sorted(body['errors'])}")
                return {labels[block]: error for block, error in body["errors"].items()}
            case "update":
                self._replace(body["view"])
            case "push":
                self._push(body["view"])
            case "clear":
                for view in self.person.sandbox.workspace.stack(self.person.user):
                    view.open = False
            case None:
                self.view.open = False
            case unknown:
                raise NotAcknowledged(f"response_action {unknown!r}")
        return {}

    @property
    def text(self) -> str:
        """Every word that stands in the modal, its fields' labels among them."""
        return json.dumps(self.view.body, ensure_ascii=False)

    def value(self, label: str) -> Any:
        """What a field holds."""
        block, element = self._field(label)
        return self.view.values[block["block_id"]][element["action_id"]][ELEMENTS[element["type"]].state]

    @property
    def labels(self) -> list[str]:
        return [block["label"]["text"] for block in self.view.blocks if block["type"] == "input"]

    def _push(self, body: dict[str, Any]) -> None:
        workspace = self.person.sandbox.workspace
        stack, found = workspace.stack(self.person.user), faults(body)
        if found or len(stack) > 2:
            raise NotAcknowledged("; ".join(found) or "push_limit_reached")
        workspace.show(named(body, f"b{workspace.number()}_"), self.person.user, stack)

    def _replace(self, body: dict[str, Any]) -> None:
        found = faults(body)
        if found:
            raise NotAcknowledged("; ".join(found))
        number = self.person.sandbox.workspace.number()
        body = named(body, f"b{number}_")
        self.view.body, self.view.hash, self.view.values = body, f"{number}.0", beginnings(body["blocks"])

    def _lacks(self, block: Block) -> bool:
        if block["type"] != "input" or block.get("optional"):
            return False
        element = block["element"]
        held = self.view.values[block["block_id"]][element["action_id"]]
        return not held[ELEMENTS[element["type"]].state]

    def _field(self, label: str) -> tuple[Block, Block]:
        for block, element in elements_of(self.view.blocks):
            own = (block.get("label") or element.get("placeholder") or {}).get("text")
            if own == label and element["type"] != "button":
                return block, element
        raise LookupError(f"no field is called {label!r}; there are {self.labels}")

    def _button(self, label: str) -> tuple[Block, Block]:
        for block, element in elements_of(self.view.blocks):
            if element["type"] == "button" and element["text"]["text"] == label:
                return block, element
        raise LookupError(f"no button is called {label!r}")

    async def _act(self, action: Block) -> None:
        container = {"type": "view", "view_id": self.view.id}
        await self._send({"type": "block_actions", "container": container, "actions": [action]})

    async def _send(self, payload: Arguments) -> Any:
        workspace = self.person.sandbox.workspace
        common = {
            "team": {"id": TEAM},
            "user": {"id": self.person.user, "team_id": TEAM},
            "view": self.view.payload,
            "trigger_id": workspace.trigger(self.person.user),
        }
        body = await self.person.wire.send("interactive", {**common, **payload})
        return json.loads(body) if isinstance(body, str) else body


def _options(element: Block, value: Any) -> Any:
    """The options with those words."""
    known = {option["text"]["text"]: option for option in element["options"]}
    return [known[name] for name in value] if isinstance(value, list) else known[value]
