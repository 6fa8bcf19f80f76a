"""Orders and visits, as they were told last."""

from datetime import date

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import count, serial


class OrderRow(SQLModel, table=True):
    """`at` is whole seconds since 1970 UTC, `amount` minor units of the currency."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("provider", "external_id"),
        Index("orders_by_time", "at", "contact_id"),
        Index("orders_by_contact", "contact_id"),
    )

    id: int | None = serial()
    provider: str
    external_id: str
    contact_id: int = Field(sa_type=BigInteger)
    at: int = Field(sa_type=BigInteger)
    currency: str
    amount: int = Field(sa_type=BigInteger)
    cancelled: bool = False


class VisitRow(SQLModel, table=True):
    """`campaign` is "" where none was told: null would not be equal to itself in the key."""

    __tablename__ = "visits"
    __table_args__ = {"sqlite_with_rowid": False}

    day: date = Field(primary_key=True)
    source: str = Field(primary_key=True)
    campaign: str = Field(primary_key=True)
    provider: str = Field(primary_key=True)
    visits: int = count()
    contacts: int = count()
    customers: int = count()
