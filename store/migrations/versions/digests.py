"""What the engine of digests knows of each occurrence, attempts, and what owners are to be told

No version before this one has sent anything: both tables are empty, and are made anew.
"""

import importlib

import sqlalchemy as sa
from alembic import op

revision = "digests"
down_revision = "saved"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.drop_table("deliveries")
    op.drop_table("occurrences")
    op.create_table(
        "occurrences",
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("period_key", sa.String(), nullable=False),
        *_instants("due_at", "starts_at", "ends_at"),
        sa.Column("zone", sa.String(), nullable=False),
        sa.Column("skipped", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        *_instants("elected_at", "not_before", "give_up_at"),
        sa.Column("alerted_at", sa.BigInteger(), nullable=True),
        sa.Column("digest", sa.LargeBinary(), nullable=True),
        sa.Column("fingerprint", sa.String(), nullable=True),
        sa.Column("fault", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"]),
        sa.PrimaryKeyConstraint("subscription_id", "period_key"),
    )
    op.create_index("occurrences_by_state", "occurrences", ["state", "not_before"])
    op.create_index("occurrences_by_due", "occurrences", ["due_at"])
    op.create_table(
        "deliveries",
        sa.Column("id", _ID, nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("period_key", sa.String(), nullable=False),
        sa.Column("target_id", sa.BigInteger(), nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("attempt", "looks", "fence")),
        sa.Column("owner", sa.String(), nullable=True),
        sa.Column("lease_until", sa.BigInteger(), nullable=True),
        *_instants("not_before"),
        sa.Column("settled_at", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("far_id", "code", "text")),
        sa.ForeignKeyConstraint(
            ["subscription_id", "period_key"], ["occurrences.subscription_id", "occurrences.period_key"]
        ),
        sa.ForeignKeyConstraint(["target_id"], ["targets.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("subscription_id", "period_key", "target_id", name="deliveries_once"),
    )
    op.create_index("deliveries_by_state", "deliveries", ["state", "channel", "not_before"])
    op.create_index("deliveries_by_target", "deliveries", ["target_id"])
    _make_attempts_and_notices()
    op.create_index("emails_by_sent", "emails", ["sent_at"])


def _make_attempts_and_notices() -> None:
    op.create_table(
        "delivery_attempts",
        sa.Column("id", _ID, nullable=False),
        sa.Column("delivery_id", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.Integer(), nullable=False),
        sa.Column("worker", sa.String(), nullable=True),
        *_instants("at"),
        sa.Column("outcome", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=True) for name in ("code", "text")),
        sa.ForeignKeyConstraint(["delivery_id"], ["deliveries.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("delivery_attempts_by_delivery", "delivery_attempts", ["delivery_id"])
    op.create_table(
        "notices",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("subscription_id", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("about", sa.BigInteger(), nullable=True),
        sa.Column("text", sa.String(), nullable=False),
        *_instants("created_at", "not_before"),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["subscription_id"], ["subscriptions.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("notices_waiting", "notices", ["told_at", "not_before"])


def downgrade() -> None:
    op.drop_index("emails_by_sent", "emails")
    for table in ("notices", "delivery_attempts", "deliveries", "occurrences"):
        op.drop_table(table)
    importlib.import_module("store.migrations.versions.ledger").upgrade()


def _instants(*names: str) -> tuple[sa.Column[int], ...]:
    return tuple(sa.Column(name, sa.BigInteger(), nullable=False) for name in names)
