"""Words like "first 24 hours" and local days become half-open instants."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from reports.period import PRESETS, Period

_SENT = datetime(2026, 3, 28, 9, tzinfo=UTC)


@pytest.mark.parametrize(("preset", "hours"), [*zip(PRESETS, (24, 48, 168, 720), strict=True), ("5d", 120), ("1h", 1)])
def test_hours_and_days_of_one_e_mail_count_from_its_sending(preset: str, hours: int) -> None:
    assert Period(preset).bounds(ZoneInfo("UTC"), _SENT) == (_SENT, _SENT + timedelta(hours=hours))


_NOW = datetime(2026, 3, 30, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "window", "before"),
    [
        # Three local days across the night in which Amsterdam's clocks went forward; today is the last of them.
        (Period("3d"), ("2026-03-27T23:00Z", "2026-03-30T22:00Z"), ("2026-03-24T23:00Z", "2026-03-27T23:00Z")),
        (Period("24h"), ("2026-03-29T10:30Z", "2026-03-30T10:30Z"), ("2026-03-28T10:30Z", "2026-03-29T10:30Z")),
        (
            Period("dates", date(2026, 3, 28), date(2026, 3, 29)),
            ("2026-03-27T23:00Z", "2026-03-29T22:00Z"),
            ("2026-03-25T23:00Z", "2026-03-27T23:00Z"),
        ),
        (Period("dates", date(2026, 3, 30)), ("2026-03-29T22:00Z", None), ("2026-03-28T23:00Z", "2026-03-29T22:00Z")),
        (Period(), (None, None), None),
    ],
)
def test_a_window_of_all_e_mail_has_as_many_local_days_before_it(
    period: Period, window: tuple[str | None, str | None], before: tuple[str, str] | None
) -> None:
    zone = ZoneInfo("Europe/Amsterdam")
    assert period.window(zone, _NOW) == tuple(end and datetime.fromisoformat(end) for end in window)
    assert period.before(zone, _NOW) == (before and tuple(datetime.fromisoformat(end) for end in before))


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
        (("dates", None, date(2026, 5, 2)), "needs its first day"),
        (("0d",), "unknown period"),
        (("fortnight",), "known: all, 24h"),
    ],
)
def test_a_period_that_makes_no_sense_is_refused_with_the_reason(period: tuple[str, ...], problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Period(*period)  # type: ignore[arg-type]
