"""Orders and visits, and who clicked found by the contact"""

import sqlalchemy as sa
from alembic import op

revision = "orders_and_visits"
down_revision = "machine_traffic"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "orders",
        sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("external_id", sa.String(), nullable=False),
        sa.Column("contact_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.String(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("cancelled", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("provider", "external_id"),
    )
    op.create_index("orders_by_time", "orders", ["at", "contact_id"])
    op.create_index("orders_by_contact", "orders", ["contact_id"])
    op.create_table(
        "visits",
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("campaign", sa.String(), nullable=False),
        sa.Column("provider", sa.String(), nullable=False),
        sa.Column("visits", sa.Integer(), server_default="0", nullable=False),
        sa.Column("contacts", sa.Integer(), server_default="0", nullable=False),
        sa.Column("customers", sa.Integer(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("day", "source", "campaign", "provider"),
        sqlite_with_rowid=False,
    )
    clicked = sa.text("clicked_at IS NOT NULL")
    op.create_index(
        "recipients_who_clicked",
        "recipients",
        ["contact_id", "email_id", "clicked_at"],
        sqlite_where=clicked,
        postgresql_where=clicked,
    )


def downgrade() -> None:
    op.drop_index("recipients_who_clicked", "recipients")
    op.drop_table("visits")
    op.drop_table("orders")
