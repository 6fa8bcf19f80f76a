"""Opening a store: SQLite (WAL) by default, PostgreSQL 15 and later by URL."""

from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, Select, create_engine
from sqlalchemy.engine import make_url

from store.dialects import dialect_of

_MIGRATIONS = Path(__file__).parent / "migrations"


def open_engine(url: str, secret: str | None = None) -> Engine:
    """An engine for `sqlite:///path` or `postgresql+psycopg://...`; connects to nothing yet.

    By the `secret` people who were forgotten stay so (store.tombstones).

    Raises ValueError for any other kind of database, and for an SQLite that is too old.
    """
    parsed = make_url(url)
    if parsed.drivername == "postgresql":
        parsed = parsed.set(drivername="postgresql+psycopg")
    if parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise ValueError(f"a {parsed.drivername} database can't be used; give sqlite:///PATH or postgresql://...")
    engine = create_engine(parsed)
    dialect_of(engine).configure(engine)
    return engine.execution_options(secret=secret) if secret else engine


def writing(engine: Engine, *, durable: bool = False) -> Engine:
    """The same engine for transactions that write.

    Every commit outlives the process; a durable one outlives a power cut as well, which on SQLite costs a wait for
    the disk. What can be told again, as an import can, needs no more than the first.
    """
    return engine.execution_options(write=True, durable=durable)


def some(engine: Engine, query: Select[Any]) -> bool:
    """Whether a query finds anything: a look that costs less than a transaction that could write."""
    with engine.connect() as connection:
        return connection.execute(query.limit(1)).first() is not None


def migrate(engine: Engine) -> None:
    """Brings the schema up to date, from nothing or from any released version."""
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    with writing(engine).begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
