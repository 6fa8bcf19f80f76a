"""Amazon SNS on real HTTPS: its certificate is fetched once, from its own place, and nothing else ever is."""

import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from socket import AF_INET

import aiohttp
import msgspec
import pytest
import trustme
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.serialization import load_pem_private_key
from sqlalchemy import Engine

from providers.provider import Credentials, Request
from tests.bot.web.doors import Caller, opened
from tests.bot.web.test_webhooks import stored
from tests.providers.webhooks.cases.ses import CASE, TOPIC, certificate, envelope, sign

HOST = "sns.eu-west-1.amazonaws.com"
OURS = {"ses": Credentials(topics=frozenset({TOPIC}))}
Respond = Callable[[web.Request], Awaitable[web.StreamResponse]]


@dataclass
class Amazon:
    """A server that every name leads to; it keeps the URLs that it was asked for."""

    port: int = 0
    asked: list[str] = field(default_factory=list)
    respond: Respond = field(default_factory=lambda: gives(certificate()))

    async def answer(self, request: web.Request) -> web.StreamResponse:
        self.asked.append(str(request.url))
        return await self.respond(request)


def gives(body: bytes, status: int = 200, **headers: str) -> Respond:
    async def respond(_request: web.Request) -> web.Response:
        return web.Response(body=body, status=status, headers=headers)

    return respond


class Here(AbstractResolver):
    """Leads every name to one port of loopback."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, port: int = 0, family: int = AF_INET) -> list[ResolveResult]:  # type: ignore[override]
        told = {"hostname": host, "host": "127.0.0.1", "port": self._port, "family": AF_INET, "proto": 0, "flags": 0}
        return [told]  # type: ignore[list-item]

    async def close(self) -> None:
        pass


@asynccontextmanager
async def amazon(authority: trustme.CA) -> AsyncIterator[Amazon]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(HOST).configure_cert(context)
    found = Amazon()
    app = web.Application()
    app.router.add_get("/{path:.*}", found.answer)
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0, ssl_context=context)
    await site.start()
    found.port = runner.addresses[0][1]
    yield found
    await runner.cleanup()


@asynccontextmanager
async def connected(engine: Engine, authority: trustme.CA, trusted: trustme.CA) -> AsyncIterator[tuple[Caller, Amazon]]:
    trust = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    trusted.configure_trust(trust)
    async with amazon(authority) as server:
        connector = aiohttp.TCPConnector(resolver=Here(server.port))
        async with (
            aiohttp.ClientSession(connector=connector) as outward,
            opened(engine, OURS, outward=outward, trust=trust) as caller,
        ):
            yield caller, server


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA(key_type=trustme.KeyType.RSA)


@pytest.fixture
async def sns(engine: Engine, authority: trustme.CA) -> AsyncIterator[tuple[Caller, Amazon]]:
    async with connected(engine, authority, authority) as both:
        yield both


def called(told: object) -> Request:
    return Request(msgspec.json.encode(told))


async def test_signed_messages_are_stored_and_the_certificate_is_fetched_once(
    sns: tuple[Caller, Amazon], engine: Engine
) -> None:
    caller, server = sns
    call = sign(CASE.body)
    assert [await caller.send("ses", call) for _ in range(3)] == [200] * 3
    assert stored(engine) == [call.body] * 3
    assert [url.partition(HOST)[2].partition("/")[2] for url in server.asked] == [
        "SimpleNotificationService-0123456789abcdef.pem"
    ]


async def test_a_subscription_is_confirmed_and_nothing_of_it_stored(sns: tuple[Caller, Amazon], engine: Engine) -> None:
    caller, server = sns
    told = envelope(
        Type="SubscriptionConfirmation",
        Message="You have chosen …",
        Token="t0ken",
        SubscribeURL="https://evil.example/?Action=ConfirmSubscription",
    )
    assert await caller.send("ses", called(told)) == 200
    assert "Action=ConfirmSubscription" in server.asked[-1] and "Token=t0ken" in server.asked[-1]
    assert HOST in server.asked[-1]
    assert stored(engine) == []


async def test_a_confirmation_that_fails_is_asked_for_again(sns: tuple[Caller, Amazon]) -> None:
    caller, server = sns
    await caller.send("ses", sign(CASE.body))
    server.respond = gives(b"no", 500)
    told = envelope(Type="SubscriptionConfirmation", Message="…", Token="t", SubscribeURL="https://x.example/")
    assert await caller.send("ses", called(told)) == 503


async def test_strangers_make_the_service_fetch_nothing(sns: tuple[Caller, Amazon], engine: Engine) -> None:
    caller, server = sns
    theirs = "arn:aws:sns:eu-west-1:999999999999:ses-events"
    calls = [
        envelope(Message="{}", TopicArn=theirs),
        envelope(Message="{}", SigningCertURL="https://evil.example/SimpleNotificationService-1.pem"),
        envelope(Message="{}", SigningCertURL="http://169.254.169.254/latest/meta-data/x.pem"),
        envelope(
            Type="SubscriptionConfirmation", TopicArn=theirs, Message="…", Token="t", SubscribeURL="https://x.example/"
        ),
        {"Type": "Notification"},
        {},
    ]
    assert [await caller.send("ses", called(call)) for call in calls] == [503] * len(calls)
    assert (server.asked, stored(engine)) == ([], [])


@pytest.mark.parametrize(
    "respond",
    [
        gives(b"", 404),
        gives(b"", 302, Location="https://evil.example/x.pem"),
        gives(b"x" * 100_000),
        gives(b"nonsense"),
        gives(certificate("evil.example")),
    ],
    ids=["missing", "elsewhere", "too much", "no certificate", "another's certificate"],
)
async def test_what_is_fetched_has_to_be_a_certificate_of_sns(
    respond: Respond, sns: tuple[Caller, Amazon], engine: Engine
) -> None:
    caller, server = sns
    server.respond = respond
    assert await caller.send("ses", sign(CASE.body)) == 503
    assert len(server.asked) == 1
    assert stored(engine) == []


async def test_a_server_that_the_system_does_not_trust_is_not_believed(engine: Engine, authority: trustme.CA) -> None:
    async with connected(engine, trustme.CA(), authority) as (caller, server):
        assert await caller.send("ses", sign(CASE.body)) == 503
        assert (server.asked, stored(engine)) == ([], [])


@pytest.mark.parametrize(("known", "status"), [(True, 200), (False, 503)])
async def test_a_chain_in_the_file_has_to_lead_to_a_trusted_authority(
    known: bool, status: int, sns: tuple[Caller, Amazon], authority: trustme.CA
) -> None:
    caller, server = sns
    root = authority if known else trustme.CA(key_type=trustme.KeyType.RSA)
    leaf = root.create_child_ca(key_type=trustme.KeyType.RSA).issue_cert(
        "sns.amazonaws.com", key_type=trustme.KeyType.RSA
    )
    server.respond = gives(b"".join(pem.bytes() for pem in leaf.cert_chain_pems))
    assert len(leaf.cert_chain_pems) == 2
    signer = load_pem_private_key(leaf.private_key_pem.bytes(), None)
    assert isinstance(signer, RSAPrivateKey)
    assert await caller.send("ses", called(envelope(signer, Message="{}"))) == status
