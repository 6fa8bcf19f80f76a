"""What proofs share: an age, and for those who sign nothing a secret that the provider sends along."""

import base64
import hmac
from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta

from providers.provider import Credentials, Request, Unverified

#: Where a provider lets its user choose a header.
SECRET_HEADER = "x-emailstats-secret"  # noqa: S105 - a name


def check_shared_secret(request: Request, credentials: Credentials, *, query: str | None = None) -> None:
    """Raises Unverified unless the request carries one of the secrets.

    It may stand in the header X-Emailstats-Secret, as a bearer token, or as the password of basic authentication with
    any user. `query` names a parameter of the URL that may hold it too: for providers with no other way, for URLs are
    written into the logs of whatever stands between.
    """
    told = list(_told(request))
    if query and query in request.query:
        told.append(request.query[query])
    if not told:
        raise Unverified("the request carries no secret")
    if not any(matches(secret, credentials.secrets) for secret in told):
        raise Unverified("the request carries a wrong secret")


def matches(told: str, secrets: Iterable[str]) -> bool:
    """Whether it is one of the secrets; how long that takes tells nothing of them."""
    spoken = told.encode(errors="replace")
    return any(hmac.compare_digest(spoken, secret.encode()) for secret in secrets if secret)


def check_age(told: str, now: datetime, max_age: timedelta) -> None:
    """Raises Unverified unless `told`, seconds since 1970 that the provider signed, is within `max_age` of now."""
    if not (told.isascii() and told.isdecimal() and len(told) < 12):
        raise Unverified("the signed time is not a time")
    if abs(now.timestamp() - int(told)) > max_age.total_seconds():
        raise Unverified("the signed time is too far from now")


def _told(request: Request) -> Iterator[str]:
    if header := request.headers.get(SECRET_HEADER):
        yield header
    scheme, _, value = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "bearer":
        yield value.strip()
    elif scheme.lower() == "basic":
        try:
            pair = base64.b64decode(value.strip(), validate=True).decode()
        except ValueError:
            return
        yield pair.partition(":")[2]
