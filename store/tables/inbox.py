"""Webhooks as they came, kept until they are read and a while after."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import code, key, serial


class InboxRow(SQLModel, table=True):
    """One body. `headers` is a JSON object without secrets; `state` is one of store.inbox's.

    `leased_until`: whoever took it to read has until then; nobody, or somebody who died, has 0 or the past.
    """

    __tablename__ = "inbox"
    __table_args__ = (Index("inbox_by_state", "state", "received_at", "id"),)

    id: int | None = serial()
    provider: str
    received_at: int = Field(sa_type=BigInteger)
    state: int = code()
    leased_until: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    headers: str
    body: bytes
    problem: str | None = None  #: why it could not be read, or not all of it


class WebhookTokenRow(SQLModel, table=True):
    """Tokens that may come once; `token` and `body` are digests of 63 bits, the token's with the provider's name."""

    __tablename__ = "webhook_tokens"
    __table_args__ = (Index("webhook_tokens_by_age", "received_at"), {"sqlite_with_rowid": False})

    token: int = key()
    body: int = Field(sa_type=BigInteger)
    received_at: int = Field(sa_type=BigInteger)
