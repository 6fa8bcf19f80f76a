"""Where badges go: beside their links where nothing is written, else in the margins with a line to the link.

A badge never lies on another badge or on another link. Within that the place with the least ink under it wins, then
the nearest.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from reports.charts.clickmap.areas import Box

Rows = NDArray[np.int64]  #: boxes: left, top, right, bottom
Line = tuple[tuple[int, int], tuple[int, int]]

GAP: Final = 8  #: pixels around a badge
CELL: Final = 2  #: pixels, across and down, of what is looked at as one
_CALM: Final = 0.001  # part of what is under a badge that may be ink: a corner of a surface, but no letter
_WRITTEN: Final = 0.02  # the same, in a margin
_STEP: Final = 6
_RIM: Final = 6  # pixels from a link to the outside of its outline, where lines end
_APART: Final = 4  # steps between places of a margin …
_TRIED: Final = 24  # … from which a line is tried
_ROOMY: Final = (1.6, 2.0)  # how often a badge must fit into a picture to stand on it, across and down


@dataclass(frozen=True, slots=True)
class Wanted:
    """A badge's size; whether it is wanted even where it must stand far from its link."""

    width: int
    height: int
    far: bool = True


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
        self._linked = _rows(links)
        self._taken = _rows(())
        self._written = ink
        self._sums = np.pad(ink.astype(np.int32).cumsum(0).cumsum(1), ((1, 0), (1, 0)))

    def place(self, badges: Sequence[Wanted]) -> list[Placed | None]:
        """Places for badges, one for each of the links; None for who need none far away, and where the page is full.

        Those that fit beside their links come first: lines from the margins then go around them.
        """
        placed = [self._take(self._beside(link, badges[link])) for link in range(len(self._links))]
        for link, badge in enumerate(badges):
            if placed[link] is None and badge.far:
                placed[link] = self._take(self._in_margin(link, badge) or self._anywhere(link, badge))
        return placed

    def _take(self, placed: Placed | None) -> Placed | None:
        if placed is not None:
            self._taken = np.vstack((self._taken, _rows((placed.box,))))
        return placed

    def _beside(self, link: int, badge: Wanted) -> Placed | None:
        near = list(_near(self._links[link], badge.width, badge.height))
        boxes = _boxes([left for _, (left, _) in near], [top for _, (_, top) in near], badge)
        costs = np.array([cost for cost, _ in near])
        free = self._free(boxes, link)
        ink = self._ink(boxes[free])
        calm = ink <= _CALM
        if not calm.any():
            return None
        best = np.argmin(costs[free][calm] + 100 * ink[calm])
        return Placed(_box(boxes[free][calm][best]))

    def _in_margin(self, link: int, badge: Wanted) -> Placed | None:
        wanted = (self._links[link].top + self._links[link].bottom - badge.height) // 2
        found: list[tuple[float, Placed]] = []
        for number, margin in enumerate(self._margins):
            left = max(margin.right - badge.width - GAP, margin.left) if number == 0 else margin.left + GAP
            tops = np.arange(margin.top, max(margin.bottom - badge.height, margin.top) + 1, _STEP)
            boxes = _boxes([min(left, self._limits.right - badge.width)] * len(tops), tops, badge)
            boxes = boxes[self._free(boxes, None)]
            boxes = boxes[self._ink(boxes) <= _WRITTEN]
            for box in boxes[np.argsort(np.abs(boxes[:, 1] - wanted), kind="stable")][::_APART][:_TRIED]:
                cost, line = self._line(_box(box), link)
                found.append((cost + 2.0 * abs(int(box[1]) - wanted), Placed(_box(box), line)))
        return min(found, key=lambda one: one[0])[1] if found else None

    def _anywhere(self, link: int, badge: Wanted) -> Placed | None:
        """The nearest place that covers no badge and no link, whatever else is written there."""
        limits, near = self._limits, self._links[link]
        lefts, tops = np.meshgrid(
            np.arange(limits.left, limits.right - badge.width, badge.width // 2),
            np.arange(limits.top, limits.bottom - badge.height, badge.height // 2),
        )
        boxes = _boxes(lefts.ravel(), tops.ravel(), badge)
        boxes = boxes[self._free(boxes, None)]
        if not len(boxes):
            return None
        across = np.maximum(0, np.maximum(near.left - boxes[:, 2], boxes[:, 0] - near.right))
        down = np.maximum(0, np.maximum(near.top - boxes[:, 3], boxes[:, 1] - near.bottom))
        best = _box(boxes[np.argmin(across + down + 2_000 * self._ink(boxes))])
        return Placed(best, self._line(best, link)[1])

    def _line(self, box: Box, link: int) -> tuple[float, Line]:
        """The best line from a badge to its link, and what is bad about it: its length, and what it crosses."""
        to = self._links[link]
        middle = (box.top + box.bottom) // 2
        start = (box.right if box.right <= to.left else box.left, middle)
        across = (to.left + to.right) // 2
        left, top, right, bottom = to.left - _RIM, to.top - _RIM, to.right + _RIM, to.bottom + _RIM
        side = (left if start[0] <= to.left else right, min(max(middle, top), bottom))
        lines = [(start, end) for end in (side, (across, top), (across, bottom))]
        return min((self._badness(line, link), line) for line in lines)

    def _badness(self, line: Line, link: int) -> float:
        (x, y), (to_x, to_y) = line
        crossed = int(_crosses(line, np.delete(self._linked, link, axis=0)).sum() + _crosses(line, self._taken).sum())
        length = float(np.hypot(to_x - x, to_y - y))
        steps = max(2, int(length / (2 * CELL)))
        rows = np.linspace(y, to_y, steps).astype(np.int64) // CELL
        columns = np.linspace(x, to_x, steps).astype(np.int64) // CELL
        edge = np.array(self._written.shape) - 1
        struck = int(self._written[rows.clip(0, edge[0]), columns.clip(0, edge[1])].sum())
        return length + 600 * crossed + 12 * struck

    def _free(self, boxes: Rows, own: int | None) -> NDArray[np.bool_]:
        """Which are on the page and away from other badges and links; their own link they may touch."""
        limits = self._limits
        left, top, right, bottom = boxes.T
        inside = (left >= limits.left) & (right <= limits.right) & (top >= limits.top) & (bottom <= limits.bottom)
        links = self._linked if own is None else np.delete(self._linked, own, axis=0)
        free: NDArray[np.bool_] = inside & ~_meet(boxes, self._taken, GAP) & ~_meet(boxes, links, 4)
        return free

    def _ink(self, boxes: Rows) -> NDArray[np.float64]:
        """The part of each box, and of a little around it, that is written on."""
        sums = self._sums
        left, top = (boxes[:, :2].T - CELL).clip(0) // CELL
        right = (boxes[:, 2] // CELL + 2).clip(max=sums.shape[1] - 1)
        bottom = (boxes[:, 3] // CELL + 2).clip(max=sums.shape[0] - 1)
        total = sums[bottom, right] - sums[top, right] - sums[bottom, left] + sums[top, left]
        share: NDArray[np.float64] = total / ((right - left) * (bottom - top))
        return share


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


def _rows(boxes: Sequence[Box]) -> Rows:
    return np.array([(box.left, box.top, box.right, box.bottom) for box in boxes], np.int64).reshape(-1, 4)


def _boxes(lefts: ArrayLike, tops: ArrayLike, badge: Wanted) -> Rows:
    left, top = np.asarray(lefts, np.int64), np.asarray(tops, np.int64)
    return np.stack((left, top, left + badge.width, top + badge.height), axis=1)


def _box(row: NDArray[np.int64]) -> Box:
    return Box(*(int(side) for side in row))


def _meet(boxes: Rows, others: Rows, gap: int) -> NDArray[np.bool_]:
    """Which of the boxes come nearer than `gap` to any of the others."""
    one, other = boxes[:, None, :], others[None, :, :]
    near = (one[..., :2] < other[..., 2:] + gap).all(axis=2) & (other[..., :2] < one[..., 2:] + gap).all(axis=2)
    met: NDArray[np.bool_] = np.logical_or.reduce(near, axis=1, dtype=np.bool_)
    return met


def _crosses(line: Line, boxes: Rows) -> NDArray[np.bool_]:
    """Which boxes a line passes through: where something is left of it after cutting at each of the four sides."""
    begin, end = np.zeros(len(boxes)), np.ones(len(boxes))
    for axis in (0, 1):
        at, along = line[0][axis], line[1][axis] - line[0][axis]
        low, high = boxes[:, axis], boxes[:, axis + 2]
        if along == 0:
            end = np.where((low < at) & (at < high), end, -1.0)
            continue
        first, last = (low - at) / along, (high - at) / along
        begin = np.maximum(begin, np.minimum(first, last))
        end = np.minimum(end, np.maximum(first, last))
    return begin < end
