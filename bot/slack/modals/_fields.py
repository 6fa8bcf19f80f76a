"""Fields of forms as Slack has them, each in a block of its own name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text, "emoji": False}


def option(text: str, value: str) -> Block:
    return {"text": plain(text), "value": value}


@dataclass(frozen=True, slots=True)
class Fields:
    """Makes the fields of one form: block NAME holds the action FORM_NAME. `told`: the app hears of each change."""

    form: str

    def typed(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        hint: str = "",
        optional: bool = False,
        lines: bool = False,
        most: int = 3_000,
        told: bool = False,
    ) -> Block:
        """Free text, on one line or several; `told`: the app hears of it when Enter is pressed."""
        element: Block = {"type": "plain_text_input", "multiline": lines, "max_length": most}
        if value:
            element["initial_value"] = value[:most]
        return self._input(name, label, element, hint=hint, optional=optional, told=told)

    def number(self, name: str, label: str, value: int, least: int, most: int) -> Block:
        """A whole number; the app hears of it when Enter is pressed."""
        bounds = {"min_value": str(least), "max_value": str(most)}
        element = {"type": "number_input", "is_decimal_allowed": False, "initial_value": str(value), **bounds}
        return self._input(name, label, element, told=True)

    def clock(self, name: str, label: str, value: str) -> Block:
        """A time of day, as HH:mm."""
        return self._input(name, label, {"type": "timepicker", "initial_time": value}, told=True)

    def chosen(self, name: str, label: str, options: Mapping[str, str], value: str, *, told: bool = True) -> Block:
        """One of a few: words by value."""
        element = {"type": "static_select", "options": [option(text, key) for key, text in options.items()]}
        return self._input(name, label, element | {"initial_option": option(options[value], value)}, told=told)

    def offered(self, name: str, label: str, value: str = "", *, told: bool = True) -> Block:
        """One of many, which the app offers for what is typed; without a value, before anything is."""
        initial = {"initial_option": option(value, value)} if value else {}
        element = {"type": "external_select", "min_query_length": 1 if value else 0, **initial}
        return self._input(name, label, element, told=told)

    def ticked(
        self,
        name: str,
        label: str,
        options: Mapping[str, str],
        values: Iterable[str],
        *,
        optional: bool = False,
        told: bool = False,
    ) -> Block:
        """Any of a few: words by value."""
        element: Block = {"type": "checkboxes", "options": [option(text, key) for key, text in options.items()]}
        if initial := [option(options[value], value) for value in values]:
            element["initial_options"] = initial
        return self._input(name, label, element, optional=optional, told=told)

    def several(
        self, name: str, label: str, options: Mapping[str, str], values: Sequence[str], most: int, hint: str
    ) -> Block:
        """Some of many, in the order in which they are chosen."""
        element: Block = {"type": "multi_static_select", "max_selected_items": most}
        element["options"] = [option(text, key) for key, text in options.items()]
        if initial := [option(options[value], value) for value in values if value in options]:
            element["initial_options"] = initial
        return self._input(name, label, element, hint=hint, optional=True)

    def conversations(self, name: str, label: str, values: Iterable[str]) -> Block:
        """Channels that the person can see."""
        kept = {"include": ["public", "private"], "exclude_bot_users": True}
        return self._many(name, label, {"type": "multi_conversations_select", "filter": kept}, "conversations", values)

    def people(self, name: str, label: str, values: Iterable[str]) -> Block:
        return self._many(name, label, {"type": "multi_users_select"}, "users", values)

    def person(self, name: str, label: str, *, hint: str = "") -> Block:
        return self._input(name, label, {"type": "users_select"}, hint=hint)

    def _many(self, name: str, label: str, element: Block, kind: str, values: Iterable[str]) -> Block:
        initial = list(values)
        return self._input(name, label, element | ({f"initial_{kind}": initial} if initial else {}), optional=True)

    def _input(
        self, name: str, label: str, element: Block, *, hint: str = "", optional: bool = False, told: bool = False
    ) -> Block:
        return {
            "type": "input",
            "block_id": name,
            "label": plain(label),
            "element": {"action_id": f"{self.form}_{name}", **element},
            "optional": optional,
            "dispatch_action": told,
            **({"hint": plain(hint)} if hint else {}),
        }
