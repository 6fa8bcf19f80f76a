"""A provider's HTTP API as pulling needs it: one door for pace, patience and refusals."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

import aiohttp
import structlog
from sqlalchemy import Engine

from bot.terminal import Fault
from store import sync
from store.sync import Pace

_LOG = structlog.get_logger(__name__)

#: Tries of one request, and seconds before the second; each wait after it is twice as long, up to the longest.
_TRIES, _FIRST_WAIT, _LONGEST_WAIT = 8, 1.0, 60.0
#: Whoever asks to wait longer than this, as at the end of a day's quota, is asked again by a later run.
_PATIENCE = timedelta(minutes=10)
_LARGEST = 64 * 1024 * 1024  # bytes of an answer; a page of a hundred marketing e-mails has a few MiB
_TIMEOUT = aiohttp.ClientTimeout(total=120, sock_connect=10, sock_read=60)
_AGAIN = {408, 425, 429}
_CUT = 530  # HubSpot's answer to a token of which a piece is missing

Parameters = Mapping[str, str | int]


class Refused(Fault):
    """The provider will not answer this request, however often it is asked."""

    def __init__(self, status: int, message: str) -> None:
        self.status = status
        super().__init__(message)


class Unavailable(Fault):
    """The provider could not answer for longer than it is worth waiting. Run again, it goes on where it ended."""


@dataclass(frozen=True, slots=True)
class Provider:
    """Whom to ask, and with what. `secret` is sent along; `mend` says where a refused one is mended."""

    name: str
    base_url: str
    secret: str = field(repr=False)
    mend: str
    pace: Pace


@dataclass(frozen=True, slots=True)
class Time:
    """The clock, and how to wait; a test has its own."""

    now: Callable[[], datetime] = lambda: datetime.now(UTC)
    sleep: Callable[[float], Awaitable[None]] = asyncio.sleep


class Api:
    """Asks one provider, no quicker than all processes may together."""

    def __init__(self, session: aiohttp.ClientSession, engine: Engine, provider: Provider, time: Time) -> None:
        self._session = session
        self._engine = engine
        self._provider = provider
        self._time = time

    async def get(self, path: str, parameters: Parameters | None = None) -> bytes:
        """The body of a success. Raises Refused and Unavailable."""
        why = ""
        for attempt in range(_TRIES):
            await self._take_turn()
            wait = min(_FIRST_WAIT * 2**attempt, _LONGEST_WAIT)
            try:
                status, headers, body = await self._ask(path, parameters or {})
            except (aiohttp.ClientError, TimeoutError) as error:
                why = f"{type(error).__name__}"
            else:
                if status == 200:
                    return body
                if (status < 500 and status not in _AGAIN) or status == _CUT:
                    raise self._refusal(status, path)
                why = f"it answers {status}"
                told = _retry_after(headers.get("Retry-After"), self._time.now())
                if told is not None:
                    await self._hold_off(told)
                    continue  # everybody's turn is put off: _take_turn waits
            if attempt < _TRIES - 1:
                _LOG.info("provider asked again", provider=self._provider.name, why=why, seconds=wait)
                await self._time.sleep(wait)
        raise Unavailable(
            f"{self._provider.name} did not answer in {_TRIES} tries ({why}). Run it again later: it goes on from here."
        )

    async def _ask(self, path: str, parameters: Parameters) -> tuple[int, Mapping[str, str], bytes]:
        # No redirect is followed: the token is for this host alone.
        async with self._session.get(
            self._provider.base_url + path,
            params={name: str(value) for name, value in parameters.items()},
            headers={"Authorization": f"Bearer {self._provider.secret}", "Accept": "application/json"},
            allow_redirects=False,
            timeout=_TIMEOUT,
        ) as response:
            pieces, size = [], 0
            async for piece in response.content.iter_chunked(1 << 16):
                pieces.append(piece)
                size += len(piece)
                if size > _LARGEST:
                    raise Refused(response.status, f"{self._provider.name} answers {path} with more than 64 MiB.")
            return response.status, response.headers, b"".join(pieces)

    async def _take_turn(self) -> None:
        while wait := await asyncio.to_thread(sync.take, self._engine, self._provider.pace, self._time.now()):
            self._check_patience(wait)
            await self._time.sleep(wait.total_seconds())

    async def _hold_off(self, wait: timedelta) -> None:
        await asyncio.to_thread(sync.hold_off, self._engine, self._provider.pace, self._time.now() + wait)
        self._check_patience(wait)

    def _check_patience(self, wait: timedelta) -> None:
        if wait > _PATIENCE:
            at = self._time.now() + wait
            raise Unavailable(
                f"{self._provider.name} asks not to be called before {at:%Y-%m-%d %H:%M} UTC: its quota is used up. "
                "Run it again then: it goes on from here."
            )

    def _refusal(self, status: int, path: str) -> Refused:
        name = self._provider.name
        if status in (401, _CUT):
            return Refused(status, f"{name} does not accept the credentials. {self._provider.mend}")
        if status == 403:
            return Refused(status, f"{name} does not let these credentials read {path}. {self._provider.mend}")
        return Refused(status, f"{name} answers {path} with {status}. Is base_url in the settings right?")


def _retry_after(told: str | None, now: datetime) -> timedelta | None:
    """How long to wait, told in seconds or as a date; None where neither is there."""
    if told is None:
        return None
    try:
        return max(timedelta(seconds=min(float(told), 86_400.0)), timedelta(0))
    except ValueError:
        pass
    try:
        at = parsedate_to_datetime(told)
    except ValueError:
        return None
    return max((at if at.tzinfo else at.replace(tzinfo=UTC)) - now, timedelta(0))
