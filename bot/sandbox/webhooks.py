"""A provider that calls the service: an event as it writes one, signed as it signs, over real HTTP."""

import hashlib
import hmac
import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from secrets import token_hex
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePrivateKey, generate_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

MAILGUN_KEY = "sandbox-mailgun-signing-key"
LINK = "https://shop.example.com/sale"
_AGENT = "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Thunderbird/128.5.0"
#: What may be told, in words, and what each provider calls it. Whoever is delivered to was sent to before.
HAPPENINGS: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "delivered": {"sendgrid": ("processed", "delivered"), "mailgun": ("accepted", "delivered")},
    "opened": {"sendgrid": ("open",), "mailgun": ("opened",)},
    "clicked": {"sendgrid": ("click",), "mailgun": ("clicked",)},
    "unsubscribed": {"sendgrid": ("unsubscribe",), "mailgun": ("unsubscribed",)},
    "bounced": {"sendgrid": ("bounce",), "mailgun": ("failed",)},
}
PROVIDERS = {"sendgrid": "SendGrid", "mailgun": "Mailgun"}


@dataclass(frozen=True, slots=True)
class Call:
    """One request of a provider."""

    body: bytes
    headers: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Answer:
    """What the service said to a call; `status` is 0 where it could not be reached."""

    status: int
    text: str


@cache
def sendgrid_key() -> EllipticCurvePrivateKey:
    """The key of this process, with which SendGrid would sign."""
    return generate_private_key(SECP256R1())


def sendgrid_public() -> str:
    """The verification key, as SendGrid shows it."""
    public = sendgrid_key().public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    return b64encode(public).decode()


def calls(provider: str, happening: str, email: str, contact: str, now: datetime) -> list[Call]:
    """The requests with which a provider tells that. Raises KeyError for what is not in PROVIDERS or HAPPENINGS."""
    return list(_WRITERS[provider](HAPPENINGS[happening][provider], email, contact, now))


async def send(session: ClientSession, address: str, provider: str, sent: list[Call]) -> Answer:
    """The answer to the last call, or to the first that was refused."""
    answer = Answer(0, "")
    for call in sent:
        url, patience = f"{address}/webhooks/{provider}", ClientTimeout(10)
        try:
            async with session.post(url, data=call.body, headers=call.headers, timeout=patience) as response:
                answer = Answer(response.status, await response.text())
        except (ClientError, TimeoutError) as error:
            return Answer(0, str(error) or "no answer within 10 seconds")
        if answer.status >= 300:
            break
    return answer


def _sendgrid(events: tuple[str, ...], email: str, contact: str, now: datetime) -> list[Call]:
    """One array of all events, with the signature over time and body."""
    told = [
        {
            "event": event,
            "email": contact,
            "timestamp": int(now.timestamp()),
            "category": [email],
            "sg_event_id": token_hex(11),
            "sg_message_id": "sandbox",
            **({"url": LINK, "useragent": _AGENT} if event in {"open", "click"} else {}),
            **({"type": "bounce", "reason": "550 5.1.1 No such user", "status": "5.1.1"} if event == "bounce" else {}),
        }
        for event in events
    ]
    body, time = json.dumps(told).encode(), str(int(now.timestamp()))
    signature = b64encode(sendgrid_key().sign(time.encode() + body, ECDSA(SHA256()))).decode()
    head = "X-Twilio-Email-Event-Webhook"
    return [Call(body, {"Content-Type": "application/json", f"{head}-Timestamp": time, f"{head}-Signature": signature})]


def _mailgun(events: tuple[str, ...], email: str, contact: str, now: datetime) -> list[Call]:
    """One call an event, each with a token of its own that is signed."""
    return [_mailgun_call(event, email, contact, now) for event in events]


def _mailgun_call(event: str, email: str, contact: str, now: datetime) -> Call:
    data: dict[str, Any] = {
        "event": event,
        "id": token_hex(11),
        "timestamp": now.timestamp(),
        "recipient": contact,
        "tags": [email],
    }
    if event in {"opened", "clicked"}:
        data |= {"url": LINK, "client-info": {"user-agent": _AGENT}}
    if event == "failed":
        data |= {"severity": "permanent", "delivery-status": {"code": 550, "message": "5.1.1 No such user"}}
    time, token = str(int(now.timestamp())), token_hex(25)
    proof = hmac.new(MAILGUN_KEY.encode(), (time + token).encode(), hashlib.sha256).hexdigest()
    signature = {"timestamp": time, "token": token, "signature": proof}
    return Call(json.dumps({"signature": signature, "event-data": data}).encode(), {"Content-Type": "application/json"})


_WRITERS: Mapping[str, Callable[[tuple[str, ...], str, str, datetime], list[Call]]] = {
    "sendgrid": _sendgrid,
    "mailgun": _mailgun,
}
