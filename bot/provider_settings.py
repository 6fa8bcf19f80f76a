"""The tables [webhooks] and [providers.NAME] of config.toml: one table a provider that calls us."""

import re
from base64 import b64decode
from collections.abc import Iterator
from datetime import timedelta
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr

from bot.part import Part, listed, long_enough
from bot.pull_settings import Hubspot, Pulled, api_url, mailchimp_key

_Secret = Annotated[SecretStr, AfterValidator(long_enough)]


def _public_key(key: SecretStr) -> SecretStr:
    """A key that was cut while it was copied would refuse every call."""
    try:
        whole = len(b64decode(key.get_secret_value(), validate=True)) > 80
    except ValueError:
        whole = False
    if not whole:
        raise ValueError("should be the whole verification key, as SendGrid shows it")
    return key


def _svix_secret(secret: SecretStr) -> SecretStr:
    if not secret.get_secret_value().startswith("whsec_"):
        raise ValueError("should begin with whsec_")
    return secret


_Words = Annotated[tuple[str, ...], BeforeValidator(listed)]


def _topic_names(topics: tuple[str, ...]) -> tuple[str, ...]:
    for topic in topics:
        if not re.fullmatch(r"arn:aws(-cn|-us-gov)?:sns:[a-z0-9-]+:\d{12}:[\w.-]+", topic):
            raise ValueError("should be names of SNS topics")
    return topics


def _email_id(paths: tuple[str, ...] | None) -> tuple[str, ...] | None:
    if paths is not None and not paths:
        raise ValueError("should name a field at least")
    return paths


class Webhooks(Part):
    body_limit_mib: int = Field(
        2, ge=1, le=64, description="The largest body that is read, in MiB, packed or unpacked.", examples=[2]
    )
    body_seconds: int = Field(
        10, ge=1, le=60, description="How long a body may take to come, in seconds.", examples=[10]
    )
    store_seconds: int = Field(
        5,
        ge=1,
        le=60,
        description="How long storing a body may take before the provider is asked to come again, in seconds.",
        examples=[5],
    )
    backlog: int = Field(
        20_000,
        ge=1,
        description="How many bodies may wait to be read before providers are asked to come again.",
        examples=[20_000],
    )
    keep_days: int = Field(3, ge=0, le=90, description="How many days a body is kept after it was read.", examples=[3])


class _Provider(Part):
    """What every provider has: a secret, the one before it, and what names an e-mail."""

    secret: _Secret | None = Field(
        None,
        description="The secret that its calls carry; without it, they are not answered.",
        examples=["a long random word"],
    )
    old_secret: _Secret | None = Field(
        None,
        description="The secret before; good as well while the two change places.",
        examples=["a long random word"],
    )
    email_id: Annotated[_Words | None, AfterValidator(_email_id)] = Field(
        None,
        description="The fields that name an e-mail, the first that is there; the provider's own when absent.",
        examples=[["campaign", "tags"]],
    )

    def proof(self) -> dict[str, Any]:
        """What providers.provider.Credentials is made of. Empty: nothing is set, and no call of it is answered."""
        secrets = tuple(secret.get_secret_value() for secret in (self.secret, self.old_secret) if secret)
        return {"secrets": secrets} if secrets else {}


class _Signing(_Provider):
    """A provider that signs the time of its calls."""

    max_age_minutes: int = Field(
        25 * 60,
        ge=1,
        le=7 * 24 * 60,
        description="How old a signed call may be, in minutes; the provider's retries have to fit.",
        examples=[25 * 60],
    )

    def proof(self) -> dict[str, Any]:
        proof = super().proof()
        return proof | {"max_age": timedelta(minutes=self.max_age_minutes)} if proof else {}


_PublicKey = Annotated[SecretStr, AfterValidator(_public_key)]


class Sendgrid(_Signing):
    secret: _PublicKey | None = Field(
        None,
        description="The verification key of the event webhook, as SendGrid shows it; without it, calls are refused.",
        examples=["MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAE…"],
    )


