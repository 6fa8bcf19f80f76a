"""The ledger: which occurrences of subscriptions came about, and what became of each at each target."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, serial


class OccurrenceRow(SQLModel, table=True):
    """A period of a subscription that came due, once. `digest` is what all its targets are sent; null: not yet."""

    __tablename__ = "occurrences"

    subscription_id: int = Field(sa_type=BigInteger, foreign_key="subscriptions.id", primary_key=True)
    period_key: str = Field(primary_key=True)
    due_at: int = Field(sa_type=BigInteger)
    digest: bytes | None = None
    fingerprint: str | None = None


class DeliveryRow(SQLModel, table=True):
    """An occurrence at a target. `fence` counts claims: only the last claimer may write. `far_id` is the far end's."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subscription_id", "period_key"], ["occurrences.subscription_id", "occurrences.period_key"]
        ),
        UniqueConstraint("subscription_id", "period_key", "target_id", name="deliveries_once"),
        Index("deliveries_by_state", "state", "not_before"),
    )

    id: int | None = serial()
    subscription_id: int = Field(sa_type=BigInteger)
    period_key: str
    target_id: int = Field(sa_type=BigInteger, foreign_key="targets.id")
    state: str
    attempt: int
    fence: int
    owner: str | None = None
    lease_until: int | None = instant()
    not_before: int = Field(sa_type=BigInteger)
    far_id: str | None = None
    code: str | None = None
    text: str | None = None
