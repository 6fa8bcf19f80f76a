"""The font that comes with matplotlib: which letters it has, how wide they are, and text cut to a width."""

from functools import lru_cache

import matplotlib as mpl
from babel import Locale
from matplotlib.font_manager import FontProperties
from matplotlib.ft2font import FT2Font, LoadFlags

from reports.charts import words

_FOLDER = f"{mpl.get_data_path()}/fonts/ttf"
# By file, so that no look-up among the machine's own fonts can change the picture.
_FILES = {False: f"{_FOLDER}/DejaVuSans.ttf", True: f"{_FOLDER}/DejaVuSans-Bold.ttf"}
_FONTS = {bold: FT2Font(str(file)) for bold, file in _FILES.items()}
_KNOWN = frozenset(_FONTS[False].get_charmap()) & frozenset(_FONTS[True].get_charmap())
_MISSING = "□"
_REFERENCE = 100  # pixels: widths are measured once at this size and scaled
for _font in _FONTS.values():
    _font.set_size(_REFERENCE, 72)


@lru_cache(maxsize=256)
def font(size: float, bold: bool) -> FontProperties:
    return FontProperties(fname=str(_FILES[bold]), size=size)


def drawable(text: str) -> str:
    """`plain` text in letters that the font has: emoji and signs go, a letter becomes a box."""
    shown = words.plain(text)
    if not all(ord(letter) in _KNOWN for letter in shown):
        kept = (letter if ord(letter) in _KNOWN else _MISSING if letter.isalnum() else "" for letter in shown)
        shown = " ".join("".join(kept).split())
    return shown or (_MISSING if text else "")


@lru_cache(maxsize=64)
def drawable_locale(locale: Locale) -> Locale:
    """The locale, or English when its months can't be drawn: boxes in place of dates would tell nobody anything."""
    months = locale.months["format"]["abbreviated"].values()
    sample = "".join([*months, *locale.periods.values(), str(locale.date_formats["medium"])])
    return locale if all(ord(letter) in _KNOWN for letter in sample) else Locale("en")


@lru_cache(maxsize=8192)
def _advance(letter: str, bold: bool) -> float:
    return _FONTS[bold].load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance / 65536 / _REFERENCE


def width(text: str, size: float, *, bold: bool = False) -> float:
    """Pixels that a drawable text takes, without kerning."""
    return size * sum(_advance(letter, bold) for letter in text)


def fit(text: str, size: float, most: float, *, bold: bool = False) -> str:
    """The drawable text within `most` pixels; the middle gives way."""
    text = drawable(text)
    if width(text, size, bold=bold) <= most:
        return text
    few, many = 0, len(text)
    while many - few > 1:
        middle = (few + many) // 2
        fits = width(words.cut(text, middle), size, bold=bold) <= most
        few, many = (middle, many) if fits else (few, middle)
    return words.cut(text, few) if few else words.ELLIPSIS