class Ses(_Provider):
    secret: _Secret | None = Field(
        None,
        description="The secret that EventBridge's API destination sends along; SNS signs and needs none.",
        examples=["a long random word"],
    )
    topics: Annotated[_Words, AfterValidator(_topic_names)] = Field(
        (),
        description="The SNS topics that may call, by their ARN; their subscription is confirmed.",
        examples=[["arn:aws:sns:eu-west-1:123456789012:ses-events"]],
    )

    def proof(self) -> dict[str, Any]:
        return super().proof() | ({"topics": frozenset(self.topics)} if self.topics else {})


class Mailgun(_Signing):
    secret: _Secret | None = Field(
        None,
        description="The HTTP webhook signing key, from the account's settings; without it, calls are refused.",
        examples=["0123456789abcdef0123456789abcdef"],
    )


class Postmark(_Provider):
    secret: _Secret | None = Field(
        None,
        description="The password in the webhook's URL, or the value of its header; without it, calls are refused.",
        examples=["a long random word"],
    )


class Mailchimp(Pulled, _Provider):
    secret: _Secret | None = Field(
        None,
        description="The word after ?secret= in the webhook's URL; without it, calls are refused.",
        examples=["a-long-random-word"],
    )
    api_key: Annotated[SecretStr, AfterValidator(mailchimp_key)] | None = Field(
        None,
        description="An API key, with its data centre at the end; without it, Mailchimp is not asked.",
        examples=["0123456789abcdef0123456789abcdef-us6"],
    )
    base_url: Annotated[str, AfterValidator(api_url)] | None = Field(
        None,
        description="Mailchimp's API, changed only for tests; by the key's data centre when absent.",
        examples=["https://us6.api.mailchimp.com/3.0/"],
    )

    @property
    def api_url(self) -> str:
        """Where its API is: a key ends with its data centre."""
        centre = self.api_key.get_secret_value().rpartition("-")[2] if self.api_key else ""
        return self.base_url or f"https://{centre}.api.mailchimp.com/3.0/"


class Brevo(_Provider):
    secret: _Secret | None = Field(
        None,
        description="The token or password that Brevo sends along; without it, calls are refused.",
        examples=["a long random word"],
    )


class Sparkpost(_Provider):
    secret: _Secret | None = Field(
        None,
        description="The password or the header's value that SparkPost sends along; without it, calls are refused.",
        examples=["a long random word"],
    )


_SvixSecret = Annotated[SecretStr, AfterValidator(_svix_secret)]


class Resend(_Provider):
    secret: _SvixSecret | None = Field(
        None,
        description="The signing secret of the webhook, which begins with whsec_; without it, calls are refused.",
        examples=["whsec_MfKQ9r8GKYqrTwjU…"],
    )


class Providers(Part):
    """One table a module of providers/webhooks, by its name, and those that are asked."""

    sendgrid: Sendgrid = Field(default_factory=Sendgrid)
    ses: Ses = Field(default_factory=Ses)
    mailgun: Mailgun = Field(default_factory=Mailgun)
    postmark: Postmark = Field(default_factory=Postmark)
    mailchimp: Mailchimp = Field(default_factory=Mailchimp)
    brevo: Brevo = Field(default_factory=Brevo)
    sparkpost: Sparkpost = Field(default_factory=Sparkpost)
    resend: Resend = Field(default_factory=Resend)
    hubspot: Hubspot = Field(default_factory=Hubspot)

    def proofs(self) -> dict[str, dict[str, Any]]:
        """By provider's name, what its calls are proved with; only of those that may call."""
        return {name: proof for name, part in self._parts() if (proof := part.proof())}

    def identities(self) -> dict[str, tuple[str, ...]]:
        """By provider's name, the fields that name an e-mail instead of the provider's own."""
        return {name: part.email_id for name, part in self._parts() if part.email_id}

    def _parts(self) -> Iterator[tuple[str, _Provider]]:
        parts = ((name, getattr(self, name)) for name in type(self).model_fields)
        return ((name, part) for name, part in parts if isinstance(part, _Provider))
