"""Who somebody is, as Slack tells it: their language and time zone, and what they may do."""

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import structlog
from aiohttp import ClientError
from babel import Locale, UnknownLocaleError
from slack_sdk.errors import SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.access.rights import Access, Person, Policy, Right, Standing
from bot.settings import Defaults

_LOG = structlog.get_logger(__name__)
_REMEMBERED = 5_000
_FRESH = timedelta(hours=1)  # people travel
_GROUP_FRESH = timedelta(minutes=5)
_PATIENCE = 2.0  # seconds; an answer in the default language now is better than a late one
_FAULTS = (SlackClientError, ClientError, OSError, TimeoutError)


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody's zone and language, and who they are."""

    reader: Defaults
    person: Person


class People:
    """Asks Slack about a person once an hour; where Slack does not tell, the settings' defaults stand, and no right."""

    def __init__(self, client: AsyncWebClient, policy: Policy, defaults: Defaults, now: Callable[[], datetime]) -> None:
        self._client = client
        self._policy = policy
        self._defaults = defaults
        self._now = now
        self._known: OrderedDict[str, tuple[datetime, Known]] = OrderedDict()
        self._groups: dict[str, tuple[datetime, frozenset[str]]] = {}
        self._own: dict[str, Any] = {}

    async def check(self, user_id: str, right: Right, channel: str = "") -> tuple[Defaults, Access]:
        """Somebody's zone and language, and what they may do. Raises NotAllowed without that right."""
        known = await self._whole(user_id)
        return known.reader, self._policy.check(known.person, right, channel)

    async def access(self, user_id: str) -> Access:
        """What somebody may do, wherever they are."""
        return self._policy.access((await self._whole(user_id)).person)

    async def _whole(self, user_id: str) -> Known:
        known, groups = await asyncio.gather(self._about(user_id), self._groups_of(user_id))
        return replace(known, person=replace(known.person, groups=groups))

    async def _about(self, user_id: str) -> Known:
        now = self._now()
        told_at, known = self._known.get(user_id, (None, Known(self._defaults, Person(user_id))))
        if told_at is not None and now - told_at < _FRESH:
            return known
        try:
            async with asyncio.timeout(_PATIENCE):
                own = await self._workspace()
                user = (await self._client.users_info(user=user_id, include_locale=True))["user"]
        except _FAULTS as error:
            _LOG.warning("it is not known who somebody is", cause=type(error).__name__)
            return known
        reader = Defaults.model_construct(  # checked here already; settings look through every zone there is
            zone=_zone(user.get("tz")) or self._defaults.zone,
            locale=_locale(user.get("locale")) or self._defaults.locale,
        )
        known = Known(reader, Person(user_id, standing_of(user, own)))
        self._known[user_id] = now, known
        if len(self._known) > _REMEMBERED:
            self._known.popitem(last=False)
        return known

    async def _workspace(self) -> dict[str, Any]:
        """Ours, as auth.test tells it."""
        if not self._own:
            told = await self._client.auth_test()
            self._own = {key: told.get(key) for key in ("team_id", "enterprise_id")}
        return self._own

    async def _groups_of(self, user_id: str) -> frozenset[str]:
        """Those that the policy names and the person is in."""
        groups = sorted(self._policy.groups)
        members = await asyncio.gather(*map(self._members, groups))
        return frozenset(group for group, people in zip(groups, members, strict=True) if user_id in people)

    async def _members(self, group: str) -> frozenset[str]:
        now = self._now()
        told_at, members = self._groups.get(group, (None, frozenset[str]()))
        if told_at is not None and now - told_at < _GROUP_FRESH:
            return members
        try:
            async with asyncio.timeout(_PATIENCE):
                members = frozenset((await self._client.usergroups_users_list(usergroup=group))["users"])
        except _FAULTS as error:
            _LOG.warning("it is not known who is in a user group", group=group, cause=type(error).__name__)
            return members
        self._groups[group] = now, members
        return members


def standing_of(user: Mapping[str, Any], own: Mapping[str, Any]) -> Standing:
    """Of users.info's `user`, in the workspace that auth.test calls our `own`."""
    if user.get("deleted"):
        return Standing.GONE
    enterprise = (user.get("enterprise_user") or {}).get("enterprise_id")
    at_home = user.get("team_id", own["team_id"]) == own["team_id"]
    if not at_home and (enterprise is None or enterprise != own.get("enterprise_id")):
        return Standing.STRANGER
    if user.get("is_restricted") or user.get("is_ultra_restricted"):
        return Standing.GUEST
    return Standing.MEMBER


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
