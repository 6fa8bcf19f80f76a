"""Values as people write them, in their language and time zone: the one place that asks Babel."""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from math import floor, log10
from zoneinfo import ZoneInfo

from babel import Locale, UnknownLocaleError
from babel.dates import (
    format_date,
    format_datetime,
    format_interval,
    format_skeleton,
    format_time,
    get_day_names,
)
from babel.lists import format_list
from babel.numbers import format_compact_decimal, format_currency, format_decimal, format_percent

from reports.metrics import Better
from reports.orders import exponent
from reports.report import Figure, Money, Table, Unit, Value

UNKNOWN = "—"
#: The least changes that are written as other than none.
_SEEN_POINTS, _SEEN_SHARE = 0.00005, 0.0005
_NON_BREAKING = "\u00a0"


@lru_cache(maxsize=64)
def babel_locale(locale: str) -> Locale:
    """Slack says "en-GB" where Babel says "en_GB": both are understood. Raises ValueError when it is unknown."""
    try:
        return Locale.parse(locale.replace("-", "_"))
    except UnknownLocaleError as error:
        raise ValueError(f"unknown locale {locale!r}") from error


def write_value(value: Value, unit: Unit, locale: str, zone: str) -> str:
    """One value as text; None is a dash."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return write_day(value, locale) if unit is Unit.DAY else write_instant(value, locale, zone)
    if isinstance(value, str):
        return value
    if isinstance(value, Money):
        return write_money(value, locale)
    return write_rate(float(value), locale) if unit is Unit.RATE else write_count(int(value), locale)


@lru_cache(maxsize=4096)
def write_count(count: int, locale: str | Locale) -> str:
    return str(format_decimal(count, locale=locale))


def write_number(value: float, locale: str | Locale) -> str:
    """In full, with at most two decimals: 12,345."""
    return str(format_decimal(value, "#,##0.##", locale)) if value % 1 else write_count(int(value), locale)


def write_size(size: int, locale: str | Locale) -> str:
    """Bytes, in the unit of a thousand that leaves few digits: 12.3 MB."""
    for unit, power in (("GB", 9), ("MB", 6), ("kB", 3)):
        if size >= 10**power:
            return f"{write_number(round(size / 10**power, 1), locale)} {unit}"
    return f"{size} bytes"


def write_measure(value: float, unit: Unit, locale: str | Locale) -> str:
    """A value of a chart: a count in full, or a fraction of one as a percentage."""
    return write_rate(value, locale) if unit is Unit.RATE else write_number(value, locale)


def write_tick(value: float, step: float, locale: str | Locale) -> str:
    """A tick of an axis of fractions of one, with no more decimals than the distance between ticks needs."""
    decimals = max(0, -floor(log10(step * 100) + 1e-9))
    return str(format_percent(value, f"#,##0.{'0' * decimals}{_NON_BREAKING}%", locale))


def write_short(value: int, locale: str | Locale) -> str:
    """For an axis: in full up to 9,999, then 10K, 2.5M."""
    return write_number(value, locale) if abs(value) < 10_000 else write_compact(value, locale)


def write_compact(value: int, locale: str | Locale) -> str:
    """In as few signs as can be: 999, then 1.5K."""
    return str(format_compact_decimal(value, locale=locale, fraction_digits=1))


def write_counted(count: int, one: str, many: str, locale: str) -> str:
    """1 click, 12 clicks."""
    return f"{write_count(count, locale)} {one if count == 1 else many}"


def write_shown(table: Table, shown: int, locale: str) -> str | None:
    """Which of a table's rows are shown, or None: all of them."""
    if table.first is not None and (table.first > 1 or table.total_rows > shown):
        place = f"{write_count(table.first, locale)}–{write_count(table.first + shown - 1, locale)}"
    elif table.total_rows > shown:
        place = write_count(shown, locale)
    else:
        return None
    return f"Showing {place} of {write_count(table.total_rows, locale)}."


def write_money(money: Money, locale: str) -> str:
    """€ 1.234,50: with the currency's sign and decimals."""
    amount = Decimal(money.units).scaleb(-exponent(money.currency))
    return str(format_currency(amount, money.currency, locale=locale))


def write_points(difference: float, locale: str) -> str:
    """A difference of two rates in percentage points, with its sign: +0.68."""
    return str(format_decimal(difference * 100, format="+#,##0.00;−#,##0.00", locale=locale))


def write_change(figure: Figure, locale: str) -> str | None:
    """How a figure has changed, in words and signs: "▲ +1.20 points, was 34.1 %: better"; None: it has no change.

    Without an arrow where there are too few to speak of a direction, or nothing to compare with.
    """
    change = figure.change
    if change is None:
        return None
    was = write_value(change.before, figure.unit, locale, "UTC")
    if change.by is None:
        return f"{UNKNOWN}, was {was}"
    is_rate = figure.unit is Unit.RATE
    by = f"{write_points(float(change.by), locale)} points" if is_rate else write_share(float(change.by), locale)
    if not _is_seen(change.by, figure.unit):
        return f"unchanged from {was}"
    if change.quiet:
        return f"{by}, was {was}: too few to tell"
    good = is_better(figure)
    verdict = "" if good is None else ": better" if good else ": worse"
    return f"{'▲' if change.by > 0 else '▼'} {by}, was {was}{verdict}"


