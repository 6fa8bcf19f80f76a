"""Where badges go: beside their links where nothing is written, else in the margins with a line to the link.

A badge never lies on another badge or on another link. Within that the place with the least ink under it wins, then
the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.charts.clickmap.areas import Box

Line = tuple[tuple[int, int], tuple[int, int]]

GAP: Final = 8  #: pixels around a badge
CELL: Final = 2  #: pixels, across and down, of what is looked at as one
_CALM: Final = 0.001  # part of what is under a badge that may be ink: a corner of a surface, but no letter
_WRITTEN: Final = 0.02  # the same, in a margin
_STEP: Final = 6
_ROOMY: Final = (1.6, 2.0)  # how often a badge must fit into a picture to stand on it, across and down


@dataclass(frozen=True, slots=True)
class Placed:
    """`start` and `end` of the line to the link, where the badge doesn't touch it."""

    box: Box
    line: Line | None = None


class Sheet:
    """A page that badges are laid upon. `ink` says which cells are written on; `margins` are free columns."""

    def __init__(self, ink: NDArray[np.bool_], limits: Box, margins: tuple[Box, Box], links: Sequence[Box]) -> None:
        self._limits = limits
        self._margins = margins
        self._links = links
        self._taken: list[Box] = []
        self._written = ink
        self._sums = np.pad(ink.astype(np.int32).cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def place(self, badges: Sequence[tuple[int, int]]) -> list[Placed | None]:
        """Places for badges of these widths and heights, one for each of the links; None where the page is full.

        Those that fit beside their links come first: lines from the margins then go around them.
        """
        placed = [self._take(self._beside(link, *size)) for link, size in zip(self._links, badges, strict=True)]
        for number, size in enumerate(badges):
            if placed[number] is None:
                link = self._links[number]
                placed[number] = self._take(self._in_margin(link, *size) or self._anywhere(link, *size))
        return placed

    def _take(self, placed: Placed | None) -> Placed | None:
        if placed is not None:
            self._taken.append(placed.box)
        return placed

    def _beside(self, link: Box, width: int, height: int) -> Placed | None:
        best: tuple[float, Box] | None = None
        for cost, (left, top) in _near(link, width, height):
            box = Box(left, top, left + width, top + height)
            if not self._free(box, link):
                continue
            ink = self._ink(box)
            if ink <= _CALM and (best is None or cost + 100 * ink < best[0]):
                best = cost + 100 * ink, box
        return Placed(best[1]) if best else None

    def _in_margin(self, link: Box, width: int, height: int) -> Placed | None:
        best: tuple[float, Placed] | None = None
        for number, margin in enumerate(self._margins):
            left = max(margin.right - width - GAP, margin.left) if number == 0 else margin.left + GAP
            left = min(left, self._limits.right - width)
            wanted = (link.top + link.bottom - height) // 2
            for top in _from_middle(margin.top, margin.bottom - height, wanted):
                down = 2.0 * abs(top - wanted)
                if best is not None and down >= best[0]:
                    break
                box = Box(left, top, left + width, top + height)
                if self._free(box, None) and self._ink(box) <= _WRITTEN:
                    cost, line = self._line(box, link)
                    if best is None or cost + down < best[0]:
                        best = cost + down, Placed(box, line)
        return best[1] if best else None

    def _line(self, box: Box, link: Box) -> tuple[float, Line]:
        """The best line from a badge to its link, and what is bad about it: its length, and what it crosses."""
        middle = (box.top + box.bottom) // 2
        start = (box.right if box.right <= link.left else box.left, middle)
        across = (link.left + link.right) // 2
        side = (link.left if start[0] <= link.left else link.right, min(max(middle, link.top), link.bottom))
        lines = [(start, end) for end in (side, (across, link.top), (across, link.bottom))]
        return min((self._badness(line, link), line) for line in lines)

    def _badness(self, line: Line, link: Box) -> float:
        (x, y), (to_x, to_y) = line
        others = [other for other in (*self._links, *self._taken) if other is not link]
        crossed = sum(_crosses(line, other) for other in others)
        length = float(np.hypot(to_x - x, to_y - y))
        steps = max(2, int(length / (2 * CELL)))
        rows, columns = (
            np.linspace(one, other, steps).astype(np.int64) // CELL for one, other in ((y, to_y), (x, to_x))
        )
        edge = np.array(self._written.shape) - 1
        struck = int(self._written[rows.clip(0, edge[0]), columns.clip(0, edge[1])].sum())
        return length + 600 * crossed + 12 * struck

    def _anywhere(self, link: Box, width: int, height: int) -> Placed | None:
        """The nearest place that covers no badge and no link, whatever else is written there."""
        tops = range(self._limits.top, self._limits.bottom - height, height // 2)
        lefts = range(self._limits.left, self._limits.right - width, width // 2)
        boxes = (Box(left, top, left + width, top + height) for top in tops for left in lefts)
        free = [box for box in boxes if self._free(box, None)]
        best = min(free, key=lambda box: _distance(box, link) + 2_000 * self._ink(box), default=None)
        return Placed(best, self._line(best, link)[1]) if best else None

    def _free(self, box: Box, own: Box | None) -> bool:
        """Whether it is on the page and away from other badges and links; its own link it may touch."""
        limits = self._limits
        if box.left < limits.left or box.right > limits.right or box.top < limits.top or box.bottom > limits.bottom:
            return False
        return not any(_meet(box, other, GAP) for other in self._taken) and not any(
            _meet(box, other, 4) for other in self._links if other is not own
        )

    def _ink(self, box: Box) -> float:
        """The part of the box, and of a little around it, that is written on."""
        sums = self._sums
        left, top = max(box.left - CELL, 0) // CELL, max(box.top - CELL, 0) // CELL
        right, bottom = min(box.right // CELL + 2, sums.shape[1] - 1), min(box.bottom // CELL + 2, sums.shape[0] - 1)
        total = int(sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left])
        return float(total / ((right - left) * (bottom - top)))


def _near(link: Box, width: int, height: int) -> Iterator[tuple[float, tuple[int, int]]]:
    """Corners of boxes around a link, and in its corners where it has room, by how well the eye joins them."""
    middle = (link.top + link.bottom - height) // 2
    centre = (link.left + link.right - width) // 2
    if link.width > _ROOMY[0] * width and link.height > _ROOMY[1] * height:
        yield 0.0, (link.right - width - GAP, link.top + GAP)
        yield 0.1, (link.left + GAP, link.top + GAP)
        yield 0.2, (link.right - width - GAP, link.bottom - height - GAP)
        yield 0.3, (link.left + GAP, link.bottom - height - GAP)
    for out in (GAP, 3 * GAP):
        yield 1.0 + out / 50, (link.right + out, middle)
        yield 1.2 + out / 50, (link.left - width - out, middle)
        for cost, left in ((1.5, centre), (1.6, link.right - width), (1.7, link.left)):
            yield cost + out / 50, (left, link.bottom + out)
            yield cost + 0.1 + out / 50, (left, link.top - height - out)
    for top in (link.top, link.bottom - height):
        yield 1.4, (link.right + GAP, top)
        yield 1.5, (link.left - width - GAP, top)
    # Within a wide button, beside its words.
    if link.height >= height + 4 and link.width > 2.5 * width:
        yield 0.8, (link.right - width - GAP, middle)
        yield 0.9, (link.left + GAP, middle)


def _from_middle(first: int, last: int, wanted: int) -> Iterator[int]:
    start = min(max(wanted, first), last)
    yield start
    for away in range(_STEP, last - first + _STEP, _STEP):
        if start + away <= last:
            yield start + away
        if start - away >= first:
            yield start - away


def _meet(one: Box, other: Box, gap: int) -> bool:
    return (
        one.left < other.right + gap
        and other.left < one.right + gap
        and one.top < other.bottom + gap
        and other.top < one.bottom + gap
    )


def _distance(one: Box, other: Box) -> float:
    across = max(other.left - one.right, one.left - other.right, 0)
    down = max(other.top - one.bottom, one.top - other.bottom, 0)
    return across + down


def _crosses(line: Line, box: Box) -> bool:
    """Whether a line passes through a box: what is left of it after cutting at each of the four sides."""
    (x, y), (to_x, to_y) = line
    begin, end = 0.0, 1.0
    for at, along, low, high in ((x, to_x - x, box.left, box.right), (y, to_y - y, box.top, box.bottom)):
        if along == 0:
            if not low < at < high:
                return False
            continue
        first, last = sorted(((low - at) / along, (high - at) / along))
        begin, end = max(begin, first), min(end, last)
    return begin < end
