"""HTML → pixels, by PlutoPrint: no scripts, no network, no files, and no font but those that the process was given."""

from math import ceil
from typing import Final

import numpy as np
import plutoprint
from numpy.typing import NDArray

WIDTH: Final = 640  #: CSS pixels: an e-mail of the usual 600 with some of its ground on both sides
_WIDEST: Final = 1_000  # of an e-mail that is made wider
_TALLEST: Final = 15_000
_POINTS: Final = 0.75  # a CSS pixel in points

#: Families that e-mails name. The engine gives letters of a family that there isn't serifs, whatever it is called.
_FAMILIES: Final = {
    ("Liberation Sans", "Arimo", "DejaVu Sans"): "Arial,Helvetica,Helvetica Neue,Verdana,Tahoma,Trebuchet MS,Calibri,"
    "Segoe UI,Geneva,Roboto,Open Sans,Lato,Montserrat,Inter,Source Sans Pro,Nunito,Poppins,Lucida Grande,"
    "Lucida Sans Unicode,Avenir,Century Gothic,Futura,Gill Sans,system-ui,-apple-system,BlinkMacSystemFont",
    ("Liberation Mono", "Cousine", "DejaVu Sans Mono"): "Courier,Courier New,Consolas,Menlo,Monaco,Lucida Console",
}
_local = "local('{}')".format
#: Rules by which the families that HTML names are the fonts that there are.
FACES: Final = "".join(
    f"@font-face{{font-family:'{name}';src:{','.join(map(_local, (name, *others)))}}}"
    for others, names in _FAMILIES.items()
    for name in names.split(",")
)

#: Below whatever the e-mail says itself. Mail clients centre tables within what is aligned so, and begin the text in
#: them at the side again; the engine knows no such rules.
_STYLE: Final = """
table[align=center] { margin-left: auto; margin-right: auto }
[align=center] > table, center > table, [align=center] > div > table {
  margin-left: auto; margin-right: auto; text-align: start
}
table[align=right], [align=right] > table { margin-left: auto; margin-right: 0 }
img { border: 0 }
body { margin: 0 }
"""

Pixels = NDArray[np.uint8]  #: height, width, and blue, green, red, alpha


class NoFont(RuntimeError):
    """The engine leaves text out without a word when it finds no font."""


class NoFetching(plutoprint.ResourceFetcher):
    """The one way out of the engine is shut: whatever is asked for is empty. data: URIs need no fetching."""

    def fetch_url(self, url: str) -> plutoprint.ResourceData:
        return plutoprint.ResourceData(b"", "text/plain")


class Document:
    """An e-mail laid out as wide as it needs; sizes are in CSS pixels."""

    def __init__(self, html: str, width: int = WIDTH) -> None:
        self._book = _book(html, width)
        needed = ceil(self._book.get_document_width())
        self.width = min(max(width, needed), _WIDEST)
        if self.width > width:
            self._book = _book(html, self.width)
        self.full_height = max(1, ceil(min(self._book.get_document_height(), 1e9)))
        self.height = min(self.full_height, _TALLEST)

    def paint(self, top: int, height: int, scale: float, ground: tuple[float, ...] = (1, 1, 1, 1)) -> Pixels:
        """So many rows from `top`, `scale` pixels to the CSS pixel."""
        across, down = ceil(self.width * scale), ceil(height * scale)
        canvas = plutoprint.ImageCanvas(across, down, plutoprint.IMAGE_FORMAT_ARGB32)
        canvas.clear_surface(*ground)
        canvas.scale(scale, scale)
        canvas.translate(0, -top)
        self._book.render_document(canvas, (0, top, self.width, height))
        canvas.flush()
        rows = np.frombuffer(canvas.get_data(), np.uint8).reshape(down, canvas.get_stride() // 4, 4)
        return rows[:, :across].copy()


def _book(html: str, width: int) -> plutoprint.Book:
    size = plutoprint.PageSize(width * _POINTS, width * 1.25 * _POINTS)
    book = plutoprint.Book(size, plutoprint.PAGE_MARGINS_NONE, plutoprint.MEDIA_TYPE_SCREEN)
    book.custom_resource_fetcher = NoFetching()
    book.load_html(html, user_style=FACES + _STYLE)
    return book


def check_fonts() -> None:
    """Raises NoFont unless the engine can write a letter."""
    if Document("<p style='font:40px sans-serif'>M").paint(0, 60, 1).min() == 255:
        raise NoFont("the click map has no font to write with")
