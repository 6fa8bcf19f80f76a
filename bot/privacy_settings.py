"""The table [privacy] of config.toml."""

from typing import Annotated

from pydantic import AfterValidator, Field, SecretStr

from bot.part import Part, long_enough


class Privacy(Part):
    secret: Annotated[SecretStr, AfterValidator(long_enough)] | None = Field(
        None,
        description="By it, people who were forgotten stay so; needed by `emailstats forget`, and never changed after.",
        examples=["a long random text"],
    )

    keep_months: int = Field(
        0,
        ge=0,
        le=240,
        description="For how many months raw events are kept; figures stay when they go. 0: for ever.",
        examples=[24],
    )

    def key(self) -> str | None:
        return self.secret.get_secret_value() if self.secret else None
