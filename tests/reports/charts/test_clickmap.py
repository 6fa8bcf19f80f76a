"""The click map as a picture: what is on it, what is never fetched, and what it survives."""

import threading
from base64 import b64encode
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from io import BytesIO
from itertools import combinations, pairwise
from pathlib import Path

import numpy as np
import plutoprint
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from bot.fonts import provide_fonts
from reports.charts import alt_text, draw, size
from reports.charts.clickmap.areas import Box, areas
from reports.charts.clickmap.badges import HEAT, badges, heat
from reports.charts.clickmap.engine import Document
from reports.charts.clickmap.images import bounded, pixel_size
from reports.charts.clickmap.pages import pages
from reports.charts.clickmap.palette import reduced
from reports.charts.clickmap.placing import CELL, Sheet, Wanted
from reports.charts.style import WIDTH
from reports.clickmap import annotate
from reports.numbers import babel_locale
from reports.report import ClickMap, LinkKind, MapLink

EMAILS = Path(__file__).parents[4] / "shared" / "data" / "emails"
EN = babel_locale("en")


@pytest.fixture(scope="module", autouse=True)
def fonts() -> None:
    provide_fonts()


def click_map(html: str, *clicks: int, page: int = 1, masked: bool = False) -> ClickMap:
    """A map of the HTML whose links have these clicks, the rest none."""
    found = annotate(html, [])
    counts = [*clicks, *(0 for _ in found.groups)]
    total = sum(clicks) or 1
    links = tuple(
        MapLink(group.url, counts[number], counts[number], counts[number] / total, len(group.places))
        for number, group in enumerate(found.groups)
    )
    return ClickMap("Click map: may", found.html, links, page=page, masked=masked)


def picture(chart: ClickMap) -> NDArray[np.uint8]:
    with Image.open(BytesIO(draw(chart, "light", "en"))) as image:
        assert image.format == "PNG"
        assert image.mode == "P"
        assert image.size == size(chart)
        return np.asarray(image.convert("RGB"))


def has(pixels: NDArray[np.uint8], colour: str) -> int:
    wanted = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)])
    return int((np.abs(pixels.astype(int) - wanted).max(axis=2) <= 6).sum())


def png(width: int, height: int, colour: str) -> str:
    file = BytesIO()
    Image.new("RGB", (width, height), colour).save(file, "PNG")
    return f"data:image/png;base64,{b64encode(file.getvalue()).decode()}"


@pytest.fixture
def server() -> Iterator[tuple[str, list[str]]]:
    """Where it listens, and the paths that were asked of it."""
    asked: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(404)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Nothing: the paths are told."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as listening:
        thread = threading.Thread(target=listening.serve_forever, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.server_address[1]}", asked
        listening.shutdown()
        thread.join()


REMOTE = """<html><head><base href="{0}/base/"><link rel=stylesheet href="{0}/link.css">
<link rel=preload href="{0}/pre"><meta http-equiv=refresh content="0;url={0}/refresh">
<style>@import url({0}/import.css); @import "{0}/import2.css";
@font-face{{font-family:q;src:url({0}/font.woff)}} p{{font-family:q;background:url({0}/rule.png)}}
h1{{list-style:url({0}/list.png);cursor:url({0}/cursor.png);border-image:url({0}/border.png)}}
p::before{{content:url({0}/content.png)}} b{{background:u\\72l({0}/escaped.png)}} </style></head>
<body background="{0}/body.png"><p style="background-image:url('{0}/style.png')">x <b>y</b></p><img src="{0}/img.png">
<img srcset="{0}/srcset.png 2x"><picture><source srcset="{0}/source.png"><img src="{0}/picture.png"></picture>
<iframe src="{0}/iframe"></iframe><object data="{0}/object"></object><embed src="{0}/embed">
<svg><image href="{0}/svg.png"/>
<use href="{0}/use.svg#a"/></svg><video poster="{0}/poster.png" src="{0}/video"></video><audio src="{0}/audio"></audio>
<table background="{0}/table.png"><tr><td background="{0}/cell.png">x</td></tr></table>
<input type=image src="{0}/input"><script src="{0}/script.js"></script>
<script>fetch("{0}/fetch")</script><img src="relative.png">
<img src="//{1}/noscheme">
<img src="data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg'%3E%3Cimage href='{0}/inner.png'/%3E%3C/svg%3E">
<a href="{0}/link" ping="{0}/ping">link</a><link rel=icon href="{0}/icon">
<img lowsrc="{0}/low" dynsrc="{0}/dyn"></body>"""


def test_drawing_asks_nothing_of_any_server(server: tuple[str, list[str]]) -> None:
    address, asked = server
    picture(click_map(REMOTE.format(address, address.removeprefix("http://")), 3))
    assert asked == []


