"""256 colours for a picture of an e-mail: its surfaces keep their exact colours, shades between them come near.

Pillow's quick method turns white paper and the light grey around it into one colour; its exact one takes as long as
everything else together.
"""

from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import Image

_COLOURS: Final = 256
_EVERY: Final = 3  # pixels, across and down: a surface that this misses isn't seen either
_BITS: Final = 5  # of a channel, by which colours are counted as one


def reduced(image: Image.Image) -> Image.Image:
    """The RGB image with a palette."""
    pixels = np.asarray(image)
    cells = _cells(pixels)
    sample = pixels[::_EVERY, ::_EVERY].reshape(-1, 3).astype(np.uint32)
    packed, counts = np.unique(sample[:, 0] << 16 | sample[:, 1] << 8 | sample[:, 2], return_counts=True)
    order = np.argsort(-counts, kind="stable")
    colours = np.stack([packed[order] >> 16, packed[order] >> 8 & 255, packed[order] & 255], axis=1).astype(np.uint8)
    # Of the colours of one cell the most frequent stands for all; what is left is in the order of frequency.
    _, first = np.unique(_cells(colours), return_index=True)
    weight = np.bincount(_cells(colours), weights=counts[order], minlength=1 << 3 * _BITS)
    chosen = colours[np.sort(first)]
    chosen = chosen[np.argsort(-weight[_cells(chosen)], kind="stable")][:_COLOURS]
    table = np.zeros(1 << 3 * _BITS, np.uint8)
    seen = np.zeros(len(table), np.bool_)
    seen[cells] = True
    used = np.flatnonzero(seen)
    centres = np.stack([(used >> shift & 31) * 8 + 4 for shift in (10, 5, 0)], axis=1).astype(np.int32)
    away = sum((centres[:, None, channel] - chosen[None, :, channel].astype(np.int32)) ** 2 for channel in range(3))
    table[used] = np.argmin(away, axis=1)
    table[_cells(chosen)] = np.arange(len(chosen))
    result = Image.fromarray(table[cells], "P")
    result.putpalette(chosen.tobytes())
    return result


def _cells(pixels: NDArray[np.uint8]) -> NDArray[np.integer]:
    red, green, blue = (pixels[..., channel].astype(np.uint16) >> 8 - _BITS for channel in range(3))
    return red << 2 * _BITS | green << _BITS | blue
