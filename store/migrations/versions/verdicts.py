"""By which rules the clicks of an e-mail were judged"""

import sqlalchemy as sa
from alembic import op

revision = "verdicts"
down_revision = "digests"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "upkeep",
        sa.Column("email_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("rules", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("email_id"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("upkeep")
