"""Bodies of strangers: never larger than allowed, packed or unpacked, never slower, and all together bounded."""

import asyncio
import zlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.requests import ClientDisconnect, Request

_AT_A_TIME = 32  # bodies of the largest size that are held at one moment
_PACKED = {"gzip", "x-gzip"}
_GZIP = 16 + zlib.MAX_WBITS  # zlib's word for: with the header of gzip


class TooLarge(Exception):
    """The body is over the limit."""


class Broken(Exception):
    """The body cannot be had: it is cut off, too slow, or packed in a way that is wrong or unknown."""


class Busy(Exception):
    """So much is held at this moment that one more would not fit."""


class Bodies:
    """Reads bodies of at most `limit` bytes that take at most `seconds` to come."""

    def __init__(self, limit: int, seconds: float) -> None:
        self._limit = limit
        self._seconds = seconds
        self._left = _AT_A_TIME * limit

    @asynccontextmanager
    async def read(self, request: Request) -> AsyncIterator[bytes]:
        """The body, unpacked, held for as long as the context. Raises TooLarge, Broken and Busy.

        A body that is announced as too large is refused unread.
        """
        if _announced(request) > self._limit:
            raise TooLarge
        body = bytearray()
        try:
            await self._collect(request, body)
            yield bytes(body)
        finally:
            self._left += len(body)

    async def _collect(self, request: Request, body: bytearray) -> None:
        encoding = request.headers.get("content-encoding", "identity").strip().lower()
        if encoding != "identity" and encoding not in _PACKED:
            raise Broken(f"it is packed as {encoding[:40]!r}, which is not known here")
        unpacker = zlib.decompressobj(_GZIP) if encoding in _PACKED else None
        try:
            async with asyncio.timeout(self._seconds):
                async for chunk in request.stream():
                    self._keep(body, chunk if unpacker is None else self._unpacked(unpacker, chunk, len(body)))
        except TimeoutError:
            raise Broken("it was too slow") from None
        except ClientDisconnect:
            raise Broken("it was cut off") from None
        except zlib.error:
            raise Broken("it is no gzip") from None
        if unpacker is not None and (not unpacker.eof or unpacker.unused_data):
            raise Broken("its gzip is cut off, or goes on after its end")

    def _keep(self, body: bytearray, chunk: bytes) -> None:
        if len(body) + len(chunk) > self._limit:
            raise TooLarge
        if len(chunk) > self._left:
            raise Busy
        self._left -= len(chunk)
        body += chunk

    def _unpacked(self, unpacker: "zlib._Decompress", chunk: bytes, had: int) -> bytes:
        """One byte more than there is room for, at most: enough to see that it is too much."""
        return unpacker.decompress(chunk, self._limit - had + 1)


def _announced(request: Request) -> int:
    length = request.headers.get("content-length", "")
    return int(length) if length.isascii() and length.isdecimal() else 0
