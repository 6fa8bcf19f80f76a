"""Real servers: encrypted from the first byte, by STARTTLS or not at all, with and without a login."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import trustme
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from pydantic import SecretStr

from bot.mail.session import Message
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from store.ledger import OutcomeKind
from tests.bot.mail.scripted import scripted

_PASSWORD = "a word that is never told"
_CONTENT = b"Subject: x\r\n\r\nhello\r\n.\r\n..dots\r\nend\r\n"


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
        return AuthResult(success=data.password == _PASSWORD.encode(), handled=False)


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


@dataclass(frozen=True)
class Certificates:
    context: ssl.SSLContext
    ca_file: Path
    stranger: Path


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    folder = tmp_path_factory.mktemp("certificates")
    authority, stranger = trustme.CA(), trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert("127.0.0.1").configure_cert(context)
    authority.cert_pem.write_to_path(folder / "ca.pem")
    stranger.cert_pem.write_to_path(folder / "stranger.pem")
    return Certificates(context, folder / "ca.pem", folder / "stranger.pem")


def mail_for(port: int, **given: Any) -> Mail:
    return Mail(host="127.0.0.1", port=port, sender="a@example.com", **given)


async def _sent(mail: Mail, content: bytes = _CONTENT) -> tuple[OutcomeKind, str]:
    async def mark() -> bool:
        return True

    async with Relay(mail) as relay:
        outcome = await relay.send(Message("a@example.com", "b@example.com", "<1@example.com>", content), mark)
    return outcome.kind, outcome.text or ""


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
async def test_a_mail_goes_encrypted_after_a_login_and_comes_as_it_was(
    certificates: Certificates, implicit: bool
) -> None:
    tls = "implicit" if implicit else "starttls"
    # aiosmtpd knows of no encryption but its own STARTTLS, and so has to be told that a login needs none
    kinds = {"auth_require_tls": False} if implicit else {"require_starttls": True, "auth_required": True}
    async with serving(context=certificates.context, implicit=implicit, **kinds) as post:
        login = {"username": "u", "password": SecretStr(_PASSWORD)}
        mail = mail_for(post.port, tls=tls, ca_file=certificates.ca_file, **login)
        kind, _ = await _sent(mail)
    assert kind is OutcomeKind.SENT
    assert post.got == [("a@example.com", ["b@example.com"], _CONTENT)]
    assert post.encrypted == [True]
    assert post.logins == [(b"u", _PASSWORD.encode(), True)]


async def test_large_mails_come_whole_over_an_encrypted_connection(certificates: Certificates) -> None:
    content = b"Subject: x\r\n\r\n" + b"".join(b".%d %s\r\n" % (n, b"x" * 900) for n in range(5_000))
    async with serving(context=certificates.context, require_starttls=True) as post:
        kind, _ = await _sent(mail_for(post.port, ca_file=certificates.ca_file), content)
    assert (kind, post.got[0][2] == content) == (OutcomeKind.SENT, True)


async def test_without_encryption_only_where_that_is_said_by_name() -> None:
    async with serving() as post:
        kind, text = await _sent(mail_for(post.port))
        assert kind is OutcomeKind.TRANSIENT
        assert "does not offer STARTTLS" in text
        assert 'mail.tls to "implicit"' in text
        assert post.got == []
        kind, _ = await _sent(mail_for(post.port, tls="none"))
    assert (kind, post.encrypted) == (OutcomeKind.SENT, [False])


async def test_a_password_is_not_told_where_encryption_was_taken_out_on_the_way() -> None:
    async with scripted({"ehlo": "250-stripped\r\n250 AUTH PLAIN LOGIN"}) as script:
        mail = mail_for(script.port, username="u", password=SecretStr(_PASSWORD))
        kind, _ = await _sent(mail)
    assert kind is OutcomeKind.TRANSIENT
    assert script.said == ["EHLO example.com"]


@pytest.mark.parametrize("implicit", [False, True], ids=["starttls", "implicit"])
async def test_a_certificate_of_an_unknown_authority_is_refused(certificates: Certificates, implicit: bool) -> None:
    async with serving(context=certificates.context, implicit=implicit) as post:
        kind, text = await _sent(
            mail_for(post.port, tls="implicit" if implicit else "starttls", ca_file=certificates.stranger)
        )
    assert kind is OutcomeKind.TRANSIENT
    assert "certificate" in text
    assert "mail.ca_file" in text
    assert post.got == []


async def test_a_wrong_password_says_so_and_is_not_tried_for_every_mail(certificates: Certificates) -> None:
    async def mark() -> bool:
        return True

    async with serving(context=certificates.context, auth_required=True) as post:
        mail = mail_for(post.port, ca_file=certificates.ca_file, username="u", password=SecretStr("wrong"))
        async with Relay(mail) as relay:
            message = Message("a@example.com", "b@example.com", "<1@example.com>", _CONTENT)
            outcome = await relay.send(message, mark)
            assert not await relay.working()
            tried = len(post.logins)
            again = await relay.send(message, mark)
    assert outcome.kind is again.kind is OutcomeKind.TRANSIENT
    assert "mail.username and mail.password" in (outcome.text or "")
    assert "wrong" not in (outcome.text or "")
    assert len(post.logins) == tried


async def test_a_server_that_knows_no_login_is_named(certificates: Certificates) -> None:
    async with scripted() as script:
        mail = mail_for(script.port, tls="none", username="u", password=SecretStr("p"))
        _, text = await _sent(mail)
    assert "takes no login" in text


async def test_encryption_from_the_first_byte_where_the_server_has_none_says_what_to_set() -> None:
    async with serving() as post:
        _, text = await _sent(mail_for(post.port, tls="implicit"))
    assert 'usually wants "starttls"' in text


async def test_where_nobody_listens_the_settings_are_named() -> None:
    async with scripted() as script:
        port = script.port
    _, text = await _sent(mail_for(port))
    assert text.startswith(f"127.0.0.1:{port} can't be reached")
    assert "mail.host and mail.port" in text
    _, text = await _sent(Mail(host="nowhere.invalid", sender="a@example.com"))
    assert "nowhere.invalid" in text


def read(content: bytes) -> EmailMessage:
    message = message_from_bytes(content, policy=policy.default)
    assert isinstance(message, EmailMessage)
    return message
