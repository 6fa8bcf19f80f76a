"""What is left of an e-mail's HTML: its looks, and nothing that reaches out, runs, or never ends."""

from pathlib import Path
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from reports.clickmap import Unreadable, annotate, without_addresses
from reports.clickmap.annotate import MARK
from reports.clickmap.boxes import BLANK, Size, box, told_size
from reports.clickmap.sanitise import parse
from reports.facts import LinkFacts

EMAILS = Path(__file__).parents[4] / "shared" / "data" / "emails"


def fact(url: str, clicks: int = 5, *, content: bool = True) -> LinkFacts:
    return LinkFacts(url, content, clicks, 0, 0, clicks, clicks, 0, 0)


def marks(source: str) -> list[str | None]:
    return [element.get(MARK) for element in html.document_fromstring(source).iter("a", "area")]


def test_links_carry_the_number_of_their_group_and_lead_nowhere() -> None:
    found = annotate(
        '<a href="https://a.b/x">x</a><a name="top">y</a><a href="https://a.b/z">z</a><a href="https://a.b/x/">x</a>'
        '<a href="javascript:x()">j</a><map name="m"><area href=" https://a.b/m\n"></map>',
        [fact("https://a.b/x"), fact("https://a.b/gone", 2)],
    )
    assert [(group.url, group.clicks) for group in found.groups] == [
        ("https://a.b/x", 5),
        ("https://a.b/z", 0),
        ("https://a.b/m", 0),
    ]
    assert marks(found.html) == ["0", None, "1", "0", None, "2"]
    assert "a.b" not in found.html
    assert "javascript" not in found.html
    assert [one.url for one in found.elsewhere] == ["https://a.b/gone"]


def test_one_address_written_in_two_ways_is_one_link_when_its_clicks_are_told_once() -> None:
    found = annotate('<a href="https://a.b/x/">x</a><a href="http://a.b/x">x</a>', [fact("https://a.b/x")])
    assert [(group.url, len(group.places), group.clicks) for group in found.groups] == [("https://a.b/x/", 2, 5)]


def test_links_of_buttons_that_only_outlook_draws_are_told_apart() -> None:
    found = annotate(
        '<!--[if mso]><v:roundrect href="https://a.b/o?x=1&amp;y=2"><center>Buy</center></v:roundrect><![endif]-->'
        '<!--[if !mso]><!--><a href="https://a.b/o">Buy</a><!--<![endif]-->'
        '<!--[if gte mso 9]><v:rect href="https://a.b/both"></v:rect><![endif]--><a href="https://a.b/both">b</a>',
        [fact("https://a.b/o?x=1&y=2", 3), fact("https://a.b/o", 2), fact("https://a.b/both", 9)],
    )
    assert [(group.url, group.clicks) for group in found.groups] == [("https://a.b/o", 2), ("https://a.b/both", 9)]
    assert [(group.url, group.clicks) for group in found.outlook] == [("https://a.b/o?x=1&y=2", 3)]
    assert found.elsewhere == ()


@pytest.mark.parametrize(
    "hostile",
    [
        '<img src="https://evil.example/p.gif" srcset="https://evil.example/q.gif 2x">',
        '<link rel="stylesheet" href="https://evil.example/s.css">',
        "<style>@import url(https://evil.example/s.css); @import 'https://evil.example/t.css';</style>",
        '<p style="background:url(https://evil.example/b.png)">x</p>',
        '<table background="https://evil.example/b.png"><tr><td>x</td></tr></table>',
        '<iframe src="https://evil.example/"></iframe><object data="https://evil.example/"></object>',
        '<embed src="https://evil.example/"><video poster="https://evil.example/v"></video>',
        '<svg><image href="https://evil.example/s"/><use xlink:href="https://evil.example/u#a"/></svg>',
        '<base href="https://evil.example/"><meta http-equiv="refresh" content="0;url=https://evil.example/">',
        "<script src='https://evil.example/j.js'>document.location='https://evil.example/'</script>",
        '<form action="https://evil.example/"><input type="image" src="https://evil.example/i"><p>x</p></form>',
        '<p onclick="fetch(`https://evil.example/`)" data-x="https://evil.example/">x</p>',
        "<style>@font-face{font-family:q;src:url('https://evil.example/f.woff')}</style>",
    ],
)
def test_nothing_that_reaches_out_is_left(hostile: str) -> None:
    assert "evil" not in annotate(f"<p>kept</p>{hostile}", []).html
    assert "kept" in annotate(f"<p>kept</p>{hostile}", []).html


def test_looks_and_pictures_of_the_e_mail_itself_stay() -> None:
    source = (
        "<style>p{color:red} @media (max-width:600px){p{color:blue}}</style>"
        '<table align="center" width="600" bgcolor="#eeeeee" style="border:1px solid"><tr><td align="right" height="4">'
        '<img src="data:image/png;base64,iVBORw0KGgo=" width="3"><font color="red">x</font></td></tr></table>'
    )
    left = annotate(source, []).html
    for kept in ("p{color:red}", "@media (max-width:600px)", 'align="center"', 'bgcolor="#eeeeee"', "border:1px solid"):
        assert kept in left
    assert 'src="data:image/png;base64,iVBORw0KGgo="' in left
    assert "<font" in left


