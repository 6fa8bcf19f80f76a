"""Block Kit as HTML: what Slack shows, and nothing of what is hostile."""

from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot.sandbox.mrkdwn import to_html
from bot.sandbox.render import Eye, render


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


@pytest.mark.parametrize(
    ("written", "shown"),
    [
        ("*bold* _it_ ~gone~", "<strong>bold</strong> <em>it</em> <s>gone</s>"),
        ("2*3*4 and snake_case_name", "2*3*4 and snake_case_name"),
        ("`*as it is*` &amp; &lt;b&gt;", "<code>*as it is*</code> &amp; &lt;b&gt;"),
        ("one\ntwo", "one<br>two"),
        ("<!date^1767225600^{date_num} {time}|then>", "2026-01-01 01:00"),
        ("<!date^never^{time}|then>", "then"),
        ("<javascript:alert(1)|press>", "press"),
    ],
)
def test_markup_is_shown_as_slack_shows_it(written: str, shown: str) -> None:
    html = str(to_html(written, "Europe/Amsterdam"))
    assert shown in html
    assert "javascript" not in html


def test_a_link_opens_in_a_tab_of_its_own_and_a_mention_has_a_name() -> None:
    link = to_html("<https://a.example/?x=1&amp;y=2|here>")
    assert 'href="https://a.example/?x=1&amp;y=2"' in link
    assert ">here</a>" in link
    assert "@Anna" in to_html("<@U1>", names={"U1": "Anna"}.__getitem__)


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen |= {tag, *(name for name, _ in attrs)}


@example("<|>")
@given(st.text(alphabet="<>&\"'*_~`|!@#^{}/ascript:\n", max_size=80))
def test_no_text_becomes_a_tag_that_slack_has_not(text: str) -> None:
    tags = Tags()
    tags.feed(str(to_html(text)) + str(render([{"type": "header", "text": plain(text)}], Eye())))
    known = {"h3", "strong", "em", "s", "code", "pre", "br", "a", "href", "target", "rel", "span", "class"}
    assert tags.seen <= known | {"time", "datetime"}


def test_a_button_tells_which_it_is_and_asks_first_where_the_app_says_so() -> None:
    confirm = {"title": plain("Sure?"), "text": plain('It "stops".'), "confirm": plain("Yes"), "deny": plain("No")}
    button = {"type": "button", "action_id": "end", "text": plain("End"), "style": "danger", "confirm": confirm}
    html = render([{"type": "divider"}, {"type": "actions", "elements": [button]}], Eye(hidden={"entry": "3"}))
    assert 'name="entry" value="3"' in html
    assert 'name="block" value="1"' in html
    assert 'name="action" value="end"' in html
    assert "Sure?\n\nIt &#34;stops&#34;." in html


def test_a_picture_has_its_words_and_an_unknown_block_is_named() -> None:
    blocks = [{"type": "image", "slack_file": {"id": "F000000001"}, "alt_text": "Opens rose"}, {"type": "video"}]
    html = render(blocks, Eye())
    assert 'src="/file/F000000001" alt="Opens rose"' in html
    assert "cannot show a block of type video" in html
