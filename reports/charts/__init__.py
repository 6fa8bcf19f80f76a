"""Charts: a description of a chart → PNG bytes, and the words for who can't see it.

Importing this package does not import matplotlib (0.6 s, 66 MiB), nor what draws e-mails; the first `draw` does, so
that only the processes that draw pay for it.
"""

from reports.charts import style
from reports.charts.alt import alt_text
from reports.charts.style import ThemeName
from reports.report import Chart, ClickMap

__all__ = ["ThemeName", "alt_text", "draw", "size"]


def draw(chart: Chart, theme: ThemeName, locale: str) -> bytes:
    """A PNG of `size(chart)` pixels, with numbers and dates as `locale` (a Babel identifier) writes them.

    Raises ValueError when the locale is unknown, or when a series has not one value a position, and for a click map
    reports.clickmap.Unreadable when there is nothing in its HTML.
    """
    if isinstance(chart, ClickMap):
        from reports.charts.clickmap.picture import picture as click_map  # noqa: PLC0415 - imports matplotlib

        return click_map(chart, theme, locale)
    from reports.charts.picture import picture  # noqa: PLC0415 - imports matplotlib

    return picture(chart, theme, locale)


def size(chart: Chart) -> tuple[int, int]:
    """Width and height of the chart's picture in pixels; of a click map, by laying out its e-mail."""
    if isinstance(chart, ClickMap):
        from reports.charts.clickmap.picture import size as click_map_size  # noqa: PLC0415 - imports matplotlib

        return click_map_size(chart)
    return style.size(chart)
