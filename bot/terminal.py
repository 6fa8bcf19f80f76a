"""What commands of the terminal share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.settings import Defaults, Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Fault(Exception):
    """Something a person can mend; its text tells them how."""


@contextmanager
def opened_store(settings: Settings) -> Iterator["Engine"]:
    """The store, migrated, for as long as a command runs."""
    from store.engine import migrate, open_engine  # noqa: PLC0415 - so that --help is quick

    engine = open_engine(settings.database.url.get_secret_value(), settings.privacy.key())
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()


def reader_of(defaults: Defaults, zone: str | None, locale: str | None) -> Defaults:
    """The settings' zone and locale, or what was asked for instead, held to the same rules."""
    asked = {"zone": zone, "locale": locale}
    try:
        return Defaults.model_validate(defaults.model_dump() | {key: value for key, value in asked.items() if value})
    except ValidationError as error:
        problem = error.errors()[0]
        raise Fault(f"--{problem['loc'][0]} {problem['ctx']['error']}; {problem['input']!r} is not.") from None
