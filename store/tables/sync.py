"""What pulling providers leaves behind: how far each has come, who is at it, and how quickly it may ask."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from store.tables.columns import instant


class SyncRow(SQLModel, table=True):
    """One source that is pulled. `progress` is a JSON object that only its puller reads.

    `leased_until`: `holder` is at it until then; nobody, or somebody who died, has 0 or the past. `finished_at` and
    `problem` are of the last run that ended.
    """

    __tablename__ = "syncs"

    source: str = Field(primary_key=True)
    progress: str = Field(default="{}", sa_column_kwargs={"server_default": "{}"})
    holder: str = Field(default="", sa_column_kwargs={"server_default": ""})
    leased_until: int = Field(default=0, sa_type=BigInteger, sa_column_kwargs={"server_default": "0"})
    finished_at: int | None = instant()
    problem: str | None = None


class PaceRow(SQLModel, table=True):
    """A token bucket in one number: microseconds since 1970 at which it would be full again."""

    __tablename__ = "paces"

    name: str = Field(primary_key=True)
    full_at: int = Field(sa_type=BigInteger)
