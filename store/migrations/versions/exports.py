"""Files of reports and their links"""

import sqlalchemy as sa
from alembic import op

revision = "exports"
down_revision = "ledger"
branch_labels = None
depends_on = None

_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "exports",
        sa.Column("id", _ID, nullable=False),
        sa.Column("owner", sa.String(), nullable=False),
        sa.Column("query", sa.String(), nullable=False),
        sa.Column("format", sa.String(), nullable=False),
        sa.Column("reveal", sa.Boolean(), nullable=False),
        sa.Column("told", sa.String(), nullable=True),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("attempt", sa.Integer(), server_default="0", nullable=False),
        sa.Column("holder", sa.String(), server_default="", nullable=False),
        sa.Column("leased_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows_done", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rows", sa.BigInteger(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("finished_at", sa.BigInteger(), nullable=True),
        sa.Column("problem", sa.String(), nullable=True),
        sa.Column("name", sa.String(), nullable=True),
        sa.Column("media_type", sa.String(), nullable=True),
        sa.Column("size", sa.BigInteger(), nullable=True),
        sa.Column("file", sa.String(), nullable=True),
        sa.Column("keep_until", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("exports_by_state", "exports", ["state", "id"])
    op.create_index("exports_by_owner", "exports", ["owner", "created_at"])
    op.create_table(
        "export_links",
        sa.Column("id", _ID, nullable=False),
        sa.Column("export_id", sa.BigInteger(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("expires_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["export_id"], ["exports.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("token_hash"),
    )
    op.create_index("export_links_by_export", "export_links", ["export_id"])
    op.create_table(
        "export_accesses",
        sa.Column("id", _ID, nullable=False),
        sa.Column("link_id", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("method", sa.String(), nullable=False),
        sa.Column("bytes", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["link_id"], ["export_links.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("export_accesses_by_link", "export_accesses", ["link_id", "at"])


def downgrade() -> None:
    op.drop_table("export_accesses")
    op.drop_table("export_links")
    op.drop_table("exports")
