"""`/d/TOKEN`: a file of a report, for whoever holds its link. Asking changes nothing, so that scanners may ask."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

import structlog
from sqlalchemy import Engine
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from bot.exports.storage import Storage, StorageFault
from bot.web.pages import PRIVATE, page
from store import exports
from store.exports import Job

_LOG = structlog.get_logger(__name__)

_TOKEN = re.compile(r"[\w-]{22}", re.ASCII)
_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


class _Unsatisfiable(ValueError):
    """The range that is asked for begins after the end of the file."""


@dataclass(frozen=True)
class Downloads:
    """Gives out files by their links."""

    engine: Engine
    storage: Storage
    now: Callable[[], datetime]

    def route(self) -> Route:
        return Route("/d/{token}", self._answer, methods=["GET", "HEAD"])

    async def _answer(self, request: Request) -> Response:
        found = await asyncio.to_thread(self._find, request.path_params["token"])
        if found is None:
            return page("gone", 404)
        link, job = found
        asked = request.headers.get("range", "")
        await asyncio.to_thread(exports.log_access, self.engine, link, self.now(), request.method, asked)
        assert job.size is not None and job.file is not None and job.name is not None
        headers = {
            **PRIVATE,
            "Content-Type": job.media_type or "application/octet-stream",
            "Content-Disposition": disposition(job.name),
            "Accept-Ranges": "bytes",
            "ETag": f'"{job.file}"',
        }
        try:
            part = _part(asked, request.headers.get("if-range"), headers["ETag"], job.size)
        except _Unsatisfiable:
            return Response(status_code=416, headers={**headers, "Content-Range": f"bytes */{job.size}"})
        start, end = part or (0, job.size)
        if part is not None:
            headers["Content-Range"] = f"bytes {start}-{end - 1}/{job.size}"
        headers["Content-Length"] = str(end - start)
        status = 200 if part is None else 206
        if request.method == "HEAD":
            return Response(status_code=status, headers=headers)
        pieces = self._pieces(job, start, end)
        try:
            first = await anext(pieces, b"")
        except StorageFault:  # nothing is said yet, so it can be said that it is not there
            return page("later", 503, {"Retry-After": "60"})
        return StreamingResponse(_after(first, pieces), status_code=status, headers=headers)

    def _find(self, token: str) -> tuple[int, Job] | None:
        if not _TOKEN.fullmatch(token):
            return None
        with self.engine.connect() as connection:
            return exports.of_token(connection, token, self.now())

    async def _pieces(self, job: Job, start: int, end: int) -> AsyncIterator[bytes]:
        assert job.file is not None
        try:
            async for piece in self.storage.read(job.file, start, end):
                yield piece
        except StorageFault as fault:
            _LOG.error("a file could not be given out", export=job.id, cause=str(fault))
            raise


async def _after(first: bytes, pieces: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whatever fails now can only end the answer before its length is reached: it has begun."""
    yield first
    async for piece in pieces:
        yield piece


def disposition(name: str) -> str:
    """Content-Disposition that saves under a name (RFC 6266): in ASCII for old programs, in full for all others."""
    plain = re.sub(r"[^\w.-]", "_", name, flags=re.ASCII)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def _part(asked: str, if_range: str | None, tag: str, size: int) -> tuple[int, int] | None:
    """The bytes that are asked for, the end not among them; None: all of them, as for ranges that we do not give.

    Raises _Unsatisfiable.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match[0] == "bytes=-" or (if_range is not None and if_range != tag):
        return None
    first, last = match[1], match[2]
    if not first:
        length = min(int(last), size)
        start, end = size - length, size
    else:
        start, end = int(first), min(int(last) + 1 if last else size, size)
        if last and int(last) < int(first):
            return None  # RFC 9110, 14.1.1: not a range
    if start >= end:
        raise _Unsatisfiable
    return start, end
