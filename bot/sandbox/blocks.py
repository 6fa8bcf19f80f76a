"""Slack's rules for the blocks of a message, as far as this project uses them: what is not known is refused."""

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

#: The whole message; Slack documents no limit, and was seen to refuse 13,200 characters.
MOST_CHARACTERS = 12_000
_FILE_ID = re.compile(r"F[A-Z0-9]{8,}")

Block = dict[str, Any]


def faults(blocks: object) -> list[str]:
    """Everything for which Slack would answer `invalid_blocks`; empty when all is well."""
    if not isinstance(blocks, list):
        return ["blocks is not an array"]
    found = [] if len(blocks) <= 50 else [f"{len(blocks)} blocks; at most 50"]
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(set(ids)) < len(ids):
        found.append("a block_id is there twice")
    for position, block in enumerate(blocks):
        found += [f"/{position}: {fault}" for fault in _block(block)]
    size = len(json.dumps(blocks, ensure_ascii=False))
    if size > MOST_CHARACTERS:
        found.append(f"{size} characters; at most {MOST_CHARACTERS}")
    return found


def _block(block: object) -> Iterator[str]:
    if not isinstance(block, dict):
        yield "is not an object"
        return
    check = _CHECKS.get(str(block.get("type")))
    if check is None:
        yield f"unknown type {block.get('type')!r}"
        return
    if len(block.get("block_id", "x")) not in range(1, 256):
        yield "block_id takes 1 to 255 characters"
    yield from check(block)


def _keys(value: Block, needed: set[str], allowed: set[str]) -> Iterator[str]:
    yield from (f"{key} is missing" for key in sorted(needed - value.keys()))
    yield from (f"{key} is not allowed" for key in sorted(value.keys() - needed - allowed - {"type", "block_id"}))


def _text(value: object, limit: int, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Iterator[str]:
    if not isinstance(value, dict) or value.get("type") not in kinds:
        yield f"text is not {' or '.join(kinds)}"
        return
    plain = value["type"] == "plain_text"
    yield from _keys(value, {"text"}, {"emoji"} if plain else {"verbatim"})
    yield from _string(value.get("text"), limit)


def _string(value: object, limit: int, name: str = "text") -> Iterator[str]:
    if not isinstance(value, str) or not value:
        yield f"{name} is empty or no text"
    elif len(value) > limit:
        yield f"{name} has {len(value)} characters; at most {limit}"


def _header(block: Block) -> Iterator[str]:
    yield from _keys(block, {"text"}, {"level"})
    yield from _text(block.get("text"), 150, ("plain_text",))


def _section(block: Block) -> Iterator[str]:
    yield from _keys(block, set(), {"text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        yield "a section needs text or fields"
    if "text" in block:
        yield from _text(block["text"], 3000)
    if "fields" in block:
        fields = block["fields"]
        if not isinstance(fields, list) or len(fields) not in range(1, 11):
            yield "fields takes 1 to 10"
            return
        for field in fields:
            yield from _text(field, 2000)


def _context(block: Block) -> Iterator[str]:
    yield from _keys(block, {"elements"}, set())
    elements = block.get("elements")
    if not isinstance(elements, list) or len(elements) not in range(1, 11):
        yield "elements takes 1 to 10"
        return
    for element in elements:
        yield from _text(element, 2000)


def _divider(block: Block) -> Iterator[str]:
    yield from _keys(block, set(), set())


def _image(block: Block) -> Iterator[str]:
    yield from _keys(block, {"alt_text"}, {"slack_file", "image_url", "title"})
    yield from _string(block.get("alt_text"), 2000, "alt_text")
    if ("slack_file" in block) == ("image_url" in block):
        yield "an image takes slack_file or image_url"
    if "title" in block:
        yield from _text(block["title"], 2000, ("plain_text",))
    if "slack_file" in block:
        file = block["slack_file"]
        if not isinstance(file, dict) or set(file) != {"id"} or not _FILE_ID.fullmatch(str(file["id"])):
            yield "slack_file takes an id, F and eight or more capitals and digits"


def _actions(block: Block) -> Iterator[str]:
    yield from _keys(block, {"elements"}, set())
    elements = block.get("elements")
    if not isinstance(elements, list) or len(elements) not in range(1, 26):
        yield "elements takes 1 to 25"
        return
    for element in elements:
        yield from _button(element)
    actions = [element.get("action_id") for element in elements if isinstance(element, dict)]
    if len(set(actions)) < len(actions):
        yield "an action_id is there twice"


def _button(element: object) -> Iterator[str]:
    if not isinstance(element, dict) or element.get("type") != "button":
        yield "only buttons are known here"
        return
    yield from _keys(element, {"text", "action_id"}, {"value", "url", "style", "accessibility_label", "confirm"})
    yield from _text(element.get("text"), 75, ("plain_text",))
    yield from _string(element.get("action_id"), 255, "action_id")
    if "value" in element:
        yield from _string(element["value"], 2000, "value")
    if "accessibility_label" in element:
        yield from _string(element["accessibility_label"], 75, "accessibility_label")
    if element.get("style", "primary") not in {"primary", "danger"}:
        yield "style is primary or danger"


def _rich_text(block: Block) -> Iterator[str]:
    yield from _keys(block, {"elements"}, set())
    elements = block.get("elements")
    if not isinstance(elements, list) or not elements:
        yield "elements is empty"
        return
    for element in elements:
        yield from _rich_part(element)


def _rich_part(part: object) -> Iterator[str]:
    if not isinstance(part, dict):
        yield "is not an object"
        return
    match part.get("type"):
        case "rich_text_section" | "rich_text_preformatted" | "rich_text_quote":
            yield from _keys(part, {"elements"}, {"border"})
            for element in part.get("elements") or [None]:
                yield from _rich_element(element)
        case "rich_text_list":
            yield from _keys(part, {"elements", "style"}, {"indent", "offset", "border"})
            if part.get("style") not in {"bullet", "ordered"}:
                yield "a list's style is bullet or ordered"
            for element in part.get("elements") or [None]:
                yield from _rich_part(element)
        case unknown:
            yield f"unknown part of rich text {unknown!r}"


def _rich_element(element: object) -> Iterator[str]:
    if not isinstance(element, dict) or element.get("type") != "text":
        yield "only text is known in rich text here"
        return
    yield from _keys(element, {"text"}, {"style"})
    yield from _string(element.get("text"), 3000)
    style = element.get("style", {})
    if not isinstance(style, dict) or not set(style) <= {"bold", "italic", "strike", "code"}:
        yield "style takes bold, italic, strike and code"


_CHECKS: dict[str, Callable[[Block], Iterator[str]]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "rich_text": _rich_text,
    "section": _section,
}
