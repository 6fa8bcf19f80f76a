"""The click map's figures, its table, and what it says it can't show."""

from dataclasses import replace
from fractions import Fraction

import pytest

from reports.facts import Facts, LinkFacts
from reports.masking import masked
from reports.query import Query
from reports.report import ClickMap, LinkKind, Report, Result, Subject
from reports.sections.map import SECTION
from tests.reports.sections.facts import ALL, SENT, email

HTML = """<p>For anna@example.com: <a href="https://a.b/hero?utm_source=mail"><img src="cid:hero" alt="Sale"></a>
<a href="https://a.b/buy">Buy</a> <a href="https://a.b/buy/">Buy again</a> <a href="https://a.b/quiet">Quiet</a>
<!--[if mso]><v:rect href="https://a.b/outlook"></v:rect><![endif]-->
<a href="mailto:info@shop.example">Write</a> <a href="{{ unsubscribe_link }}">Leave</a></p>"""
LINKS = (
    LinkFacts("https://a.b/hero", True, 60, 4, 0, 50, 48, 3, 9),
    LinkFacts("https://a.b/buy", True, 20, 0, 5, 22, 18, 0, 0),
    LinkFacts("https://a.b/smart", True, 10, 0, 0, 9, 9, 0, 0),
    LinkFacts("https://a.b/text-only", True, 0, 7, 0, 6, 0, 6, 0),
    LinkFacts("https://a.b/outlook", True, 5, 0, 0, 5, 5, 0, 0),
    LinkFacts("https://lists.a.b/unsubscribe?u=1", False, 3, 1, 0, 4, 3, 1, 0),
)


def build(html: str | None = HTML, links: tuple[LinkFacts, ...] = LINKS, **options: str) -> Result:
    query = Query("x", sections=("map",), options=tuple(options.items()))
    result = SECTION.build(query, Facts(email(), SENT, links=links, html=html))
    assert isinstance(result, Result)
    return result


def rows(result: Result) -> list[tuple[object, ...]]:
    assert result.table is not None
    return list(result.table.rows)


def test_the_table_has_every_link_with_its_share_its_clicks_and_where_it_stands() -> None:
    assert rows(build()) == [
        ("https://a.b/hero?utm_source=mail", Fraction(60, 100), 60, 48, 4, "yes", "content"),
        ("https://a.b/buy", Fraction(25, 100), 25, 22, 0, "2 times", "content"),
        ("https://a.b/smart", Fraction(10, 100), 10, 9, 0, "no", "content"),
        ("https://a.b/outlook", Fraction(5, 100), 5, 5, 0, "Outlook only", "content"),
        ("https://a.b/quiet", Fraction(0), 0, 0, 0, "yes", "content"),
        ("https://a.b/text-only", Fraction(0), 0, 0, 7, "plain text only", "content"),
        ("{{ unsubscribe_link }}", None, 3, 3, 1, "yes", "utility"),
        ("mailto:info@shop.example", None, None, None, None, "yes", "not tracked"),
    ]


def test_shares_of_the_content_links_add_up_to_the_whole() -> None:
    assert sum(row[1] for row in rows(build()) if isinstance(row[1], Fraction)) == 1


def test_figures_say_what_is_on_the_map_and_what_is_not() -> None:
    assert {figure.key: figure.value for figure in build().figures} == {
        "map_links": 5,
        "map_links_clicked": 3,
        "map_clicks": 88,
        "map_smart_clicks": 10,
        "map_text_clicks": 12,
    }


def test_the_picture_carries_its_links_and_prints_both_blind_spots() -> None:
    chart = build(page="2").chart
    assert isinstance(chart, ClickMap)
    assert chart.page == 2
    assert [(link.clicks, link.places, link.kind) for link in chart.links] == [
        (60, 1, LinkKind.CONTENT),
        (25, 2, LinkKind.CONTENT),
        (0, 1, LinkKind.CONTENT),
        (0, 1, LinkKind.UNTRACKED),
        (3, 1, LinkKind.UTILITY),
    ]
    assert chart.links[0].share == pytest.approx(0.6)
    assert chart.footnotes == (
        "Not on the map: 10 clicks on 1 link that the HTML lacks, as in smart content.",
        "Not on the map: 5 clicks on links that only Outlook shows.",
        "Not on the map: 12 clicks by readers of the plain text.",
    )


def test_notes_name_the_links_that_the_html_lacks() -> None:
    assert "Not in the HTML: https://a.b/smart (10 clicks)." in build().notes


@pytest.mark.parametrize("html", [None, "", "  ", "<!-- nothing -->"])
def test_without_html_a_sentence_says_how_to_give_it(html: str | None) -> None:
    result = build(html)
    assert result.chart is None
    assert "field “html”" in " ".join(result.notes)
    assert "“e1”" in " ".join(result.notes)


def test_html_without_links_and_clicks_without_places_are_both_told() -> None:
    result = build("<p>No link at all</p>")
    assert "The HTML has no links." in result.notes
    assert all(row[5] in {"no", "plain text only"} for row in rows(result))


def test_html_without_any_click_still_has_a_picture() -> None:
    result = build(links=())
    assert isinstance(result.chart, ClickMap)
    assert all(not link.share for link in result.chart.links)


def test_a_masked_report_masks_the_picture_and_its_links() -> None:
    result = build(links=(*LINKS, LinkFacts("https://a.b/?e=bob%40example.com", True, 1, 0, 0, 1, 1, 0, 0)))
    report = Report(Query("x"), Subject("x", None, ()), (result,), SENT, False, "f")
    hidden = masked(report).results[0]
    assert isinstance(hidden.chart, ClickMap)
    assert hidden.chart.masked
    assert "bob" not in repr(replace(hidden, chart=None))
    assert "info@" not in repr(hidden.chart.links)


def test_three_hundred_links_and_ugly_ones_are_told_in_full() -> None:
    query = Query("x", sections=("map",))
    assert len(rows(SECTION.build(query, ALL["huge"]))) == 300
    assert len(rows(SECTION.build(query, ALL["ugly"]))) == 2
