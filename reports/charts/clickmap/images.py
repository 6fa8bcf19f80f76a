"""Pictures that come in the HTML itself, as long as they are of a size that an e-mail has."""

import re
from base64 import b64decode
from binascii import Error as Base64Error
from io import BytesIO
from typing import Final

from PIL import Image

from reports.clickmap.boxes import BLANK

_MOST_PIXELS: Final = 40_000_000  # of all of them together; an engine holds each whole, four bytes a pixel
_DATA: Final = re.compile(r"data:image/[a-z]+;base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_HEAD: Final = 1 << 16  # characters of base64: a size stands at the beginning


def bounded(html: str) -> str:
    """The HTML with nothing in the place of images that can't be read, or that would take too much memory."""
    left = _MOST_PIXELS

    def kept(image: re.Match[str]) -> str:
        nonlocal left
        pixels = _pixels(image[1])
        if pixels is None or pixels > left:
            return BLANK
        left -= pixels
        return image[0]

    return _DATA.sub(kept, html)


def pixel_size(base64: str) -> tuple[int, int] | None:
    """Width and height of an image; None for what is none."""
    for characters in (base64[:_HEAD], base64):
        try:
            raw = b64decode(characters)
            with Image.open(BytesIO(raw), formats=("PNG", "JPEG", "GIF", "WEBP")) as image:
                return image.size
        except (OSError, SyntaxError, ValueError, Base64Error, Image.DecompressionBombError):
            continue
    return None


def _pixels(base64: str) -> int | None:
    size = pixel_size(base64)
    return None if size is None else size[0] * size[1]
