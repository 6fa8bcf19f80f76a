"""Slack's rules for what people press, choose and fill in, as far as this project uses them."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any
from zoneinfo import available_timezones

Block = dict[str, Any]
Faults = Iterator[str]

_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
_CHANNEL = re.compile(r"[CDG][A-Z0-9]{8,}")
_USER = re.compile(r"[UW][A-Z0-9]{8,}")
_INCLUDED = {"im", "mpim", "private", "public"}
_TYPED = {"placeholder", "initial_value", "dispatch_action_config", "focus_on_load"}
_LENGTHS = {"min_length", "max_length"}
_MENU = {"placeholder", "confirm", "focus_on_load"}
_SEVERAL = _MENU | {"max_selected_items"}


def keys(value: Block, needed: set[str], allowed: set[str]) -> Faults:
    yield from (f"{key} is missing" for key in sorted(needed - value.keys()))
    yield from (f"{key} is not allowed" for key in sorted(value.keys() - needed - allowed - {"type", "block_id"}))


def text(value: object, limit: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Faults:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"text is not {' or '.join(kinds)}"
        return
    plain = value["type"] == "plain_text"
    yield from keys(value, {"text"}, {"emoji"} if plain else {"verbatim"})
    yield from string(value.get("text"), limit)


def string(value: object, limit: int, name: str = "text") -> Faults:
    if not isinstance(value, str) or not value:
        yield f"{name} is empty or no text"
    elif len(value) > limit:
        yield f"{name} has {len(value)} characters; at most {limit}"


def element_faults(element: object, kinds: frozenset[str]) -> Faults:
    """What Slack would refuse of an element where these kinds may stand."""
    if not isinstance(element, dict):
        yield "an element is not an object"
        return
    kind = str(element.get("type"))
    rule = ELEMENTS.get(kind)
    if rule is None or kind not in kinds:
        yield f"no {kind} may stand here"
        return
    yield from keys(element, rule.needs | {"action_id"}, set(rule.allows))
    yield from string(element.get("action_id"), 255, "action_id")
    if "placeholder" in element:
        yield from text(element["placeholder"], 150, ("plain_text",))
    if "confirm" in element:
        yield from _confirm(element["confirm"])
    yield from rule.check(element)


def elements_of(blocks: list[Block]) -> Iterator[tuple[Block, Block]]:
    """Every element with the block in which it stands."""
    for block in blocks:
        match block.get("type"):
            case "input":
                yield block, block["element"]
            case "actions":
                yield from ((block, element) for element in block["elements"])
            case "section" if "accessory" in block:
                yield block, block["accessory"]


def option_faults(option: object, *, markup: bool = False) -> Faults:
    if not isinstance(option, dict):
        yield "an option is not an object"
        return
    yield from keys(option, {"text", "value"}, {"description"})
    kinds = ("plain_text", "mrkdwn") if markup else ("plain_text",)
    yield from text(option.get("text"), 75, kinds)
    yield from string(option.get("value"), 150, "value")
    if "description" in option:
        yield from text(option["description"], 75, kinds)


def _confirm(confirm: object) -> Faults:
    if not isinstance(confirm, dict):
        yield "confirm is not an object"
        return
    yield from keys(confirm, {"title", "text", "confirm", "deny"}, {"style"})
    for name, limit in (("title", 100), ("text", 300), ("confirm", 30), ("deny", 30)):
        yield from text(confirm.get(name), limit, ("plain_text",))
    if confirm.get("style", "primary") not in {"primary", "danger"}:
        yield "style is primary or danger"


def _button(element: Block) -> Faults:
    yield from text(element.get("text"), 75, ("plain_text",))
    if "value" in element:
        yield from string(element["value"], 2000, "value")
    if "accessibility_label" in element:
        yield from string(element["accessibility_label"], 75, "accessibility_label")
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "style is primary or danger"


def _typed(element: Block) -> Faults:
    if "initial_value" in element and not isinstance(element["initial_value"], str):
        yield "initial_value is no text"
    if not 0 <= element.get("min_length", 0) <= 3000 or not 1 <= element.get("max_length", 1) <= 3000:
        yield "lengths are up to 3000"
    config = element.get("dispatch_action_config", {"trigger_actions_on": ["on_enter_pressed"]})
    if not set(config.get("trigger_actions_on", ["?"])) <= {"on_enter_pressed", "on_character_entered"}:
        yield "trigger_actions_on takes on_enter_pressed and on_character_entered"


def _number(element: Block) -> Faults:
    if not isinstance(element.get("is_decimal_allowed"), bool):
        yield "is_decimal_allowed is true or false"
    for name in ("initial_value", "min_value", "max_value"):
        if name in element and not re.fullmatch(r"-?\d+", str(element[name])):
            yield f"{name} is a number as text"


def _time(element: Block) -> Faults:
    if "initial_time" in element and not _TIME.fullmatch(str(element["initial_time"])):
        yield "initial_time is HH:mm"
    if "timezone" in element and element["timezone"] not in available_timezones():
        yield "timezone is not IANA"


def _date(element: Block) -> Faults:
    if "initial_date" in element and not _DATE.fullmatch(str(element["initial_date"])):
        yield "initial_date is YYYY-MM-DD"


def _moment(element: Block) -> Faults:
    if "initial_date_time" in element and not re.fullmatch(r"\d{10}", str(element["initial_date_time"])):
        yield "initial_date_time is a time in seconds, of ten digits"


def _options(most: int, initial: str, *, markup: bool = False) -> Callable[[Block], Faults]:
    def check(element: Block) -> Faults:
        options = element.get("options")
        if not isinstance(options, list) or len(options) not in range(1, most + 1):
            yield f"options takes 1 to {most}"
            return
        for option in options:
            yield from option_faults(option, markup=markup)
        values = [option.get("value") for option in options if isinstance(option, dict)]
        if len(set(values)) < len(values):
            yield "a value is there twice"
        chosen = element.get(initial, [])
        if initial in element and not chosen:
            yield f"{initial} is empty"
        for option in chosen if isinstance(chosen, list) else [chosen]:
            if option not in options:
                yield f"{initial} is none of the options"

    return check


def _external(element: Block) -> Faults:
    if "initial_option" in element:
        yield from option_faults(element["initial_option"])
    if element.get("min_query_length", 3) not in range(100):
        yield "min_query_length is a number"


def _externals(element: Block) -> Faults:
    for option in element.get("initial_options", []):
        yield from option_faults(option)
    if element.get("min_query_length", 3) not in range(100):
        yield "min_query_length is a number"


def _chosen_by_id(initial: str, shape: re.Pattern[str]) -> Callable[[Block], Faults]:
    def check(element: Block) -> Faults:
        told = element.get(initial, [])
        for identifier in told if isinstance(told, list) else [told]:
            if not shape.fullmatch(str(identifier)):
                yield f"{initial} holds {identifier!r}, which is no identifier"
        kept = element.get("filter")
        if kept is not None:
            yield from keys(kept, set(), {"include", "exclude_external_shared_channels", "exclude_bot_users"})
            if not kept or not set(kept.get("include", ["im"])) <= _INCLUDED or kept.get("include") == []:
                yield f"include takes {', '.join(sorted(_INCLUDED))}"

    return check


@dataclass(frozen=True, slots=True)
class Element:
    """`initial` is the key of what it begins with, `state` of what it holds in a view's state."""

    needs: set[str]
    allows: set[str]
    check: Callable[[Block], Faults]
    initial: str = ""
    state: str = ""


