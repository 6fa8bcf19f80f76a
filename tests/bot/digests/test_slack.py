"""Digests in the strict stand-in of Slack: text first, pictures after, nothing twice, faults told for what they are."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.digests.slack import SlackSender
from bot.drawing import DrawingError
from bot.sandbox.methods import BOT_TOKEN, Arguments
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Failure
from bot.slack.app import web_client
from bot.slack.pictures import Pictures
from reports.freeze import Digest
from reports.query import Query
from store.ledger import Delivery, Outcome, OutcomeKind
from store.subscriptions import Channel
from tests.bot.slack.office import PNG, Drawer, a_report

DELIVERY = Delivery(
    7, 1, "2026-W20", 3, Channel.SLACK, "C0GENERAL00", 1, 1, "a-token-to-leave", "The week", "U0ANNA00000",
    datetime(2026, 5, 11, 7, tzinfo=UTC),
)  # fmt: skip
REPORT = a_report(Query("newsletter-may"))
DIGEST = Digest("The <week>", "4–10 May 2026", (REPORT,))


@dataclass
class Far:
    """A sender beside the stand-in; `marks` says what marking gives, and counts how often it was asked."""

    sandbox: Sandbox
    sender: SlackSender
    drawer: Drawer
    wanted: bool = True
    marks: int = 0

    async def mark(self) -> bool:
        self.marks += 1
        return self.wanted

    async def send(self, delivery: Delivery = DELIVERY, digest: Digest = DIGEST) -> Outcome:
        outcome = await self.sender.send(delivery, digest, self.mark)
        await self.sender.finish(20)
        return outcome

    @property
    def posted(self) -> list[tuple[str, Arguments]]:
        return [(channel, body) for (channel, _ts), body in self.sandbox.workspace.posted.items()]

    def blocks(self, kind: str, place: int = 0) -> list[Arguments]:
        return [block for block in self.posted[place][1]["blocks"] if block["type"] == kind]


@asynccontextmanager
async def _far() -> AsyncIterator[Far]:
    async def sleep(_seconds: float) -> None:
        return

    drawer = Drawer()
    async with Sandbox() as sandbox:
        client = AsyncWebClient(token=BOT_TOKEN, base_url=sandbox.api_url, timeout=5, retry_handlers=[])
        pictures = Pictures(web_client(BOT_TOKEN, sandbox.api_url), drawer, "light", sleep)
        yield Far(sandbox, SlackSender(client, pictures), drawer)


@pytest.fixture
async def far() -> AsyncIterator[Far]:
    async with _far() as far:
        yield far


async def test_a_channel_gets_the_text_and_then_its_picture_in_the_same_message(far: Far) -> None:
    outcome = await far.send()
    assert outcome.kind is OutcomeKind.SENT
    ((channel, body),) = far.posted
    ((_, ts),) = far.sandbox.workspace.posted
    assert outcome.far_id == f"{channel}:{ts}"
    assert channel == "C0GENERAL00"
    assert body["text"].startswith("The &lt;week&gt;, 4–10 May 2026. newsletter-may.")
    named, about = far.blocks("rich_text")[0]["elements"][0]["elements"]
    assert (named["text"], about["text"]) == ("The <week>", ", 4–10 May 2026")
    (image,) = far.blocks("image")
    assert far.sandbox.workspace.files[image["slack_file"]["id"]].content == PNG
    assert far.sandbox.calls.index("chat.postMessage") < far.sandbox.calls.index("upload")


async def test_a_person_gets_it_in_the_conversation_with_the_app(far: Far) -> None:
    outcome = await far.send(replace(DELIVERY, address="U0ANNA00000"))
    assert (outcome.kind, far.posted[0][0]) == (OutcomeKind.SENT, "D0ANNA00000")


async def test_what_was_missed_in_a_downtime_is_named(far: Far) -> None:
    await far.send(digest=replace(DIGEST, skipped=("3 May 2026", "4 May 2026")))
    assert "Not sent while the service was down: 3 May 2026; 4 May 2026." in far.posted[0][1]["text"]


async def test_the_reports_of_a_dashboard_follow_in_the_thread_each_with_its_picture(far: Far) -> None:
    other = a_report(Query("newsletter-june"), "newsletter-june")
    await far.send(digest=replace(DIGEST, reports=(REPORT, other, other)))
    (_, first), *thread = far.posted
    assert "2 more reports are in the thread." in str(far.blocks("context")[-1])
    ts = next(iter(far.sandbox.workspace.posted))[1]
    assert [body["thread_ts"] for _, body in thread] == [ts, ts]
    assert len(far.blocks("image", 2)) == 1
    assert "metadata" in first


@pytest.mark.parametrize("door", ["files.getUploadURLExternal", "upload", "files.info", "chat.update"])
async def test_a_picture_that_fails_costs_no_text(far: Far, door: str) -> None:
    far.sandbox.fail(door, Failure("internal_error", 500))
    assert (await far.send()).kind is OutcomeKind.SENT
    assert len(far.posted) == 1
    assert far.blocks("image") == []
    assert "could not be shown" in str(far.blocks("context")[-1])


async def test_a_picture_that_can_not_be_drawn_costs_no_text(far: Far) -> None:
    far.drawer.fault = DrawingError("no")
    assert (await far.send()).kind is OutcomeKind.SENT
    assert far.blocks("image") == []


async def test_nothing_is_posted_without_the_mark(far: Far) -> None:
    far.wanted = False
    assert (await far.send()).kind is OutcomeKind.TRANSIENT
    assert far.posted == []


@pytest.mark.parametrize(
    "failure", [Failure("ratelimited", 429, {"Retry-After": "7"}), Failure("ratelimited", 200, {"Retry-After": "7"})]
)
async def test_a_pause_is_kept_as_long_as_slack_asks(far: Far, failure: Failure) -> None:
    far.sandbox.fail("chat.postMessage", failure)
    outcome = await far.send()
    assert (outcome.kind, outcome.retry_after) == (OutcomeKind.TRANSIENT, timedelta(seconds=7))
    assert far.sandbox.calls.count("chat.postMessage") == 1


@pytest.mark.parametrize(
    "failure",
    [
        Failure("internal_error", 500, done=True),
        Failure("fatal_error", done=True),
        Failure("request_timeout", 408, done=True),
        Failure("", cut=True, done=True),
        Failure("", cut=True),
    ],
)
async def test_an_answer_that_is_lost_is_unknown_and_is_not_tried_again_by_the_client(
    far: Far, failure: Failure
) -> None:
    far.sandbox.fail("chat.postMessage", failure)
    assert (await far.send()).kind is OutcomeKind.UNKNOWN
    assert far.sandbox.calls.count("chat.postMessage") == 1
    found = await far.sender.reconcile(DELIVERY)
    assert found is not None
    assert found.kind is (OutcomeKind.SENT if failure.done else OutcomeKind.TRANSIENT)


async def test_slack_that_can_not_be_reached_is_no_unknown(far: Far) -> None:
    client = AsyncWebClient(token=BOT_TOKEN, base_url="http://127.0.0.1:1/api/", timeout=5, retry_handlers=[])
    outcome = await SlackSender(client, far.sender._pictures).send(DELIVERY, DIGEST, far.mark)
    assert (outcome.kind, outcome.code) == (OutcomeKind.TRANSIENT, "unreachable")


@pytest.mark.parametrize(
    ("code", "told"),
    [
        ("is_archived", "unarchive it"),
        ("not_in_channel", "/invite @emailstats"),
        ("channel_not_found", "if it is private, type /invite @emailstats in it"),
    ],
)
async def test_a_channel_that_is_closed_to_the_app_is_told_with_what_mends_it(far: Far, code: str, told: str) -> None:
    far.sandbox.workspace.closed["C0GENERAL00"] = code
    outcome = await far.send()
    assert (outcome.kind, outcome.code, outcome.suppress) == (OutcomeKind.PERMANENT, code, True)
    assert told in (outcome.text or "")


@pytest.mark.parametrize("code", ["token_revoked", "invalid_auth", "account_inactive", "missing_scope"])
async def test_an_app_that_is_shut_out_is_told_to_be_installed_again(far: Far, code: str) -> None:
    far.sandbox.fail("chat.postMessage", Failure(code))
    outcome = await far.send()
    assert (outcome.kind, outcome.suppress) == (OutcomeKind.PERMANENT, True)
    assert "install the app again" in (outcome.text or "")


async def test_a_person_who_is_gone_is_told_before_anything_is_marked(far: Far) -> None:
    outcome = await far.send(replace(DELIVERY, address="U0GONE00000"))
    assert (outcome.kind, outcome.code, far.marks) == (OutcomeKind.PERMANENT, "user_not_found", 0)


async def test_where_blocks_are_refused_the_text_arrives(far: Far) -> None:
    far.sandbox.fail("chat.postMessage", Failure("invalid_blocks"))
    assert (await far.send()).kind is OutcomeKind.SENT
    assert len(far.posted) == 1


async def test_a_lost_message_is_found_on_a_later_page_and_by_its_own_delivery_alone(far: Far) -> None:
    far.sandbox.fail("chat.postMessage", Failure("", cut=True, done=True))
    await far.send()
    for number in range(250):
        await far.sender._client.chat_postMessage(channel="C0GENERAL00", text=f"chatter {number}")
    found, other = await far.sender.reconcile(DELIVERY), await far.sender.reconcile(replace(DELIVERY, id=8))
    assert found is not None and found.kind is OutcomeKind.SENT
    assert other is not None and other.kind is OutcomeKind.TRANSIENT


@pytest.mark.parametrize("code", ["missing_scope", "ratelimited", "not_in_channel"])
async def test_a_history_that_can_not_be_read_tells_nothing(far: Far, code: str) -> None:
    far.sandbox.fail("conversations.history", Failure(code))
    assert await far.sender.reconcile(DELIVERY) is None
