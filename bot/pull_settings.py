"""The tables [providers.NAME] of config.toml of providers that are asked, every so often."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from bot.part import Part


def _hubspot_token(token: SecretStr) -> SecretStr:
    if not re.fullmatch(r"pat-[a-z0-9]+-[0-9a-f-]{36}", token.get_secret_value()):
        raise ValueError("should be the whole access token, as HubSpot shows it")
    return token


def api_url(url: str) -> str:
    """Kept with a slash at its end. Credentials go over https, or to this machine."""
    here = r"http://(127\.0\.0\.1|localhost|\[::1\])(:\d+)?"
    if not re.fullmatch(rf"(https://[^\s/?#@]+|{here})(/[^\s?#]*)?", url):
        raise ValueError("should be an https URL")
    return url if url.endswith("/") else url + "/"


def mailchimp_key(key: SecretStr) -> SecretStr:
    """Raises ValueError for a key without its data centre, which is part of it."""
    if not re.fullmatch(r"[0-9a-zA-Z]{20,}-[a-z]{2}\d+", key.get_secret_value()):
        raise ValueError("should be the whole key, with -us6 or the like at its end")
    return key


class Pulled(Part):
    """A provider that is asked, every so often."""

    every_minutes: int = Field(
        15, ge=1, le=24 * 60, description="How often the service asks for what is new, in minutes.", examples=[15]
    )
    history_days: int = Field(
        365, ge=1, le=20 * 365, description="How many days back the first time goes.", examples=[365]
    )
    overlap_hours: int = Field(
        24,
        ge=0,
        le=30 * 24,
        description="How many hours before the end of the last time are read again, for events that come late.",
        examples=[24],
    )


_HubspotToken = Annotated[SecretStr, AfterValidator(_hubspot_token)]


class Hubspot(Pulled):
    token: _HubspotToken | None = Field(
        None,
        description="The access token of a private app; without it, HubSpot is not asked.",
        examples=["pat-eu1-01234567-89ab-cdef-0123-456789abcdef"],
    )
    requests: int = Field(
        100,
        ge=10,
        le=1_000,
        description="How many requests HubSpot allows in 10 seconds, to all of the private app's users together.",
        examples=[100],
    )
    base_url: Annotated[str, AfterValidator(api_url)] = Field(
        "https://api.hubapi.com/",
        description="HubSpot's API; changed only for tests.",
        examples=["https://api.hubapi.com/"],
    )
