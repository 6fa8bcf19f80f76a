"""A letter, put together once, and made for each person by putting the little that is theirs between ready bytes.

What is a person's own stands in the text as marks, which are private characters: no name from outside has any, for
`reports.text.plain` takes them out. Text is quoted-printable, where a soft line break may stand anywhere, so that
a piece can be put between two others without looking at either.
"""

import re
from base64 import encodebytes
from binascii import b2a_qp
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.header import Header
from email.headerregistry import Address
from email.utils import encode_rfc2231, format_datetime, quote
from functools import cached_property, lru_cache
from hashlib import blake2b
from itertools import zip_longest
from typing import Final

from markupsafe import escape

#: Where the address of whoever gets it stands, and where their link to leave does.
ADDRESS: Final = "\ue000"
LEAVE: Final = "\ue001"

_LONGEST_LINE = 998  # RFC 5321, 4.5.3.1.6, without its end
_END = b"\r\n"
_ENDS = re.compile("\r\n?")
_MARKS = re.compile(f"([{ADDRESS}{LEAVE}])")


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture that the HTML shows as cid:`cid`."""

    cid: str
    content: bytes
    media_type: str = "image/png"


@dataclass(frozen=True, slots=True)
class Attachment:
    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True)
class Letter:
    """The same for everybody but for its marks. Lines of `text` and `html` end with a line feed."""

    subject: str
    html: str
    text: str
    pictures: tuple[Picture, ...] = ()
    attachments: tuple[Attachment, ...] = ()

    @property
    def can_be_left(self) -> bool:
        return LEAVE in self.text

    @cached_property
    def pieces(self) -> "tuple[bytes | Mark, ...]":
        """All that is the same for everybody, of the message's headers and its body, with marks between."""
        return tuple(_joined(_message(self)))

    def read_by(self, to: str, leave_url: str) -> tuple[str, str]:
        """Its HTML and its text as one person reads them."""
        return _filled(self.html, escape(to), escape(leave_url)), _filled(self.text, to, leave_url)


@dataclass(frozen=True, slots=True)
class Mark:
    """A place for what is a person's own."""

    sign: str
    in_html: bool


