"""A modal as HTML: pure, from a view and what was filled in to a form whose fields are named by their labels."""

from collections.abc import Mapping

from markupsafe import Markup

from bot.sandbox.controls import control
from bot.sandbox.elements import ELEMENTS, Block
from bot.sandbox.render import Eye, render, words
from bot.sandbox.views import View


def fields(view: View, eye: Eye, errors: Mapping[str, str]) -> Markup:
    """What stands in a modal; `errors` by the label of the field to which each belongs."""
    return Markup("\n").join(_block(block, view, eye, errors) for block in view.blocks)


def label_of(block: Block, element: Block) -> str:
    """What a field is called: its label, or its placeholder where it stands in no input block."""
    return str((block.get("label") or element.get("placeholder") or {}).get("text", ""))


def _block(block: Block, view: View, eye: Eye, errors: Mapping[str, str]) -> Markup:
    match block["type"]:
        case "input":
            return _input(block, view, eye, errors)
        case "actions":
            return Markup('<div class="actions">{}</div>').format(
                Markup("").join(_element(block, element, view, eye) for element in block["elements"])
            )
        case "section" if "accessory" in block:
            plain = {key: value for key, value in block.items() if key != "accessory"}
            return render([plain], eye) + _element(block, block["accessory"], view, eye)
        case "section" if "text" in block:  # lines of plain text stay lines
            return Markup('<p class="told">{}</p>').format(words(block["text"], eye))
        case _:
            return render([block], eye)


def _input(block: Block, view: View, eye: Eye, errors: Mapping[str, str]) -> Markup:
    label = block["label"]["text"]
    hint = Markup('<small class="hint-of">{}</small>').format(block["hint"]["text"]) if "hint" in block else ""
    error = Markup('<p class="fault" role="alert">{}</p>').format(errors[label]) if label in errors else ""
    optional = Markup(" <small>(optional)</small>") if block.get("optional") else ""
    return Markup("<fieldset><legend>{}{}</legend>{}{}{}</fieldset>").format(
        label, optional, _element(block, block["element"], view, eye), hint, error
    )


def _element(block: Block, element: Block, view: View, eye: Eye) -> Markup:
    kind, label = element["type"], label_of(block, element)
    if kind == "button":
        button = Markup('<button type="button" class="{}" data-press="{}">{}</button>')
        return button.format(element.get("style", ""), element["text"]["text"], element["text"]["text"])
    held = view.values[block["block_id"]][element["action_id"]][ELEMENTS[kind].state]
    return control(element, label, label, held, eye.zone)
