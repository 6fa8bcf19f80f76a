"""The ledger: which occurrences of subscriptions came about, what became of each at each target, and who was told."""

from sqlalchemy import BigInteger, ForeignKeyConstraint, Index, UniqueConstraint
from sqlmodel import Field, SQLModel

from store.tables.columns import instant, serial


class OccurrenceRow(SQLModel, table=True):
    """A period of a subscription that came due, once. `digest` is what all its targets are sent; null: not yet.

    `due_at`, `starts_at` and `ends_at` (in `zone`) are its reports.calendar.Due; `skipped` is JSON, the seconds at
    which missed periods that it names start and end. It may be compiled from `not_before` on, and is not worth sending
    after `give_up_at`. `alerted_at`: its owner was told that it is late.
    """

    __tablename__ = "occurrences"
    __table_args__ = (
        Index("occurrences_by_state", "state", "not_before"),
        Index("occurrences_by_due", "due_at"),
    )

    subscription_id: int = Field(sa_type=BigInteger, foreign_key="subscriptions.id", primary_key=True)
    period_key: str = Field(primary_key=True)
    due_at: int = Field(sa_type=BigInteger)
    starts_at: int = Field(sa_type=BigInteger)
    ends_at: int = Field(sa_type=BigInteger)
    zone: str
    skipped: str
    state: str
    attempt: int
    elected_at: int = Field(sa_type=BigInteger)
    not_before: int = Field(sa_type=BigInteger)
    give_up_at: int = Field(sa_type=BigInteger)
    alerted_at: int | None = instant()
    digest: bytes | None = None
    fingerprint: str | None = None
    fault: str | None = None


class DeliveryRow(SQLModel, table=True):
    """An occurrence at a target. `fence` counts claims: only the last claimer may write. `far_id` is the far end's.

    `looks` counts how often it was looked whether an unknown one has arrived; `settled_at` is when its state was last
    one that is an end.
    """

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(
            ["subscription_id", "period_key"], ["occurrences.subscription_id", "occurrences.period_key"]
        ),
        UniqueConstraint("subscription_id", "period_key", "target_id", name="deliveries_once"),
        Index("deliveries_by_state", "state", "channel", "not_before"),
        Index("deliveries_by_target", "target_id"),
    )

    id: int | None = serial()
    subscription_id: int = Field(sa_type=BigInteger)
    period_key: str
    target_id: int = Field(sa_type=BigInteger, foreign_key="targets.id")
    channel: str
    state: str
    attempt: int
    looks: int
    fence: int
    owner: str | None = None
    lease_until: int | None = instant()
    not_before: int = Field(sa_type=BigInteger)
    settled_at: int | None = instant()
    far_id: str | None = None
    code: str | None = None
    text: str | None = None


class DeliveryAttemptRow(SQLModel, table=True):
    """What one claim of a delivery came to, for whoever asks why."""

    __tablename__ = "delivery_attempts"
    __table_args__ = (Index("delivery_attempts_by_delivery", "delivery_id"),)

    id: int | None = serial()
    delivery_id: int = Field(sa_type=BigInteger, foreign_key="deliveries.id")
    fence: int
    worker: str | None = None
    at: int = Field(sa_type=BigInteger)
    outcome: str
    code: str | None = None
    text: str | None = None


class NoticeRow(SQLModel, table=True):
    """Something that a subscription's owner is to be told; `told_at` is null until they were.

    `kind` says which buttons it has, and `about` is the number of the target or delivery that they act on.
    """

    __tablename__ = "notices"
    __table_args__ = (
        Index("notices_waiting", "told_at", "not_before"),
        Index("notices_by_owner", "owner", "created_at"),
    )

    id: int | None = serial()
    owner: str
    subscription_id: int = Field(sa_type=BigInteger, foreign_key="subscriptions.id")
    kind: str
    about: int | None = Field(default=None, sa_type=BigInteger)
    text: str
    created_at: int = Field(sa_type=BigInteger)
    not_before: int = Field(sa_type=BigInteger)
    attempt: int
    told_at: int | None = instant()
