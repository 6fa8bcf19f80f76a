"""Mail servers of the tests, by aiosmtpd: what they are given is kept."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

#: The one that lets a client in.
PASSWORD = "a word that is never told"


@dataclass
class Post:
    """Keeps what it is given, as a handler of aiosmtpd."""

    got: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    encrypted: list[bool] = field(default_factory=list)
    logins: list[tuple[bytes, bytes, bool]] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: SMTP, _: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        assert isinstance(envelope.content, bytes)
        self.got.append((str(envelope.mail_from), list(envelope.rcpt_tos), envelope.content))
        self.encrypted.append(_is_encrypted(server))
        return "250 Ok: queued"

    def login(self, server: SMTP, _: Session, __: Envelope, ___: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        self.logins.append((data.login, data.password, _is_encrypted(server)))
        return AuthResult(success=data.password == PASSWORD.encode(), handled=False)


def _is_encrypted(server: SMTP) -> bool:
    assert server.transport is not None
    return server.transport.get_extra_info("sslcontext") is not None


@asynccontextmanager
async def serving(
    *, context: ssl.SSLContext | None = None, implicit: bool = False, **kinds: Any
) -> AsyncIterator[Post]:
    post = Post()

    def protocol() -> SMTP:
        starttls = None if implicit else context
        return SMTP(post, tls_context=starttls, authenticator=post.login, loop=asyncio.get_running_loop(), **kinds)

    loop = asyncio.get_running_loop()
    server = await loop.create_server(protocol, "127.0.0.1", 0, ssl=context if implicit else None)
    post.port = server.sockets[0].getsockname()[1]
    try:
        yield post
    finally:
        server.close()
        await asyncio.sleep(0)


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
