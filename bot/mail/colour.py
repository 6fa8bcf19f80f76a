"""Contrast of colours, as WCAG 2.2 reckons it (https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio). Pure.

Colours are "#rrggbb".
"""

from typing import Final

#: Of text to what is behind it (WCAG 2.2, 1.4.3).
ENOUGH: Final = 4.5
WHITE: Final = "#ffffff"
BLACK: Final = "#000000"


def contrast(one: str, other: str) -> float:
    """From 1, no contrast, to 21, black on white."""
    darker, lighter = sorted((_luminance(one), _luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def readable(colour: str, background: str) -> str:
    """The colour, or the nearest mixture of it with white or black that can be read on a background."""
    end = WHITE if contrast(WHITE, background) > contrast(BLACK, background) else BLACK
    mixtures = (_mixed(colour, end, step / 50) for step in range(51))
    return next(mixture for mixture in mixtures if contrast(mixture, background) >= ENOUGH)


def _mixed(colour: str, other: str, share: float) -> str:
    pairs = zip(_channels(colour), _channels(other), strict=True)
    return "#" + "".join(f"{round(mine + (theirs - mine) * share):02x}" for mine, theirs in pairs)


def _channels(colour: str) -> tuple[int, int, int]:
    return int(colour[1:3], 16), int(colour[3:5], 16), int(colour[5:7], 16)


def _luminance(colour: str) -> float:
    linear = (_linear(channel / 255) for channel in _channels(colour))
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def _linear(channel: float) -> float:
    return float(channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4)
