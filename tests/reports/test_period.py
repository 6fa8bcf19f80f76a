"""Words like "first 24 hours" and local days become half-open instants."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.period import SINCE_SENT, Period

_SENT = datetime(2026, 3, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize("preset", SINCE_SENT)
def test_presets_count_from_the_sending(preset: str) -> None:
    assert Period(preset).bounds(ZoneInfo("UTC"), _SENT) == (_SENT, _SENT + SINCE_SENT[preset])


@pytest.mark.parametrize(("preset", "sent_at"), [("all", _SENT), ("24h", None)])
def test_without_an_anchor_a_period_is_open(preset: str, sent_at: datetime | None) -> None:
    assert Period(preset).bounds(ZoneInfo("UTC"), sent_at) == (None, None)


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Amsterdam", date(2026, 3, 29), 23),
        ("Europe/Amsterdam", date(2026, 10, 25), 25),
        ("Australia/Lord_Howe", date(2026, 4, 5), 24.5),
        ("America/Sao_Paulo", date(2018, 11, 4), 23),  # its midnight did not exist
    ],
)
def test_a_local_day_is_as_long_as_it_was(zone: str, day: date, hours: float) -> None:
    start, end = Period("dates", day, day).bounds(ZoneInfo(zone), None)
    assert start is not None and end is not None
    assert end - start == timedelta(hours=hours)
    assert start.astimezone(ZoneInfo(zone)).date() == day


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/New_York"])
def test_the_calendars_own_ends_leave_a_period_open(zone: str) -> None:
    assert Period("dates", date.min, date.max).bounds(ZoneInfo(zone), _SENT) == (None, None)


@pytest.mark.parametrize(
    ("period", "problem"),
    [
        (("dates", date(2026, 5, 2), date(2026, 5, 1)), "ends .* before it begins"),
        (("dates", date(2026, 5, 2), None), "needs its first and its last day"),
        (("fortnight",), "known: all, 24h"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_with_the_reason(period: tuple[str, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Period(*period)  # type: ignore[arg-type]
