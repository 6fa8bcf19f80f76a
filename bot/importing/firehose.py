"""Amazon SES's events as Firehose writes them: objects of JSON one after the other, with or without line ends."""

import codecs
import json
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from bot.importing.files import DAMAGE, LONGEST, damaged, open_file
from providers.intake import Reject
from providers.provider import Identities, Request
from providers.webhooks.ses import PROVIDER
from reports.events import Email, Event

_CHUNK = 256 * 1024
_SPACE = 64  # bytes in which the first object begins


def is_firehose(path: Path) -> bool:
    """Whether a file begins with an event of SES; Firehose gives its files no ending that would tell."""
    try:
        content, raw = open_file(path)
        with raw, content:
            if not content.peek(_SPACE)[:_SPACE].lstrip().startswith(b"{"):  # type: ignore[attr-defined]
                return False
            first = next(_objects(content), None)
    except (OSError, *DAMAGE):
        return False
    if first is None or isinstance(first, Reject):
        return False
    told = json.loads(first)
    return isinstance(told, dict) and "mail" in told and ("eventType" in told or "notificationType" in told)


def firehose_items(path: Path, identities: Identities) -> Iterator[tuple[Event | Email | Reject | None, int]]:
    """The events of a file, and the bytes of it read so far; None is an event of no use here.

    A reject's line is the number of the object.
    """
    content, raw = open_file(path)
    number = 0
    with raw, content:
        try:
            for found in _objects(content):
                number += 1
                if isinstance(found, Reject):
                    yield Reject(number, found.reason, found.raw), raw.tell()
                    continue
                intake = PROVIDER.read(Request(found.encode(errors="replace")), identities)
                rejects = (Reject(number, reject.reason, reject.raw) for reject in intake.rejects)
                for item in (*intake.emails, *intake.events, *rejects, *([None] * intake.ignored)):
                    yield item, raw.tell()
        except DAMAGE as error:
            yield damaged(number + 1, error), raw.tell()


def _objects(content: IO[bytes]) -> Iterator[str | Reject]:
    """Every value of JSON as text. What is none costs what stands before the next line or the next `}{`."""
    text_of = codecs.getincrementaldecoder("utf-8")(errors="replace").decode
    find_end = json.JSONDecoder().raw_decode
    text, start, ended = "", 0, False
    while True:
        start = _after_space(text, start)
        try:
            _value, end = find_end(text, start)
        except (ValueError, RecursionError):
            if not ended and len(text) - start < LONGEST:
                chunk = content.read(_CHUNK)
                ended = not chunk
                text, start = text[start:] + text_of(chunk, final=ended), 0
                continue
            if start == len(text):
                return
            end = _next_start(text, start)
            yield Reject(0, "no JSON", text[start:end].rstrip("\r\n"))
        else:
            yield text[start:end]
        start = end


def _after_space(text: str, start: int) -> int:
    while start < len(text) and text[start].isspace():
        start += 1
    return start


def _next_start(text: str, start: int) -> int:
    """Where the next object may begin, after one that is none."""
    line, seam = text.find("\n", start), text.find("}{", start)
    ends = [end + 1 for end in (line, seam) if end >= 0]
    return min(ends, default=len(text))
