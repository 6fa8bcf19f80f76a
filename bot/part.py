"""What the tables of config.toml share."""

from typing import Any

from pydantic import BaseModel, ConfigDict, SecretStr


class Part(BaseModel):
    """One table of config.toml."""

    model_config = ConfigDict(extra="forbid", frozen=True)


def long_enough(secret: SecretStr) -> SecretStr:
    """Raises ValueError for a secret that could be guessed."""
    if len(secret.get_secret_value()) < 16:
        raise ValueError("should have 16 characters or more")
    return secret


def listed(value: Any) -> Any:
    """A variable of the environment holds a list as words with commas or spaces between."""
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value
