"""HTML on paper: a PDF, or one tall picture, by the engine of click maps; nothing is fetched but what stands in it."""

from io import BytesIO
from typing import Final

import plutoprint
from PIL import Image

from reports.charts.clickmap.engine import FACES, Document, NoFetching

#: Of a picture, in CSS pixels; it has half as many pixels again each way.
_WIDTH: Final = 880
_TALLEST: Final = 8_000
_SCALE: Final = 1.5


def pdf(html: str) -> bytes:
    """Pages as the HTML's own @page rules say, A4 without any."""
    book = plutoprint.Book(plutoprint.PAGE_SIZE_A4, plutoprint.PAGE_MARGINS_NORMAL, plutoprint.MEDIA_TYPE_PRINT)
    book.custom_resource_fetcher = NoFetching()
    book.load_html(html, user_style=FACES)
    file = BytesIO()
    book.write_to_pdf_stream(file)
    return file.getvalue()


def picture(html: str) -> bytes:
    """A PNG of all of it, as tall as it needs up to a bound."""
    document = Document(html, _WIDTH)
    pixels = document.paint(0, min(document.height, _TALLEST), _SCALE)
    image = Image.frombytes("RGB", (pixels.shape[1], pixels.shape[0]), pixels[:, :, 2::-1].tobytes())
    file = BytesIO()
    image.quantize(128, dither=Image.Dither.NONE).save(file, "PNG", compress_level=6)
    return file.getvalue()
