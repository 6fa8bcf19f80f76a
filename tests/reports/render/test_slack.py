"""A report as a Slack message: within Slack's limits, with no markup from outside, and complete in words."""

import json
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.sandbox.blocks import faults
from reports.query import Query
from reports.render.slack import Message, render
from reports.report import (
    BarChart,
    Chart,
    Column,
    Figure,
    Report,
    Result,
    Series,
    Subject,
    Table,
    TimeChart,
    Unit,
    Value,
)

AT = datetime(2026, 5, 12, 9, 30, tzinfo=UTC)
HOSTILE = "<!channel> <@U123> <https://evil.example|bank> *bold* _it_ `code` ~no~ :skull: & \u202egnp.exe"


def report(name: str = "newsletter-may", subject: str | None = "Spring is here", *results: Result) -> Report:
    made = results or (
        Result(
            "summary",
            "Summary",
            (Figure("open_rate", "Open rate", Unit.RATE, Fraction(412, 1000), 412, 1000, 0.382, 0.443),),
            Table(
                (Column("state", "Recipients", Unit.TEXT), Column("people", "Count", Unit.COUNT)), (("Sent", 1020),), 1
            ),
            notes=("1,234 opens by 412 people.",),
        ),
        Result(
            "links",
            "Top clicked links",
            (Figure("spam_rate", "Spam rate", Unit.RATE, None),),
            Table(
                (Column("url", "Link", Unit.TEXT), Column("clicks", "Clicks", Unit.COUNT)),
                tuple((f"https://www.example.com/{n}", 100 - n) for n in range(12)),
                12,
            ),
            BarChart("Links", ("https://www.example.com/0",), (Series("People", (100.0,)),)),
        ),
    )
    details: tuple[tuple[str, Value], ...] = (("From", "Anna <anna@example.com>"), ("Sent", AT))
    return Report(
        Query(name, zone="Europe/Amsterdam", locale="en"), Subject(name, subject, details), made, AT, True, "f"
    )


def strings(value: Any, key: str = "") -> list[str]:
    """Every text in blocks that Slack reads markup in."""
    if isinstance(value, dict):
        if value.get("type") == "mrkdwn":
            return [value["text"]]
        return [text for part in value.values() for text in strings(part)]
    return [text for part in value for text in strings(part)] if isinstance(value, list) else []


def said(message: Message) -> str:
    return json.dumps(message.blocks, ensure_ascii=False)


def test_the_heading_says_which_email_and_how_fresh_the_figures_are() -> None:
    blocks = render(report(), "/emailstats newsletter-may").blocks
    assert blocks[0]["text"] == {"type": "plain_text", "text": "newsletter-may", "emoji": False}
    texts = [element["text"] for element in blocks[1]["elements"]]
    assert texts[0] == "Subject: Spring is here"
    assert texts[-1] == "As of 12 May 2026 11:30 CEST, provisional until 72 hours after sending"


def test_a_rate_stands_with_its_counts_and_interval_and_an_unknown_one_is_a_dash() -> None:
    fields = [f["text"] for b in render(report(), "/emailstats x").blocks if "fields" in b for f in b["fields"]]
    assert fields == [
        "*Open rate*\n41.2\u00a0% (412 of 1,000)\n95 %: 38.2–44.3\u00a0%".replace("\u00a0", " "),
        "*Spam rate*\n—",
    ]


def test_the_command_that_asks_again_is_shown_as_it_is_typed() -> None:
    last = render(report(), '/emailstats "a *b*" last 7 days').blocks[-1]
    assert last["elements"][0]["elements"][-1] == {
        "type": "text",
        "text": '/emailstats "a *b*" last 7 days',
        "style": {"code": True},
    }


def test_long_tables_are_cut_and_say_so() -> None:
    text = said(render(report(), "/emailstats x"))
    assert "https://www.example.com/9" in text and "https://www.example.com/10" not in text
    assert "Showing 10 of 12." in text


def test_a_chart_is_shown_by_its_file_with_words_for_who_cannot_see_it() -> None:
    (image,) = [b for b in render(report(), "/emailstats x", {"links": "F012345678"}).blocks if b["type"] == "image"]
    assert image["slack_file"] == {"id": "F012345678"}
    assert "https://www.example.com/0: 100" in image["alt_text"]


def test_a_remark_stands_last() -> None:
    last = render(report(), "/emailstats x", remark="No chart today.").blocks[-1]
    assert last["elements"][0]["text"] == "No chart today."


def test_the_text_says_every_number_for_a_screen_reader() -> None:
    text = render(report(), "/emailstats x").text
    for said_so in (
        "newsletter-may",
        "Spring is here",
        "412 of 1,000",
        "Sent: Count 1,020",
        "Spam rate: —",
        "1,234 opens",
    ):
        assert said_so in text


def test_numbers_are_written_as_the_reader_writes_them() -> None:
    made = report()
    dutch = Report(
        Query("x", zone="Europe/Amsterdam", locale="nl_NL"), made.subject, made.results, AT, False, made.fingerprint
    )
    message = render(dutch, "/emailstats x")
    assert "1.020" in message.text and "1.020" in said(message)
    assert "settled" in message.text


