"""In whose language and time zone an answer is written."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import structlog
from aiohttp import ClientError
from babel import Locale, UnknownLocaleError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Defaults

_LOG = structlog.get_logger(__name__)
_REMEMBERED = 5_000
_FRESH = timedelta(hours=1)  # people travel
_PATIENCE = 2.0  # seconds; an answer in the default language now is better than a late one


class Viewers:
    """Asks Slack about a person once an hour; where Slack does not tell, the settings' defaults stand."""

    def __init__(self, defaults: Defaults, now: Callable[[], datetime]) -> None:
        self._defaults = defaults
        self._now = now
        self._known: OrderedDict[str, tuple[datetime, Defaults]] = OrderedDict()

    async def reader(self, client: AsyncWebClient, user_id: str) -> Defaults:
        """The person's zone and language."""
        now = self._now()
        told_at, reader = self._known.get(user_id, (None, self._defaults))
        if told_at is not None and now - told_at < _FRESH:
            return reader
        try:
            async with asyncio.timeout(_PATIENCE):
                user = (await client.users_info(user=user_id, include_locale=True))["user"]
        except (SlackClientError, ClientError, OSError, TimeoutError) as error:
            _LOG.warning("a person's zone and language are not known", cause=type(error).__name__)
            return reader
        reader = Defaults.model_construct(  # checked here already; settings look through every zone there is
            zone=_zone(user.get("tz")) or self._defaults.zone,
            locale=_locale(user.get("locale")) or self._defaults.locale,
        )
        self._known[user_id] = now, reader
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return reader


def _zone(name: str | None) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (KeyError, ValueError, OSError):  # the first for a zone that there is not
        return None


def _locale(name: str | None) -> str | None:
    try:
        return str(Locale.parse(name, sep="-")) if name else None
    except (ValueError, UnknownLocaleError):
        return None
