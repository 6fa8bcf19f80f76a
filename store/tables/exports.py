"""Files of reports: what was asked for, who is making it, and the links by which it is fetched."""

from sqlalchemy import BigInteger, Index, LargeBinary
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, serial


class ExportRow(SQLModel, table=True):
    """One file of store.exports. `query` is JSON, a line for each question, `state` one of store.exports.State; `told`
    is what the surface that asked keeps to tell its person by, as JSON.

    `leased_until`: `holder` is making it, or telling of it, until then; nobody, or somebody who died, has 0 or the
    past. Of a file that is made, `file` is its key in the storage, null once it was removed, which is due at
    `keep_until`; before that, the key under which an attempt may have left something. `name` is what its person calls
    it, and then the file's own.
    """

    __tablename__ = "exports"
    __table_args__ = (Index("exports_by_state", "state", "id"), Index("exports_by_owner", "owner", "created_at"))

    id: int | None = serial()
    owner: str
    query: str
    format: str
    reveal: bool
    told: str | None = None
    state: str
    attempt: int = Field(default=0, sa_column_kwargs={"server_default": "0"})
    holder: str = Field(default="", sa_column_kwargs={"server_default": ""})
    leased_until: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    rows_done: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    rows: int | None = Field(default=None, sa_type=BigInteger)
    created_at: int = Field(sa_type=BigInteger)
    finished_at: int | None = instant()
    problem: str | None = None
    name: str | None = None
    media_type: str | None = None
    size: int | None = Field(default=None, sa_type=BigInteger)
    file: str | None = None
    keep_until: int | None = instant()


class ExportLinkRow(SQLModel, table=True):
    """One link to one file. The token itself is in the link alone: here is its SHA-256."""

    __tablename__ = "export_links"
    __table_args__ = (Index("export_links_by_export", "export_id"),)

    id: int | None = serial()
    export_id: int = Field(sa_type=BigInteger, foreign_key="exports.id")
    token_hash: bytes = Field(sa_type=LargeBinary, unique=True)
    created_at: int = Field(sa_type=BigInteger)
    expires_at: int = Field(sa_type=BigInteger)
    revoked_at: int | None = instant()


class ExportAccessRow(SQLModel, table=True):
    """One request for a file by a link: when, how, and which bytes were asked for."""

    __tablename__ = "export_accesses"
    __table_args__ = (Index("export_accesses_by_link", "link_id", "at"),)

    id: int | None = serial()
    link_id: int = Field(sa_type=BigInteger, foreign_key="export_links.id")
    at: int = Field(sa_type=BigInteger)
    method: str
    bytes: str
