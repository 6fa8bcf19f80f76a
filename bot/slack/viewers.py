"""In whose language and time zone an answer is written."""

from collections import OrderedDict
from zoneinfo import ZoneInfo

import structlog
from babel import Locale, UnknownLocaleError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.settings import Defaults

_LOG = structlog.get_logger(__name__)
_REMEMBERED = 5_000


class Viewers:
    """Asks Slack once a person; where Slack does not tell, the settings' defaults stand."""

    def __init__(self, defaults: Defaults) -> None:
        self._defaults = defaults
        self._known: OrderedDict[str, Defaults] = OrderedDict()

    async def reader(self, client: AsyncWebClient, user_id: str) -> Defaults:
        """The person's zone and language."""
        if user_id not in self._known:
            self._known[user_id] = await self._look_up(client, user_id)
            if len(self._known) > _REMEMBERED:
                self._known.popitem(last=False)
        return self._known[user_id]

    async def _look_up(self, client: AsyncWebClient, user_id: str) -> Defaults:
        zone, locale = self._defaults.zone, self._defaults.locale
        try:
            user = (await client.users_info(user=user_id, include_locale=True))["user"]
        except (SlackClientError, OSError, TimeoutError) as error:
            _LOG.warning("a person's zone and language are not known", cause=type(error).__name__)
            return Defaults(zone=zone, locale=locale)
        return Defaults(zone=_zone(user.get("tz")) or zone, locale=_locale(user.get("locale")) or locale)


def _zone(name: str | None) -> str | None:
    try:
        return ZoneInfo(name).key if name else None
    except (ValueError, OSError):
        return None


def _locale(name: str | None) -> str | None:
    try:
        return str(Locale.parse(name, sep="-")) if name else None
    except (ValueError, UnknownLocaleError):
        return None
