"""Column shorthands shared by the tables."""

from typing import Any

from sqlalchemy import BigInteger, Integer, SmallInteger
from sqlmodel import Field

#: SQLite only numbers a key by itself when its type is INTEGER.
_ID = BigInteger().with_variant(Integer(), "sqlite")


def serial() -> Any:
    """A key that the database numbers."""
    return Field(default=None, primary_key=True, sa_type=_ID)


def key() -> Any:
    """A part of a primary key, given by us."""
    return Field(primary_key=True, sa_type=BigInteger, sa_column_kwargs={"autoincrement": False})


def reference(target: str) -> Any:
    """An optional reference to a small table."""
    return Field(default=None, sa_type=BigInteger, foreign_key=target)


def instant() -> Any:
    """Whole seconds since 1970 UTC, or null: it has not happened."""
    return Field(default=None, sa_type=BigInteger)


def count() -> Any:
    return Field(default=0, sa_type=Integer, sa_column_kwargs={"server_default": "0"})


def code() -> Any:
    """A value of one of the vocabularies in store/codes.py."""
    return Field(default=0, sa_type=SmallInteger, sa_column_kwargs={"server_default": "0"})
