"""Slack's rules for the blocks of a message, as far as this project uses them: what is not known is refused."""

import json
import re
from collections.abc import Callable, Iterator

from bot.sandbox.elements import IN_ACTIONS, IN_INPUT, IN_SECTION, Block, element_faults, keys, string, text

#: The whole message; Slack documents no limit, and was seen to refuse 13,200 characters.
MOST_CHARACTERS = 12_000
#: The elements of rich text: what each needs, and what it may have beside it.
_RICH: dict[str, tuple[set[str], set[str]]] = {
    "text": ({"text"}, {"style"}),
    "link": ({"url"}, {"text", "style", "unsafe"}),
    "user": ({"user_id"}, {"style"}),
    "channel": ({"channel_id"}, {"style"}),
    "broadcast": ({"range"}, {"style"}),
    "emoji": ({"name"}, {"unicode", "style"}),
    "date": ({"timestamp", "format"}, {"url", "fallback", "style"}),
}
_FILE_ID = re.compile(r"F[A-Z0-9]{8,}")


def faults(blocks: object) -> list[str]:
    """Everything for which Slack would answer `invalid_blocks` to a message; empty when all is well."""
    found = arranged(blocks, 50)
    if isinstance(blocks, list):
        kinds = [block.get("type") for block in blocks if isinstance(block, dict)]
        found += ["only_one_table_allowed"] if kinds.count("table") > 1 else []
    size = len(json.dumps(blocks, ensure_ascii=False))
    if size > MOST_CHARACTERS:
        found.append(f"{size} characters; at most {MOST_CHARACTERS}")
    return found


def arranged(blocks: object, most: int) -> list[str]:
    """What is wrong with blocks wherever they stand."""
    if not isinstance(blocks, list):
        return ["blocks is not an array"]
    found = [] if len(blocks) <= most else [f"{len(blocks)} blocks; at most {most}"]
    ids = [block["block_id"] for block in blocks if isinstance(block, dict) and "block_id" in block]
    if len(set(ids)) < len(ids):
        found.append("a block_id is there twice")
    for position, block in enumerate(blocks):
        found += [f"/{position}: {fault}" for fault in _block(block)]
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


def _header(block: Block) -> Iterator[str]:
    yield from keys(block, {"text"}, {"level"})
    yield from text(block.get("text"), 150, ("plain_text",))


def _section(block: Block) -> Iterator[str]:
    yield from keys(block, set(), {"text", "fields", "accessory", "expand"})
    if "text" not in block and "fields" not in block:
        yield "a section needs text or fields"
    if "text" in block:
        yield from text(block["text"], 3000)
    if "accessory" in block:
        yield from element_faults(block["accessory"], IN_SECTION)
    if "fields" in block:
        fields = block["fields"]
        if not isinstance(fields, list) or len(fields) not in range(1, 11):
            yield "fields takes 1 to 10"
            return
        for field in fields:
            yield from text(field, 2000)


def _context(block: Block) -> Iterator[str]:
    yield from keys(block, {"elements"}, set())
    elements = block.get("elements")
    if not isinstance(elements, list) or len(elements) not in range(1, 11):
        yield "elements takes 1 to 10"
        return
    for element in elements:
        yield from text(element, 2000)


def _divider(block: Block) -> Iterator[str]:
    yield from keys(block, set(), set())


def _image(block: Block) -> Iterator[str]:
    yield from keys(block, {"alt_text"}, {"slack_file", "image_url", "title"})
    yield from string(block.get("alt_text"), 2000, "alt_text")
    if ("slack_file" in block) == ("image_url" in block):
        yield "an image takes slack_file or image_url"
    if "title" in block:
        yield from text(block["title"], 2000, ("plain_text",))
    if "slack_file" in block:
        file = block["slack_file"]
        if not isinstance(file, dict) or set(file) != {"id"} or not _FILE_ID.fullmatch(str(file["id"])):
            yield "slack_file takes an id, F and eight or more capitals and digits"


def _actions(block: Block) -> Iterator[str]:
    yield from keys(block, {"elements"}, set())
    elements = block.get("elements")
    if not isinstance(elements, list) or len(elements) not in range(1, 26):
        yield "elements takes 1 to 25"
        return
    for element in elements:
        yield from element_faults(element, IN_ACTIONS)
    actions = [element.get("action_id") for element in elements if isinstance(element, dict)]
    if len(set(actions)) < len(actions):
        yield "an action_id is there twice"


def _input(block: Block) -> Iterator[str]:
    yield from keys(block, {"label", "element"}, {"hint", "optional", "dispatch_action"})
    yield from text(block.get("label"), 2000, ("plain_text",))
    if "hint" in block:
        yield from text(block["hint"], 2000, ("plain_text",))
    yield from element_faults(block.get("element"), IN_INPUT)


def _rich_text(block: Block) -> Iterator[str]:
    yield from keys(block, {"elements"}, set())
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
            yield from keys(part, {"elements"}, {"border"})
            for element in part.get("elements") or [None]:
                yield from _rich_element(element)
        case "rich_text_list":
            yield from keys(part, {"elements", "style"}, {"indent", "offset", "border"})
            if part.get("style") not in {"bullet", "ordered"}:
                yield "a list's style is bullet or ordered"
            for element in part.get("elements") or [None]:
                yield from _rich_part(element)
        case unknown:
            yield f"unknown part of rich text {unknown!r}"


def _rich_element(element: object) -> Iterator[str]:
    if not isinstance(element, dict):
        yield "is not an object"
        return
    kind = str(element.get("type"))
    if kind not in _RICH:
        yield f"unknown element of rich text {kind!r}"
        return
    needs, allows = _RICH[kind]
    yield from keys(element, needs, allows)
    if "text" in element:
        yield from string(element["text"], 3000)
    style = element.get("style", {})
    if not isinstance(style, dict) or not set(style) <= {"bold", "italic", "strike", "code"}:
        yield "style takes bold, italic, strike and code"


def _markdown(block: Block) -> Iterator[str]:
    yield from keys(block, {"text"}, set())
    yield from string(block.get("text"), 12_000)


def _table(block: Block) -> Iterator[str]:
    yield from keys(block, {"rows"}, {"column_settings"})
    rows = block.get("rows")
    if not isinstance(rows, list) or len(rows) not in range(1, 101) or not all(isinstance(row, list) for row in rows):
        yield "rows takes 1 to 100"
        return
    if any(len(row) not in range(1, 21) for row in rows):
        yield "a row takes 1 to 20 cells"
    for cell in (cell for row in rows for cell in row):
        kind = cell.get("type") if isinstance(cell, dict) else None
        if kind == "raw_text":
            yield from string(cell.get("text"), 10_000)
        elif kind == "rich_text":
            yield from _rich_text(cell)
        else:
            yield "a cell is raw_text or rich_text"
    for column in block.get("column_settings", ()):
        if column is not None and column.get("align", "left") not in {"left", "center", "right"}:
            yield "align is left, center or right"


_CHECKS: dict[str, Callable[[Block], Iterator[str]]] = {
    "actions": _actions,
    "context": _context,
    "divider": _divider,
    "header": _header,
    "image": _image,
    "input": _input,
    "markdown": _markdown,
    "rich_text": _rich_text,
    "section": _section,
    "table": _table,
}
