"""Where the links of an e-mail are: the page is painted a second time, each link as a surface of a colour of its own.

Layout engines don't tell where a link came to stand, and a link may be of any shape: text over three lines, a picture,
a table. Only colours change, so both paintings lie exactly on each other.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, unquote

import numpy as np
from lxml.html import HtmlElement
from numpy.typing import NDArray

from reports.charts.clickmap.engine import Document
from reports.charts.clickmap.images import pixel_size
from reports.clickmap.annotate import MARK
from reports.clickmap.sanitise import parse, serialise

_UNSEEN: Final = "*{visibility:hidden!important}"
_PAINT: Final = (
    "visibility:visible!important;background:{0}!important;border-color:{0}!important;color:transparent!important;"
    "text-shadow:none!important;box-shadow:none!important;text-decoration:none!important;opacity:1!important"
)
_SVG_SIZE: Final = re.compile(r"""<svg[^>]* width=["'](\d+)["'] height=["'](\d+)["']""", re.ASCII)
_NUMBER: Final = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Box:
    """In pixels from the top left corner; right and bottom are the first ones outside."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        return self.right - self.left

    @property
    def height(self) -> int:
        return self.bottom - self.top


@dataclass(frozen=True, slots=True)
class Area:
    """One place of a link: the box around it, and which of the pixels in the box are its own."""

    link: int  #: the number in the attribute MARK
    box: Box
    mask: NDArray[np.bool_]


def areas(html: str, page: Document) -> list[Area]:
    """The visible places of links on the page, in CSS pixels, from top to bottom."""
    root = parse(html)
    painted: list[tuple[int, list[HtmlElement]]] = []  # the link's number, or -1 and the areas of an image map
    for element in root.iter():
        mark = element.get(MARK)
        if mark is not None and element.tag == "a":
            _paint(element, len(painted))
            painted.append((int(mark), []))
    maps = _maps(root)
    for image in root.iter("img"):
        found = maps.get((image.get("usemap") or "").lstrip("#").strip())
        if found and not _colour_of(image):
            image.set("style", f"{image.get('style') or ''};{_PAINT.format(_colour(len(painted)))}")
            painted.append((-1, found))
        _plain(image)
    if not painted:
        return []
    style = root.makeelement("style")
    style.text = _UNSEEN
    root.append(style)
    ground = Document(serialise(root), page.width)
    return _found(ground.paint(0, min(page.height, ground.height), 1, (0, 0, 0, 0)), painted)


def _maps(root: HtmlElement) -> dict[str, list[HtmlElement]]:
    return {
        element.get("name") or element.get("id") or "": [area for area in element.iter("area") if area.get(MARK)]
        for element in root.iter("map")
    }


def _paint(link: HtmlElement, number: int) -> None:
    look = _PAINT.format(_colour(number))
    for element in link.iter():
        if isinstance(element.tag, str):
            element.set("style", f"{element.get('style') or ''};{look}")


def _colour(number: int) -> str:
    """A colour by which a link is known again; its third part proves that a pixel isn't a mixture of two."""
    red, green = number & 255, number >> 8 & 255
    return f"#{red:02x}{green:02x}{_proof(red, green):02x}"


def _proof(red: int, green: int) -> int:
    return (red * 7 + green * 13 + 91) & 255


def _colour_of(image: HtmlElement) -> str | None:
    found = re.search(r"background:(#[0-9a-f]{6})!important", image.get("style") or "")
    return found[1] if found else None


def _plain(image: HtmlElement) -> None:
    """The image's surface in its link's colour; where it has no link, nothing, but of the same size."""
    width, height = _intrinsic(image.get("src") or "")
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        f' preserveAspectRatio="none"><rect width="{width}" height="{height}" fill="{_colour_of(image) or "none"}"/>'
        "</svg>"
    )
    image.set("src", f"data:image/svg+xml,{quote(svg)}")


def _intrinsic(source: str) -> tuple[int, int]:
    if source.startswith("data:image/svg+xml,"):
        match = _SVG_SIZE.search(unquote(source))
        return (int(match[1]), int(match[2])) if match else (1, 1)
    return pixel_size(source.partition(",")[2]) or (1, 1)


def _found(pixels: NDArray[np.uint8], painted: list[tuple[int, list[HtmlElement]]]) -> list[Area]:
    values = np.ascontiguousarray(pixels).view(np.uint32)[:, :, 0]  # alpha, red, green and blue, from the highest byte
    rows, columns = np.nonzero(values >> 24 == 255)
    red, green, blue = (values[rows, columns] >> shift & 255 for shift in (16, 8, 0))
    labels = red | green << 8
    known = (labels < len(painted)) & (blue == (red * 7 + green * 13 + 91 & 255))
    rows, columns, labels = rows[known], columns[known], labels[known]
    order = np.argsort(labels, kind="stable")
    rows, columns, labels = rows[order], columns[order], labels[order]
    edges = np.searchsorted(labels, np.arange(len(painted) + 1))
    result = []
    for number, (link, parts) in enumerate(painted):
        its = slice(edges[number], edges[number + 1])
        if edges[number + 1] - edges[number] < 4:  # hidden, or a speck where two others meet
            continue
        y, x = rows[its], columns[its]
        box = Box(int(x.min()), int(y.min()), int(x.max()) + 1, int(y.max()) + 1)
        mask = np.zeros((box.height, box.width), np.bool_)
        mask[y - box.top, x - box.left] = True
        result += [Area(link, box, mask)] if link >= 0 else [_part(area, box) for area in parts]
    return sorted(result, key=lambda area: (area.box.top, area.box.left))


def _part(area: HtmlElement, image: Box) -> Area:
    """The rectangle around one area of an image map; without coordinates it is the whole image."""
    told = [float(number) for number in _NUMBER.findall(area.get("coords") or "")]
    shape = (area.get("shape") or "rect").lower()
    if shape.startswith("circ") and len(told) >= 3:
        x, y, radius = told[:3]
        told = [x - radius, y - radius, x + radius, y + radius]
    across, down = (told[0::2], told[1::2]) if len(told) >= 4 else ([0.0, image.width], [0.0, image.height])
    left, right = (min(max(round(x), 0), image.width) for x in (min(across), max(across)))
    top, bottom = (min(max(round(y), 0), image.height) for y in (min(down), max(down)))
    box = Box(
        image.left + min(left, image.width - 1),
        image.top + min(top, image.height - 1),
        image.left + max(right, left + 1),
        image.top + max(bottom, top + 1),
    )
    return Area(int(area.get(MARK) or 0), box, np.ones((box.height, box.width), np.bool_))
