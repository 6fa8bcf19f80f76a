"""What one fills in or chooses from, as fields of a form: pure, from an element and what it holds to HTML."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

from markupsafe import Markup

from bot.sandbox.elements import Block
from bot.sandbox.people import CHANNELS, PEOPLE

_INPUTS = {
    "plain_text_input": "text",
    "email_text_input": "email",
    "url_text_input": "url",
    "number_input": "number",
    "timepicker": "time",
    "datepicker": "date",
    "datetimepicker": "datetime-local",
}


def is_several(element: Block) -> bool:
    """Whether several may be chosen of an element."""
    return element["type"] == "checkboxes" or str(element["type"]).startswith("multi_")


def control(element: Block, name: str, label: str, held: Any, zone: str = "UTC") -> Markup:
    """The fields of an element, called `name`; `held` is what a view's state holds of it."""
    kind = element["type"]
    if kind in _INPUTS or kind == "external_select":
        return _typed(element, name, label, held, zone)
    if kind == "multi_external_select":
        return Markup("").join(_typed(element, name, label, one, zone) for one in [*(held or []), None])
    choices, chosen = _choices(element), _chosen(held)
    if is_several(element) or kind == "radio_buttons":
        return Markup("").join(_tick(element, name, value, words, value in chosen) for value, words in choices)
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, " selected" if value in chosen else "", words)
        for value, words in ([] if chosen else [("", "Choose")]) + choices
    )
    return Markup('<select name="{}" aria-label="{}">{}</select>').format(name, label, options)


def options_list(options: list[Block]) -> Markup:
    """What the app offers for what was typed, for a field to complete."""
    return Markup("").join(Markup('<option value="{}">').format(one["text"]["text"]) for one in options)


def value_of(element: Block, told: list[str], zone: str) -> Any:
    """What the fields of a form say, as a view's state holds it: None, or nothing of several, where they are empty.

    Options are given by their words. Raises LookupError for what is none of them, and ValueError for no time.
    """
    told = [one for one in told if one]
    if element["type"] == "datetimepicker" and told:
        return int(datetime.fromisoformat(told[0]).replace(tzinfo=ZoneInfo(zone)).timestamp())
    if "options" in element:
        known = {option["text"]["text"]: option for option in element["options"]}
        found: list[Any] = [known[one] for one in told]
    else:
        found = list(told)
    return found if is_several(element) else next(iter(found), None)


def _typed(element: Block, name: str, label: str, held: Any, zone: str) -> Markup:
    value = held["text"]["text"] if isinstance(held, dict) else held or ""
    if element["type"] == "datetimepicker" and held:
        value = datetime.fromtimestamp(int(held), UTC).astimezone(ZoneInfo(zone)).strftime("%Y-%m-%dT%H:%M")
    if element.get("multiline"):
        return Markup('<textarea name="{}" aria-label="{}" rows="3">\n{}</textarea>').format(name, label, value)
    limits = Markup("").join(
        Markup(' {}="{}"').format(limit, element[key])
        for key, limit in (("min_value", "min"), ("max_value", "max"), ("max_length", "maxlength"))
        if key in element
    )
    offered = Markup("")
    if "external" in element["type"]:
        least = element.get("min_query_length", 3)
        offered = Markup(' list="offered" data-offered="{}" autocomplete="off" placeholder="{}"').format(least, label)
    return Markup('<input type="{}" name="{}" aria-label="{}" value="{}"{}{}>').format(
        _INPUTS.get(element["type"], "text"), name, label, value, limits, offered
    )


def _tick(element: Block, name: str, value: str, words: str, chosen: bool) -> Markup:
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    return Markup('<label class="tick"><input type="{}" name="{}" value="{}"{}> {}</label>').format(
        kind, name, value, " checked" if chosen else "", words
    )


def _choices(element: Block) -> list[tuple[str, str]]:
    """What may be chosen: what is sent for it, and what it is called."""
    if "options" in element:
        return [(option["text"]["text"], option["text"]["text"]) for option in element["options"]]
    if "users" in element["type"]:
        return [(one.id, one.name) for one in PEOPLE.values()]
    return [(identifier, f"# {name}") for identifier, name in CHANNELS.items()]


def _chosen(held: Any) -> set[str]:
    several = held if isinstance(held, list) else [held] if held else []
    return {str(one["text"]["text"] if isinstance(one, dict) else one) for one in several}
