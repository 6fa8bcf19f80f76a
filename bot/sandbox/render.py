"""Block Kit as HTML: pure, from blocks to what Slack would show. What comes in is hostile and is escaped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from markupsafe import Markup, escape

from bot.sandbox.elements import Block
from bot.sandbox.mrkdwn import link, to_html

_STYLES = {"bold": "strong", "italic": "em", "strike": "s", "code": "code"}


@dataclass(frozen=True, slots=True)
class Eye:
    """Who looks: their zone, what people and channels are called, and what a button's form has beside itself."""

    zone: str = "UTC"
    names: Callable[[str], str] = str
    hidden: Mapping[str, str] = field(default_factory=dict)


def render(blocks: list[Block], eye: Eye) -> Markup:
    """The blocks of a message, in order. A type that is not known is named and not hidden."""
    return Markup("\n").join(_block(position, block, eye) for position, block in enumerate(blocks))


def _block(position: int, block: Block, eye: Eye) -> Markup:
    match block.get("type"):
        case "header":
            return Markup("<h3>{}</h3>").format(block["text"]["text"])
        case "section":
            return _section(position, block, eye)
        case "context":
            parts = (_context(element, eye) for element in block["elements"])
            return Markup('<p class="context">{}</p>').format(Markup(" ").join(parts))
        case "divider":
            return Markup("<hr>")
        case "image":
            return _picture(block)
        case "actions":
            buttons = (_element(position, element, eye) for element in block["elements"])
            return Markup('<div class="actions">{}</div>').format(Markup("").join(buttons))
        case "rich_text":
            return Markup("").join(_rich(part) for part in block["elements"])
        case unknown:
            return Markup('<p class="fault">This page cannot show a block of type {}.</p>').format(unknown)


def words(value: Block, eye: Eye) -> Markup:
    """A text object."""
    return to_html(value["text"], eye.zone, eye.names) if value["type"] == "mrkdwn" else escape(value["text"])


def _section(position: int, block: Block, eye: Eye) -> Markup:
    parts = []
    if "text" in block:
        parts.append(Markup("<p>{}</p>").format(words(block["text"], eye)))
    if "fields" in block:
        fields = (Markup("<p>{}</p>").format(words(one, eye)) for one in block["fields"])
        parts.append(Markup('<div class="fields">{}</div>').format(Markup("").join(fields)))
    if "accessory" in block:
        parts.append(_element(position, block["accessory"], eye))
    return Markup('<div class="section">{}</div>').format(Markup("").join(parts))


def _context(element: Block, eye: Eye) -> Markup:
    return Markup("<span>{}</span>").format(words(element, eye))


def _picture(block: Block) -> Markup:
    source = f"/file/{block['slack_file']['id']}" if "slack_file" in block else block["image_url"]
    title = Markup("<figcaption>{}</figcaption>").format(block["title"]["text"]) if "title" in block else Markup("")
    return Markup('<figure>{}<a href="{}" target="_blank" rel="noopener"><img src="{}" alt="{}"></a></figure>').format(
        title, source, source, block["alt_text"]
    )


def _element(position: int, element: Block, eye: Eye) -> Markup:
    match element["type"]:
        case "button":
            return _button(position, element, element["text"]["text"], eye)
        case "overflow":
            options = (option["text"]["text"] for option in element["options"])
            choices = (_button(position, element, name, eye, {"option": name}) for name in options)
            menu = '<details class="menu"><summary aria-label="More">⋯</summary><div>{}</div></details>'
            return Markup(menu).format(Markup("").join(choices))  # noqa: S704 - a constant
        case unknown:
            return Markup('<p class="fault">This page cannot show a {} in a message.</p>').format(unknown)


def _button(position: int, element: Block, name: str, eye: Eye, more: Mapping[str, str] | None = None) -> Markup:
    """A button, or one choice of a menu."""
    confirm = element.get("confirm")
    asks = f"{confirm['title']['text']}\n\n{confirm['text']['text']}" if confirm else ""
    hidden = {**eye.hidden, "block": str(position), "action": element["action_id"], **(more or {})}
    return Markup(
        '<form method="post" action="/press" data-confirm="{}">{}<button class="{}"{}>{}</button></form>'
    ).format(
        asks,
        Markup("").join(Markup('<input type="hidden" name="{}" value="{}">').format(*pair) for pair in hidden.items()),
        element.get("style", ""),
        Markup(' aria-label="{}"').format(element["accessibility_label"]) if "accessibility_label" in element else "",
        name,
    )


def _rich(part: Block) -> Markup:
    inside = part["elements"]
    match part["type"]:
        case "rich_text_list":
            items = Markup("").join(Markup("<li>{}</li>").format(_rich(item)) for item in inside)
            ordered = part["style"] == "ordered"
            return (Markup("<ol>{}</ol>") if ordered else Markup("<ul>{}</ul>")).format(items)
        case "rich_text_preformatted":
            return Markup('<pre tabindex="0">{}</pre>').format(_run(inside))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_run(inside))
        case _:
            return Markup("<p>{}</p>").format(_run(inside))


def _run(elements: list[dict[str, Any]]) -> Markup:
    return Markup("").join(_rich_element(element) for element in elements)


def _rich_element(element: dict[str, Any]) -> Markup:
    if element["type"] == "link":
        return link(element["url"], element.get("text") or element["url"])
    shown = escape(element.get("text", ""))
    for style, tag in _STYLES.items():
        if element.get("style", {}).get(style):
            shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown)  # noqa: S704 - a constant
    return shown
