"""Digests and notices as letters."""

import asyncio
import re
from collections.abc import Iterator
from dataclasses import replace
from html.parser import HTMLParser
from io import BytesIO

import pytest
from PIL import Image, ImageColor

from bot.brand_settings import Branding
from bot.drawing import Drawing
from bot.mail import pictures
from bot.mail.brand import Brand, Logo, brand_of
from bot.mail.compose import MOST_HTML, compose, notice
from bot.mail.letter import Letter
from reports.charts.style import THEMES
from reports.freeze import Digest
from reports.render import slack
from reports.report import Report, Result
from tests.bot.mail.digests import HOSTILE, LONG, UGLY, links, over_time, report, summary

LOGO = Logo(b"\x89PNG", "image/png", 120, 40)
BRAND = Brand("Example Ltd", "#0b5cad", "Example Ltd, 1 High Street")
URL = "https://mail.example.com/u/abcdefghijklmnopqrstuv"


@pytest.fixture(scope="module")
def drawing() -> Iterator[Drawing]:
    pool = Drawing(workers=1)  # for all tests: a process takes a second to start
    yield pool
    asyncio.run(pool.close())


def read(letter: Letter) -> tuple[str, str]:
    return letter.read_by("anna@example.com", URL)


class Words(HTMLParser):
    """What a person reads of a page, and what is said of its pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: list[str] = []
        self.alts: list[str | None] = []
        self.tags: list[str] = []
        self.feed(html[html.index("<body") :])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        if tag == "img":
            self.alts.append(dict(attrs)["alt"])

    def handle_data(self, data: str) -> None:
        self.found.append(data)


def numbers(text: str) -> set[str]:
    return set(re.findall(r"\d[\d.,]*\d|\d", text))


@pytest.mark.parametrize("name", UGLY)
async def test_every_number_of_the_html_is_in_the_text(name: str, drawing: Drawing) -> None:
    html, text = read(await compose(UGLY[name], BRAND, drawing))
    seen = Words(html)
    assert numbers(" ".join([*seen.found, *map(str, seen.alts)])) <= numbers(text)


async def test_the_numbers_are_those_of_slack(drawing: Drawing) -> None:
    html, _ = read(await compose(UGLY["usual"], BRAND, drawing))
    message = slack.render(UGLY["usual"].reports[0], "/emailstats newsletter-may")
    fields = [field["text"] for block in message.blocks for field in block.get("fields", ())]
    mail = "\n".join(Words(html).found).replace("\u00a0", " ")
    for field in fields:
        for line in field.splitlines()[1:]:
            for part in line.removesuffix(")").split(" ("):
                assert part.replace("95 %: ", "") in mail


async def test_numbers_are_written_as_the_reader_writes_them(drawing: Drawing) -> None:
    html, text = read(await compose(UGLY["dutch"], BRAND, drawing))
    for written in ("41,2\u00a0%", "412 of 1.000", "1.234.567", "€\u00a0123.456.789,00", "11 mei 2026 09:00 CEST"):
        assert written in html
        assert written in text


async def test_the_period_is_in_the_subject_and_periods_that_were_missed_are_named(drawing: Drawing) -> None:
    letter = await compose(UGLY["long"], BRAND, drawing)
    assert letter.subject.endswith(": May 2026")
    assert len(letter.subject) < 160
    for told in read(letter):
        assert "March 2026; April 2026" in told


async def test_after_a_send_the_subject_tells_the_email(drawing: Drawing) -> None:
    digest = Digest("links latest", "", (report("newsletter-may", summary("a")),))
    assert (await compose(digest, BRAND, drawing)).subject == "links latest: newsletter-may"


async def test_a_long_table_is_cut_and_says_so(drawing: Drawing) -> None:
    for told in read(await compose(UGLY["usual"], BRAND, drawing)):
        assert "www.example.com/14?" in told
        assert "www.example.com/15?" not in told
        assert "Showing 15 of 240." in told


async def test_better_and_worse_are_said_in_words(drawing: Drawing) -> None:
    html, text = read(await compose(UGLY["usual"], BRAND, drawing))
    assert re.search(r'class="good"[^>]*>▲ \+11.10 points, was 30.1\u00a0%: better<', html)
    assert re.search(r'class="bad"[^>]*>▼ −8.90 points, was 50.1\u00a0%: worse<', html)
    assert "▲ +40.90 points, was 0.30\u00a0%: worse" in text


async def test_a_chart_is_a_picture_of_the_letter_for_light_and_for_dark_with_its_numbers_in_words(
    drawing: Drawing,
) -> None:
    letter = await compose(UGLY["usual"], replace(BRAND, logo=LOGO), drawing)
    sources = re.findall(r'src="cid:([^"]+)"', letter.html)
    assert sources == [picture.cid for picture in letter.pictures]
    assert len(sources) == 5
    alts = Words(letter.html).alts
    assert alts[0] == "Example Ltd"
    assert alts[1] == alts[2]
    assert str(alts[1]).startswith("Engagement over time. Per day, Apr 28, 2026 to May 11, 2026")
    assert "Opens: 91 in all" in str(alts[1])


async def test_charts_beyond_the_budget_are_left_out_and_that_is_said(drawing: Drawing) -> None:
    digest = UGLY["usual"]
    both = await pictures.draw(digest, drawing)
    sizes = [len(picture.content) for picture in both.attached]
    lightest = min(
        len(picture.content) for picture in (await pictures.draw(digest, drawing, most=sum(sizes) - 1)).attached
    )
    one = await pictures.draw(digest, drawing, most=lightest)
    none = await pictures.draw(digest, drawing, most=10)
    assert len(both.attached) == 4
    assert len(one.attached) == 1
    assert not none.attached
    assert [shown.remark for shown in none.shown.values()] == [
        "The chart is left out, for with it this mail would be too large. The figures are complete."
    ] * 2


async def test_where_there_is_no_room_for_dark_charts_there_are_smaller_light_ones_in_their_own_colours(
    drawing: Drawing,
) -> None:
    both = await pictures.draw(UGLY["usual"], drawing)
    total = sum(len(picture.content) for picture in both.attached)
    fewer = await pictures.draw(UGLY["usual"], drawing, most=total // 3)
    assert fewer.attached
    assert sum(len(picture.content) for picture in fewer.attached) <= total // 3
    for picture in fewer.attached:
        with Image.open(BytesIO(picture.content)) as image:
            assert image.width == 800
            colours = [colour for _, colour in image.convert("RGB").getcolors(1 << 24) or ()]
            line = ImageColor.getrgb(THEMES["light"].series[0])
            assert min(max(abs(a - b) for a, b in zip(colour, line, strict=True)) for colour in colours) < 8


async def test_a_chart_that_can_t_be_drawn_costs_nothing_else(drawing: Drawing) -> None:
    uneven = replace(over_time(14), starts=over_time(15).starts)
    broken = Result("timeline", "Engagement over time", chart=uneven)
    drawn = await pictures.draw(Digest("a", "", (report("a", broken, links("a")),)), drawing)
    assert drawn.shown[0, 0].remark == "The chart could not be drawn. The figures are complete."
    assert not drawn.shown[0, 1].remark
    assert len(drawn.attached) == 2


async def test_a_digest_that_is_too_long_for_a_mail_loses_rows_then_parts_and_names_them(drawing: Drawing) -> None:
    parts = tuple(links(f"part {number}") for number in range(14))
    plain = tuple(replace(part, chart=None, title=f"Part {number} of many") for number, part in enumerate(parts))
    shorter = await compose(Digest("Long", "May 2026", (report("a", *plain[:4]),)), BRAND, drawing)
    assert len(shorter.html.encode()) <= MOST_HTML
    assert "Showing 15 of 240." in shorter.html
    digest = Digest("Long", "May 2026", tuple(report(f"report {n}", *plain) for n in range(12)))
    html, text = read(await compose(digest, BRAND, drawing))
    assert len(html.encode()) <= MOST_HTML + 100
    assert "Showing 2 of 240." in html
    for told in (html, " ".join(text.split())):
        assert "too long: Part 0 of many, Part 1 of many" in told


@pytest.mark.parametrize("name", ["hostile", "long"])
async def test_no_name_is_markup_or_a_mark_or_a_link(name: str, drawing: Drawing) -> None:
    letter = await compose(UGLY[name], brand_of(Branding(name=HOSTILE[:60], footer=HOSTILE)), drawing)
    html, text = read(letter)
    assert "x-canary" not in Words(html).tags
    assert html.count("anna@example.com") == 1
    assert html.count(URL) == text.count(URL) == 1
    assert letter.subject.isprintable()
    assert LONG not in html


async def test_the_foot_says_why_and_how_to_leave_and_whose_mail_it_is(drawing: Drawing) -> None:
    for told in read(await compose(UGLY["usual"], BRAND, drawing)):
        assert "You get this because anna@example.com is subscribed to “" in told
        assert URL in told
        assert "Example Ltd, 1 High Street" in told


async def test_lines_of_the_text_fit_a_screen(drawing: Drawing) -> None:
    text = (await compose(UGLY["usual"], BRAND, drawing)).text
    assert max(len(line) for line in text.splitlines() if "://" not in line) <= 76


async def test_a_page_or_row_that_was_asked_for_is_shown_whole(drawing: Drawing) -> None:
    def page(found: Report) -> Report:
        table = found.results[0].table
        assert table is not None
        return replace(found, results=(replace(found.results[0], table=replace(table, first=21)),))

    html, _ = read(await compose(Digest("a", "", (page(report("a", links("a"))),)), BRAND, drawing))
    assert "www.example.com/39?" in html
    assert "Showing 21–60 of 240." in html


def test_a_notice_is_a_few_sentences_and_one_link() -> None:
    link = ("Fetch it", "https://a.example/d/1?a=1&b=2")
    letter = notice("Your file is ready", ["It is <good> for 7 days."], BRAND, link=link)
    html, text = letter.read_by("anna@example.com", "")
    assert letter.subject == "Your file is ready"
    assert not letter.can_be_left
    assert html.count('href="https://a.example/d/1?a=1&amp;b=2"') == 2
    assert "It is &lt;good&gt; for 7 days." in html
    assert "It is <good> for 7 days.\n\nFetch it:\nhttps://a.example/d/1?a=1&b=2\n" in text
    assert "This went to anna@example.com." in text


def test_a_notice_links_to_nothing_that_runs() -> None:
    with pytest.raises(ValueError, match="http and https alone"):
        notice("Your file", ["Ready."], BRAND, link=("Fetch it", "javascript:alert(1)"))
