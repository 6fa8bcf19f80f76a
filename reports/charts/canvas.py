"""A sheet of pixels over matplotlib's Figure: origin top left, sizes in pixels, one theme.

Charts are laid out by hand and drawn without Axes: its ticks, spines and layout cost more than the data itself, and
whatever a machine's matplotlibrc says about them can't change these pictures.
"""

from collections.abc import Sequence
from functools import lru_cache
from io import BytesIO
from itertools import pairwise
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D
from PIL import Image

from reports.charts import letters
from reports.charts.style import THEMES, Theme, ThemeName

Point = tuple[float, float]
_DPI = 72  # one point is one pixel
_COMPRESSION = 4  # zlib: level 6 takes twice the time for a tenth fewer bytes
_APART = 12  # levels between a pure colour of the palette and any shade
_SHADES = 22  # steps from a series' colour to the background
_TINT = 0.14  # of a series' colour, in the area under its line


class Canvas:
    """Pixels of one chart."""

    def __init__(self, size: tuple[int, int], theme: ThemeName) -> None:
        self.size = size
        self.theme_name = theme
        self.theme: Theme = THEMES[theme]
        self._figure = Figure(
            figsize=(size[0] / _DPI, size[1] / _DPI), dpi=_DPI, facecolor=self.theme.background, linewidth=0
        )
        self._agg = FigureCanvasAgg(self._figure)
        self._down = Affine2D().scale(1, -1).translate(0, size[1])

    def _add(self, artist: Artist) -> None:
        artist.set_transform(self._down)
        self._figure.add_artist(artist)

    def text(
        self,
        at: Point,
        text: str,
        size: float,
        color: str,
        *,
        align: Literal["left", "center", "right"] = "left",
        bold: bool = False,
    ) -> None:
        """Drawable text with its baseline at a point; "$" and "\\" are letters like others."""
        if text:
            self._add(
                Text(
                    *at,
                    text,
                    color=color,
                    fontproperties=letters.font(size, bold),
                    horizontalalignment=align,
                    verticalalignment="baseline",
                    parse_math=False,
                    usetex=False,
                )
            )

    def rule(self, start: Point, end: Point) -> None:
        """A grid line."""
        self.line([start, end], self.theme.grid, 2)

    def line(self, points: Sequence[Point], color: str, thickness: float, *, dashed: bool = False) -> None:
        x, y = zip(*points, strict=True)
        self._add(
            Line2D(
                x,
                y,
                color=color,
                linewidth=thickness,
                linestyle=(0, (4, 3)) if dashed else "-",
                solid_joinstyle="round",
                solid_capstyle="round",
            )
        )

    def markers(self, points: Sequence[Point], color: str, marker: str, size: float) -> None:
        """Signs with a rim of background, so that they stand out from lines that they lie on."""
        x, y = zip(*points, strict=True)
        self._add(
            Line2D(
                x,
                y,
                linestyle="none",
                marker=marker,
                markersize=size,
                markerfacecolor=color,
                markeredgecolor=self.theme.background,
                markeredgewidth=2,
            )
        )

    def area(self, points: Sequence[Point], color: str) -> None:
        """A faint surface."""
        self._add(Polygon(points, closed=True, facecolor=color, alpha=_TINT, linewidth=0))

    def bar(
        self, corner: Point, width: float, height: float, color: str, hatch: str = "", hatch_color: str | None = None
    ) -> None:
        """A filled rectangle from its top left corner; hatching is in the background's colour if no other is given."""
        self._add(
            Rectangle(
                corner,
                width,
                height,
                facecolor=color,
                edgecolor=hatch_color or self.theme.background,
                linewidth=0,
                hatch=hatch or None,
            )
        )

    def png(self) -> bytes:
        """The picture in at most 256 colours: a third of the bytes, in less time than true colour takes to pack."""
        self._agg.draw()  # type: ignore[no-untyped-call]  # here and below, matplotlib's stubs are silent
        pixels = self._agg.buffer_rgba()  # type: ignore[no-untyped-call]
        picture = Image.frombuffer("RGBA", self.size, pixels, "raw", "RGBA", 0, 1).convert("RGB")
        reduced = picture.quantize(palette=_palette(self.theme_name), dither=Image.Dither.NONE)
        file = BytesIO()
        reduced.save(file, "PNG", compress_level=_COMPRESSION)
        return file.getvalue()


@lru_cache(maxsize=2)
def _palette(name: ThemeName) -> Image.Image:
    """What a theme's charts can show: its colours, on the way to the background and, where lines cross, to each other.

    Made once: looking for the best colours of each picture anew would take longer than drawing it.
    """
    theme = THEMES[name]
    pure = [_rgb(color) for color in (theme.background, theme.ink, theme.muted, theme.grid, *theme.series)]
    shades = [(theme.ink, theme.background, 20), (theme.muted, theme.background, 16), (theme.grid, theme.background, 4)]
    shades += [(color, theme.background, _SHADES) for color in theme.series]
    shades += [(color, theme.grid, 4) for color in theme.series]
    shades += [(one, other, 4) for one, other in pairwise(theme.series)]
    found = dict.fromkeys(pure)
    for color, other, steps in shades:
        for step in range(1, steps):
            blend = _blend(_rgb(color), _rgb(other), step / steps)
            # Pillow looks for the nearest colour from the corner of a cell of 4 levels: a shade this close to a pure
            # colour would be taken for it, and a white sheet would come out grey.
            if all(sum((a - b) ** 2 for a, b in zip(blend, known, strict=True)) >= _APART**2 for known in pure):
                found[blend] = None
    picture = Image.new("P", (1, 1))
    picture.putpalette([channel for color in list(found)[:256] for channel in color])
    return picture


def shade(theme: Theme, strength: float) -> str:
    """The first series' colour on its way from the background (0) to itself (1), in steps that the palette has."""
    paleness = round((1 - min(max(strength, 0), 1)) * _SHADES) / _SHADES
    blend = _blend(_rgb(theme.series[0]), _rgb(theme.background), paleness)
    return "#{:02x}{:02x}{:02x}".format(*blend)


def is_light(color: str) -> bool:
    """Whether dark text reads better on it than light text (WCAG 2.2, relative luminance)."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue > 0.179


def _rgb(color: str) -> tuple[int, ...]:
    return tuple(round(255 * channel) for channel in to_rgb(color))


def _blend(one: tuple[int, ...], other: tuple[int, ...], share: float) -> tuple[int, ...]:
    return tuple(round(a * (1 - share) + b * share) for a, b in zip(one, other, strict=True))
