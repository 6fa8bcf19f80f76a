"""What was done to an e-mail's events as a whole."""

from sqlalchemy import BigInteger
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, key


class UpkeepRow(SQLModel, table=True):
    """`rules`: by which rules all clicks of the e-mail were judged (reports.verdicts.Rules.fingerprint).

    `raw_from`: what is older was dropped, or is being (store.retention); null: all events are there.
    """

    __tablename__ = "upkeep"
    __table_args__ = {"sqlite_with_rowid": False}

    email_id: int = key()
    rules: int | None = Field(default=None, sa_type=BigInteger)
    raw_from: int | None = instant()
