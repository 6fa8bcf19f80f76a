"""The stand-in refuses blocks that Slack refuses: a test that it lets through proves nothing."""

from typing import Any

import pytest

from bot.sandbox.blocks import faults

Block = dict[str, Any]


def plain(text: str) -> Block:
    return {"type": "plain_text", "text": text}


def section(text: str) -> Block:
    return {"type": "section", "text": {"type": "mrkdwn", "text": text}}


def actions(*buttons: Block) -> Block:
    return {"type": "actions", "elements": list(buttons)}


def button(action: str = "a", text: str = "Press", **more: object) -> Block:
    return {"type": "button", "action_id": action, "text": plain(text), **more}


def rich(*elements: Block) -> Block:
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": list(elements)}]}


def image(**source: object) -> Block:
    return {"type": "image", "alt_text": "Opens per hour", **source}


FILE = {"id": "F000000001"}


@pytest.mark.parametrize(
    "block",
    [
        {"type": "header", "text": plain("x" * 150)},
        {"type": "divider"},
        section("x" * 3_000),
        {"type": "section", "fields": [plain("x")] * 10},
        {"type": "context", "elements": [plain("x")] * 10},
        actions(button(text="x" * 75, value="v" * 2_000)),
        rich({"type": "text", "text": "x", "style": {"bold": True}}),
        image(slack_file=FILE),
    ],
)
def test_what_slack_takes_is_taken(block: Block) -> None:
    assert faults([block]) == []


@pytest.mark.parametrize(
    ("block", "fault"),
    [
        ("text", "not an object"),
        ({"type": "marquee"}, "unknown type"),
        ({"type": "divider", "colour": "red"}, "colour is not allowed"),
        ({"type": "divider", "block_id": "x" * 256}, "block_id"),
        ({"type": "header", "text": plain("x" * 151)}, "at most 150"),
        ({"type": "header", "text": {"type": "mrkdwn", "text": "x"}}, "not plain_text"),
        ({"type": "header", "text": plain("")}, "empty"),
        ({"type": "section"}, "needs text or fields"),
        (section("x" * 3_001), "at most 3000"),
        ({"type": "section", "fields": [plain("x")] * 11}, "1 to 10"),
        ({"type": "section", "fields": [plain("x" * 2_001)]}, "at most 2000"),
        ({"type": "context", "elements": []}, "1 to 10"),
        (actions(button(text="x" * 76)), "at most 75"),
        (actions(button(value="v" * 2_001)), "at most 2000"),
        (actions(button("a"), button("a")), "action_id is there twice"),
        (rich({"type": "text", "text": ""}), "empty"),
        (rich({"type": "text", "text": "x", "style": {"blink": True}}), "style takes"),
        (image(), "slack_file or image_url"),
        (image(slack_file=FILE, image_url="https://example.com/a.png"), "slack_file or image_url"),
        (image(slack_file={"id": "f1"}), "takes an id"),
        ({"type": "image", "slack_file": FILE}, "alt_text is missing"),
    ],
)
def test_what_slack_refuses_is_refused_with_the_reason(block: object, fault: str) -> None:
    found = faults([block])
    assert found and any(fault in reason for reason in found)
    assert all(reason.startswith("/0: ") for reason in found)


def test_a_message_has_at_most_fifty_blocks_of_at_most_twelve_thousand_characters() -> None:
    assert faults([{"type": "divider"}] * 50) == []
    assert faults([{"type": "divider"}] * 51) == ["51 blocks; at most 50"]
    assert "at most 12000" in faults([section("x" * 3_000)] * 4)[-1]


def test_a_block_id_stands_once() -> None:
    assert faults([{"type": "divider", "block_id": "a"}] * 2) == ["a block_id is there twice"]


def test_blocks_are_an_array() -> None:
    assert faults({"type": "divider"}) == ["blocks is not an array"]
