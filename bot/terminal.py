"""What commands of the terminal share."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from bot.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Engine


class Fault(Exception):
    """Something a person can mend; its text tells them how."""


@contextmanager
def opened_store(settings: Settings) -> Iterator["Engine"]:
    """The store, migrated, for as long as a command runs."""
    from store.engine import migrate, open_engine  # noqa: PLC0415 - so that --help is quick

    engine = open_engine(settings.database.url.get_secret_value())
    try:
        migrate(engine)
        yield engine
    finally:
        engine.dispose()
