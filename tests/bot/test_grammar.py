"""The grammar of /emailstats."""

from contextlib import suppress
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.grammar import OTHER_COMMANDS, Misread, follow, like_a_word, parse, split, spoken, to_command, turned, typed
from bot.slack.dispatch import all_commands
from reports.period import PRESETS, Period
from reports.query import UNITS, Query
from reports.views import all_words

COMMANDS = ("help", *all_words())


TODAY = date(2026, 6, 10)  # a Wednesday


def ask(text: str, today: date | None = TODAY) -> Query:
    return parse(typed(text), "Europe/Amsterdam", "nl_NL", today)


def goes_on(last: str, text: str) -> str:
    """The command of what is said under an answer."""
    query = follow(ask(last), text, "Europe/Amsterdam", "nl_NL", TODAY)
    return to_command(query).removeprefix("/emailstats ")


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
                "per",
                "lijst",
                "sinds",
                "1",
                "mei",
                "vorige",
                "week",
                "vandaag",
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


# Periods in words


@pytest.mark.parametrize(
    ("words", "preset"),
    [
        ("laatste 30 dagen", "30d"),
        ("afgelopen 2 weken", "14d"),
        ("past 24 hours", "24h"),
        ("eerste 48 uur", "48h"),
        ("laatste 24u", "24h"),
    ],
)
def test_a_stretch_is_read_in_dutch_too(words: str, preset: str) -> None:
    assert ask(f"may {words}").period == Period(preset)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("since 1 may", date(2026, 5, 1), None),
        ("sinds 1 mei", date(2026, 5, 1), None),
        ("vanaf 1 mei 2024", date(2024, 5, 1), None),
        ("since may 1st 2025", date(2025, 5, 1), None),
        ("since December 24", date(2025, 12, 24), None),
        ("since 10 june", date(2026, 6, 10), None),
        ("since 11 june", date(2025, 6, 11), None),
        ("since 29 feb", date(2024, 2, 29), None),
        ("from 1 may to 31 may", date(2026, 5, 1), date(2026, 5, 31)),
        ("van 1 mei tot en met 31 mei", date(2026, 5, 1), date(2026, 5, 31)),
        ("van 24 dec t/m 2 jan", date(2025, 12, 24), date(2026, 1, 2)),
        ("from 1 may to 31 may 2024", date(2024, 5, 1), date(2024, 5, 31)),
    ],
)
def test_a_day_without_a_year_is_the_last_one_there_was(words: str, first: date, last: date | None) -> None:
    assert ask(f"timeline may {words}").period == Period("dates", first, last)
    assert ask(f"overview {words}").period == Period("dates", first, last)


@pytest.mark.parametrize(
    ("words", "first", "last"),
    [
        ("last week", date(2026, 6, 1), date(2026, 6, 7)),
        ("vorige week", date(2026, 6, 1), date(2026, 6, 7)),
        ("this week", date(2026, 6, 8), TODAY),
        ("deze week", date(2026, 6, 8), TODAY),
        ("last month", date(2026, 5, 1), date(2026, 5, 31)),
        ("vorige maand", date(2026, 5, 1), date(2026, 5, 31)),
        ("deze maand", date(2026, 6, 1), TODAY),
        ("last year", date(2025, 1, 1), date(2025, 12, 31)),
        ("dit jaar", date(2026, 1, 1), TODAY),
        ("yesterday", date(2026, 6, 9), date(2026, 6, 9)),
        ("vandaag", TODAY, TODAY),
        ("last 3 months", date(2026, 3, 11), TODAY),
        ("afgelopen maand", date(2026, 5, 11), TODAY),
    ],
)
def test_calendar_words_about_all_email_are_days_and_are_printed_as_such(words: str, first: date, last: date) -> None:
    query = ask(f"overview {words} team:growth")
    assert query.period == Period("dates", first, last)
    assert f"from {first} to {last}" in to_command(query)


def test_months_are_counted_to_a_day_that_there_is() -> None:
    assert ask("overview last 1 month", date(2026, 3, 31)).period.first == date(2026, 3, 1)


def test_what_is_counted_from_today_is_not_kept_as_the_same_days_for_ever() -> None:
    for text in ("overview last month", "overview since 1 may", "may van 1 mei tot 3 mei", "overview last 2 months"):
        with pytest.raises(Misread, match="another period every day"):
            ask(text, today=None)
    assert ask("overview afgelopen week", today=None).period == Period("7d")