ELEMENTS = {
    "button": Element({"text"}, {"value", "url", "style", "accessibility_label", "confirm"}, _button),
    "overflow": Element({"options"}, {"confirm"}, _options(5, "initial_option")),
    "plain_text_input": Element(set(), _TYPED | _LENGTHS | {"multiline"}, _typed, "initial_value", "value"),
    "email_text_input": Element(set(), _TYPED, _typed, "initial_value", "value"),
    "number_input": Element(
        {"is_decimal_allowed"}, _TYPED | {"min_value", "max_value"}, _number, "initial_value", "value"
    ),
    "timepicker": Element(set(), _MENU | {"initial_time", "timezone"}, _time, "initial_time", "selected_time"),
    "datepicker": Element(set(), _MENU | {"initial_date"}, _date, "initial_date", "selected_date"),
    "datetimepicker": Element(
        set(), {"initial_date_time", "confirm", "focus_on_load"}, _moment, "initial_date_time", "selected_date_time"
    ),
    "url_text_input": Element(set(), _TYPED, _typed, "initial_value", "value"),
    "static_select": Element(
        {"options"}, _MENU | {"initial_option"}, _options(100, "initial_option"), "initial_option", "selected_option"
    ),
    "radio_buttons": Element(
        {"options"}, {"initial_option", "confirm", "focus_on_load"}, _options(10, "initial_option", markup=True),
        "initial_option", "selected_option",
    ),
    "external_select": Element(
        set(), _MENU | {"initial_option", "min_query_length"}, _external, "initial_option", "selected_option"
    ),
    "multi_static_select": Element(
        {"options"}, _SEVERAL | {"initial_options"}, _options(100, "initial_options"), "initial_options",
        "selected_options",
    ),
    "checkboxes": Element(
        {"options"}, {"initial_options", "confirm", "focus_on_load"}, _options(10, "initial_options", markup=True),
        "initial_options", "selected_options",
    ),
    "conversations_select": Element(
        set(), _MENU | {"initial_conversation", "default_to_current_conversation", "filter", "response_url_enabled"},
        _chosen_by_id("initial_conversation", _CHANNEL), "initial_conversation", "selected_conversation",
    ),
    "multi_conversations_select": Element(
        set(), _SEVERAL | {"initial_conversations", "default_to_current_conversation", "filter"},
        _chosen_by_id("initial_conversations", _CHANNEL), "initial_conversations", "selected_conversations",
    ),
    "channels_select": Element(
        set(), _MENU | {"initial_channel", "response_url_enabled"}, _chosen_by_id("initial_channel", _CHANNEL),
        "initial_channel", "selected_channel",
    ),
    "multi_channels_select": Element(
        set(), _SEVERAL | {"initial_channels"}, _chosen_by_id("initial_channels", _CHANNEL), "initial_channels",
        "selected_channels",
    ),
    "multi_external_select": Element(
        set(), _SEVERAL | {"initial_options", "min_query_length"}, _externals, "initial_options", "selected_options"
    ),
    "users_select": Element(
        set(), _MENU | {"initial_user"}, _chosen_by_id("initial_user", _USER), "initial_user", "selected_user"
    ),
    "multi_users_select": Element(
        set(), _SEVERAL | {"initial_users"}, _chosen_by_id("initial_users", _USER), "initial_users", "selected_users"
    ),
}  # fmt: skip

_CHOOSING = frozenset(ELEMENTS) - {"button", "overflow", "plain_text_input", "email_text_input", "number_input"}
#: What may stand in an actions block, beside a section's text, and in an input block.
IN_ACTIONS = frozenset({"button", "overflow"}) | (_CHOOSING - {name for name in _CHOOSING if name.startswith("multi_")})
IN_SECTION = frozenset({"button", "overflow"}) | _CHOOSING
IN_INPUT = frozenset(ELEMENTS) - {"button", "overflow"}
