"""The table [mail] of config.toml: the server that takes our mail, and whom it is from."""

import re
import ssl
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bot.part import Part

#: Where servers listen for each kind of connection (RFC 8314, and port 25 where there is no encryption).
_PORTS = {"starttls": 587, "implicit": 465, "none": 25}


def _host(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|[0-9a-fA-F:]+", name):
        raise ValueError("should be the name or IP address of a mail server, without smtp:// and without a port")
    return name


def _address(text: str) -> str:
    from bot.subscriptions.addresses import BadAddress, normal_address  # noqa: PLC0415 - --help does without the store

    try:
        return normal_address(text)
    except BadAddress:
        raise ValueError("should be one mail address alone; mail.sender_name is the name beside it") from None


def _one_line(name: str) -> str:
    if not name.strip() or not name.isprintable():
        raise ValueError("should be a name on one line")
    return name.strip()


def _certificate(path: Path) -> Path:
    try:
        ssl.create_default_context(cafile=path)
    except (ssl.SSLError, OSError):
        raise ValueError("should be a file with a certificate (PEM)") from None
    return path


class Mail(Part):
    host: Annotated[str, AfterValidator(_host)] | None = Field(
        None,
        description="The server that takes our mail (SMTP); without one, no mail is sent.",
        examples=["smtp.example.com"],
    )
    port: int | None = Field(
        None,
        ge=1,
        le=65535,
        description="The port it listens on; when absent 587, 465 or 25, as mail.tls goes.",
        examples=[587],
    )
    tls: Literal["starttls", "implicit", "none"] = Field(
        "starttls",
        description="How the connection is encrypted: by STARTTLS, from its first byte, or not at all.",
        examples=["implicit"],
    )
    ca_file: Annotated[Path, AfterValidator(_certificate)] | None = Field(
        None,
        description="The certificate (PEM) of the authority that signed the server's, where it is not a public one.",
        examples=["/etc/emailstats/ca.pem"],
    )
    username: str | None = Field(None, min_length=1, description="Who we are to the server.", examples=["emailstats"])
    password: SecretStr | None = Field(None, description="The password of mail.username.", examples=["correct horse…"])
    sender: Annotated[str, AfterValidator(_address)] | None = Field(
        None,
        description="The address that mail is from; needed with mail.host.",
        examples=["reports@example.com"],
    )
    sender_name: Annotated[str, AfterValidator(_one_line)] = Field(
        "emailstats", max_length=100, description="The name beside that address.", examples=["Example's e-mail figures"]
    )
    connections: int = Field(
        4, ge=1, le=50, description="Connections to the server at most, each for one mail at a time.", examples=[4]
    )
    timeout_seconds: int = Field(
        60,
        ge=5,
        le=600,
        description="How long the server may take to answer, in seconds; for a whole mail it has ten minutes.",
        examples=[60],
    )

    @model_validator(mode="after")
    def _whole(self) -> "Mail":
        if (self.username is None) != (self.password is None):
            raise ValueError("mail.username and mail.password go together")
        if self.host is None:
            return self
        if self.sender is None:
            raise ValueError("mail.host needs mail.sender as well; for example: reports@example.com")
        if self.tls == "none" and self.password is not None and not _is_loopback(self.host):
            raise ValueError(
                f'tls "none" would send the password to {self.host} for everybody on the way to read;'
                ' use "starttls" or "implicit"'
            )
        return self

    @property
    def at_port(self) -> int:
        return self.port or _PORTS[self.tls]


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
