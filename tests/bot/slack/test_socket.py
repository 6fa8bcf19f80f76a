"""Socket Mode outlives its sockets, and ends without leaving anybody without an answer."""

import asyncio

from aiohttp import ClientSession

from bot.sandbox.doors import Person, SocketWire
from bot.sandbox.methods import APP_TOKEN
from bot.slack.socket import socket_handler
from tests.bot.slack.office import Gate, OpenOffice


async def test_a_socket_that_slack_wants_to_replace_is_replaced(office: OpenOffice) -> None:
    opened = await office()
    anna = await opened.by_socket()
    (old,) = opened.sandbox._sockets
    await opened.sandbox.refresh_sockets()
    async with asyncio.timeout(10):
        while not old.closed:  # noqa: ASYNC110 - the stand-in tells nobody
            await asyncio.sleep(0)
    asked = await (await anna.type("newsletter-may")).posted(2)
    assert asked.last.of_type("image")
    assert opened.sandbox.calls.count("apps.connections.open") == 2


async def test_a_socket_that_breaks_is_replaced(office: OpenOffice) -> None:
    opened = await office()
    anna = await opened.by_socket()
    (old,) = opened.sandbox._sockets
    await old.close()
    asked = await (await anna.type("newsletter-may")).posted(1)
    assert "400" in asked.posts[0].text


async def test_a_question_under_way_is_answered_after_the_socket_is_closed(office: OpenOffice) -> None:
    gate = Gate()
    opened = await office(gate)
    handler = socket_handler(opened.app, APP_TOKEN, opened.sandbox.api_url)
    await handler.connect_async()
    asked = await Person(opened.sandbox, SocketWire(opened.sandbox)).type("newsletter-may")
    await handler.close_async()
    assert asked.posts == []
    gate.open.set()
    await opened.services.finish()
    assert asked.last.of_type("image")


async def test_the_socket_is_opened_with_the_app_token_alone(office: OpenOffice) -> None:
    opened = await office()
    await opened.by_socket()
    assert opened.sandbox.calls == ["apps.connections.open"], "the stand-in refuses any other token there"


async def test_a_ticket_opens_one_socket(office: OpenOffice) -> None:
    opened = await office()
    await opened.by_socket()
    assert opened.sandbox.workspace.tickets == set()
    async with ClientSession() as session:
        for ticket in ("sandbox", "ticket-1"):
            url = f"{opened.sandbox.workspace.base}/socket?ticket={ticket}"
            async with session.get(url) as answer:
                assert answer.status == 403
