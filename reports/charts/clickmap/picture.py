"""A page of a click map: heading, the e-mail with its badges, and what can't be seen on it."""

from dataclasses import dataclass, replace
from functools import lru_cache
from io import BytesIO
from math import ceil
from typing import Final

import numpy as np
from babel import Locale
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from reports.charts import letters, style
from reports.charts.clickmap.areas import Area, Box, areas
from reports.charts.clickmap.badges import HEAT, RIM, Badge, badges
from reports.charts.clickmap.engine import Document
from reports.charts.clickmap.images import bounded
from reports.charts.clickmap.pages import pages
from reports.charts.clickmap.palette import reduced
from reports.charts.clickmap.placing import CELL, Line, Sheet, Wanted
from reports.charts.style import THEMES, Theme, ThemeName
from reports.clickmap import without_addresses
from reports.numbers import babel_locale, write_number
from reports.report import ClickMap

_SIDE: Final = 170  # pixels of the margins that badges may stand in
_PAGE: Final = 1_640  # pixels of e-mail on a page
_OUTLINE: Final = 3
_EDGE_GAP: Final = 4  # pixels between a badge and the picture's edge
_BELOW: Final = 16  # pixels that a badge may hang over the end of the e-mail
_ROW: Final = 88  # pixels of a badge in a margin, and the space to the next one
_CLEAR: Final = 2  # pixels between a link and its outline: letters reach to the edge of their link
_LEGEND: Final = 46  # pixels of a line of the legend and of the footnotes
_FOOT: Final = 38
_MOST_NOTES: Final = 6
_EDGE: Final = 24  # levels of grey between neighbours that make ink
_FINE: Final = 3  # times as large as it will be
_RUN: Final = 20  # cells of a straight edge; letters are lower
_COMPRESSION: Final = 4


@dataclass(frozen=True, slots=True)
class _Layout:
    document: Document
    areas: list[Area]
    pages: list[tuple[int, int]]
    scale: float


@lru_cache(maxsize=1)
def _layout(chart: ClickMap) -> _Layout:
    """Of all pages; kept for the next page of the same map."""
    html = bounded(without_addresses(chart.html) if chart.masked else chart.html)
    document = Document(html)
    scale = (style.WIDTH - 2 * _SIDE) / document.width
    found = areas(html, document)
    return _Layout(document, found, pages(document, found, int(_PAGE / scale)), scale)


