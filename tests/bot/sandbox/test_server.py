"""The stand-in keeps Slack's rules on the wire."""

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.sandbox.methods import APP_TOKEN, BOT_TOKEN
from bot.sandbox.server import Sandbox
from bot.sandbox.state import Failure

TEXT = {"response_type": "ephemeral", "text": "Hello"}


class Clock:
    """A clock that only the test moves."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
async def sandbox(clock: Clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(polls=2, clock=clock) as sandbox:
        yield sandbox


def client(sandbox: Sandbox, token: str | None = BOT_TOKEN) -> AsyncWebClient:
    return AsyncWebClient(token, base_url=sandbox.api_url, retry_handlers=[])


async def post(url: str, body: dict[str, Any]) -> tuple[int, str]:
    async with aiohttp.ClientSession() as session, session.post(url, json=body) as response:
        return response.status, await response.text()


@pytest.mark.parametrize(
    ("token", "method", "error"),
    [
        (BOT_TOKEN, "chat.shout", "unknown_method"),
        (None, "auth.test", "not_authed"),
        ("xoxb-another", "auth.test", "invalid_auth"),
        (APP_TOKEN, "auth.test", "not_allowed_token_type"),
        (BOT_TOKEN, "apps.connections.open", "not_allowed_token_type"),
        (BOT_TOKEN, "users.info", "invalid_arguments"),
    ],
)
async def test_a_call_that_slack_refuses_is_refused_with_its_code(
    sandbox: Sandbox, token: str | None, method: str, error: str
) -> None:
    with pytest.raises(SlackApiError) as refused:
        await client(sandbox, token).api_call(method)
    assert refused.value.response["error"] == error


async def test_a_picture_may_be_shown_only_once_it_is_processed(sandbox: Sandbox) -> None:
    slack = client(sandbox)
    uploaded = await slack.files_upload_v2(filename="chart.png", content=b"picture", title="Chart", alt_txt="Opens")
    file = uploaded["files"][0]["id"]
    _conversation, url = sandbox.open_conversation("U1")
    message = {**TEXT, "blocks": [{"type": "image", "slack_file": {"id": file}, "alt_text": "Opens"}]}
    assert (await post(url, message))[0] == 400
    mimetypes = [(await slack.files_info(file=file))["file"]["mimetype"] for _ in range(2)]
    assert mimetypes == ["", "image/png"]
    assert (await post(url, message))[0] == 200


async def test_an_upload_has_the_length_that_was_announced(sandbox: Sandbox) -> None:
    told = await client(sandbox).files_getUploadURLExternal(filename="chart.png", length=3)
    async with aiohttp.ClientSession() as session, session.post(told["upload_url"], data=b"four") as response:
        assert response.status == 400


async def test_a_response_url_is_used_five_times(sandbox: Sandbox) -> None:
    conversation, url = sandbox.open_conversation("U1")
    answers = [await post(url, TEXT) for _ in range(6)]
    assert [status for status, _ in answers] == [200] * 5 + [404]
    assert "used_url" in answers[-1][1]
    assert len(conversation.shown) == 5


async def test_a_response_url_lasts_half_an_hour(sandbox: Sandbox, clock: Clock) -> None:
    _conversation, url = sandbox.open_conversation("U1")
    clock.seconds = 1_800
    assert (await post(url, TEXT))[0] == 200
    clock.seconds = 1_801
    status, text = await post(url, TEXT)
    assert status == 404 and "expired_url" in text


async def test_who_may_see_an_answer_has_to_be_said(sandbox: Sandbox) -> None:
    conversation, url = sandbox.open_conversation("U1")
    assert (await post(url, {"text": "Hello"}))[0] == 400
    assert conversation.shown == []


async def test_a_message_replaces_the_one_before_it_when_asked(sandbox: Sandbox) -> None:
    conversation, url = sandbox.open_conversation("U1")
    for text, replaces in (("one", False), ("two", True)):
        await post(url, {**TEXT, "text": text, "replace_original": replaces})
    assert [shown.text for shown in conversation.shown] == ["two"]


async def test_a_failure_is_used_up(sandbox: Sandbox) -> None:
    sandbox.fail("auth.test", Failure("fatal_error"))
    with pytest.raises(SlackApiError, match="fatal_error"):
        await client(sandbox).auth_test()
    assert (await client(sandbox).auth_test())["ok"]


async def test_a_socket_needs_the_ticket_that_slack_gave(sandbox: Sandbox) -> None:
    url = (await client(sandbox, APP_TOKEN).apps_connections_open(app_token=APP_TOKEN))["url"]
    async with aiohttp.ClientSession() as session:
        async with session.ws_connect(url) as socket:
            assert (await socket.receive_json())["type"] == "hello"
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await session.ws_connect(url.partition("?")[0])
