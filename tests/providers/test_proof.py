"""Proof by a secret that comes along."""

from base64 import b64encode

import pytest

from providers.proof import check_shared_secret
from providers.provider import Credentials, Request, Unverified

SECRET = "correct horse battery"
CREDENTIALS = Credentials(secrets=(SECRET,))


def basic(pair: str) -> dict[str, str]:
    return {"authorization": f"Basic {b64encode(pair.encode()).decode()}"}


@pytest.mark.parametrize(
    "headers",
    [
        {"x-emailstats-secret": SECRET},
        {"authorization": f"Bearer {SECRET}"},
        {"authorization": f"bearer  {SECRET} "},
        basic(f"anybody:{SECRET}"),
        basic(f":{SECRET}"),
    ],
)
def test_the_secret_may_stand_in_a_header_a_token_or_a_password(headers: dict[str, str]) -> None:
    check_shared_secret(Request(b"", headers), CREDENTIALS)


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"x-emailstats-secret": ""},
        {"x-emailstats-secret": "café \udcff"},
        {"authorization": "Basic"},
        {"authorization": "Basic ===="},
        {"authorization": "Basic /w=="},
        {"authorization": f"Digest {SECRET}"},
        basic(SECRET),
        basic(f"{SECRET}:"),
    ],
)
def test_anything_else_proves_nothing(headers: dict[str, str]) -> None:
    with pytest.raises(Unverified):
        check_shared_secret(Request(b"", headers), CREDENTIALS)


def test_a_secret_in_the_url_is_good_only_where_the_provider_has_no_other_way() -> None:
    request = Request(b"", query={"secret": SECRET})
    check_shared_secret(request, CREDENTIALS, query="secret")
    with pytest.raises(Unverified, match="carries no secret"):
        check_shared_secret(request, CREDENTIALS)


def test_an_empty_secret_is_no_secret() -> None:
    with pytest.raises(Unverified):
        check_shared_secret(Request(b"", basic("a:")), Credentials(secrets=("",)))