def hostile_report() -> Report:
    return report(
        HOSTILE,
        HOSTILE,
        Result(
            "summary",
            HOSTILE,
            (Figure("k", HOSTILE, Unit.TEXT, HOSTILE),),
            Table((Column("n", HOSTILE, Unit.TEXT), Column("m", HOSTILE, Unit.TEXT)), ((HOSTILE, HOSTILE),), 1),
            notes=(HOSTILE,),
        ),
    )


def test_words_from_outside_make_no_mention_link_or_formatting() -> None:
    message = render(hostile_report(), f"/emailstats {HOSTILE}")
    assert "<" not in message.text and "\u202e" not in message.text
    marked = strings(message.blocks)
    assert marked
    for text in marked:
        label, _, rest = text.partition("\n")
        assert label.startswith("*") and label.endswith("*")
        assert not set("<>_`~*") & set(label[1:-1] + rest)
        assert ":skull:" not in text
    assert "\u202e" not in said(message)


names = st.text(max_size=400) | st.sampled_from([HOSTILE, "&" * 3_000, "\u202e", " ", "é" * 500, "🙂" * 300])
values = st.none() | st.integers(-(10**12), 10**12) | names
rates = st.none() | st.fractions(0, 1)
figures = st.builds(
    Figure, st.just("k"), names, st.just(Unit.RATE), rates, st.none() | st.integers(0, 9**9), st.integers(0, 9**9),
    st.none() | st.floats(0, 1), st.floats(0, 1),
)  # fmt: skip


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = tuple(
        Column(f"c{n}", draw(names), unit)
        for n, unit in enumerate([Unit.TEXT, *[Unit.COUNT] * draw(st.integers(0, 5))])
    )
    rows = draw(st.lists(st.tuples(names, *[st.none() | st.integers(0, 9**9)] * (len(columns) - 1)), max_size=12))
    return Table(columns, tuple(rows), len(rows) + draw(st.integers(0, 1_000)))


@st.composite
def charts(draw: st.DrawFn) -> Chart:
    size = draw(st.integers(0, 12))
    series = tuple(
        Series(draw(names), (float(draw(st.integers(0, 99))),) * size) for _ in range(draw(st.integers(0, 3)))
    )
    if draw(st.booleans()):
        return BarChart(draw(names), tuple(draw(st.lists(names, min_size=size, max_size=size))), series)
    return TimeChart(draw(names), tuple(AT + timedelta(hours=n) for n in range(size)), "hour", series)


results = st.builds(
    Result,
    st.sampled_from(["summary", "timeline", "links"]),
    names,
    st.lists(figures, max_size=25).map(tuple),
    st.none() | tables(),
    st.none() | charts(),
    st.lists(names, max_size=25).map(tuple),
)
subjects = st.builds(Subject, names, st.none() | names, st.lists(st.tuples(names, values), max_size=15).map(tuple))
reports = st.builds(
    Report,
    st.sampled_from([Query("x"), Query("x", zone="Europe/Amsterdam", locale="nl_NL"), Query("x", locale="ar_EG")]),
    subjects,
    st.lists(results, max_size=30).map(tuple),
    st.just(AT),
    st.booleans(),
    st.just("f"),
)


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(reports, names, st.none() | names)
def test_slack_takes_the_message_of_any_report(made: Report, command: str, remark: str | None) -> None:
    images = {"summary": "F000000001", "timeline": "F000000002", "links": "F000000003"}
    message = render(made, command, images, remark)
    assert faults(message.blocks) == []
    assert 0 < len(message.text) < 4_000


def test_what_does_not_fit_is_left_out_and_said() -> None:
    many = tuple(Result("summary", "Summary", notes=tuple("word " * 80 for _ in range(10))) for _ in range(20))
    message = render(report("x", None, *many), "/emailstats x")
    assert faults(message.blocks) == []
    assert "left out here" in said(message)


@pytest.mark.parametrize("name", ["", " ", "\u202e", "\u200b"])
def test_a_name_without_signs_that_can_be_seen_is_a_dash(name: str) -> None:
    assert render(report(name), "/emailstats x").blocks[0]["text"]["text"] == "—"


def test_a_page_of_people_is_shown_whole_and_as_much_as_fits_of_a_long_one() -> None:
    def page(rows: int) -> Message:
        columns = (Column("contact", "Contact", Unit.ADDRESS), Column("state", "State", Unit.TEXT))
        people = tuple((f"person{n}@example.com", "clicked " * 20) for n in range(rows))
        table = Table(columns, people, 240, first=11)
        return render(report("x", None, Result("recipients", "Recipients", table=table)), "/emailstats recipients x")

    told = json.dumps(page(10).blocks, ensure_ascii=False)
    assert told.count('{"type": "text", "text": "person') == 10 and "Showing 11–20 of 240." in told
    long = json.dumps(page(50).blocks, ensure_ascii=False)
    assert 20 <= long.count('"person') <= 50 and len(long) < 12_000