def test_even_html_that_was_never_sanitised_reaches_no_server_and_no_file(server: tuple[str, list[str]]) -> None:
    address, asked = server
    page = Document(REMOTE.format(address, address.removeprefix("http://")) + "<img src='file:///etc/hostname'>")
    page.paint(0, page.height, 1)
    assert asked == []


def test_the_engine_would_ask_for_it_if_it_were_let() -> None:
    """What the two tests above find held back is there."""
    wanted: set[str] = set()

    class Watching(plutoprint.ResourceFetcher):
        def fetch_url(self, url: str) -> plutoprint.ResourceData:
            wanted.add(url.rpartition("/")[2])
            return plutoprint.ResourceData(b"", "text/plain")

    book = plutoprint.Book()
    book.custom_resource_fetcher = Watching()
    book.load_html(REMOTE.format("http://127.0.0.1:9", "127.0.0.1:9"))
    book.get_document_height()
    assert {"link.css", "import.css", "import2.css", "font.woff"} <= wanted
    assert len(wanted) > 6


def test_scripts_do_not_run() -> None:
    red = "<p id=x>x</p><script>document.body.style.background='#ff0000'</script><body onload='alert(1)'>"
    assert not has(picture(click_map(red)), "#ff0000")


def test_a_clicked_link_has_an_outline_and_a_badge_of_its_heat_and_others_have_neither() -> None:
    html = "<p>Some text <a href='https://a.b/1'>first</a></p><p style='margin-top:90px'><a href='https://a.b/2'>2</a>"
    both = picture(click_map(html, 90, 10))
    assert has(both, HEAT[4][0]) > 3_000
    assert has(both, HEAT[1][0]) > 3_000
    neither = picture(click_map(html))
    assert has(neither, HEAT[4][0]) < has(both, HEAT[4][0]) - 3_000  # what is left is the legend


def test_pictures_in_the_html_are_shown() -> None:
    shown = picture(click_map(f'<img src="{png(200, 100, "#00aa33")}"><p>x</p>'))
    scale = (WIDTH - 2 * 170) / 640
    assert has(shown, "#00aa33") == pytest.approx(200 * 100 * scale**2, rel=0.03)


def test_an_absent_picture_takes_its_place_in_the_layout() -> None:
    with_picture = Document(annotate(f'<img src="{png(300, 180, "red")}"><p>x</p>', []).html)
    without = Document(annotate('<img src="cid:x" width="300" height="180" alt="Sale"><p>x</p>', []).html)
    assert without.height == with_picture.height


def test_a_picture_too_large_for_memory_is_left_out() -> None:
    assert pixel_size(png(30, 20, "red").partition(",")[2]) == (30, 20)
    bomb = png(8_000, 8_000, "red")
    assert bounded(f'<img src="{bomb}"><img src="{png(9, 9, "red")}">').count("image/png") == 1
    assert bounded('<img src="data:image/png;base64,AAAA">').count("image/png") == 0
    assert has(picture(click_map(f'<p>x</p><img width=9 height=9 src="{bomb}">')), "#ff0000") == 0


def test_every_visible_link_is_found_where_it_stands_and_hidden_ones_are_not() -> None:
    html = annotate(
        "<body style='margin:0'><a href='https://a.b/0' style='display:block;width:200px;height:50px'>block</a>"
        f"<a href='https://a.b/1'><img src='{png(80, 40, 'red')}' style='display:block'></a>"
        "<div style='display:none'><a href='https://a.b/2'>hidden</a></div>"
        "<map name=m><area href='https://a.b/3' coords='10,10,30,20'><area href='https://a.b/4' shape=circle "
        "coords='50,20,10'></map><img usemap='#m' src='cid:x' width=100 height=40 style='display:block'>",
        [],
    ).html
    found = {area.link: area.box for area in areas(html, Document(html))}
    assert found == {
        0: Box(0, 0, 200, 50),
        1: Box(0, 50, 80, 90),
        3: Box(10, 100, 30, 110),
        4: Box(40, 100, 60, 120),
    }


def test_a_link_over_two_lines_owns_no_words_between() -> None:
    html = annotate(
        f"<p style='width:300px'>{'word ' * 9}<a href='https://a.b/'>{'link ' * 9}</a>end of it</p>", []
    ).html
    (area,) = areas(html, Document(html))
    assert 0.2 < area.mask.mean() < 0.9


boxes = st.builds(
    lambda x, y, w, h: Box(x, y, x + w, y + h),
    st.integers(170, 900),
    st.integers(200, 1_400),
    st.integers(4, 300),
    st.integers(4, 200),
)


