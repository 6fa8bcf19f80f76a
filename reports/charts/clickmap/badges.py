"""What stands on a badge, and how hot its link is."""

from dataclasses import dataclass
from typing import Final

from babel import Locale

from reports.charts import letters, style
from reports.numbers import write_rate, write_short
from reports.report import ClickMap, LinkKind, MapLink

#: Least to most: lightness falls all the way, so that the order is seen by everybody. Text on them: the second.
HEAT: Final = (
    ("#fff0c2", "#1d1c1d"),
    ("#ffc766", "#1d1c1d"),
    ("#f28e2b", "#1d1c1d"),
    ("#b8430f", "#ffffff"),
    ("#6b1300", "#ffffff"),
)
UNCLICKED: Final = ("#ffffff", "#4a4d53")
UTILITY: Final = ("#dfe5ec", "#1d1c1d")
RIM: Final = "#1d1c1d"
_BOUNDS: Final = (0.1, 0.25, 0.5, 0.75)  # of the most clicked link's clicks

_INSET: Final = (12, 8)
_LEADING: Final = 34


@dataclass(frozen=True, slots=True)
class Badge:
    """`lines` are drawable; the first is bold. `dashed` is for links that nobody clicked or that nobody counts."""

    lines: tuple[str, ...]
    fill: str
    ink: str
    dashed: bool = False

    @property
    def width(self) -> int:
        widths = [letters.width(line, style.SMALL, bold=row == 0) for row, line in enumerate(self.lines)]
        return round(max(widths)) + 2 * _INSET[0]

    @property
    def height(self) -> int:
        return _LEADING * len(self.lines) + 2 * _INSET[1] - 4

    def baselines(self) -> tuple[int, ...]:
        """Pixels from the badge's top."""
        return tuple(_INSET[1] + 24 + _LEADING * row for row in range(len(self.lines)))


def badges(chart: ClickMap, locale: Locale) -> list[Badge]:
    """One for each link of the chart, in its order."""
    most = max((link.clicks for link in chart.links if link.kind is LinkKind.CONTENT), default=0)
    return [_badge(link, most, locale) for link in chart.links]


def _badge(link: MapLink, most: int, locale: Locale) -> Badge:
    times = f" ×{link.places}" if link.places > 1 else ""
    if link.kind is LinkKind.UNTRACKED:
        return Badge((f"not tracked{times}",), *UNCLICKED, dashed=True)
    counts = f"{write_short(link.clicks, locale)} · {write_short(link.people, locale)}"
    if link.kind is LinkKind.UTILITY:
        return Badge((f"utility{times}", counts), *UTILITY) if link.clicks else Badge(("utility 0",), *UTILITY, True)
    if not link.clicks:
        return Badge((f"0{times}",), *UNCLICKED, dashed=True)
    written = write_rate(link.share, str(locale))
    return Badge((f"{written}{times}", counts), *HEAT[heat(link.clicks, most)])


def heat(clicks: int, most: int) -> int:
    """The place in HEAT of so many clicks, beside the most that one link has."""
    return sum(clicks > bound * most for bound in _BOUNDS) if most else 0
