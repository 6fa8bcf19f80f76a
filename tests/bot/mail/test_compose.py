"""Digests and notices as letters."""

import asyncio
from collections.abc import Iterator
from datetime import UTC, datetime
from fractions import Fraction

import pytest

from bot.drawing import Drawing
from bot.mail.brand import Brand
from bot.mail.compose import compose, notice
from bot.mail.letter import Letter
from reports.freeze import Digest
from reports.query import Query
from reports.report import BarChart, Column, Figure, Report, Result, Series, Subject, Table, Unit

AT = datetime(2026, 5, 11, 7, 0, tzinfo=UTC)
BRAND = Brand("Example Ltd", "#0b5cad")
URL = "https://mail.example.com/u/abcdefghijklmnopqrstuv"
HOSTILE = "<x-canary a=\"b\"> & {{ 7*7 }} ]]> <!-- \ue000 \ue001 'q'"


def report(name: str = "newsletter-may", locale: str = "en") -> Report:
    result = Result(
        "links",
        f"Links of {name}",
        (Figure("open_rate", f"Open rate {name}", Unit.RATE, Fraction(412, 1000), 412, 1000, 0.382, 0.443),),
        Table(
            (Column("url", name, Unit.TEXT), Column("clicks", "Clicks", Unit.COUNT)),
            tuple((f"https://www.example.com/{n}/{name}", 2100 - n) for n in range(20)),
            240,
        ),
        BarChart("Links", (name,), (Series("People", (100.0,)),)),
        notes=(f"A note of {name}.",),
    )
    query = Query(name, zone="Europe/Amsterdam", locale=locale)
    return Report(query, Subject(name, name, (("From", name), ("Sent", AT))), (result,), AT, True, "f")


def digest(name: str = "newsletter-may", locale: str = "en") -> Digest:
    return Digest(f"Weekly {name}", "May 2026", (report(name, locale),), ("March 2026", "April 2026"))


@pytest.fixture(scope="module")
def drawing() -> Iterator[Drawing]:
    pool = Drawing(workers=1)  # for all tests: a process takes a second to start
    yield pool
    asyncio.run(pool.close())


def read(letter: Letter) -> tuple[str, str]:
    return letter.read_by("anna@example.com", URL)


async def test_the_period_is_in_the_subject(drawing: Drawing) -> None:
    assert (await compose(digest(), BRAND, drawing)).subject == "Weekly newsletter-may: May 2026"


async def test_html_and_text_have_every_number_of_the_report(drawing: Drawing) -> None:
    html, text = read(await compose(digest(), BRAND, drawing))
    for number in ("41.2\u00a0%", "412 of 1,000", "38.2–44.3\u00a0%", "2,100", "11 May 2026 09:00 CEST"):
        assert number in html
        assert number in text


async def test_numbers_are_the_readers_own(drawing: Drawing) -> None:
    html, text = read(await compose(digest(locale="nl"), BRAND, drawing))
    for number in ("41,2\u00a0%", "412 of 1.000", "2.100"):
        assert number in html
        assert number in text


async def test_a_long_table_is_cut_and_says_so(drawing: Drawing) -> None:
    html, text = read(await compose(digest(), BRAND, drawing))
    for told in (html, text):
        assert "www.example.com/14" in told
        assert "www.example.com/15" not in told
        assert "Showing 15 of 240." in told


async def test_periods_that_were_missed_are_named(drawing: Drawing) -> None:
    for told in read(await compose(digest(), BRAND, drawing)):
        assert "March 2026; April 2026" in told


async def test_a_chart_is_a_picture_of_the_letter_with_its_numbers_in_words(drawing: Drawing) -> None:
    letter = await compose(digest(), BRAND, drawing)
    assert letter.pictures
    assert all(f'src="cid:{picture.cid}"' in letter.html for picture in letter.pictures)
    assert 'alt="Links. newsletter-may: 100."' in letter.html


async def test_no_name_is_markup_or_a_mark(drawing: Drawing) -> None:
    letter = await compose(digest(HOSTILE), BRAND, drawing)
    html, text = read(letter)
    assert "<x-canary" not in html
    assert "&lt;x-canary" in html
    assert "{{ 7*7 }}" in html
    assert "49" not in letter.subject
    assert text.count(URL) == 1
    assert letter.subject.isprintable()


async def test_the_foot_says_why_and_how_to_leave(drawing: Drawing) -> None:
    for told in read(await compose(digest(), BRAND, drawing)):
        assert "anna@example.com" in told
        assert URL in told


def test_a_notice_is_a_few_sentences_and_one_link() -> None:
    letter = notice(
        "Your file is ready", ["It is <good> for 7 days."], BRAND, link=("Fetch it", "https://a.example/d/1?a=1&b=2")
    )
    html, text = letter.read_by("anna@example.com", "")
    assert letter.subject == "Your file is ready"
    assert not letter.can_be_left
    assert 'href="https://a.example/d/1?a=1&amp;b=2"' in html
    assert "It is &lt;good&gt; for 7 days." in html
    assert "It is <good> for 7 days.\n\nFetch it:\nhttps://a.example/d/1?a=1&b=2\n" in text


def test_a_notice_links_to_nothing_that_runs() -> None:
    with pytest.raises(ValueError, match="http and https alone"):
        notice("Your file", ["Ready."], BRAND, link=("Fetch it", "javascript:alert(1)"))
