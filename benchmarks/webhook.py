"""SendGrid's webhooks, signed, at sixteen at a time: proved, stored for good and answered, and read meanwhile.

The service runs as its users run it, in a process of its own. The floor, in one as well, writes the same bodies to the
same kind of database with the same care for power cuts, and neither proves nor reads anything.
"""

import asyncio
import json
import random
from base64 import b64encode
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from tempfile import TemporaryDirectory
from time import perf_counter, time

import aiohttp
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from benchmarks import Measure
from benchmarks.processes import free_ports, ready, started

_AT_A_TIME = 16
_CALLS = 6_000
_WARM_UP = 500
_EVENTS = 10  # of one call: SendGrid gathers what happens within seconds
_PEOPLE, _EMAILS = 20_000, 5


@dataclass(frozen=True, slots=True)
class Call:
    body: bytes
    headers: dict[str, str]


@dataclass(frozen=True, slots=True)
class Load:
    """Calls a second, and milliseconds of each."""

    rate: float
    waits: Sequence[float]


def run() -> Iterator[Measure]:
    with TemporaryDirectory() as name:
        ours, bare = asyncio.run(_measured(Path(name)))
    yield Measure("webhook, requests at 16 at a time", ours.rate, "1/s", 0.5, "at least", bare.rate)
    yield Measure("webhook, answered at 16 at a time, p99", quantiles(ours.waits, n=100)[98], "ms", 50, "at most")


async def _measured(directory: Path) -> tuple[Load, Load]:
    key = generate_private_key(SECP256R1())
    public = b64encode(key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)).decode()
    told = str(int(time()))

    def signed(body: bytes) -> Call:
        signature = b64encode(key.sign(told.encode() + body, ECDSA(SHA256()))).decode()
        prefix = "X-Twilio-Email-Event-Webhook"
        return Call(body, {f"{prefix}-Timestamp": told, f"{prefix}-Signature": signature})

    calls = [signed(body) for body in _bodies()]
    port, spare = free_ports(2)
    environment = {
        "EMAILSTATS_DATABASE__URL": f"sqlite:///{directory / 'store.db'}",
        "EMAILSTATS_WEB__PORT": str(port),
        "EMAILSTATS_LOG__LEVEL": "warning",
        "EMAILSTATS_PROVIDERS__SENDGRID__SECRET": public,
    }
    async with started(directory, environment, "bot", "run"):
        ours = await _sent(port, calls)
    async with started(directory, {}, "benchmarks.webhook_bare", str(spare), f"sqlite:///{directory / 'bare.db'}"):
        bare = await _sent(spare, calls)
    return ours, bare


def _bodies() -> Iterator[bytes]:
    chance = random.Random(1)
    now = int(time())
    for call in range(_CALLS):
        yield json.dumps(
            [
                {
                    "email": f"person{chance.randrange(_PEOPLE)}@example.org",
                    "timestamp": now - chance.randrange(86_400),
                    "event": chance.choice(("processed", "delivered", "delivered", "open", "open", "click")),
                    "sg_event_id": f"event-{call}-{place}",
                    "sg_message_id": "14c5d75ce93.dfd.64b469.filter0001.16648.5515E0B88.0",
                    "category": f"newsletter-{chance.randrange(_EMAILS)}",
                    "useragent": "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/120",
                    "url": f"https://example.org/offers/{chance.randrange(20)}",
                    "ip": "192.0.2.1",
                }
                for place in range(_EVENTS)
            ]
        ).encode()


async def _sent(port: int, calls: Sequence[Call]) -> Load:
    url = f"http://127.0.0.1:{port}"
    waits: list[float] = []
    waiting = deque(calls)

    async def one_after_the_other(session: aiohttp.ClientSession) -> None:
        while waiting:
            call = waiting.popleft()
            start = perf_counter()
            async with session.post(f"{url}/webhooks/sendgrid", data=call.body, headers=call.headers) as response:
                assert response.status == 200, response.status
            waits.append(1000 * (perf_counter() - start))

    async with aiohttp.ClientSession() as session:
        await ready(session, f"{url}/readyz")
        start = perf_counter()
        await asyncio.gather(*(one_after_the_other(session) for _ in range(_AT_A_TIME)))
        seconds = perf_counter() - start
    return Load(len(calls) / seconds, waits[_WARM_UP:])
