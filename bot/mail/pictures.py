"""The charts of a mail as pictures inside it: for light and for dark readers, and within a budget of bytes."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import structlog
from PIL import Image

from bot.drawing import Drawing, DrawingError
from bot.mail.letter import Picture
from reports.charts import ThemeName
from reports.freeze import Digest
from reports.render.mail import Place, Shown

_LOG = structlog.get_logger(__name__)

#: Of all pictures of a mail: what a thousand people get is kept a thousand times.
MOST_BYTES: Final = 400_000
#: Pixels across and colours of smaller pictures; a mail shows them 670 pixels wide.
_SMALLER: Final = 800
_COLOURS: Final = 64
_TOO_LARGE = "The chart is left out, for with it this mail would be too large. The figures are complete."
_NOT_DRAWN = "The chart could not be drawn. The figures are complete."

_Drawn = dict[Place, dict[ThemeName, bytes]]


@dataclass(frozen=True, slots=True)
class Pictures:
    """What goes with the letter, and what the template is told of each chart."""

    attached: tuple[Picture, ...]
    shown: dict[Place, Shown]


async def draw(digest: Digest, drawing: Drawing, most: int = MOST_BYTES) -> Pictures:
    """Every chart of the digest, in its order, as far as there is room; dark ones if there is room for all of them."""
    drawn: _Drawn = {}
    shown: dict[Place, Shown] = {}
    for number, report in enumerate(digest.reports):
        for place, result in enumerate(report.results):
            if result.chart is None:
                continue
            themes: tuple[ThemeName, ...] = ("light", "dark")
            try:  # a chart at a time, so that a long digest keeps no other's waiting
                pair = await asyncio.gather(
                    *(drawing.draw(result.chart, theme, report.query.locale) for theme in themes)
                )
            except DrawingError as error:
                _LOG.warning("a chart of a mail could not be drawn", cause=str(error), section=result.section)
                shown[number, place] = Shown(remark=_NOT_DRAWN)
                continue
            drawn[number, place] = dict(zip(themes, pair, strict=True))
    if sum(map(len, _all(drawn))) > most:
        drawn = await asyncio.to_thread(_smaller, drawn)
    return _fitting(drawn, shown, most)


def _fitting(drawn: _Drawn, shown: dict[Place, Shown], most: int) -> Pictures:
    kept: _Drawn = drawn
    if sum(map(len, _all(drawn))) > most:
        kept, room = {}, most
        for place, pair in drawn.items():
            if len(pair["light"]) > room:
                shown[place] = Shown(remark=_TOO_LARGE)
                continue
            room -= len(pair["light"])
            kept[place] = {"light": pair["light"]}
    attached = {
        (place, theme): Picture(f"chart-{place[0]}-{place[1]}-{theme}@emailstats", png)
        for place, pair in kept.items()
        for theme, png in pair.items()
    }
    for place, pair in kept.items():
        sources = {theme: f"cid:{attached[place, theme].cid}" for theme in pair}
        shown[place] = Shown(sources["light"], sources.get("dark"))
    return Pictures(tuple(attached.values()), shown)


def _all(drawn: _Drawn) -> Iterable[bytes]:
    return (png for pair in drawn.values() for png in pair.values())


def _smaller(drawn: _Drawn) -> _Drawn:
    return {place: {theme: _shrunk(png) for theme, png in pair.items()} for place, pair in drawn.items()}


def _shrunk(png: bytes) -> bytes:
    """The same picture in half to nine tenths of the bytes; what gains nothing stays as it is."""
    file = BytesIO()
    with Image.open(BytesIO(png), formats=["PNG"]) as image:
        size = _SMALLER, round(image.height * _SMALLER / image.width)
        small = image.convert("RGB").resize(size, Image.Resampling.LANCZOS)
    # By the usual method thin lines get the colour of their neighbours: orange becomes brown.
    small.quantize(_COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE).save(file, "PNG", optimize=True)
    return min(file.getvalue(), png, key=len)
