"""What people saved under a name: reports and dashboards, with every version that they had."""

from sqlalchemy import BigInteger, Index, Integer, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, key, serial


class SavedRow(SQLModel, table=True):
    """One report or dashboard as it is now. `content` is JSON: a query, or the numbers of a dashboard's reports.

    `name_key` is the name as two are compared, null once it is deleted: its owner may give the name to another.
    """

    __tablename__ = "saved"
    __table_args__ = (
        UniqueConstraint("owner", "kind", "name_key", name="saved_once"),
        Index("saved_by_visibility", "visibility", "team"),
    )

    id: int | None = serial()
    kind: str
    owner: str
    name: str
    name_key: str | None = None
    visibility: str
    team: str | None = None
    content: str
    version: int = Field(sa_type=Integer)
    changed_by: str
    changed_at: int = Field(sa_type=BigInteger)
    deleted_at: int | None = instant()


class SavedVersionRow(SQLModel, table=True):
    """What a report or dashboard was in one of its versions, the newest included, and who made it that."""

    __tablename__ = "saved_versions"

    saved_id: int = Field(primary_key=True, sa_type=BigInteger, foreign_key="saved.id")
    version: int = key()
    owner: str
    name: str
    visibility: str
    team: str | None = None
    content: str
    changed_by: str
    changed_at: int = Field(sa_type=BigInteger)
    deleted_at: int | None = instant()
