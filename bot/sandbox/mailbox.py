"""What the stand-in's mail server has taken, and the parts of each mail as a mail program shows them."""

import base64
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from email.message import EmailMessage
from functools import cached_property


@dataclass(frozen=True)
class Mail:
    """One mail as it arrived; `sender` and `recipients` are the envelope's."""

    number: int
    at: datetime
    sender: str
    recipients: tuple[str, ...]
    content: bytes
    message: EmailMessage

    def header(self, name: str) -> str:
        """The header's words; empty where there is none."""
        return str(self.message.get(name, ""))

    @property
    def headers(self) -> list[tuple[str, str]]:
        return [(name, str(value)) for name, value in self.message.items()]

    @property
    def plain(self) -> str:
        part = self.message.get_body(("plain",))
        return str(part.get_content()) if part is not None else ""

    @cached_property
    def html(self) -> str:
        """The HTML part with the pictures that it names by Content-ID put into it; empty where there is none."""
        part = self.message.get_body(("html",))
        if part is None:
            return ""
        pictures = {str(one["Content-ID"]).strip("<>"): _data_url(one) for one in self._parts() if one["Content-ID"]}
        return re.sub(r"cid:([^\"'\s)>]+)", lambda found: pictures.get(found[1], found[0]), str(part.get_content()))

    @cached_property
    def attachments(self) -> list[tuple[str, str, bytes]]:
        """The name, media type and content of each."""
        return [
            (part.get_filename() or "unnamed", part.get_content_type(), part.get_payload(decode=True) or b"")  # type: ignore[misc]
            for part in self._parts()
            if part.get_content_disposition() == "attachment"
        ]

    def _parts(self) -> Iterator[EmailMessage]:
        return (part for part in self.message.walk() if isinstance(part, EmailMessage) and not part.is_multipart())


@dataclass
class Mailbox:
    """Everything that arrived, whoever it was for, oldest first."""

    mails: list[Mail] = field(default_factory=list)

    def find(self, number: int) -> Mail | None:
        return next((mail for mail in self.mails if mail.number == number), None)


def _data_url(part: EmailMessage) -> str:
    content = base64.b64encode(part.get_payload(decode=True) or b"").decode()  # type: ignore[arg-type]
    return f"data:{part.get_content_type()};base64,{content}"