def size(chart: ClickMap) -> tuple[int, int]:
    """Width and height of the picture, which only laying out the e-mail tells."""
    layout = _layout(replace(chart, page=1))
    number, _lines = _page(chart, layout)
    foot = len(_notes(chart)) * _FOOT + (style.MARGIN if chart.footnotes else style.MARGIN // 2)
    return style.WIDTH, _header(chart) + _body(layout, number) + foot


def picture(chart: ClickMap, theme_name: ThemeName, locale: str) -> bytes:
    """See `reports.charts.draw`."""
    written = letters.drawable_locale(babel_locale(locale))
    theme = THEMES[theme_name]
    layout = _layout(replace(chart, page=1))
    number, (top, bottom) = _page(chart, layout)
    image = Image.new("RGB", size(chart), theme.background)
    body = layout.document.paint(top, bottom - top, layout.scale)
    sheet = Image.fromarray(np.ascontiguousarray(body[:, :, 2::-1]), "RGB")
    head, height = _header(chart), _body(layout, number)
    image.paste(sheet, (_SIDE, head))
    draw = ImageDraw.Draw(image)
    draw.rectangle((_SIDE - 2, head - 2, _SIDE + sheet.width + 1, head + sheet.height + 1), outline=theme.grid, width=2)
    page = f"Page {number} of {len(layout.pages)}" if len(layout.pages) > 1 else ""
    _heading(draw, chart, page, theme, written)
    shown = _shown(layout, number)
    _badges(image, draw, _Page(head, height, top, layout.scale, theme), shown, badges(chart, written), _ink(image))
    for row, note in enumerate(_notes(chart)):
        at = (style.MARGIN, head + height + style.MARGIN // 2 + _FOOT * row + style.SMALL)
        draw.text(at, note, theme.muted, _font(style.SMALL), anchor="ls")
    file = BytesIO()
    reduced(image).save(file, "PNG", compress_level=_COMPRESSION)
    return file.getvalue()


@dataclass(frozen=True, slots=True)
class _Page:
    """Where the page's part of the e-mail lies in the picture."""

    head: int  # pixels above it
    height: int  # pixels of it, and of what is left free below it
    top: int  # CSS pixels of the e-mail above it
    scale: float
    theme: Theme

    def box(self, box: Box) -> Box:
        return Box(
            _SIDE + round(box.left * self.scale),
            self.head + round((box.top - self.top) * self.scale),
            _SIDE + max(round(box.right * self.scale), round(box.left * self.scale) + 1),
            self.head + max(round((box.bottom - self.top) * self.scale), round((box.top - self.top) * self.scale) + 1),
        )


def _page(chart: ClickMap, layout: _Layout) -> tuple[int, tuple[int, int]]:
    number = min(max(chart.page, 1), len(layout.pages))
    return number, layout.pages[number - 1]


def _shown(layout: _Layout, number: int) -> list[Area]:
    """The links of a page; one that was cut in two is on the page that has more of it."""
    top, bottom = layout.pages[number - 1]
    return [area for area in layout.areas if top <= (area.box.top + area.box.bottom) / 2 < bottom]


def _body(layout: _Layout, number: int) -> int:
    """Pixels of a page's part of the e-mail, with what badges need that have no place beside three lines of text."""
    top, bottom = layout.pages[number - 1]
    needed = _ROW * ceil(len(_shown(layout, number)) / 2)
    return max(ceil((bottom - top) * layout.scale), min(needed, _PAGE))


def _header(chart: ClickMap) -> int:
    rows = 1 + any(link.places > 1 for link in chart.links)
    return style.SUBTITLE_BASELINE + _LEGEND * rows + 30


def _notes(chart: ClickMap) -> list[str]:
    """The footnotes in lines as wide as the picture."""
    lines: list[str] = []
    for note in chart.footnotes:
        line = ""
        for word in letters.drawable(note).split(" "):
            longer = f"{line} {word}" if line else word
            if line and letters.width(longer, style.SMALL) > style.WIDTH - 2 * style.MARGIN:
                lines.append(line)
                longer = word
            line = letters.fit(longer, style.SMALL, style.WIDTH - 2 * style.MARGIN)
        lines.append(line)
    return lines[:_MOST_NOTES]


def _heading(draw: ImageDraw.ImageDraw, chart: ClickMap, page: str, theme: Theme, locale: Locale) -> None:
    room = style.WIDTH - 2 * style.MARGIN
    page_width = letters.width(page, style.LABEL)
    title = letters.fit(chart.title, style.TITLE, room - page_width - style.MARGIN, bold=True)
    draw.text((style.MARGIN, style.TITLE_BASELINE), title, theme.ink, _font(style.TITLE, bold=True), anchor="ls")
    at = (style.WIDTH - style.MARGIN, style.TITLE_BASELINE)
    draw.text(at, page, theme.muted, _font(style.LABEL), anchor="rs")
    small = _font(style.SMALL)
    told = "On each link: its share of the clicks, then clicks · people"
    draw.text((style.MARGIN, style.SUBTITLE_BASELINE), told, theme.muted, small, anchor="ls")
    baseline = style.SUBTITLE_BASELINE + _LEGEND
    x = style.MARGIN
    draw.text((x, baseline), "fewer", theme.muted, small, anchor="ls")
    x += round(letters.width("fewer", style.SMALL)) + 14
    for fill, _ink_colour in HEAT:
        draw.rectangle((x, baseline - 22, x + 52, baseline + 4), fill, theme.muted)
        x += 52
    told = "more clicks"
    if any(not link.clicks for link in chart.links):
        told += "      dashed outline: none"
    draw.text((x + 14, baseline), told, theme.muted, small, anchor="ls")
    if any(link.places > 1 for link in chart.links):
        most = write_number(max(link.places for link in chart.links), locale)
        told = f"×{most}: a link that stands in {most} places, its clicks known together"
        draw.text((style.MARGIN, baseline + _LEGEND), told, theme.muted, small, anchor="ls")


def _badges(
    image: Image.Image,
    draw: ImageDraw.ImageDraw,
    page: _Page,
    shown: list[Area],
    looks: list[Badge],
    ink: NDArray[np.bool_],
) -> None:
    boxes = [page.box(area.box) for area in shown]
    for area, box in zip(shown, boxes, strict=True):
        _outline(image, area, box, looks[area.link])
    limits = Box(_EDGE_GAP, page.head, image.width - _EDGE_GAP, page.head + page.height + _BELOW)
    margins = (
        Box(_EDGE_GAP, limits.top, _SIDE, limits.bottom),
        Box(image.width - _SIDE, limits.top, image.width - _EDGE_GAP, limits.bottom),
    )
    sheet = Sheet(ink, limits, margins, boxes)
    wanted = [looks[area.link] for area in shown]
    places = sheet.place([Wanted(look.width, look.height, far=not look.dashed) for look in wanted])
    placed = [(place, look) for place, look in zip(places, wanted, strict=True) if place is not None]
    for place, _look in placed:
        if place.line is not None:
            _line(image, place.line, 8, "#ffffff")
            _line(image, place.line, 3, RIM)
    for place, look in placed:
        _badge(draw, place.box, look)


def _badge(draw: ImageDraw.ImageDraw, box: Box, look: Badge) -> None:
    rim = "#868a93" if look.dashed else RIM
    draw.rounded_rectangle((box.left, box.top, box.right - 1, box.bottom - 1), 10, look.fill, rim, 2)
    middle = (box.left + box.right) / 2
    for row, (line, baseline) in enumerate(zip(look.lines, look.baselines(), strict=True)):
        at = (middle, box.top + baseline)
        draw.text(at, line, look.ink, _font(style.SMALL, bold=row == 0 and not look.dashed), anchor="ms")


def _line(image: Image.Image, line: Line, width: int, colour: str) -> None:
    """A line with a dot at its end, drawn larger and made smaller: Pillow's own has steps."""
    pad = width + 6
    left, top = (min(line[0][axis], line[1][axis]) - pad for axis in (0, 1))
    right, bottom = (max(line[0][axis], line[1][axis]) + pad for axis in (0, 1))
    mask = Image.new("L", ((right - left) * _FINE, (bottom - top) * _FINE))
    start, end = (((x - left) * _FINE, (y - top) * _FINE) for x, y in line)
    draw = ImageDraw.Draw(mask)
    draw.line((start, end), 255, width * _FINE)
    draw.circle(end, (width + 3) * _FINE / 2, 255)
    image.paste(colour, (left, top), mask.reduce(_FINE))


def _outline(image: Image.Image, area: Area, box: Box, look: Badge) -> None:
    """A rim around the link's own pixels: over several lines of text it follows them."""
    pad = _CLEAR + _OUTLINE + 1
    rows = (np.arange(box.height) * area.mask.shape[0] / box.height).astype(np.int64)
    columns = (np.arange(box.width) * area.mask.shape[1] / box.width).astype(np.int64)
    solid = np.pad(area.mask[rows[:, None], columns], pad)
    clear = _grown(solid, _CLEAR)
    inner = _grown(clear, _OUTLINE) & ~clear
    corner = (box.left - pad, box.top - pad)
    if look.dashed:
        y, x = np.indices(inner.shape)
        image.paste("#868a93", corner, _mask(inner & ((x // 10 + y // 10) % 2 == 0)))
        return
    image.paste(RIM, corner, _mask(_grown(clear, _OUTLINE + 1) & ~clear))
    image.paste(look.fill, corner, _mask(inner))


def _grown(solid: NDArray[np.bool_], by: int) -> NDArray[np.bool_]:
    """Every pixel that is at most so far from one of them, across and down."""
    wide = solid.copy()
    for step in range(1, by + 1):
        wide[:, step:] |= solid[:, :-step]
        wide[:, :-step] |= solid[:, step:]
    high = wide.copy()
    for step in range(1, by + 1):
        high[step:] |= wide[:-step]
        high[:-step] |= wide[step:]
    return high


def _mask(pixels: NDArray[np.bool_]) -> Image.Image:
    return Image.fromarray(pixels.astype(np.uint8) * 255, "L")


def _ink(image: Image.Image) -> NDArray[np.bool_]:
    """Which cells of the picture hold letters or the like: where neighbours differ, but for long straight edges."""
    grey = np.asarray(image.convert("L").reduce(CELL)).astype(np.int16)
    across, down = np.zeros(grey.shape, np.bool_), np.zeros(grey.shape, np.bool_)
    across[:, 1:] = np.abs(np.diff(grey, axis=1)) > _EDGE
    down[1:] = np.abs(np.diff(grey, axis=0)) > _EDGE
    return (across & ~_runs(across)) | (down.T & ~_runs(down.T)).T


def _runs(edges: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Those that are part of an unbroken run downwards."""
    sums = np.pad(edges.astype(np.int32).cumsum(0), ((1, 0), (0, 0)))
    starts = sums[_RUN:] - sums[:-_RUN] == _RUN
    long = np.zeros(edges.shape, np.bool_)
    for step in range(_RUN):
        long[step : step + len(starts)] |= starts
    return long


@lru_cache(maxsize=8)
def _font(size: int, *, bold: bool = False) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(letters.font(size, bold).get_file()), size)
