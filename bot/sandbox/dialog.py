"""A modal as HTML: pure, from a view and what was filled in to a form whose fields are named by their labels."""

from collections.abc import Mapping
from typing import Any

from markupsafe import Markup

from bot.sandbox.elements import ELEMENTS, Block
from bot.sandbox.people import CHANNELS, PEOPLE
from bot.sandbox.render import Eye, render, words
from bot.sandbox.views import View

_INPUTS = {"plain_text_input": "text", "email_text_input": "email", "number_input": "number", "timepicker": "time"}
#: Elements of which several may be chosen.
SEVERAL = frozenset({"checkboxes", "multi_static_select", "multi_users_select", "multi_conversations_select"})


def fields(view: View, eye: Eye, errors: Mapping[str, str]) -> Markup:
    """What stands in a modal; `errors` by the label of the field to which each belongs."""
    return Markup("\n").join(_block(block, view, eye, errors) for block in view.blocks)


def label_of(block: Block, element: Block) -> str:
    """What a field is called: its label, or its placeholder where it stands in no input block."""
    return str((block.get("label") or element.get("placeholder") or {}).get("text", ""))


def _block(block: Block, view: View, eye: Eye, errors: Mapping[str, str]) -> Markup:
    match block["type"]:
        case "input":
            return _input(block, view, errors)
        case "actions":
            return Markup('<div class="actions">{}</div>').format(
                Markup("").join(_element(block, element, view) for element in block["elements"])
            )
        case "section" if "accessory" in block:
            plain = {key: value for key, value in block.items() if key != "accessory"}
            return render([plain], eye) + _element(block, block["accessory"], view)
        case "section" if "text" in block:  # lines of plain text stay lines
            return Markup('<p class="told">{}</p>').format(words(block["text"], eye))
        case _:
            return render([block], eye)


def _input(block: Block, view: View, errors: Mapping[str, str]) -> Markup:
    label = block["label"]["text"]
    hint = Markup('<small class="hint-of">{}</small>').format(block["hint"]["text"]) if "hint" in block else ""
    error = Markup('<p class="fault" role="alert">{}</p>').format(errors[label]) if label in errors else ""
    optional = Markup(" <small>(optional)</small>") if block.get("optional") else ""
    return Markup("<fieldset><legend>{}{}</legend>{}{}{}</fieldset>").format(
        label, optional, _element(block, block["element"], view), hint, error
    )


def _element(block: Block, element: Block, view: View) -> Markup:
    kind, label = element["type"], label_of(block, element)
    if kind == "button":
        button = Markup('<button type="button" class="{}" data-press="{}">{}</button>')
        return button.format(element.get("style", ""), element["text"]["text"], element["text"]["text"])
    held = view.values[block["block_id"]][element["action_id"]][ELEMENTS[kind].state]
    if kind in _INPUTS or kind == "external_select":
        return _typed(element, label, held)
    choices = _choices(element)
    chosen = _chosen(held)
    if kind in SEVERAL or kind == "radio_buttons":
        return Markup("").join(_tick(element, label, value, name, value in chosen) for value, name in choices)
    options = Markup("").join(
        Markup('<option value="{}"{}>{}</option>').format(value, " selected" if value in chosen else "", name)
        for value, name in ([] if chosen else [("", "Choose")]) + choices
    )
    return Markup('<select name="{}" aria-label="{}">{}</select>').format(label, label, options)


def _typed(element: Block, label: str, held: Any) -> Markup:
    value = held["text"]["text"] if isinstance(held, dict) else held or ""
    if element.get("multiline"):
        return Markup('<textarea name="{}" aria-label="{}" rows="3">\n{}</textarea>').format(label, label, value)
    limits = Markup("").join(
        Markup(' {}="{}"').format(name, element[key])
        for key, name in (("min_value", "min"), ("max_value", "max"), ("max_length", "maxlength"))
        if key in element
    )
    offered = (
        Markup(' list="offered" data-offered="1" autocomplete="off"') if element["type"] == "external_select" else ""
    )
    return Markup('<input type="{}" name="{}" aria-label="{}" value="{}"{}{}>').format(
        _INPUTS.get(element["type"], "text"), label, label, value, limits, offered
    )


def _tick(element: Block, label: str, value: str, name: str, chosen: bool) -> Markup:
    kind = "radio" if element["type"] == "radio_buttons" else "checkbox"
    return Markup('<label class="tick"><input type="{}" name="{}" value="{}"{}> {}</label>').format(
        kind, label, value, " checked" if chosen else "", name
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


def options_list(options: list[Block]) -> Markup:
    """What the app offers for what was typed, for a field to complete."""
    return Markup("").join(Markup('<option value="{}">').format(one["text"]["text"]) for one in options)
