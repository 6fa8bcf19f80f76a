"""Which clicks belong to which link: however the provider writes the URL, and never to two links at once."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reports.clickmap.matching import Group, address, bare, is_link, match
from reports.facts import LinkFacts


def fact(url: str, clicks: int = 5, *, content: bool = True, text: int = 0, untold: int = 0) -> LinkFacts:
    return LinkFacts(url, content, clicks, text, untold, clicks + text + untold, clicks, text, 0)


def clicks(groups: list[Group]) -> list[tuple[str, int]]:
    return [(group.url, group.clicks) for group in groups]


@pytest.mark.parametrize(
    ("href", "told"),
    [
        ("https://example.com/a", "https://example.com/a"),
        ("https://example.com/a", "https://example.com/a/"),
        ("https://example.com", "https://example.com/"),
        ("https://Example.COM:443/a", "http://example.com/a"),
        ("https://example.com/a?b=1&c=2", "https://example.com/a?b=1&amp;c=2"),
        ("https://example.com/a?b=1&c=2", "https://example.com/a?c=2&b=1"),
        ("https://example.com/a", "https://example.com/a?utm_source=mail&utm_campaign=may"),
        ("https://example.com/a?utm_content=hero", "https://example.com/a"),
        ("https://example.com/a?b=1&mc_eid=9", "https://example.com/a?b=1&_hsenc=p2A&_hsmi=7"),
        ("https://example.com/caf%C3%A9", "https://example.com/café"),
        ("https://example.com/?id={{contact.id}}&x=1", "https://example.com/?id=817&x=1"),
        ("https://example.com/view/*|UNIQID|*", "https://example.com/view/8a1"),
        ("https://example.com/%%name%%/end", "https://example.com/ann/end"),
        ("https://example.com/{{ a }}/{{ b }}", "https://example.com/1/2"),
    ],
)
def test_a_link_finds_its_clicks(href: str, told: str) -> None:
    groups, rest = match([href], [fact(told)])
    assert clicks(groups) == [(href, 5)]
    assert rest == []


@pytest.mark.parametrize(
    ("href", "told"),
    [
        ("https://example.com/a", "https://example.com/b"),
        ("https://example.com/a?b=1", "https://example.com/a?b=2"),
        ("https://example.com/a", "https://example.org/a"),
        ("https://example.com/view/{{id}}/end", "https://example.com/view/8/other"),
        ("{{ anything }}", "https://example.com/a"),
        ("mailto:a@example.com", "https://example.com/"),
        ("https://[broken", "https://[other"),
    ],
)
def test_a_link_takes_no_other_links_clicks(href: str, told: str) -> None:
    groups, rest = match([href], [fact(told)])
    assert clicks(groups) == [(href, 0)]
    assert rest == [fact(told)]


@pytest.mark.parametrize(
    ("href", "told"),
    [
        ("{{ unsubscribe_link }}", "https://example.com/unsubscribe?u=7"),
        ("*|UNSUB|*", "https://lists.example.com/u/unsubscribe"),
        ("%unsubscribe_url%", "https://example.com/optout/1"),
        ("{{view_in_browser}}", "https://example.com/webversion/3"),
    ],
)
def test_a_merge_tag_of_every_e_mail_finds_the_utility_links_of_its_sort(href: str, told: str) -> None:
    groups, rest = match([href], [fact(told, content=False), fact("https://example.com/a")])
    assert clicks(groups) == [(href, 5)]
    assert rest == [fact("https://example.com/a")]


def test_links_that_differ_in_tracking_keep_their_own_clicks_where_the_provider_tells_them_apart() -> None:
    hero, button = "https://example.com/a?utm_content=hero", "https://example.com/a?utm_content=button"
    groups, rest = match([hero, button], [fact(button, 7), fact(hero, 3)])
    assert clicks(groups) == [(hero, 3), (button, 7)]
    assert rest == []


def test_links_that_differ_in_tracking_become_one_where_the_provider_does_not() -> None:
    hero, button = "https://example.com/a?utm_content=hero", "https://example.com/a?utm_content=button"
    groups, rest = match([hero, button], [fact("https://example.com/a", 7)])
    assert clicks(groups) == [(hero, 7)]
    assert groups[0].places == [0, 1]
    assert rest == []


def test_one_url_in_several_places_is_one_group() -> None:
    groups, _ = match(["https://a.b/x", "https://a.b/y", "https://a.b/x"], [fact("https://a.b/x")])
    assert [(group.url, group.places) for group in groups] == [("https://a.b/x", [0, 2]), ("https://a.b/y", [1])]


def test_clicks_of_the_plain_text_are_apart_and_untold_ones_are_taken_for_the_html() -> None:
    (group,), _ = match(["https://a.b/x"], [fact("https://a.b/x", 5, text=3, untold=2)])
    assert (group.clicks, group.text_clicks, group.people) == (7, 3, 10)


@pytest.mark.parametrize("href", ["", "#top", "javascript:alert(1)", "JavaScript:x", "data:text/html,x", "cid:logo"])
def test_what_leads_nowhere_is_no_link(href: str) -> None:
    assert not is_link(href)


urls = st.one_of(
    st.text(max_size=40),
    st.builds(
        "https://{}/{}?{}".format,
        st.sampled_from(["a.b", "A.b", "a.b:443", "c.d"]),
        st.sampled_from(["", "x", "x/", "{{id}}", "unsubscribe", "%zz", "é"]),
        st.sampled_from(["", "utm_source=x", "q=1", "q=1&utm_medium=y", "q=*|X|*"]),
    ),
    st.sampled_from(["{{unsubscribe}}", "https://[", "//x", "mailto:a@b.c"]),
)


@given(st.lists(urls, max_size=8), st.lists(urls, max_size=8, unique=True), st.booleans())
def test_every_link_of_the_facts_is_in_exactly_one_place(hrefs: list[str], told: list[str], content: bool) -> None:
    facts = [fact(url, number + 1, content=content) for number, url in enumerate(told)]
    groups, rest = match(hrefs, facts)
    assert Counter([*(one.url for group in groups for one in group.facts), *(one.url for one in rest)]) == Counter(told)
    assert sorted(place for group in groups for place in group.places) == list(range(len(hrefs)))
    assert sum(group.clicks for group in groups) + sum(one.html_clicks for one in rest) == sum(
        one.html_clicks for one in facts
    )


@given(urls)
def test_an_address_is_the_same_when_it_is_written_a_second_time(url: str) -> None:
    assert bare(bare(url)) == bare(url) or "&" in url or "%" in url
    assert address(url) == address(f" {url} ")
