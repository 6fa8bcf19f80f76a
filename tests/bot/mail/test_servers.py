"""Real servers: encrypted from the first byte, by STARTTLS or not at all, with and without a login."""

import ssl
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import trustme
from pydantic import SecretStr

from bot.mail.session import Message
from bot.mail.settings import Mail
from bot.mail.transport import Relay
from store.ledger import OutcomeKind
from tests.bot.mail.scripted import scripted
from tests.bot.mail.servers import PASSWORD, serving

_CONTENT = b"Subject: x\r\n\r\nhello\r\n.\r\n..dots\r\nend\r\n"


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
        login = {"username": "u", "password": SecretStr(PASSWORD)}
        mail = mail_for(post.port, tls=tls, ca_file=certificates.ca_file, **login)
        kind, _ = await _sent(mail)
    assert kind is OutcomeKind.SENT
    assert post.got == [("a@example.com", ["b@example.com"], _CONTENT)]
    assert post.encrypted == [True]
    assert post.logins == [(b"u", PASSWORD.encode(), True)]


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
        mail = mail_for(script.port, username="u", password=SecretStr(PASSWORD))
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
