"""How far the pulling of providers has come, and how quickly they may be asked"""

import sqlalchemy as sa
from alembic import op

revision = "pulled_sources"
down_revision = "orders_and_visits"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "syncs",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("progress", sa.String(), server_default="{}", nullable=False),
        sa.Column("holder", sa.String(), server_default="", nullable=False),
        sa.Column("leased_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("source"),
    )
    op.create_table(
        "paces",
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("full_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name"),
    )


def downgrade() -> None:
    op.drop_table("paces")
    op.drop_table("syncs")
