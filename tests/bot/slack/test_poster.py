"""Text first, the chart after it, and no trouble with the chart ever costs the text."""

from datetime import datetime

import pytest

from bot.access.rights import Access
from bot.drawing import DrawingError
from bot.sandbox.doors import Person
from bot.sandbox.state import Failure, Post
from reports.query import Query
from reports.report import Report
from tests.bot.slack.office import LINES, PNG, Office, OpenOffice, answer


def words(post: Post) -> str:
    """Everything a person reads in a message."""
    return str(post.blocks)


async def test_the_text_comes_first_and_then_one_message_with_both(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    asked = await (await anna.type("newsletter-may")).posted(2)
    first, second = asked.posts
    assert first.of_type("image") == [] and "newsletter-may" in first.text
    (image,) = second.of_type("image")
    assert office.sandbox.workspace.files[image["slack_file"]["id"]].content == PNG
    assert second.text == first.text
    assert [block for block in second.blocks if block["type"] != "image"] == first.blocks
    assert asked.shown == [second], "the second message takes the place of the first"


async def test_every_message_is_private(by_http: tuple[Office, Person]) -> None:
    _, anna = by_http
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert {post.body["response_type"] for post in asked.posts} == {"ephemeral"}


async def test_the_file_is_shared_with_nobody(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    await (await anna.type("newsletter-may")).posted(2)
    assert office.sandbox.workspace.messages == []
    assert "chat.postMessage" not in office.sandbox.calls


async def test_the_chart_shows_engagement_over_time_and_says_so_to_a_screen_reader(
    by_http: tuple[Office, Person],
) -> None:
    office, anna = by_http
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert [(chart, locale) for chart, _, locale in office.drawer.drawn] == [(LINES, "nl_NL")]
    (image,) = asked.last.of_type("image")
    assert "Opens: 4 in all" in image["alt_text"]
    assert office.sandbox.workspace.files[image["slack_file"]["id"]].alt_text == image["alt_text"]


async def test_the_picture_is_put_in_once_slack_has_processed_it(office: OpenOffice) -> None:
    opened = await office(polls=4)
    anna = await opened.by_http()
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert asked.last.of_type("image")
    assert opened.sandbox.calls.count("files.info") == 4
    assert opened.clock.waits == [0.2, 0.4, 0.8], "waits grow"


async def test_looking_for_the_picture_ends(office: OpenOffice) -> None:
    opened = await office(polls=1000)
    anna = await opened.by_http()
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert not asked.last.of_type("image")
    assert "The chart could not be shown" in words(asked.last)
    assert sum(opened.clock.waits) < 30


@pytest.mark.parametrize("door", ["files.getUploadURLExternal", "upload", "files.completeUploadExternal", "files.info"])
@pytest.mark.parametrize("failure", [Failure("internal_error", 500), Failure("fatal_error"), Failure("gone", 404)])
async def test_a_chart_that_slack_does_not_take_leaves_the_figures(
    by_http: tuple[Office, Person], door: str, failure: Failure
) -> None:
    office, anna = by_http
    if (door, failure.status) == ("upload", 200):
        failure = Failure("gone", 410)  # the door for bytes knows HTTP's codes alone
    office.sandbox.fail(door, failure, times=9)
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert "The chart could not be shown" in words(asked.last) and not asked.last.of_type("image")
    assert asked.last.text == asked.posts[0].text
    assert [block for block in asked.last.blocks if "The chart could" not in str(block)] == asked.posts[0].blocks


async def test_a_chart_that_can_not_be_drawn_leaves_the_figures(office: OpenOffice) -> None:
    opened = await office(fault=DrawingError("no"))
    anna = await opened.by_http()
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert "The chart could not be shown" in words(asked.last)
    assert "files.getUploadURLExternal" not in opened.sandbox.calls


async def test_a_picture_that_slack_refuses_in_the_message_leaves_the_figures(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    # The text has arrived when the drawing begins: what fails is the message with the picture.
    office.drawer.meanwhile = lambda: office.sandbox.fail("response_url", Failure("invalid_blocks", 400))
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert [post.status for post in asked.posts] == [200, 400, 200]
    assert "The chart could not be shown" in words(asked.last)


async def test_a_missing_scope_is_named(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("files.getUploadURLExternal", Failure("missing_scope"))
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert "files:write" in words(asked.last)


async def test_blocks_that_slack_refuses_leave_their_text(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("response_url", Failure("invalid_blocks", 400))
    asked = await (await anna.type("newsletter-may")).posted(1)
    await office.services.finish()
    assert asked.last.blocks == [] and "400" in asked.last.text
    assert [post.status for post in asked.posts] == [400, 200], "nothing else is tried with blocks"


async def test_a_pause_that_slack_asks_for_is_kept(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("response_url", Failure("ratelimited", 429, {"Retry-After": "7"}))
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert asked.last.of_type("image")
    assert office.clock.waits[0] == 7


async def test_a_used_response_url_gives_way_to_a_direct_message(by_http: tuple[Office, Person]) -> None:
    office, anna = by_http
    office.sandbox.fail("response_url", Failure("used_url", 404), times=9)
    asked = await anna.type("help")
    await office.services.finish()
    (message,) = office.sandbox.workspace.messages
    assert message["channel"] == asked.user and "newsletter-may" in message["text"]


async def test_a_report_without_a_chart_is_one_message(office: OpenOffice) -> None:
    def without(query: Query, now: datetime, access: Access) -> Report:
        report = answer(query, now, access)
        return Report(report.query, report.subject, report.results[:1], report.as_of, False, "f")

    opened = await office(without)
    anna = await opened.by_http()
    asked = await (await anna.type("newsletter-may")).posted(1)
    await opened.services.finish()
    assert len(asked.posts) == 1 and opened.drawer.drawn == []
