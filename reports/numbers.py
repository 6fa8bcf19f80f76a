"""Values as people write them, in their language and time zone."""

from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from zoneinfo import ZoneInfo

from babel.dates import format_datetime
from babel.numbers import format_decimal, format_percent

from reports.report import Figure, Unit, Value

UNKNOWN = "—"
_NON_BREAKING = "\u00a0"


def write_value(value: Value, unit: Unit, locale: str, zone: str) -> str:
    """One value as text; None is a dash."""
    if value is None:
        return UNKNOWN
    if isinstance(value, datetime):
        return write_day(value, locale) if unit is Unit.DAY else write_instant(value, locale, zone)
    if isinstance(value, str):
        return value
    return write_rate(Fraction(value), locale) if unit is Unit.RATE else write_count(int(value), locale)


@lru_cache(maxsize=4096)
def write_count(count: int, locale: str) -> str:
    return str(format_decimal(count, locale=locale))


@lru_cache(maxsize=4096)
def write_rate(rate: Fraction | float | None, locale: str) -> str:
    """A fraction of one as percent: one decimal, two below ten percent, three below one thousandth."""
    if rate is None:
        return UNKNOWN
    share = abs(float(rate))
    decimals = "0.0" if share >= 0.1 or share == 0 else "0.00" if share >= 0.001 else "0.000"
    return str(format_percent(float(rate), format=f"#,##{decimals}{_NON_BREAKING}%", locale=locale))


def write_interval(figure: Figure, locale: str) -> str | None:
    """The 95 % interval of a rate, or None when it has none."""
    if figure.low is None or figure.high is None:
        return None
    low = write_rate(figure.low, locale).removesuffix(f"{_NON_BREAKING}%")
    return f"{low}–{write_rate(figure.high, locale)}"


def write_instant(instant: datetime, locale: str, zone: str) -> str:
    """Date, time and the zone's own short name, so that nobody has to guess whose clock it is."""
    local = instant.astimezone(ZoneInfo(zone))
    return f"{format_datetime(local, 'd MMM y HH:mm', locale=locale)} {local:%Z}"


def write_day(start: datetime, locale: str) -> str:
    return str(format_datetime(start, "EEE d MMM y", locale=locale))
