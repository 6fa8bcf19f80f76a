"""Menus, dates and ticks of messages, and what else stands in one: tables and Markdown."""

from typing import Any

import pytest

from bot.sandbox.blocks import faults
from bot.sandbox.doors import ANNA, Person
from bot.sandbox.render import Eye, render
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Conversation, Post
from bot.sandbox.timeline import Entry, Timeline
from tests.bot.sandbox.test_page import NOON


def plain(text: str) -> dict[str, str]:
    return {"type": "plain_text", "text": text}


def option(words: str) -> dict[str, Any]:
    return {"text": plain(words), "value": words.lower()}


OPTIONS = [option("Day"), option("Week")]
#: An element, what the page sends of it, what Slack tells the app, and what the page shows then.
CHOICES = [
    ({"type": "static_select", "options": OPTIONS}, ["Week"], {"selected_option": OPTIONS[1]}, ">Week</option>"),
    ({"type": "radio_buttons", "options": OPTIONS}, ["Day"], {"selected_option": OPTIONS[0]}, 'value="Day" checked'),
    (
        {"type": "checkboxes", "options": OPTIONS},
        ["Day", "Week"],
        {"selected_options": OPTIONS},
        'value="Week" checked',
    ),
    (
        {"type": "checkboxes", "options": OPTIONS, "initial_options": OPTIONS},
        [],
        {"selected_options": []},
        'value="Day">',
    ),
    ({"type": "external_select"}, ["du"], {"selected_option": option("du")}, "offered"),
    ({"type": "users_select"}, [ANNA], {"selected_user": ANNA}, f'value="{ANNA}" selected'),
    ({"type": "conversations_select"}, ["C0GENERAL00"], {"selected_conversation": "C0GENERAL00"}, "selected># general"),
    ({"type": "channels_select"}, ["C0GENERAL00"], {"selected_channel": "C0GENERAL00"}, "selected># general"),
    ({"type": "datepicker"}, ["2026-11-27"], {"selected_date": "2026-11-27"}, 'type="date"'),
    ({"type": "timepicker"}, ["09:00"], {"selected_time": "09:00"}, 'value="09:00"'),
    ({"type": "datetimepicker"}, ["2026-11-27T09:00"], {"selected_date_time": 1795766400}, 'value="2026-11-27T09:00"'),
]
MULTI = [
    ({"type": "multi_static_select", "options": OPTIONS}, ["Day"], {"selected_options": OPTIONS[:1]}),
    ({"type": "multi_users_select"}, [ANNA], {"selected_users": [ANNA]}),
    ({"type": "multi_conversations_select"}, ["C0GENERAL00"], {"selected_conversations": ["C0GENERAL00"]}),
    ({"type": "multi_external_select"}, ["du", "da"], {"selected_options": [option("du"), option("da")]}),
]


class Listener:
    """An app that offers what was typed, and keeps what was chosen."""

    def __init__(self) -> None:
        self.chosen: list[dict[str, Any]] = []

    async def send(self, kind: str, payload: dict[str, Any]) -> Any:
        if payload["type"] == "block_suggestion":
            return {"options": [option(payload["value"]), option("another")]}
        self.chosen += payload["actions"]
        return None


async def choose(block: dict[str, Any], told: list[str]) -> dict[str, Any]:
    assert faults([block]) == []
    listener = Listener()
    async with Sandbox() as sandbox:
        timeline, person = Timeline(), Person(sandbox, listener)
        post = Post({"text": "Choose", "blocks": [block]}, 200)
        timeline.entries.append(Entry(ANNA, "/emailstats", NOON, parts=[Conversation(ANNA, 0.0, shown=[post])]))
        await timeline.press(person, (0, 0, 0), 0, "choice", told)
    (action,) = listener.chosen
    return action


@pytest.mark.parametrize(("element", "told", "state", "shown"), CHOICES)
async def test_what_is_chosen_in_a_message_is_told_and_shown(
    element: dict[str, Any], told: list[str], state: dict[str, Any], shown: str
) -> None:
    block = {"type": "actions", "block_id": "b", "elements": [{**element, "action_id": "choice"}]}
    action = await choose(block, told)
    assert {key: action[key] for key in state} == state
    assert (action["type"], action["action_id"], action["block_id"]) == (element["type"], "choice", "b")
    assert shown in render([block], Eye("Europe/Amsterdam"))


@pytest.mark.parametrize(("element", "told", "state"), MULTI)
async def test_several_are_chosen_beside_the_text_of_a_section(
    element: dict[str, Any], told: list[str], state: dict[str, Any]
) -> None:
    block = {"type": "section", "text": plain("Of these"), "accessory": {**element, "action_id": "choice"}}
    action = await choose(block, told)
    assert {key: action[key] for key in state} == state


@pytest.mark.parametrize("told", [["Month"], ["<script>"]])
async def test_what_is_no_option_is_not_chosen(told: list[str]) -> None:
    block = {"type": "actions", "elements": [{"type": "static_select", "options": OPTIONS, "action_id": "choice"}]}
    with pytest.raises(LookupError):
        await choose(block, told)


def test_a_table_has_a_heading_and_keeps_to_its_columns_sides() -> None:
    cells = [[{"type": "raw_text", "text": text} for text in row] for row in (["Link", "Clicks"], ["<b>", "12"])]
    block = {"type": "table", "rows": cells, "column_settings": [None, {"align": "right"}]}
    assert faults([block]) == []
    html = render([block], Eye())
    assert '<th class="left">Link</th><th class="right">Clicks</th>' in html
    assert '<td class="left">&lt;b&gt;</td><td class="right">12</td>' in html
    assert faults([block, block]) == ["only_one_table_allowed"]
    assert faults([{**block, "rows": cells * 51}]) == ["/0: rows takes 1 to 100"]


def test_markdown_is_read_and_what_is_hostile_in_it_is_text() -> None:
    text = "## Rates\n\n- **37 %** opened\n\n[here](javascript:alert(1)) <img src=x onerror=alert(1)> ![p](https://a.example/p.png)"
    html = str(render([{"type": "markdown", "text": text}], Eye()))
    assert "<h2>Rates</h2>" in html
    assert "<strong>37 %</strong>" in html
    assert "<img" not in html
    assert 'href="javascript' not in html


def test_rich_text_names_people_and_tells_times_in_the_readers_zone() -> None:
    elements = [
        {"type": "user", "user_id": ANNA},
        {"type": "date", "timestamp": 1767225600, "format": "{date_num} {time}"},
        {"type": "link", "url": "https://a.example/", "text": "there"},
    ]
    block = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}
    assert faults([block]) == []
    html = render([block], Eye("Europe/Amsterdam", {ANNA: "Anna"}.__getitem__))
    assert "@Anna" in html
    assert "2026-01-01 01:00" in html
    assert ">there</a>" in html
