"""A chart in words, from its data: what a screen reader says, and what is shown while a picture is missing."""

from babel import Locale

from reports.charts import words
from reports.report import BarChart, Chart, Series, TimeChart

MOST_CHARACTERS = 1000
_NAME = 80  # characters of one name or label
_BARS = 10


def alt_text(chart: Chart, locale: str) -> str:
    """The finding and its numbers in at most 1000 characters. Raises ValueError when the locale is unknown."""
    spoken = words.babel_locale(locale)
    title = words.cut(words.plain(chart.title), 2 * _NAME).rstrip(".")
    match chart:
        case TimeChart():
            sentences = _over_time(chart, spoken)
        case BarChart():
            sentences = _bars(chart, spoken)
        case _:
            raise ValueError(f"{type(chart).__name__} has no words yet")
    text = ""
    for sentence in (title, *sentences):
        # A sentence that does not fit is left out whole: half a number would be a wrong number.
        if sentence and len(text) + len(sentence) + 2 <= MOST_CHARACTERS:
            text += f"{sentence}. "
    return text.rstrip()


def _over_time(chart: TimeChart, locale: Locale) -> list[str]:
    if not chart.starts:
        return ["No data"]
    first, last = (words.moment(at, chart.unit, locale) for at in (chart.starts[0], chart.starts[-1]))
    zone = words.zone_name(chart.starts[0])
    stretch = first if len(chart.starts) == 1 else f"{first} to {last}"
    return [f"Per {chart.unit}, {stretch}, {zone}", *(_line(chart, series, locale) for series in chart.series)]


def _line(chart: TimeChart, series: Series, locale: Locale) -> str:
    label = words.cut(words.plain(series.label), _NAME)
    known = [(value, at) for value, at in zip(words.numbers(series), chart.starts, strict=True) if value is not None]
    if not known:
        return f"{label}: unknown"
    total = sum(value for value, _ in known)
    if not total:
        return f"{label}: none"
    # The earliest of equal peaks.
    peak, when = max(known, key=lambda pair: pair[0])
    return (
        f"{label}: {words.number(total, locale)} in all, "
        f"most {words.number(peak, locale)} at {words.moment(when, chart.unit, locale)}"
    )


def _bars(chart: BarChart, locale: Locale) -> list[str]:
    if not chart.labels:
        return ["No data"]
    shown = min(len(chart.labels), _BARS)
    bars = [_bar(chart, position, locale) for position in range(shown)]
    if len(chart.labels) > shown:
        bars.insert(0, f"The first {shown} of {words.number(len(chart.labels), locale)}")
    return bars


def _bar(chart: BarChart, position: int, locale: Locale) -> str:
    counts = []
    for series in chart.series:
        value = words.numbers(series)[position]
        count = "unknown" if value is None else words.number(value, locale)
        counts.append(count if len(chart.series) == 1 else f"{count} {words.cut(words.plain(series.label), 30)}")
    detail = words.cut(words.plain(chart.details[position]), _NAME) if chart.details else ""
    label = words.cut(words.plain(chart.labels[position]), _NAME)
    return f"{label}: {', '.join(counts)}" + (f" ({detail})" if detail else "")
