"""A chart in words, from its data: what a screen reader says, and what is shown while a picture is missing."""

from babel import Locale

from reports.charts import words
from reports.numbers import babel_locale, write_counted, write_measure, write_moment, write_number
from reports.report import (
    BarChart,
    Cell,
    Chart,
    ClickMap,
    HeatMap,
    IntervalChart,
    LinkKind,
    MapLink,
    Mark,
    ScatterChart,
    Series,
    TimeChart,
    Unit,
)

MOST_CHARACTERS = 1000
_NAME = 80  # characters of one name or label
_BARS = 10


def alt_text(chart: Chart, locale: str) -> str:
    """The finding and its numbers in at most 1000 characters. Raises ValueError when the locale is unknown."""
    spoken = babel_locale(locale)
    title = words.cut(words.plain(chart.title), 2 * _NAME).rstrip(".")
    match chart:
        case TimeChart():
            sentences = _over_time(chart, spoken)
        case BarChart():
            sentences = _bars(chart, spoken)
        case ScatterChart():
            sentences = _scatter(chart, spoken)
        case IntervalChart():
            sentences = _intervals(chart, spoken)
        case HeatMap():
            sentences = _heat(chart, spoken)
        case ClickMap():
            sentences = _click_map(chart, spoken)
    text = ""
    for sentence in (title, *sentences):
        # A sentence that does not fit is left out whole: half a number would be a wrong number.
        if sentence and len(text) + len(sentence) + 2 <= MOST_CHARACTERS:
            text += f"{sentence}. "
    return text.rstrip()


def _over_time(chart: TimeChart, locale: Locale) -> list[str]:
    if not chart.starts:
        return ["No data"]
    first, last = (write_moment(at, chart.unit, locale) for at in (chart.starts[0], chart.starts[-1]))
    zone = words.zone_name(chart.starts[0])
    stretch = first if len(chart.starts) == 1 else f"{first} to {last}"
    return [f"Per {chart.unit}, {stretch}, {zone}", *(_line(chart, series, locale) for series in chart.series)]


def _line(chart: TimeChart, series: Series, locale: Locale) -> str:
    label = words.cut(words.plain(series.label), _NAME)
    known = [(value, at) for value, at in zip(words.numbers(series), chart.starts, strict=True) if value is not None]
    if not known:
        return f"{label}: unknown"
    # The earliest of equal peaks.
    peak, when = max(known, key=lambda pair: pair[0])
    most = f"most {write_measure(peak, chart.value_unit, locale)} at {write_moment(when, chart.unit, locale)}"
    if chart.value_unit is Unit.RATE:  # rates have no sum
        lowest, then = min(known, key=lambda pair: pair[0])
        least = f"least {write_measure(lowest, Unit.RATE, locale)} at {write_moment(then, chart.unit, locale)}"
        return f"{label}: {most}, {least}"
    total = sum(value for value, _ in known)
    return f"{label}: {write_number(total, locale)} in all, {most}" if total else f"{label}: none"


def _bars(chart: BarChart, locale: Locale) -> list[str]:
    if not chart.labels:
        return ["No data"]
    shown = min(len(chart.labels), _BARS)
    bars = [_bar(chart, position, locale) for position in range(shown)]
    if len(chart.labels) > shown:
        bars.insert(0, f"The first {shown} of {write_number(len(chart.labels), locale)}")
    return bars


def _bar(chart: BarChart, position: int, locale: Locale) -> str:
    counts = []
    for series in chart.series:
        value = words.numbers(series)[position]
        count = "unknown" if value is None else write_measure(value, chart.value_unit, locale)
        counts.append(count if len(chart.series) == 1 else f"{count} {words.cut(words.plain(series.label), 30)}")
    detail = words.cut(words.plain(chart.details[position]), _NAME) if chart.details else ""
    label = words.cut(words.plain(chart.labels[position]), _NAME)
    return f"{label}: {', '.join(counts)}" + (f" ({detail})" if detail else "")


def _percent(value: float | None, locale: Locale) -> str:
    return "unknown" if value is None else write_measure(value, Unit.RATE, locale)


def _name(text: str) -> str:
    return words.cut(words.plain(text), _NAME)


def _scatter(chart: ScatterChart, locale: Locale) -> list[str]:
    if not chart.marks:
        return ["No data"]

    def mark(found: Mark) -> str:
        return f"{_name(found.label)} ({_percent(found.y, locale)}, {_percent(found.x, locale)})"

    count = write_counted(len(chart.marks), "e-mail", "e-mails", str(locale))
    means = f"means {_percent(chart.y_mean, locale)} and {_percent(chart.x_mean, locale)}"
    by_y = sorted(chart.marks, key=lambda found: -found.y)
    return [
        f"{count} by {chart.y_label.lower()} and {chart.x_label.lower()}, {means}",
        f"Highest: {', '.join(mark(found) for found in by_y[:3])}",
        f"Lowest: {mark(by_y[-1])}" if len(by_y) > 3 else "",
    ]


def _intervals(chart: IntervalChart, locale: Locale) -> list[str]:
    if not chart.rows:
        return ["No data"]
    rows = [
        f"{_name(label)}: {_percent(value, locale)}"
        + ("" if low is None else f" (95 %: {_percent(low, locale)} to {_percent(high, locale)})")
        for label, value, low, high in chart.rows
    ]
    return [chart.x_label, *rows]


def _heat(chart: HeatMap, locale: Locale) -> list[str]:
    cells = [
        (cell, row, column)
        for row, line in zip(chart.rows, chart.cells, strict=True)
        for column, cell in zip(chart.columns, line, strict=True)
        if cell.value is not None and not cell.thin
    ]
    thin = sum(cell.thin for line in chart.cells for cell in line)
    few = f"{write_counted(thin, 'cell has', 'cells have', str(locale))} too few to be read" if thin else ""
    if not cells:
        return [chart.legend, "No data", few]

    def place(found: tuple[Cell, str, str]) -> str:
        cell, row, column = found
        return f"{row} {column} {_percent(cell.value, locale)} (n {write_number(cell.n, locale)})"

    cells.sort(key=lambda found: -(found[0].value or 0))
    worst = f"Lowest: {place(cells[-1])}" if len(cells) > 1 else ""
    return [chart.legend, f"Highest: {', '.join(map(place, cells[:3]))}", worst, few]


def _click_map(chart: ClickMap, locale: Locale) -> list[str]:
    """Its blind spots first: the links may be too many for all of them to be told."""
    clicked = sorted((link for link in chart.links if link.clicks), key=lambda link: -link.clicks)
    unclicked = sum(not link.clicks and link.kind is not LinkKind.UNTRACKED for link in chart.links)
    return [
        f"The e-mail with {write_counted(len(chart.links), 'link', 'links', str(locale))}",
        f"{write_number(unclicked, locale)} without clicks" if unclicked else "",
        *(note.rstrip(".") for note in chart.footnotes),
        *(_map_link(link, locale) for link in clicked),
    ]


def _map_link(link: MapLink, locale: Locale) -> str:
    clicks = write_counted(link.clicks, "click", "clicks", str(locale))
    people = write_counted(link.people, "person", "people", str(locale))
    share = "utility link" if link.share is None else write_measure(link.share, Unit.RATE, locale)
    return f"{_name(link.url)}: {share}, {clicks}, {people}"
