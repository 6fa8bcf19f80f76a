"""The page of the stand-in: typed, read and pressed over HTTP, as a browser does."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from typing import Any

import aiohttp
import pytest

from bot.sandbox.clock import Clock
from bot.sandbox.doors import ANNA
from bot.sandbox.mailbox import Mailbox
from bot.sandbox.methods import BOT_TOKEN, Arguments
from bot.sandbox.page import Scene, page
from bot.sandbox.server import Sandbox
from bot.sandbox.state import File
from bot.sandbox.webhook_doors import Target

MARK = "U0MARK00000"
NOON = datetime(2026, 5, 4, 10, 0, tzinfo=UTC)
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "A <form>"},
    "submit": {"type": "plain_text", "text": "Save"},
    "blocks": [
        {
            "type": "input",
            "block_id": "name",
            "label": {"type": "plain_text", "text": "Name"},
            "element": {"type": "plain_text_input", "action_id": "a"},
        },
        {
            "type": "input",
            "block_id": "who",
            "optional": True,
            "label": {"type": "plain_text", "text": "Who"},
            "element": {"type": "multi_users_select", "action_id": "a"},
        },
    ],
}
SHARE = {"type": "button", "action_id": "share", "text": {"type": "plain_text", "text": "Share"}}


class Echo:
    """An app that answers in its acknowledgement, and shares over the response URL what is pressed."""

    def __init__(self, session: aiohttp.ClientSession, api: str) -> None:
        self.session, self.api = session, api
        self.pressed: list[Arguments] = []
        self.filled: Arguments = {}

    async def send(self, kind: str, payload: Arguments) -> Any:
        if kind == "slash_commands" and payload["text"] == "slow":
            raise TimeoutError
        if kind == "slash_commands" and payload["text"] == "form":
            await self._open(payload["trigger_id"])
            return None
        if kind == "slash_commands":
            blocks = [
                {"type": "section", "text": {"type": "mrkdwn", "text": f"*{payload['text']}*"}},
                {"type": "actions", "elements": [SHARE]},
            ]
            return {"response_type": "ephemeral", "text": payload["text"], "blocks": blocks}
        if payload["type"] == "block_suggestion":
            words = [f"{payload['value']}berg", payload["value"]]
            return {"options": [{"text": {"type": "plain_text", "text": word}, "value": word} for word in words]}
        if payload["type"] == "view_submission":
            self.filled = payload["view"]["state"]["values"]
            short = len(self.filled["name"]["a"]["value"]) < 3
            return {"response_action": "errors", "errors": {"name": "Too short."}} if short else None
        self.pressed += payload["actions"]
        shared = {"response_type": "in_channel", "text": "Shared with all", "replace_original": False}
        async with self.session.post(payload["response_url"], json=shared) as answer:
            assert answer.status == 200
        return None

    async def _open(self, trigger: str) -> None:
        body = {"trigger_id": trigger, "view": FORM}
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        async with self.session.post(f"{self.api}views.open", json=body, headers=headers) as answer:
            assert (await answer.json())["ok"]


class Browser:
    clock: Clock
    address: str

    def __init__(self, sandbox: Sandbox, session: aiohttp.ClientSession, app: Echo) -> None:
        self.sandbox, self.session, self.app = sandbox, session, app
        self.rate, self.moves = 0, 0

    def moved(self) -> None:
        self.moves += 1

    async def see(self, user: str, holds: str = "", path: str = "messages") -> str:
        """The messages, or another part of the page, once they hold the words."""
        seen = -1
        while True:
            seen = await self.sandbox.revision_after(seen, 10)
            async with self.session.get(f"{self.address}{path}", params={"as": user}) as answer:
                html = await answer.text()
            if holds in html:
                return html

    async def post(self, path: str, **form: str) -> int:
        async with self.session.post(self.address + path, data=form, allow_redirects=False) as answer:
            return answer.status


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    async with AsyncExitStack() as stack:
        sandbox = await stack.enter_async_context(Sandbox())
        session = await stack.enter_async_context(aiohttp.ClientSession())
        app = Echo(session, sandbox.api_url)
        browser = Browser(sandbox, session, app)

        async def figures(email: str, user: str) -> list[dict[str, str]]:
            return [{"label": "Open rate", "value": f"{browser.rate} %", "counts": ""}] if browser.rate else []

        clock = Clock(NOON)
        scene = Scene(sandbox, app, clock, Mailbox(), Target("http://127.0.0.1:9", session, figures), browser.moved)
        browser.clock, browser.address = clock, await stack.enter_async_context(page(scene))
        yield browser


async def test_what_is_typed_is_answered_to_the_one_who_typed_it(browser: Browser) -> None:
    assert await browser.post("type", **{"as": ANNA, "text": "/emailstats may"}) == 303
    html = await browser.see(ANNA, "<strong>may</strong>")
    assert "Only visible to you" in html
    assert "12:00" in html  # Anna's clock in Amsterdam
    assert "<strong>may</strong>" not in await browser.see(MARK)


async def test_what_a_press_shares_everybody_sees(browser: Browser) -> None:
    await browser.post("type", **{"as": ANNA, "text": "/emailstats may"})
    await browser.see(ANNA, "<strong>may</strong>")
    place = {"entry": "0", "part": "0", "post": "0", "block": "1", "action": "share"}
    assert await browser.post("press", **{"as": MARK}, **place) == 303  # who does not see it presses nothing
    assert await browser.post("press", **{"as": ANNA}, **place) == 303
    assert "<strong>may</strong>" not in await browser.see(MARK, "Shared with all")
    assert [action["action_id"] for action in browser.app.pressed] == ["share"]


async def test_a_button_of_a_posted_message_is_pressed_and_what_follows_stands_below_it(browser: Browser) -> None:
    direct, blocks = f"D{ANNA[1:]}", [{"type": "actions", "elements": [SHARE]}]
    browser.sandbox.workspace.posted[direct, "1777888800.000001"] = {"text": "Your file", "blocks": blocks}
    place = {"channel": direct, "ts": "1777888800.000001", "block": "0", "action": "share"}
    assert await browser.post("press", **{"as": ANNA}, **place) == 303
    html = await browser.see(ANNA, "Shared with all", "messages?in=direct")
    assert html.index("<button") < html.index("Shared with all")
    assert "Share" not in await browser.see(MARK, path="messages?in=direct")


MENU = {"type": "external_select", "action_id": "city", "min_query_length": 1}


async def test_a_menu_of_a_message_offers_what_the_app_has_for_what_was_typed(browser: Browser) -> None:
    place = ("C0GENERAL00", "1777888800.000001")
    browser.sandbox.workspace.posted[place] = {"text": "Where?", "blocks": [{"type": "actions", "elements": [MENU]}]}
    assert 'list="offered" data-offered="1"' in await browser.see(ANNA, "Set")
    where = {"channel": place[0], "ts": place[1], "block": "0", "action": "city"}
    told = "&".join(f"{key}={value}" for key, value in where.items())
    assert (await browser.see(ANNA, path=f"press/offered?{told}&typed=K<")).count("<option") == 2
    assert 'value="K&lt;berg"' in await browser.see(ANNA, path=f"press/offered?{told}&typed=K<")
    assert await browser.see(ANNA, path=f"press/offered?{told}0&typed=K") == ""
    await browser.post("press", **{"as": ANNA}, **where, option="K")
    await browser.see(ANNA, "Shared with all")
    assert [action["selected_option"]["value"] for action in browser.app.pressed] == ["K"], "the one that is called so"


async def test_what_replaces_a_posted_message_stands_in_its_place(browser: Browser) -> None:
    workspace = browser.sandbox.workspace
    workspace.posted["C0GENERAL00", "1.000001"] = {"text": "before", "channel": "C0GENERAL00"}
    conversation, url = browser.sandbox.open_conversation(ANNA)
    conversation.ts = "1.000001"
    for body, seen in (
        ({"replace_original": True, "text": "after"}, True),
        ({"delete_original": True, "text": ""}, False),
    ):
        async with browser.session.post(url, json={"response_type": "in_channel", **body}) as answer:
            assert answer.status == 200, await answer.text()
        assert ("after" in await browser.see(MARK)) is seen
    assert "before" not in await browser.see(MARK)


async def test_replies_stand_in_the_thread_of_their_message(browser: Browser) -> None:
    posted = browser.sandbox.workspace.posted
    posted["C0GENERAL00", "2.000001"] = {"text": "first"}
    posted["C0GENERAL00", "3.000002"] = {"text": "second"}
    posted["C0GENERAL00", "4.000003"] = {"text": "of the first", "thread_ts": "2.000001"}
    html = await browser.see(MARK)
    assert html.index("first") < html.index("1 reply") < html.index("of the first") < html.index("second")


async def test_a_late_acknowledgement_is_the_error_that_slack_shows(browser: Browser) -> None:
    await browser.post("type", **{"as": ANNA, "text": "/emailstats slow"})
    assert 'class="fault in-feed" role="alert"' in await browser.see(ANNA, "operation_timeout")


async def test_what_is_no_command_is_said_to_be_none_and_shown_as_text(browser: Browser) -> None:
    await browser.post("type", **{"as": ANNA, "text": "/<script>"})
    assert "/&lt;script&gt; is no command here" in await browser.see(ANNA, "no command")


@pytest.mark.parametrize("headers", [{"Origin": "http://evil.example"}, {"Host": "evil.example"}])
async def test_pages_of_other_sites_cannot_type_here(browser: Browser, headers: dict[str, str]) -> None:
    form = {"as": ANNA, "text": "/emailstats may"}
    async with browser.session.post(f"{browser.address}type", data=form, headers=headers) as answer:
        assert answer.status == 403


@pytest.mark.parametrize("path", ["?as=U0NOBODY000", "?in=elsewhere", "file/F0", "static/secret"])
async def test_what_there_is_not_is_not_found(browser: Browser, path: str) -> None:
    async with browser.session.get(browser.address + path) as answer:
        assert answer.status == 404


async def test_a_file_is_shown_as_it_was_uploaded(browser: Browser) -> None:
    browser.sandbox.workspace.files["F1"] = File("F1", "a.png", 4, "", 0, b"\x89PNG", "a")
    async with browser.session.get(f"{browser.address}file/F1") as answer:
        assert (answer.content_type, await answer.read()) == ("image/png", b"\x89PNG")


async def test_a_file_that_is_shared_in_a_channel_is_a_download_for_all_who_read_there(browser: Browser) -> None:
    async def call(method: str, **told: Any) -> Arguments:
        headers = {"Authorization": f"Bearer {BOT_TOKEN}"}
        async with browser.session.post(f"{browser.sandbox.api_url}{method}", json=told, headers=headers) as answer:
            said: Arguments = await answer.json()
            return said

    place = await call("files.getUploadURLExternal", filename='rows "1".csv', length=3)
    async with browser.session.post(place["upload_url"], data=b"a;b") as answer:
        assert answer.status == 200
    told = {"files": [{"id": place["file_id"], "title": "Rows <1>"}]}
    for channel, error in ((ANNA, "channel_not_found"), ("elsewhere", "channel_not_found")):
        assert (await call("files.completeUploadExternal", channel_id=channel, **told))["error"] == error
    nowhere = await call("files.completeUploadExternal", channel_id="C0GENERAL00", thread_ts="1.1", **told)
    assert nowhere["error"] == "thread_not_found"
    done = await call("files.completeUploadExternal", channel_id="C0GENERAL00", initial_comment="As *asked*", **told)
    assert done["ok"]
    html = await browser.see(MARK, "<strong>asked</strong>")
    link = f'<a href="/file/{place["file_id"]}" download="rows &#34;1&#34;.csv">Rows &lt;1&gt;</a>'
    assert f"{link} <small>3 bytes</small>" in html
    async with browser.session.get(f"{browser.address}file/{place['file_id']}") as answer:
        assert (answer.content_type, await answer.read()) == ("application/octet-stream", b"a;b")


async def test_a_modal_is_filled_in_corrected_and_submitted(browser: Browser) -> None:
    await browser.post("type", **{"as": ANNA, "text": "/emailstats form"})
    html = await browser.see(ANNA, "A &lt;form&gt;", "modal")
    assert '<legend>Who <small>(optional)</small></legend><label class="tick">' in html
    assert not await browser.see(MARK, path="modal")
    await browser.post("modal/submit", **{"as": ANNA})
    assert "Please fill in: Name." in await browser.see(ANNA, path="modal")
    await browser.post("modal/fill", **{"as": ANNA, "label": "Name", "value": "ab"})
    await browser.post("modal/submit", **{"as": ANNA})
    html = await browser.see(ANNA, path="modal")
    assert "Too short." in html
    assert 'value="ab"' in html
    await browser.post("modal/fill", **{"as": ANNA, "label": "Name", "value": "abc"})
    await browser.post("modal/fill", **{"as": ANNA, "label": "Who", "value": MARK})
    await browser.post("modal/submit", **{"as": ANNA})
    assert not await browser.see(ANNA, path="modal")
    assert browser.app.filled["who"]["a"]["selected_users"] == [MARK]


async def test_a_modal_that_is_cancelled_tells_the_app_nothing(browser: Browser) -> None:
    await browser.post("type", **{"as": ANNA, "text": "/emailstats form"})
    await browser.see(ANNA, "A &lt;form&gt;", "modal")
    await browser.post("modal/close", **{"as": ANNA})
    assert not await browser.see(ANNA, path="modal")
    assert browser.app.filled == {}


async def test_the_clock_goes_forward_and_the_service_hears_of_it(browser: Browser) -> None:
    assert "Mon 4 May 2026, 12:00" in await browser.see(ANNA, path="clock")
    assert await browser.post("clock", **{"as": ANNA, "hours": "168"}) == 303
    assert "Mon 11 May 2026, 12:00" in await browser.see(ANNA, path="clock")
    assert browser.moves == 1


@pytest.mark.parametrize("hours", ["-1", "soon", "9" * 30])
async def test_the_clock_goes_nowhere_else(browser: Browser, hours: str) -> None:
    assert await browser.post("clock", **{"as": ANNA, "hours": hours}) == 400
    assert browser.moves == 0


async def test_a_service_that_is_not_reached_by_a_webhook_is_said_to_be(browser: Browser) -> None:
    form = {"as": ANNA, "provider": "mailgun", "happening": "opened", "contact": "ada@example.com"}
    assert await browser.post("webhooks", **form) == 303
    assert "not reached" in await browser.see(ANNA, path="webhooks/figures")
