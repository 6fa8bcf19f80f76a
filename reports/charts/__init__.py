"""Charts: a description of a chart → PNG bytes, and the words for who can't see it.

Importing this package does not import matplotlib (0.6 s, 66 MiB); the first `draw` does, so that only the processes
that draw pay for it.
"""

from reports.charts.alt import alt_text
from reports.charts.style import ThemeName, size
from reports.report import Chart

__all__ = ["ThemeName", "alt_text", "draw", "size"]


def draw(chart: Chart, theme: ThemeName, locale: str) -> bytes:
    """A PNG of `size(chart)` pixels, with numbers and dates as `locale` (a Babel identifier) writes them.

    Raises ValueError when the locale is unknown, or when a series has not one value a position.
    """
    from reports.charts.picture import picture  # noqa: PLC0415 - imports matplotlib

    return picture(chart, theme, locale)
