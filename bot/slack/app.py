"""The Bolt app: what Slack sends is acknowledged at once, and answered in a task."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import ClientSession
from slack_bolt import BoltResponse
from slack_bolt.async_app import AsyncAck, AsyncApp
from slack_bolt.authorization import AuthorizeResult
from slack_sdk.http_retry.builtin_async_handlers import AsyncRateLimitErrorRetryHandler
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rights import NotAllowed, Right
from bot.grammar import COMMAND, typed
from bot.slack import conversation, faults, home, shortcut, step, unfurl
from bot.slack.dispatch import run_command
from bot.slack.interactions import channel_of, register
from bot.slack.people import People
from bot.slack.services import Asked, Place, Services
from reports.render.slack import escaped
from reports.text import plain, shortened

_LOG = structlog.get_logger(__name__)


def web_client(token: str, base_url: str, session: ClientSession | None = None) -> AsyncWebClient:
    """A client that waits as long as Slack says when it asks for a pause.

    With a `session`, whoever made it closes it; without one, every request opens a connection of its own.
    """
    client = AsyncWebClient(token=token, base_url=base_url, timeout=15, session=session)
    client.retry_handlers.append(AsyncRateLimitErrorRetryHandler(max_retry_count=2))
    return client


def build_app(client: AsyncWebClient, signing_secret: str | None, services: Services, people: People) -> AsyncApp:
    """The app for one workspace. `signing_secret` verifies requests over HTTP; a socket needs none."""

    async def authorize() -> AuthorizeResult:
        # One workspace, whose token we hold: asking Slack who we are would only delay the acknowledgement.
        return AuthorizeResult(enterprise_id=None, team_id=None, bot_token=client.token)

    app = AsyncApp(
        client=AsyncWebClient(base_url=client.base_url),  # Bolt takes its token from `authorize`
        signing_secret=signing_secret,
        request_verification_enabled=signing_secret is not None,
        authorize=authorize,
        process_before_response=True,
        ignoring_self_events_enabled=False,  # it would ask who we are; what any app says is passed over
    )

    async def introduce(asked: Asked) -> Asked:
        """With who asks. Raises bot.access.rights.NotAllowed."""
        reader, access = await people.check(asked.user, Right.FIGURES, asked.channel)
        return replace(asked, reader=reader, access=access.for_others if asked.public else access)

    def asked_by(body: dict[str, Any], text: str) -> Asked:
        """Of what was pressed or filled in."""
        url, view = body.get("response_url", ""), body.get("view") or {}
        channel = (body.get("channel") or {}).get("id") or channel_of(view)
        user, trigger = body["user"]["id"], body.get("trigger_id", "")
        place = _place(body)
        block = (body.get("actions") or [{}])[0].get("block_id", "") if place is None else ""
        return Asked(text, user, services.defaults, url, client, services, trigger, channel, block=block, place=place)

    async def answer(asked: Asked, run: Callable[[Asked], Awaitable[None]] = run_command) -> None:
        try:
            await run(await introduce(asked))
        except Exception as error:  # noqa: BLE001 - the one handler: every error ends as a sentence or in the log
            await faults.explain(asked, error)

    async def on_command(ack: AsyncAck, command: dict[str, Any]) -> BoltResponse | None:
        text = typed(command.get("text") or "")
        if not services.first_time(command["trigger_id"]):
            return await ack()
        url, trigger, channel = command["response_url"], command["trigger_id"], command.get("channel_id", "")
        user = command["user_id"]
        services.start(answer(Asked(text, user, services.defaults, url, client, services, trigger, channel)))
        return await ack(response_type="ephemeral", text=_working(text))

    async def on_home(body: dict[str, Any]) -> None:
        event = body["event"]
        if event.get("tab") == "home" and services.first_time(body["event_id"]):
            services.start(show_home(Asked("", event["user"], services.defaults, "", client, services)))

    async def show_home(asked: Asked) -> None:
        try:
            await home.publish(await introduce(asked))
        except NotAllowed as refused:
            await home.refuse(asked, escaped(str(refused)))
        except Exception as error:  # noqa: BLE001 - what was published before stays; a message would come unasked
            _LOG.error("the app's home could not be shown", cause=type(error).__name__, exc_info=error)

    app.command(COMMAND)(on_command)
    app.event("app_home_opened")(on_home)
    conversation.register(app, client, services, answer)
    shortcut.register(app, asked_by, services, answer)
    step.register(app, client, services, introduce)
    unfurl.register(app, client, services, introduce)
    register(app, asked_by, introduce)
    return app


def _place(body: dict[str, Any]) -> Place | None:
    """The thread under a message that others read as well: it stays, whoever presses something in it."""
    container, message = body.get("container") or {}, body.get("message") or {}
    if container.get("type") != "message" or container.get("is_ephemeral"):
        return None
    ts = str(container.get("message_ts", ""))
    place = Place(str(container.get("channel_id", "")), str(message.get("thread_ts") or ts), pressed=ts)
    return place if place.public else None


def _working(text: str) -> str:
    return f"Looking up “{escaped(shortened(plain(text), 100))}” …" if text else "One moment …"