def test_an_absent_picture_is_a_box_of_its_size_and_a_measuring_one_is_nothing() -> None:
    left = annotate(
        '<img src="cid:logo" width="120" height="40" alt="Our logo"><img src="x" width=1 height=1>', []
    ).html
    box_, pixel = (image.get("src") for image in html.document_fromstring(left).iter("img"))
    assert box_ == box(Size(120, 40), "Our logo")
    assert pixel == BLANK


@pytest.mark.parametrize(
    ("attributes", "size"),
    [
        ({"width": "100", "height": "50"}, Size(100, 50)),
        ({"width": "100px", "style": "height: 30px"}, Size(100, 30)),
        ({"style": "max-width:300px;height:20px"}, Size(300, 20)),
        ({"width": "100%"}, Size(600, 240)),
        ({"width": "0"}, Size(1, 1)),
        ({"width": "9" * 400}, Size(2000, 240)),
        ({"width": "٣٠"}, Size(160, 64)),
        ({}, Size(160, 64)),
    ],
)
def test_the_size_of_an_absent_picture_is_what_is_told_of_it(attributes: dict[str, str], size: Size) -> None:
    assert told_size(attributes) == size


def test_addresses_in_boxes_are_masked_and_in_the_text_on_demand() -> None:
    left = annotate(
        '<img src="x" width=400 height=60 alt="to anna@example.com"><p>You are bob@example.com</p>', []
    ).html
    assert "anna" not in left
    assert "bob@example.com" in left
    masked = without_addresses(left)
    assert "b•••@example.com" in masked
    assert "bob" not in masked


@pytest.mark.parametrize("source", ["", " ", "<!-- only a comment -->", "\x00"])
def test_html_without_anything_in_it_is_refused(source: str) -> None:
    with pytest.raises(Unreadable):
        annotate(source, [])


@pytest.mark.parametrize(
    "bomb",
    [
        "<div>" * 100_000,
        "<table><tr><td>" * 20_000,
        "<b>" * 100_000,
        "<font size=1><div>" * 20_000,
        "<p " + " ".join(f"a{number}=1" for number in range(100_000)) + ">",
        "<p " + "/".join(f"b{number}" for number in range(100_000)) + ">",
        "<" * 500_000,
        "<!--" * 100_000,
        '<a b="' * 100_000,
        "<a b='x" * 100_000,
        "&" * 500_000,
        "<style>" + "@import url(x" * 50_000 + "</style>",
        "<p style='" + "url(" * 100_000 + "'>",
        "<a href='https://x.y/" + "{{" * 50_000 + "'>x</a>",
        "<img alt='" + "a" * 1_000_000 + "'>",
        "<p>" + "a" * 1_000_000 + "@",
        "<![CDATA[" * 50_000,
    ],
    ids=lambda bomb: bomb[:20],
)
def test_hostile_html_ends_soon(bomb: str) -> None:
    before = process_time()
    try:
        left = annotate(f"<p>x</p>{bomb}", [fact("https://x.y/1")]).html
        without_addresses(left)
    except Unreadable:
        pass
    assert process_time() - before < 20  # seconds: without the bounds each of these takes minutes


def test_tables_in_tables_in_tables_are_no_more_than_the_engine_can_lay_out() -> None:
    left = html.document_fromstring(annotate("<table><tr><td>" * 40 + "deep", []).html)
    depths = [sum(1 for _ in table.iterancestors("table")) + 1 for table in left.iter("table")]
    assert max(depths) == 12
    assert "deep" in left.text_content()


@given(st.text(max_size=300), st.lists(st.sampled_from(["https://a.b/", "https://a.b/x", "#", ""]), max_size=4))
def test_any_text_is_html_and_no_click_is_lost(source: str, urls: list[str]) -> None:
    facts = [fact(url, number + 1) for number, url in enumerate(dict.fromkeys(urls))]
    try:
        found = annotate(source + "".join(f"<a href='{url}'>l</a>" for url in urls[:2]), facts)
    except Unreadable:
        return
    told = [one for group in (*found.groups, *found.outlook) for one in group.facts] + list(found.elsewhere)
    assert sorted(one.url for one in told) == sorted(one.url for one in facts)


@pytest.mark.skipif(not EMAILS.is_dir(), reason="needs the sample e-mails of ../shared/data")
def test_real_e_mails_keep_their_text_and_links() -> None:
    for path in sorted(EMAILS.glob("*.html")):
        source = path.read_text()
        before, after = (parse(text) for text in (source, annotate(source, []).html))
        for tree in (before, after):
            for gone in tree.xpath("//style|//title|//script|//comment()"):
                gone.drop_tree()
        assert before.text_content().split() == after.text_content().split()
