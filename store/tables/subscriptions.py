"""Who gets which reports when: the promises, of which the ledger's occurrences are the keeping."""

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, serial


class SubscriptionRow(SQLModel, table=True):
    """One promise of store.subscriptions. `query` and `schedule` are JSON; `subject` is the number of what was saved.

    `identity` is a digest of all that makes it what it is, null once it has ended: there are no two alike. `since`:
    only what is due after it counts; `next_due` is the first such, null where it follows sends or nothing is promised.
    """

    __tablename__ = "subscriptions"
    __table_args__ = (
        Index("subscriptions_by_owner", "owner"),
        Index("subscriptions_by_due", "next_due"),
    )

    id: int | None = serial()
    owner: str
    name: str
    kind: str
    subject: int | None = Field(default=None, sa_type=BigInteger)
    query: str | None = None
    schedule: str
    skip_empty: bool
    state: str
    paused_why: str | None = None
    created_at: int = Field(sa_type=BigInteger)
    since: int = Field(sa_type=BigInteger)
    next_due: int | None = instant()
    identity: str | None = Field(default=None, unique=True)


class TargetRow(SQLModel, table=True):
    """Where a subscription goes: a conversation or person in Slack, or a mail address. `token` is for leaving it."""

    __tablename__ = "targets"
    __table_args__ = (
        UniqueConstraint("subscription_id", "channel", "address", name="targets_once"),
        Index("targets_by_address", "address"),
    )

    id: int | None = serial()
    subscription_id: int = Field(sa_type=BigInteger, foreign_key="subscriptions.id")
    channel: str
    address: str
    token: str = Field(unique=True)
    state: str
    why: str | None = None
