"""The table [exports] of config.toml: where files of reports are kept, and for how long."""

import re
from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bot.part import Part


def _storage(place: str) -> str:
    if not place.strip() or ("://" in place and not re.fullmatch(r"s3://[a-z0-9][a-z0-9.-]+(/[^?#]*)?", place)):
        raise ValueError("should be a folder, or s3://BUCKET/PREFIX")
    return place


def _endpoint(url: str) -> str:
    if not re.fullmatch(r"https?://[^\s/?#@]+/?", url):
        raise ValueError("should be an http or https URL of a server")
    return url.rstrip("/")


class Exports(Part):
    storage: Annotated[str, AfterValidator(_storage)] = Field(
        "data/exports",
        description="Where files of reports are kept: a folder, or s3://BUCKET/PREFIX.",
        examples=["s3://reports/emailstats"],
    )
    endpoint: Annotated[str, AfterValidator(_endpoint)] | None = Field(
        None,
        description="The S3 server, where it is not Amazon's.",
        examples=["https://s3.example.com"],
    )
    region: str = Field("us-east-1", min_length=1, description="The bucket's region.", examples=["eu-central-1"])
    access_key: SecretStr | None = Field(
        None, description="The access key of S3; without it, the machine's own role is asked.", examples=["AKIA…"]
    )
    secret_key: SecretStr | None = Field(None, description="The secret of that key.", examples=["wJalrXUt…"])
    keep_days: int = Field(7, ge=1, le=90, description="How many days a file, and a link to it, is good.", examples=[7])
    an_hour: int = Field(
        20, ge=1, le=1_000, description="How many files one person may ask for in an hour.", examples=[20]
    )

    attach_kb: int = Field(
        0,
        ge=0,
        le=20_000,
        description="Files up to so many kB are attached to the mail with their link; 0 attaches none.",
        examples=[500],
    )

    @model_validator(mode="after")
    def _whole(self) -> "Exports":
        if (self.access_key is None) != (self.secret_key is None):
            raise ValueError("exports.access_key and exports.secret_key go together")
        return self