@pytest.mark.parametrize(
    "text", ["news of last week", "deze week in mei", "sale today", "van Gogh", "since when", "tot 1 mei"]
)
def test_calendar_words_in_the_name_of_an_email_stay_there(text: str) -> None:
    query = ask(text)
    assert (query.email, query.period) == (text, Period())
    assert ask(to_command(query)) == query


@pytest.mark.parametrize("text", ["overview since 31 april", "overview since 0 may", "overview since 29 feb 2025"])
def test_a_day_that_there_is_not_is_said(text: str) -> None:
    with pytest.raises(Misread, match="is no period"):
        ask(text)


@pytest.mark.parametrize(
    ("text", "command"),
    [
        ("may per uur", "may by hour"),
        ("may by list", "lists may"),
        ("may per lijst", "lists may"),
        ("overview alle tijd", "overview all time"),
        ("compare may tegen june", "compare may vs june"),
        ("overview unassigned:ja team:a", "overview team:a unassigned:yes"),
    ],
)
def test_other_options_are_read_in_words_of_both_languages(text: str, command: str) -> None:
    assert to_command(ask(text)) == f"/emailstats {command}"


# What can't be read


@pytest.mark.parametrize(
    ("text", "nearest"),
    [
        ("compare may", "compare latest vs may"),
        ("links", "links latest"),
        ("may by month by day by hour", "may by week"),
        ('links "may', 'links "may"'),
        ("overview unassigned:perhaps", "overview unassigned:yes"),
    ],
)
def test_the_nearest_command_can_be_read(text: str, nearest: str) -> None:
    with pytest.raises(Misread) as misread:
        ask(text)
    assert misread.value.nearest == f"/emailstats {nearest}"


@given(st.text() | names)
def test_whatever_is_nearest_can_be_read(text: str) -> None:
    try:
        ask(text)
    except Misread as misread:
        if misread.nearest:
            ask(misread.nearest)


def test_a_section_after_the_name_or_almost_right_is_put_right() -> None:
    assert turned("newsletter-may links") == "links newsletter-may"
    assert turned("newsletter-may") is turned("links") is None
    assert like_a_word("overveiw last 30 days", COMMANDS) == "overview last 30 days"
    assert like_a_word("newsletter-may", COMMANDS) is like_a_word("overview", COMMANDS) is None


@pytest.mark.parametrize("wire", ["<@U012ABC> links may", "<@U012ABC|bot>  `links may`", "links <@U0ANNA00000> may"])
def test_what_is_said_to_the_app_is_read_without_its_name(wire: str) -> None:
    assert spoken(wire) == "links may"


# What is said under an answer


@pytest.mark.parametrize(
    ("last", "text", "command"),
    [
        ("may last 7 days", "and by list?", "lists may last 7 days"),
        ("may", "links", "links may"),
        ("may", "and the links?", "links may"),
        ("clients may by clicks", "last 48h", "clients may last 48h by:clicks"),
        ("clients may by clicks", "links", "links may"),
        ("may by day", "by hour", "may by hour"),
        ("may", "list:“Customers NL”", 'may list:"Customers NL"'),
        ('may list:"Customers NL"', "reading", 'reading may list:"Customers NL"'),
        ("recipients may page:3", "show:bounced", "recipients may show:bounced"),
        ("links may last 7 days", "and june?", "links june last 7 days"),
        ("may", "vs june", "compare may vs june"),
        ("may", "compare with june", "compare may vs june"),
        ("may", "overview", "overview"),
        ("may", "overzicht", "overzicht"),
        ("overview team:growth last 7 days", "trend", "trend team:growth last 7 days"),
        ("overview team:growth", "en vorige maand?", "overview team:growth from 2026-05-01 to 2026-05-31"),
        ("overview team:growth", "campaign:spring", "overview campaign:spring team:growth"),
        ("overview", "newsletter-may", "newsletter-may"),
        ("overview", "links newsletter-may", "links newsletter-may"),
    ],
)
def test_what_is_said_under_an_answer_changes_its_question(last: str, text: str, command: str) -> None:
    assert goes_on(last, text) == command


def test_under_an_answer_about_all_email_a_section_of_one_needs_its_name() -> None:
    with pytest.raises(Misread, match="Which e-mail"):
        goes_on("overview", "links")


@given(queries, st.text())
def test_whatever_is_said_under_an_answer_is_a_query_or_a_sentence(last: Query, text: str) -> None:
    with suppress(Misread):
        query = follow(last, text, last.zone, last.locale, TODAY)
        assert parse(to_command(query), query.zone, query.locale, TODAY) == query
