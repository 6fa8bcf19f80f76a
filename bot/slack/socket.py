"""Socket Mode: Slack's requests over a WebSocket that we open, for where no port can be opened to the world."""

from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient


def socket_handler(app: AsyncApp, app_token: str, base_url: str) -> AsyncSocketModeHandler:
    """Connect it with `connect_async`, end it with `close_async`; it reconnects by itself."""
    return AsyncSocketModeHandler(
        app, app_token=app_token, web_client=AsyncWebClient(token=app_token, base_url=base_url)
    )
