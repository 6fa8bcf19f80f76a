"""The grammar of /emailstats."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import OTHER_COMMANDS, Misread, parse, split, to_command, typed
from bot.slack.dispatch import all_commands
from reports.period import PRESETS, Period
from reports.query import UNITS, Query
from reports.views import all_words

COMMANDS = ("help", *all_words())


def ask(text: str) -> Query:
    return parse(typed(text), "Europe/Amsterdam", "nl_NL")


days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
periods = st.one_of(
    st.sampled_from(["all", *PRESETS, "5d", "1h"]).map(Period),
    days.map(lambda first: Period("dates", first)),
    st.tuples(days, days).map(lambda pair: Period("dates", min(pair), max(pair))),
)
names = st.one_of(
    st.text(min_size=1, max_size=40),
    st.lists(
        st.sampled_from(
            [
                "last",
                "first",
                "24h",
                "7",
                "days",
                "by",
                "day",
                "list:x",
                "from",
                "2026-01-01",
                "to",
                "help",
                '"',
                "“",
                "\\",
                "é",
                "show",
                "/emailstats",
            ]
        ),
        min_size=1,
        max_size=6,
    ).map(" ".join),
).filter(str.strip)
queries = st.builds(
    Query,
    email=names,
    period=periods,
    unit=st.sampled_from(UNITS),
    list_name=st.none() | names,
    zone=st.just("Europe/Amsterdam"),
    locale=st.just("nl_NL"),
)


@given(queries)
def test_the_command_of_a_query_asks_that_query(query: Query) -> None:
    name, rest = split(to_command(query), COMMANDS, "show")
    assert name == "show"
    assert parse(rest, query.zone, query.locale) == query
    assert parse(to_command(query), query.zone, query.locale) == query


@given(st.text())
def test_whatever_is_typed_is_a_query_or_a_sentence(text: str) -> None:
    name, rest = split(typed(text), COMMANDS, "show")
    if name == "show":
        with suppress(Misread):
            assert parse(rest, "UTC", "en").email.strip()


@given(st.text())
def test_signs_that_slack_escapes_arrive_as_they_were_typed(text: str) -> None:
    wire = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert typed(wire) == text


@pytest.mark.parametrize("text", ["", "  ", "help", "HELP", "help me", "/emailstats", "/emailstats help"])
def test_nothing_or_help_asks_for_help(text: str) -> None:
    assert split(text, COMMANDS, "show")[0] == "help"


@pytest.mark.parametrize(
    ("text", "email"),
    [
        ("newsletter-may", "newsletter-may"),
        ("Spring sale, last chance", "Spring sale, last chance"),
        ('"Spring sale"', "Spring sale"),
        ("“Spring sale”", "Spring sale"),
        ("„Spring sale“", "Spring sale"),
        ("latest", "latest"),
        ("written by hand", "written by hand"),
        ("<https://example.com/a?b=1&amp;c=2|example.com/a>", "example.com/a"),
        ("<https://example.com>", "https://example.com"),
        ('12" vinyl', '12" vinyl'),
        ('"last 24h"', "last 24h"),
    ],
)
def test_a_name_is_read_as_it_was_meant(text: str, email: str) -> None:
    assert ask(text) == Query(email=email, zone="Europe/Amsterdam", locale="nl_NL")


@pytest.mark.parametrize(
    ("words", "preset"),
    [("last 24h", "24h"), ("last 2 days", "2d"), ("LAST 7 Days", "7d"), ("last 1 week", "7d"), ("last 30d", "30d")],
)
def test_a_period_may_be_written_in_several_ways(words: str, preset: str) -> None:
    assert ask(f"may {words}").period == Period(preset)


def test_options_stand_anywhere() -> None:
    query = ask("by day list:“Customers NL” newsletter last 48 hours may")
    assert (query.email, query.unit, query.list_name, query.period) == (
        "newsletter may",
        "day",
        "Customers NL",
        Period("48h"),
    )


@pytest.mark.parametrize(
    ("text", "help_with"),
    [
        ("may last 0 days", "last 7 days"),
        ("may by month", "by week"),
        ("may list:", 'list:"Customers NL"'),
        ('"may', "quotation mark"),
        ("last 24h", "Which e-mail"),
        ('""', "Which e-mail"),
        ("may by day by hour", "twice"),
        ("may from 2026-05-09 to 2026-05-01", "ends"),
        ("may from 2026-02-30 to 2026-03-01", "no period"),
    ],
)
def test_what_cannot_be_read_is_answered_with_what_to_type(text: str, help_with: str) -> None:
    with pytest.raises(Misread) as misread:
        ask(text)
    assert help_with in str(misread.value)


@pytest.mark.parametrize("text", ["clients may by clicks", "clients may by:clicks", "clients by clicks may"])
def test_what_something_is_ranked_by_is_read_as_it_is_said(text: str) -> None:
    query = ask(text)
    assert (query.email, query.options, query.unit) == ("may", (("by", "clicks"),), "auto")


def test_only_a_section_that_ranks_reads_by_clicks() -> None:
    assert ask("timeline may by clicks").email == "may by clicks"


def test_the_first_days_of_an_email_are_those_after_its_sending() -> None:
    assert ask("timeline may first 48h").period == ask("timeline may last 48h").period == Period("48h")
    assert ask("may first 7 days by day").period == Period("7d")


@pytest.mark.parametrize(
    ("called", "key"), [("delivered", "delivered"), ("Hard-bounces", "bounced_hard"), ("opens", "open_rate")]
)
def test_any_figure_can_be_followed_over_time(called: str, key: str) -> None:
    assert ask(f"trend metric:{called}").option("metric", "") == key


def test_where_only_a_rate_makes_sense_a_count_is_answered_with_the_rates() -> None:
    with pytest.raises(Misread, match="heatmap shows a rate, and “sent” is a count; there are open_rate, "):
        ask("heatmap metric:sent")


def test_an_email_that_is_called_like_a_command_is_asked_for_in_quotes() -> None:
    words = {word for word in all_commands() if word not in all_words()}
    assert words == OTHER_COMMANDS
    for word in words:
        assert to_command(Query(f"{word} the date")) == f'/emailstats "{word} the date"'