@settings(max_examples=30, deadline=None)
@given(st.lists(boxes, max_size=12), st.integers(60, 200), st.integers(30, 90), st.integers(0, 2**32))
def test_badges_lie_on_no_badge_and_no_other_link_and_stay_on_the_page(
    links: list[Box], width: int, height: int, seed: int
) -> None:
    ink = np.random.default_rng(seed).random((1_700 // CELL, WIDTH // CELL)) < 0.01
    limits = Box(4, 180, WIDTH - 4, 1_660)
    margins = (Box(4, 180, 170, 1_660), Box(WIDTH - 170, 180, WIDTH - 4, 1_660))
    placed = Sheet(ink, limits, margins, links).place([Wanted(width, height)] * len(links))
    found = [place.box for place in placed if place is not None]
    assert len(found) == len(links)
    for one, other in combinations(found, 2):
        assert one.right <= other.left or other.right <= one.left or one.bottom <= other.top or other.bottom <= one.top
    for number, box in enumerate(place.box for place in placed if place is not None):
        assert limits.left <= box.left and box.right <= limits.right
        assert limits.top <= box.top and box.bottom <= limits.bottom
        for link in (link for at, link in enumerate(links) if at != number and link != links[number]):
            apart = box.right <= link.left or link.right <= box.left or box.bottom <= link.top or link.bottom <= box.top
            assert apart


def test_a_badge_hides_no_letter_beside_its_link() -> None:
    ink = np.zeros((400, WIDTH // CELL), np.bool_)
    ink[100:120, 220:300] = True  # words right of the link
    link = Box(380, 200, 436, 240)
    limits = Box(4, 0, WIDTH - 4, 800)
    sheet = Sheet(ink, limits, (Box(4, 0, 170, 800), Box(WIDTH - 170, 0, WIDTH - 4, 800)), [link])
    (placed,) = sheet.place([Wanted(100, 60)])
    assert placed is not None
    cells = ink[placed.box.top // CELL : placed.box.bottom // CELL, placed.box.left // CELL : placed.box.right // CELL]
    assert not cells.any()


def test_a_long_e_mail_has_pages_that_follow_each_other_and_cut_no_line() -> None:
    html = annotate("".join(f"<p>Line {number} of a long e-mail</p>" for number in range(150)), []).html
    document = Document(html)
    found = pages(document, [], 1_200)
    assert len(found) > 2
    assert [top for top, _ in found[1:]] == [bottom for _, bottom in found[:-1]]
    assert found[0][0] == 0 and found[-1][1] == document.height
    assert all(bottom - top <= 1_200 for top, bottom in found)
    for _, bottom in found[:-1]:
        row = document.paint(bottom - 1, 2, 1)
        assert row.min() == 255


def test_pages_have_their_own_pictures_and_beyond_the_last_is_the_last() -> None:
    html = "".join(f"<p>Line {number} <a href='https://a.b/{number}'>link</a></p>" for number in range(150))
    one, two, last, beyond = (draw(click_map(html, 5, page=page), "light", "en") for page in (1, 2, 5, 99))
    assert len({one, two, last}) == 3
    assert beyond == draw(click_map(html, 5, page=98), "light", "en")


def test_addresses_are_masked_in_the_picture_of_a_masked_report() -> None:
    html = "<p>You get this at anna@example.com</p>"
    assert draw(click_map(html), "light", "en") != draw(click_map(html, masked=True), "light", "en")
    plain = "<p>Nobody is named</p>"
    assert draw(click_map(plain), "light", "en") == draw(click_map(plain, masked=True), "light", "en")


def test_heat_is_seen_without_colour_and_its_words_are_read() -> None:
    def luminance(colour: str) -> float:
        channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
        linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    fills = [luminance(fill) for fill, _ in HEAT]
    assert all(one / other > 1.3 for one, other in pairwise(fills))
    for fill, ink in HEAT:
        light, dark = sorted((luminance(fill), luminance(ink)), reverse=True)
        assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_heat_compares_with_the_most_clicked_link() -> None:
    assert [heat(clicks, 100) for clicks in (1, 10, 11, 26, 51, 76, 100)] == [0, 0, 1, 2, 3, 4, 4]
    assert heat(0, 0) == 0


def test_badges_tell_share_clicks_and_people_in_the_readers_numbers() -> None:
    links = (
        MapLink("https://a.b/1", 1234, 987, 0.123, 1),
        MapLink("https://a.b/2", 5, 4, 0.0005, 3),
        MapLink("https://a.b/3", 0, 0, 0.0),
        MapLink("https://a.b/unsubscribe", 7, 7, None, 1, LinkKind.UTILITY),
        MapLink("mailto:a@b.c", 0, 0, None, 1, LinkKind.UNTRACKED),
    )
    found = [badge.lines for badge in badges(ClickMap("x", "", links), babel_locale("nl"))]
    assert found == [
        ("12,3 %".replace(" ", "\u00a0"), "1.234 · 987"),
        ("0,050\u00a0% ×3", "5 · 4"),
        ("0",),
        ("utility", "7 · 7"),
        ("not tracked",),
    ]


def test_the_words_for_who_cannot_see_it_hold_the_numbers_and_the_blind_spots() -> None:
    chart = ClickMap(
        "Click map: may",
        "<p>x</p>",
        (
            MapLink("https://a.b/1", 12, 9, 0.75),
            MapLink("https://a.b/2", 4, 4, 0.25),
            MapLink("https://a.b/3", 0, 0, 0.0),
        ),
        ("Not on the map: 3 clicks by readers of the plain text.",),
    )
    assert alt_text(chart, "en").replace("\u00a0", " ") == (
        "Click map: may. The e-mail with 3 links. 1 without clicks. "
        "Not on the map: 3 clicks by readers of the plain text. "
        "https://a.b/1: 75.0 %, 12 clicks, 9 people. https://a.b/2: 25.0 %, 4 clicks, 4 people."
    )


@given(st.integers(0, 2**32), st.sampled_from([1, 5, 300, 100_000]))
@settings(max_examples=25, deadline=None)
def test_a_palette_keeps_surfaces_exact_and_shades_near(seed: int, colours: int) -> None:
    random = np.random.default_rng(seed)
    chosen = random.integers(0, 256, (colours, 3), dtype=np.uint8)
    noisy = chosen[random.integers(0, colours, (60, 80))]
    noisy[:, :40] = (255, 255, 255)
    noisy[:, 40:60] = (243, 243, 243)
    result = np.asarray(reduced(Image.fromarray(noisy)).convert("RGB"))
    assert (result[:, :40] == 255).all()
    assert (result[:, 40:60] == 243).all()
    assert result.shape == noisy.shape


HOSTILE = {
    "over all": "<div style='position:fixed;top:0;left:0;width:9999px;height:9999px;background:#ff00ff'>x</div>",
    "endless height": "<div style='height:99999999px'>x</div><a href='https://a.b/'>x</a>",
    "endless width": "<div style='width:99999999px'>x</div>",
    "tables": "<table><tr><td>" * 60 + "<a href='https://a.b/'>deep</a>",
    "rows": "<table>" + "<tr><td>a<td>b" * 9_000,
    "deep": "<div>" * 5_000 + "x",
    "huge letters": "<p style='font-size:99999px'>x</p>",
    "transform": "<p style='transform:scale(9999) rotate(45deg)'>x</p>",
    "negative": "<p style='margin:-9999px;text-indent:-9999px'><a href='https://a.b/'>x</a></p>",
    "counters": "<style>p{counter-increment:c 99999999}p::before{content:counter(c,upper-roman)}</style><p>x",
    "spans": "<table><tr><td colspan=99999999 rowspan=99999999>x</td></tr></table>",
    "columns": "<div style='column-count:999999'>x</div>",
    "gradients": "<p style='background:repeating-linear-gradient(red,blue 0.0001px)'>x</p>",
    "one long word": f"<a href='https://a.b/'>{'w' * 20_000}</a>",
    "accents": "<a href='https://a.b/'>" + "a" + "\u0301" * 5_000 + "</a>",
    "right to left": "<p dir=rtl>\u202eمرحبا <a href='https://a.b/'>שלום עולם</a>\u202c</p>",
    "broken": "<a href='https://a.b/'><table><a href='https://a.b/2'></td></p>x",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_html_gives_a_picture_of_an_ordinary_size_with_its_heading(name: str) -> None:
    shown = picture(click_map(f"<p>ordinary</p>{HOSTILE[name]}", 3))
    assert shown.shape[1] == WIDTH
    assert shown.shape[0] < 2_400
    heading = shown[:100]
    assert len(np.unique(heading.reshape(-1, 3), axis=0)) > 2
    assert not has(heading, "#ff00ff")
    assert not has(shown[:, :150], "#ff00ff")  # nothing leaves the e-mail's own part of the page


@settings(max_examples=25, deadline=None)
@given(st.text(max_size=200))
def test_any_text_as_html_gives_a_picture(text: str) -> None:
    picture(click_map(f"<p>x</p>{text}<a href='https://a.b/'>{text}</a>", 3))


@pytest.mark.skipif(not EMAILS.is_dir(), reason="needs the sample e-mails of ../shared/data")
def test_real_e_mails_have_pictures_that_are_not_empty() -> None:
    for path in sorted(EMAILS.glob("*.html")):
        shown = picture(click_map(path.read_text(), 12, 3))
        assert len(np.unique(shown[::3, ::3].reshape(-1, 3), axis=0)) > 12, path.name
