"""Digests that a mail has a hard time with."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from reports.freeze import Digest
from reports.metrics import Better
from reports.query import Query
from reports.report import (
    BarChart,
    Change,
    Chart,
    Column,
    Figure,
    Money,
    Report,
    Result,
    Series,
    Subject,
    Table,
    TimeChart,
    Unit,
    Value,
)

AT = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
ARABIC = "نشرة أخبار الربيع الخاصة بعملائنا الكرام"
HEBREW = "חדשות האביב"
LONG = "The-longest-name-that-nobody-ever-should-have-given-to-an-e-mail-" * 46
HOSTILE = "<x-canary a=\"b\"> & {{ 7*7 }} ]]> <!-- \ue000 \ue001 'q' \u202egnp.exe"


def rate(key: str, label: str, before: Fraction | None = None, better: Better = Better.UP) -> Figure:
    now = Fraction(412, 1000)
    change = None if before is None else Change(before, now - before, better)
    return Figure(key, label, Unit.RATE, now, 412, 1000, 0.382, 0.443, change)


def over_time(points: int) -> TimeChart:
    starts = tuple(AT - timedelta(days=points - 1 - n) for n in range(points))
    return TimeChart("Engagement over time", starts, "day", (Series("Opens", tuple(float(n) for n in range(points))),))


def summary(name: str) -> Result:
    return Result(
        "summary",
        "Summary",
        (
            rate("open_rate", "Open rate", Fraction(301, 1000)),
            rate("click_rate", "Click rate", Fraction(501, 1000)),
            rate("ctr", "Click-through (of openers)", Fraction(412, 1000)),
            rate("unsubscribe_rate", "Unsubscribe rate", Fraction(3, 1000), Better.DOWN),
            Figure("revenue", "Influenced revenue", Unit.MONEY, Money(123_456_789_00, "EUR")),
            Figure("reply_rate", "Reply rate", Unit.RATE, None, 0, 0),
            Figure("sent", "Sent", Unit.COUNT, 1_234_567, change=Change(0, None, Better.UP)),
        ),
        Table(
            (Column("state", "Recipients", Unit.TEXT), Column("people", "Count", Unit.COUNT)),
            ((name, 1_234_567), ("Hard bounces", 0), ("Pending", None)),
            3,
        ),
        notes=(f"1,234 opens of {name} by 412 people.",),
    )


def links(name: str) -> Result:
    columns = (
        Column("url", "Link", Unit.TEXT),
        Column("people", "People", Unit.COUNT),
        Column("clicks", "Clicks", Unit.COUNT),
        Column("share", "Share", Unit.RATE),
        Column("kind", "Kind", Unit.TEXT),
        Column("last", "Last", Unit.INSTANT),
    )
    row: tuple[Value, ...] = (2100, 3000, Fraction(1, 3), "content", AT)
    rows = tuple((f"https://www.example.com/{n}?{name}&utm_campaign=spring", *row) for n in range(40))
    bars = BarChart("Top clicked links", (name, "https://example.com/"), (Series("People", (100.0, 3.0)),))
    return Result("links", "Top clicked links", (), Table(columns, rows, 240), bars)


def lists(name: str) -> Result:
    columns = (
        Column("list", "Recipient list", Unit.TEXT),
        Column("sent", "Delivered", Unit.COUNT),
        Column("open", "Open rate", Unit.RATE),
        Column("click", "Click-through", Unit.RATE),
    )
    rows = ((name, 1_234_567, Fraction(412, 1000), None), ("VIP", 3, Fraction(1, 3), Fraction(1, 300)))
    return Result("lists", f"By list: {name}", (), Table(columns, rows, 2))


def report(name: str, *results: Result, locale: str = "en") -> Report:
    found = Subject(name, name, (("From", f"{name} <news@example.com>"), ("Sent", AT), ("Campaign", None)))
    query = Query(name, zone="Europe/Amsterdam", locale=locale)
    return Report(query, found, results, AT, True, "f")


def full(name: str, locale: str = "en") -> Report:
    timeline = Result("timeline", "Engagement over time", chart=over_time(14))
    return report(name, summary(name), timeline, links(name), lists(name), locale=locale)


def one_point() -> Report:
    return report("one-point", Result("timeline", "Engagement over time", chart=over_time(1)))


def nothing() -> Report:
    empty = Table((Column("url", "Link", Unit.TEXT), Column("clicks", "Clicks", Unit.COUNT)), (), 0)
    figures = tuple(Figure(f"f{n}", f"Rate {n}", Unit.RATE, None, 0, 0) for n in range(4))
    no_chart: Chart = replace(over_time(0))
    return report("no-data", Result("summary", "Summary", figures, empty, no_chart, ("Nobody has got it yet.",)))


#: By name, each with what is ugly about it.
UGLY: dict[str, Digest] = {
    "usual": Digest("Weekly newsletter", "May 4 – 10, 2026", (full("newsletter-may"),)),
    "long": Digest(LONG, "May 2026", (full(LONG),), ("March 2026", "April 2026")),
    "right-to-left": Digest(ARABIC, "May 2026", (full(ARABIC), full(HEBREW))),
    "dutch": Digest("Wekelijkse nieuwsbrief", "4 – 10 mei 2026", (full("nieuwsbrief-mei", "nl_NL"),)),
    "empty": Digest("Nothing", "May 2026", (one_point(), nothing())),
    "hostile": Digest(HOSTILE, HOSTILE, (full(HOSTILE),), (HOSTILE,)),
}