def addressed(
    letter: Letter, *, sender: Address, to: str, message_id: str, date: datetime, leave_url: str | None
) -> bytes:
    """The whole message to one address, with CRLF, as the wire takes it; equal arguments give equal bytes.

    In ASCII, unless the address is not (SMTPUTF8). `message_id` is with its angle brackets. Raises ValueError for what
    would be another header or too long a line, and where a letter that can be left is given no `leave_url`.
    """
    if letter.can_be_left and leave_url is None:
        raise ValueError("a letter that can be left needs a link to leave")
    lines = [
        f"From: {_mailbox(sender.display_name, sender.addr_spec)}",
        f"To: {to}",
        f"Date: {format_datetime(date)}",
        f"Message-ID: {message_id}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ]
    if leave_url is not None:  # RFC 8058, and RFC 2919, by which mails are sorted
        lines += [
            f"List-Id: <digests.{sender.domain}>",
            f"List-Unsubscribe: <{leave_url}>",
            "List-Unsubscribe-Post: List-Unsubscribe=One-Click",
        ]
    head = [_header(line) for line in lines]
    own = {ADDRESS: to, LEAVE: leave_url or ""}
    body = [piece if isinstance(piece, bytes) else _own(own[piece.sign], piece.in_html) for piece in letter.pieces]
    return b"".join((*head, *body))


def _own(text: str, in_html: bool) -> bytes:
    return _open(str(escape(text)) if in_html else text)


def _filled(text: str, to: str, leave_url: str) -> str:
    return text.replace(ADDRESS, to).replace(LEAVE, leave_url)


def _header(text: str) -> bytes:
    """With its end. Only what `_words` folds has more than one line."""
    lines = text.split("\r\n ")
    if not all(line.isprintable() and len(line.encode()) < _LONGEST_LINE for line in lines):
        raise ValueError("a header has signs that can't be seen, or too many")
    return text.encode() + _END


@lru_cache(maxsize=16)
def _mailbox(name: str, address: str) -> str:
    if not name:
        return address
    written = _words(name) if _needs_encoding(name) else f'"{quote(name)}"'
    return f"{written} <{address}>"


def _subject(subject: str) -> bytes:
    return _header(f"Subject: {_words(subject) if _needs_encoding(subject) else subject}")


def _needs_encoding(text: str) -> bool:
    """Also what would be read as encoded, though it is not."""
    return not text.isascii() or "=?" in text


def _words(text: str) -> str:
    """As encoded words (RFC 2047), in lines that leave room for a header's name."""
    return Header(text, "utf-8", maxlinelen=76, header_name="Subject").encode(linesep="\r\n")


def _joined(pieces: Iterator["bytes | Mark"]) -> Iterator["bytes | Mark"]:
    """As few pieces as can be: bytes between marks are one."""
    run: list[bytes] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            run.append(piece)
            continue
        yield b"".join(run)
        run.clear()
        yield piece
    yield b"".join(run)


def _message(letter: Letter) -> Iterator["bytes | Mark"]:
    content = blake2b(f"{letter.subject}{letter.html}{letter.text}".encode(), digest_size=9).hexdigest()
    yield _subject(letter.subject) + b"MIME-Version: 1.0\r\n"
    files = [_file(found) for found in letter.attachments]
    if not files:
        yield from _readable(letter, content)
        return
    yield from _multipart("mixed", content, [list(_readable(letter, content)), *files])


def _readable(letter: Letter, content: str) -> Iterator["bytes | Mark"]:
    html = list(_text_part(letter.html, "html"))
    if letter.pictures:
        html = list(_multipart("related", content, [html, *(_picture(found) for found in letter.pictures)]))
    yield from _multipart("alternative", content, [list(_text_part(letter.text, "plain")), html])


def _multipart(kind: str, content: str, parts: Sequence[Sequence["bytes | Mark"]]) -> Iterator["bytes | Mark"]:
    boundary = f"=_{kind}_{content}"  # =_ stands in no quoted-printable text and in no base64
    first = '; type="text/html"' if kind == "related" else ""
    yield f'Content-Type: multipart/{kind}{first};\r\n boundary="{boundary}"\r\n\r\n'.encode()
    for part in parts:
        yield f"--{boundary}\r\n".encode()
        yield from part
        yield _END
    yield f"--{boundary}--\r\n".encode()


def _text_part(text: str, kind: str) -> Iterator["bytes | Mark"]:
    yield f"Content-Type: text/{kind}; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n".encode()
    for piece, sign in zip_longest(*[iter(_MARKS.split(text))] * 2):
        if sign is None:
            yield _printable(piece)
            return
        yield _open(piece)
        yield Mark(sign, in_html=kind == "html")


def _open(text: str) -> bytes:
    """Quoted-printable that ends with a soft line break: what follows goes on in the same line of text."""
    # A letter at the end holds the place of the break's own sign, so that no line has more than 76.
    return _printable(text + "x").removesuffix(b"x") + b"=" + _END


def _printable(text: str) -> bytes:
    """In lines of CRLF, whatever the text's own end with: a server may take half an end for the end of the message."""
    return b2a_qp(_ENDS.sub("\n", text).encode()).replace(b"\n", _END)


def _picture(picture: Picture) -> list["bytes | Mark"]:
    name, kind = picture.cid.partition("@")[0], picture.media_type.partition("/")[2]
    head = (
        f"Content-Type: {picture.media_type}\r\nContent-ID: <{picture.cid}>\r\n"
        f'Content-Disposition: inline; filename="{name}.{kind}"\r\n'
    )
    return [head.encode(), *_base64(picture.content)]


def _file(file: Attachment) -> list["bytes | Mark"]:
    name = encode_rfc2231(file.name, "utf-8")
    head = (f"Content-Type: {file.media_type}", f"Content-Disposition: attachment; filename*={name}")
    return [*map(_header, head), *_base64(file.content)]


def _base64(content: bytes) -> Iterator[bytes]:
    yield b"Content-Transfer-Encoding: base64\r\n\r\n"
    yield encodebytes(content).replace(b"\n", _END)
