"""A long e-mail in pages: cut where nothing stands."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from reports.charts.clickmap.areas import Area
from reports.charts.clickmap.engine import Document

_SLACK: Final = 0.2  # of a page: how far up a better place is looked for
_SCALE: Final = 0.5  # of the picture in which it is looked for
_CLEAR: Final = 4  # CSS pixels above and below a cut in which nothing stands either


def pages(document: Document, areas: list[Area], most: int) -> list[tuple[int, int]]:
    """Top and bottom of each page in CSS pixels, none higher than `most`."""
    if document.height <= most:
        return [(0, document.height)]
    busy = _busy(document)
    for area in areas:
        busy[area.box.top : area.box.bottom] += 1_000  # a link cut in two would have two badges
    found: list[tuple[int, int]] = []
    top = 0
    # Pages of about one height: a last page of three lines would look like a mistake.
    while document.height - top > most:
        left = -(-(document.height - top) // most)
        target = min(most, round((document.height - top) / left * 1.06))
        lowest = max(1, round(target * (1 - _SLACK)))
        window = busy[top + lowest : top + target]
        calm = int(len(window) - 1 - np.argmin(window[::-1])) if len(window) else target - lowest
        bottom = top + lowest + calm
        found.append((top, bottom))
        top = bottom
    return [*found, (top, document.height)]


def _busy(document: Document) -> NDArray[np.float64]:
    """How much each row of the e-mail, and those near it, change from left to right and against the row above."""
    grey = document.paint(0, document.height, _SCALE)[:, :, :3].mean(axis=2)
    across = np.abs(np.diff(grey, axis=1)).mean(axis=1)
    down = np.abs(np.diff(grey, axis=0, prepend=grey[:1])).mean(axis=1)
    rows = (np.arange(document.height) * _SCALE).astype(np.int64).clip(0, len(grey) - 1)
    changes = np.pad((across + down)[rows].round(2), _CLEAR, mode="edge")
    busiest: NDArray[np.float64] = np.lib.stride_tricks.sliding_window_view(changes, 2 * _CLEAR + 1).max(axis=1)
    return busiest
