"""A box that stands for a picture that isn't shown: its size, and its alternative text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote
from xml.sax.saxutils import escape

from reports.masking import mask_text
from reports.text import plain, shortened

#: Nothing, for pictures that measure who reads and that hold others apart.
BLANK: Final = "data:image/svg+xml,%3Csvg%20xmlns='http://www.w3.org/2000/svg'%20width='1'%20height='1'/%3E"

_FONT: Final = 13
_LINE: Final = 18
_LETTER: Final = 0.62  # of the font's size: DejaVu's letters, on average
_INSET: Final = 6
_NUMBER: Final = re.compile(r"\s*(\d+(?:\.\d+)?)\s*(px|%)?\s*\Z", re.ASCII)
_STYLED: Final = re.compile(r"(?:^|[;\s])(width|height|max-width)\s*:\s*(\d+(?:\.\d+)?)px", re.IGNORECASE | re.ASCII)
_LARGEST: Final = 2_000


@dataclass(frozen=True, slots=True)
class Size:
    """In CSS pixels."""

    width: int
    height: int

    @property
    def tiny(self) -> bool:
        return min(self.width, self.height) <= 2


def told_size(attributes: Mapping[str, str]) -> Size:
    """What an image's attributes and style say, and a guess for what they don't."""
    told = {name.lower(): float(value) for name, value in _STYLED.findall(attributes.get("style") or "")}
    width = _pixels(attributes.get("width")) or told.get("width") or told.get("max-width")
    height = _pixels(attributes.get("height")) or told.get("height")
    if _pixels(attributes.get("width")) == 0 or _pixels(attributes.get("height")) == 0:
        return Size(1, 1)
    if width is None:
        width = 600.0 if "%" in (attributes.get("width") or "") else 2 * height if height else 160.0
    if height is None:
        height = min(max(width * 0.4, 24.0), 240.0) if width > 2 else 1.0
    return Size(*(round(min(max(side, 1.0), _LARGEST)) for side in (width, height)))


def _pixels(value: str | None) -> float | None:
    match = _NUMBER.match(value or "")
    if match is None or match[2] == "%":
        return None
    return min(float(match[1]), _LARGEST)


def box(size: Size, text: str) -> str:
    """A data: URI of an SVG of that size, with as much of the text as fits into it."""
    letters = int((size.width - 2 * _INSET) / (_FONT * _LETTER))
    rows = int((size.height - _INSET) / _LINE)
    lines = _wrapped(mask_text(shortened(plain(text), 300)), letters, rows) if letters >= 2 and rows >= 1 else []
    first = size.height / 2 - (len(lines) - 1) * _LINE / 2 + _FONT * 0.36
    words = "".join(
        f'<text x="{size.width / 2:g}" y="{first + _LINE * row:g}">{escape(line)}</text>'
        for row, line in enumerate(lines)
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{size.width}" height="{size.height}"'
        f' viewBox="0 0 {size.width} {size.height}"><rect x="0.5" y="0.5" width="{size.width - 1}"'
        f' height="{size.height - 1}" fill="#eef0f2" stroke="#868a93" stroke-dasharray="4 3"/>'
        f'<g font-family="DejaVu Sans" font-size="{_FONT}" text-anchor="middle" fill="#4a4d53">{words}</g></svg>'
    )
    return f"data:image/svg+xml,{quote(svg)}"


def _wrapped(text: str, letters: int, rows: int) -> list[str]:
    """Lines of at most so many letters; the last one says where something was left out."""
    lines: list[str] = []
    rest = text
    while rest and len(lines) < rows:
        if len(rest) <= letters:
            lines.append(rest)
            break
        if len(lines) == rows - 1:
            lines.append(rest[: letters - 1].rstrip() + "…")
            break
        at = rest.rfind(" ", 1, letters + 1)
        cut = at if at > 0 else letters
        lines.append(rest[:cut].rstrip())
        rest = rest[cut:].lstrip()
    return lines
