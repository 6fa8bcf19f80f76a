"""Units of a time axis: hours, days and weeks of the viewer's clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from reports.period import local_midnight

#: With "auto", the unit of the time axis: the first whose span is not passed.
_AUTO = ((timedelta(days=3), "hour"), (timedelta(days=92), "day"))
#: More units than this cannot be told apart in a chart; a coarser unit is taken then, and said.
MOST_UNITS = 1_500
_COARSER = {"hour": "day", "day": "week"}


def unit_of(wanted: str, first: datetime, last: datetime) -> tuple[str, tuple[str, ...]]:
    """The unit of a time axis, and what has to be said of it: "auto" picks by the length."""
    span = last - first
    if wanted == "auto":
        return next((unit for longest, unit in _AUTO if span <= longest), "week"), ()
    unit = wanted
    lengths = {"hour": timedelta(hours=1), "day": timedelta(days=1), "week": timedelta(days=7)}
    while span / lengths[unit] > MOST_UNITS and unit in _COARSER:
        unit = _COARSER[unit]
    return unit, () if unit == wanted else (
        f"Shown by {unit}: by {wanted} there would be too many points to tell apart.",
    )


def unit_starts(first: datetime, last: datetime, unit: str, zone: ZoneInfo) -> list[datetime]:
    """Local starts of every unit from the one that holds `first` to the one that holds `last`, gaps included.

    Hours are elapsed hours, so that a night of 23 or 25 hours has 23 or 25, and where clocks change by half an hour
    one is half as long; days and weeks begin at local midnight, weeks on Monday.
    """
    if unit == "hour":
        step = first.astimezone(UTC) - _past_hour(first, zone)  # hours are counted in UTC, where none is missing
        hours = []
        while step <= last:
            hours.append(step.astimezone(zone))
            step += timedelta(hours=1) - _past_hour(step, zone)
        return hours
    day = first.astimezone(zone).date()
    length = 1
    if unit == "week":
        day -= timedelta(days=day.weekday())
        length = 7
    starts: list[datetime] = []
    while (start := local_midnight(day, zone)) <= last:
        if not starts or start > starts[-1]:  # Samoa had no 30 December 2011: its midnight is the next day's
            starts.append(start.astimezone(zone))
        day += timedelta(days=length)
    return starts


def _past_hour(at: datetime, zone: ZoneInfo) -> timedelta:
    """Since the clock in the zone last showed a full hour."""
    local = at.astimezone(zone)
    return timedelta(minutes=local.minute, seconds=local.second, microseconds=local.microsecond)
