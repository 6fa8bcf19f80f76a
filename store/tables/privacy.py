"""People who were forgotten, and what was erased when."""

from sqlalchemy import BigInteger, Index
from sqlmodel import Field, SQLModel

from store.tables.columns import key, serial


class TombstoneRow(SQLModel, table=True):
    """Somebody who was forgotten: `digest` is their address under the secret of the settings (store.tombstones)."""

    __tablename__ = "tombstones"
    __table_args__ = (Index("tombstones_by_contact", "contact_id"), {"sqlite_with_rowid": False})

    digest: int = key()
    contact_id: int = Field(sa_type=BigInteger)


class AuditRow(SQLModel, table=True):
    """Something that was erased: `what` is a word, `told` JSON of counts. No address is in it."""

    __tablename__ = "audits"

    id: int | None = serial()
    at: int = Field(sa_type=BigInteger)
    what: str
    told: str