def is_better(figure: Figure) -> bool | None:
    """Whether a figure has changed for the better; None: it has not, or nobody can tell."""
    change = figure.change
    if change is None or change.by is None or change.quiet or not _is_seen(change.by, figure.unit):
        return None
    return {Better.UP: change.by > 0, Better.DOWN: change.by < 0}.get(change.better)


def _is_seen(by: Fraction, unit: Unit) -> bool:
    return abs(by) >= (_SEEN_POINTS if unit is Unit.RATE else _SEEN_SHARE)


def write_share(share: float, locale: str) -> str:
    """A change as a share of what was before, with its sign: +12.3 %."""
    return str(format_percent(share, format=f"+#,##0.0{_NON_BREAKING}%;−#,##0.0{_NON_BREAKING}%", locale=locale))


@lru_cache(maxsize=4096)
def write_rate(rate: Fraction | float | None, locale: str | Locale) -> str:
    """A fraction of one as percent: one decimal, two below ten percent, three and more below one thousandth.

    What is nearly none or nearly all gets the decimals, at most six, that tell it from none and all.
    """
    if rate is None:
        return UNKNOWN
    share = float(rate)
    zeros = "0" * _decimals(abs(share))
    return str(format_percent(share, format=f"#,##0.{zeros}{_NON_BREAKING}%", locale=locale))


def _decimals(share: float) -> int:
    if share == 0 or 0.1 <= share < 0.9994 or share >= 1:
        return 1
    if 0.001 <= share < 0.1:
        return 2
    from_end = min(share, 1 - share)
    return next((decimals for decimals in (3, 4, 5) if from_end * 100 * 10**decimals > 0.999), 6)


def write_interval(figure: Figure, locale: str) -> str | None:
    """The 95 % interval of a rate, or None when it has none."""
    if figure.low is None or figure.high is None:
        return None
    low = write_rate(figure.low, locale).removesuffix(f"{_NON_BREAKING}%")
    return f"{low}–{write_rate(figure.high, locale)}"


@lru_cache(maxsize=4096)
def write_instant(instant: datetime, locale: str, zone: str) -> str:
    """Date, time and the zone's short name, so that nobody has to guess whose clock it is.

    Zones that have no name of their own show their distance from UTC.
    """
    local = instant.astimezone(ZoneInfo(zone))
    name = f"{local:%Z}"
    if name.startswith(("+", "-")):  # such as -03 or +0545
        name = f"UTC{name[:3]}:{name[3:5] or '00'}"
    return f"{format_datetime(local, 'd MMM y HH:mm', locale=locale)} {name}"


def write_due(instant: datetime, locale: str, zone: str) -> str:
    """As `write_instant`, with the day of the week before it."""
    return (
        f"{write_weekdays(locale)[instant.astimezone(ZoneInfo(zone)).weekday()]} {write_instant(instant, locale, zone)}"
    )


def write_weekdays(locale: str) -> list[str]:
    """Short names of the days of the week, Monday first."""
    names = get_day_names("abbreviated", locale=locale)
    return [str(names[day]) for day in range(7)]


def write_named_weekdays(days: Iterable[int], locale: str) -> str:
    """ISO weekdays in full: Monday, Wednesday and Friday."""
    names = get_day_names("wide", locale=locale)
    return str(format_list([str(names[day - 1]) for day in days], locale=locale))


def write_days(first: date, last: date, locale: str) -> str:
    """A stretch of days, both included, in as few words as it takes: May 2026; Mon, May 4 – Sun, May 10, 2026."""
    if first == last or first.day != 1 or first != last.replace(day=1) or (last + timedelta(days=1)).day != 1:
        return str(format_interval(first, last, "yMMMEd", locale=locale))
    return str(format_skeleton("yMMMM", first, locale=locale))


def write_day(start: datetime, locale: str) -> str:
    return str(format_datetime(start, "EEE d MMM y", locale=locale))


def write_short_day(at: datetime, locale: str | Locale) -> str:
    """May 12"""
    return str(format_skeleton("MMMd", at, tzinfo=at.tzinfo, locale=locale))


def write_month(at: datetime, locale: str | Locale) -> str:
    """May"""
    return str(format_date(at, "LLL", locale=locale))


def write_full_day(at: datetime, locale: str | Locale) -> str:
    """May 12, 2025"""
    return str(format_date(at, "medium", locale=locale))


def write_clock(at: datetime, locale: str | Locale) -> str:
    """2:00 PM or 14:00"""
    return str(format_time(at, "short", tzinfo=at.tzinfo, locale=locale))


def write_moment(at: datetime, unit: str, locale: str | Locale) -> str:
    """A unit's start: its day, and its time when units are hours."""
    day = write_full_day(at, locale)
    return f"{day} {write_clock(at, locale)}" if unit == "hour" else day
