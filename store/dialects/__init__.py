"""What differs between SQLite and PostgreSQL, and nowhere else: one module each, with the same names.

insert(table)                an INSERT that knows on_conflict_do_nothing() and on_conflict_do_update()
SKIP_LOCKED                  after a SELECT of rows to update: those that another is updating are left out
WRITES_BESIDE                whether two transactions may write at once
NOW                          SQL text of the database's clock, in whole seconds since 1970
known(connection, table, columns, keys)   id and columns of rows whose columns have one of these values (bare if one)
insert_new(connection, table, rows, returning)   rows by column, but for those that are there; gives those inserted
configure(engine)            what each new connection needs
read_through(connection)      while much is read once, memory stays what one row needs
relax(connection)            this transaction need not outlive a power cut: what it writes can be told again
hold(connection, email_ids)  until the transaction ends, nobody else merges into these e-mails
"""

from collections.abc import Collection
from types import ModuleType
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, literal_column

from store.dialects import postgresql, sqlite


def dialect_of(bind: Engine | Connection) -> ModuleType:
    return {"sqlite": sqlite, "postgresql": postgresql}[bind.dialect.name]


def now_of(bind: Engine | Connection) -> Any:
    """The database's clock, in whole seconds since 1970: a part of a statement."""
    return literal_column(dialect_of(bind).NOW, BigInteger)


def among(numbers: Collection[int]) -> str:
    """The right side of SQL's IN."""
    return f"({', '.join(str(int(number)) for number in numbers)})"
