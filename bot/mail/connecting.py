"""A session with the mail server, up to the login: whatever is wrong becomes a sentence that says what to mend."""

import socket
import ssl
from dataclasses import dataclass

from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPException,
    SMTPResponseException,
)

from bot.logging import masked
from bot.mail.settings import Mail
from reports.bounces import code_of
from reports.text import plain, shortened


class RelayFault(Exception):
    """No session came about. `needs_mending`: by a person, in the settings or at the server."""

    def __init__(self, sentence: str, *, needs_mending: bool, code: str | None = None) -> None:
        self.sentence = sentence
        self.needs_mending = needs_mending
        self.code = code
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class Server:
    """What a session is: how it is encrypted, in words; and the largest message, in bytes. None: not, or not told."""

    tls: str | None
    most: int | None


def server_of(smtp: SMTP) -> Server:
    cipher = smtp.get_transport_info("cipher")
    size = smtp.esmtp_extensions.get("size", "").strip()
    most = int(size) if size.isdecimal() else 0  # 0: there is a bound that is not told (RFC 1870, 3)
    return Server(f"encrypted by {cipher[1]}" if cipher else None, most or None)


async def connect(settings: Mail, context: ssl.SSLContext | None) -> SMTP:
    """A session that is greeted, encrypted as the settings say, and logged in. Raises RelayFault."""
    assert settings.host is not None and settings.sender is not None, "mail is set up"
    smtp = SMTP(
        hostname=settings.host,
        port=settings.at_port,
        use_tls=settings.tls == "implicit",
        start_tls=False,  # by ourselves below, so that a server without it is told from one that fails
        tls_context=context,
        local_hostname=settings.sender.rpartition("@")[2],
        timeout=settings.timeout_seconds,
    )
    try:
        await smtp.connect()
        await smtp.ehlo()
        if settings.tls == "starttls":
            await _start_tls(smtp, settings)
        if settings.username is not None and settings.password is not None:
            await _log_in(smtp, settings, settings.username, settings.password.get_secret_value())
    except RelayFault:
        smtp.close()
        raise
    except (SMTPException, OSError) as error:
        smtp.close()
        raise _fault(settings, error) from error
    except BaseException:
        smtp.close()
        raise
    return smtp


async def _start_tls(smtp: SMTP, settings: Mail) -> None:
    if not smtp.supports_extension("starttls"):
        raise RelayFault(
            f'{_place(settings)} does not offer STARTTLS, so nothing was sent. Set mail.tls to "implicit" if it'
            ' encrypts from the first byte (usually port 465), or to "none" if it is to be trusted without.',
            needs_mending=True,
        )
    await smtp.starttls()
    await smtp.ehlo()


async def _log_in(smtp: SMTP, settings: Mail, username: str, password: str) -> None:
    if not smtp.supports_extension("auth"):
        raise RelayFault(
            f"{_place(settings)} takes no login on this connection. Leave mail.username and mail.password out, or use"
            " the port that it has for clients (usually 587 or 465).",
            needs_mending=True,
        )
    try:
        await smtp.login(username, password)
    except SMTPAuthenticationError as error:
        refused = 500 <= error.code < 600
        mend = "Check mail.username and mail.password." if refused else "It may be busy; this is tried again."
        raise RelayFault(
            f"{_place(settings)} did not take the login: {_said(error)}. {mend}",
            needs_mending=refused,
            code=_code(error),
        ) from error


def _fault(settings: Mail, error: Exception) -> RelayFault:
    place, root = _place(settings), _root(error)
    if isinstance(error, SMTPResponseException):
        return RelayFault(
            f"{place} refused the session: {_said(error)}.", needs_mending=500 <= error.code < 600, code=_code(error)
        )
    if isinstance(root, ssl.SSLCertVerificationError):
        return RelayFault(
            f"The certificate of {place} is not good: {root.verify_message.rstrip('.')}. If an authority of your own"
            " signed it, name that in mail.ca_file; mail.host has to be the name in the certificate.",
            needs_mending=True,
        )
    if isinstance(root, ssl.SSLError):
        return RelayFault(
            f"{place} could not be talked to with encryption ({root.reason or 'TLS failed'}). Where mail.tls is"
            ' "implicit", port 587 usually wants "starttls".',
            needs_mending=True,
        )
    if isinstance(root, socket.gaierror):
        return RelayFault(f"There is no host {settings.host}, or its name can't be looked up.", needs_mending=False)
    if isinstance(error, TimeoutError):
        hint = ' Port 465 usually wants mail.tls = "implicit".' if settings.tls == "starttls" else ""
        return RelayFault(
            f"{place} did not answer within {settings.timeout_seconds} seconds. Check mail.host, mail.port, and what"
            f" a firewall lets through.{hint}",
            needs_mending=False,
        )
    cause = root.strerror if isinstance(root, OSError) and root.strerror else "the connection was lost"
    return RelayFault(f"{place} can't be reached: {cause}. Check mail.host and mail.port.", needs_mending=False)


def _root(error: BaseException) -> BaseException:
    """What it began with: aiosmtplib wraps errors of the network."""
    while isinstance(error.__cause__, OSError):
        error = error.__cause__
    return error


def _place(settings: Mail) -> str:
    return f"{settings.host}:{settings.at_port}"


def _said(error: SMTPResponseException) -> str:
    return shortened(plain(masked(f"{error.code} {error.message}")), 300).rstrip(".")


def _code(error: SMTPResponseException) -> str | None:
    return code_of(f"{error.code} {error.message}")
