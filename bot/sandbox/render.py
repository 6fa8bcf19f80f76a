"""Block Kit as HTML: pure, from blocks to what Slack would show. What comes in is hostile and is escaped."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import chain, repeat

from markupsafe import Markup, escape

from bot.sandbox.controls import control
from bot.sandbox.elements import ELEMENTS, Block
from bot.sandbox.mrkdwn import date_of, link, markdown, to_html
from bot.sandbox.state import File
from reports.numbers import write_size

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
            return Markup("").join(_rich(part, eye) for part in block["elements"])
        case "markdown":
            return Markup('<div class="markdown">{}</div>').format(markdown(block["text"]))
        case "table":
            return _table(block, eye)
        case unknown:
            return Markup('<p class="fault">This page cannot show a block of type {}.</p>').format(unknown)


def shared(file: File) -> Markup:
    """A file in a channel: a picture as it looks, anything else as a download."""
    if file.is_picture:
        return _picture({"slack_file": {"id": file.id}, "alt_text": file.alt_text, "title": {"text": file.title}})
    return Markup('<p class="file"><a href="/file/{}" download="{}">{}</a> <small>{}</small></p>').format(
        file.id, file.name, file.title, write_size(file.length, "en")
    )


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
        case _:
            return _field(position, element, eye)


def _field(position: int, element: Block, eye: Eye) -> Markup:
    """What one chooses from or fills in beside a button that sends it: keys that move within a menu send nothing."""
    label = element.get("placeholder", {}).get("text") or element["type"].replace("_", " ").capitalize()
    held = element.get(ELEMENTS[element["type"]].initial)
    form = Markup('<form method="post" action="/press" class="field"{}>{}<div>{}</div><button>Set</button></form>')
    return form.format(
        _asks(element), _hidden(position, element, eye), control(element, "option", label, held, eye.zone)
    )


def _asks(element: Block) -> Markup:
    """What the page asks before it sends a press."""
    confirm = element.get("confirm")
    asks = f"{confirm['title']['text']}\n\n{confirm['text']['text']}" if confirm else ""
    return Markup(' data-confirm="{}"').format(asks)


def _hidden(position: int, element: Block, eye: Eye, more: Mapping[str, str] | None = None) -> Markup:
    pairs = {**eye.hidden, "block": str(position), "action": element["action_id"], **(more or {})}
    return Markup("").join(Markup('<input type="hidden" name="{}" value="{}">').format(*one) for one in pairs.items())


def _button(position: int, element: Block, name: str, eye: Eye, more: Mapping[str, str] | None = None) -> Markup:
    """A button, or one choice of a menu."""
    return Markup('<form method="post" action="/press"{}>{}<button class="{}"{}>{}</button></form>').format(
        _asks(element),
        _hidden(position, element, eye, more),
        element.get("style", ""),
        Markup(' aria-label="{}"').format(element["accessibility_label"]) if "accessibility_label" in element else "",
        name,
    )


def _table(block: Block, eye: Eye) -> Markup:
    """The first row is a heading, as Slack shows it."""
    sides = [(one or {}).get("align", "left") for one in block.get("column_settings", ())]
    head, *rows = [_row(row, sides, "th" if not number else "td", eye) for number, row in enumerate(block["rows"])]
    table = '<div class="wide" tabindex="0"><table class="grid"><thead>{}</thead><tbody>{}</tbody></table></div>'
    return Markup(table).format(head, Markup("").join(rows))  # noqa: S704 - a constant


def _row(cells: list[Block], sides: list[str], tag: str, eye: Eye) -> Markup:
    shown = (
        Markup('<{0} class="{1}">{2}</{0}>').format(tag, side, _cell(cell, eye))
        for cell, side in zip(cells, chain(sides, repeat("left")), strict=False)
    )
    return Markup("<tr>{}</tr>").format(Markup("").join(shown))


def _cell(cell: Block, eye: Eye) -> Markup:
    if cell["type"] == "raw_text":
        return escape(cell["text"])
    return Markup("").join(_rich(part, eye) for part in cell["elements"])


def _rich(part: Block, eye: Eye) -> Markup:
    inside = part["elements"]
    match part["type"]:
        case "rich_text_list":
            items = Markup("").join(Markup("<li>{}</li>").format(_rich(item, eye)) for item in inside)
            ordered = part["style"] == "ordered"
            return (Markup("<ol>{}</ol>") if ordered else Markup("<ul>{}</ul>")).format(items)
        case "rich_text_preformatted":
            return Markup('<pre tabindex="0">{}</pre>').format(_run(inside, eye))
        case "rich_text_quote":
            return Markup("<blockquote>{}</blockquote>").format(_run(inside, eye))
        case _:
            return Markup("<p>{}</p>").format(_run(inside, eye))


def _run(elements: list[Block], eye: Eye) -> Markup:
    return Markup("").join(_rich_element(element, eye) for element in elements)


def _rich_element(element: Block, eye: Eye) -> Markup:
    match element["type"]:
        case "link":
            return link(element["url"], element.get("text") or element["url"])
        case "user" | "channel" as kind:
            sign, name = "@" if kind == "user" else "#", eye.names(element[f"{kind}_id"])
            return Markup('<span class="mention">{}{}</span>').format(sign, name)
        case "broadcast":
            return Markup('<span class="mention">@{}</span>').format(element["range"])
        case "emoji":
            return escape(f":{element['name']}:")
        case "date":
            return date_of(element["timestamp"], element["format"], element.get("fallback", ""), eye.zone)
    shown = escape(element.get("text", ""))
    for style, tag in _STYLES.items():
        if element.get("style", {}).get(style):
            shown = Markup("<{0}>{1}</{0}>").format(Markup(tag), shown)  # noqa: S704 - a constant
    return shown
